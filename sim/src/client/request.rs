//! A request as it goes over the wire.

use std::io::Write;

/// What to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verb {
    /// Read.
    Get,
    /// Make or change.
    Post,
    /// Give up.
    Delete,
}

/// A request as it goes over the wire.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    pub(super) bytes: Vec<u8>,
}

impl Request {
    /// A request with what every request has. `token` and `key` are left out when they are empty, and so is `body`.
    ///
    /// # Panics
    /// Never: a vector takes whatever is written.
    #[must_use]
    pub fn new(verb: Verb, path: &str, token: &str, key: &str, body: &str) -> Self {
        let verb = match verb {
            Verb::Get => "GET",
            Verb::Post => "POST",
            Verb::Delete => "DELETE",
        };
        let mut bytes = Vec::with_capacity(160 + path.len() + token.len() + key.len() + body.len());
        let mut put = |text: std::fmt::Arguments<'_>| bytes.write_fmt(text).expect("a vector takes what is written");
        put(format_args!("{verb} {path} HTTP/1.1\r\nhost: rowlock\r\n"));
        if !token.is_empty() {
            put(format_args!("authorization: Bearer {token}\r\n"));
        }
        if !key.is_empty() {
            put(format_args!("idempotency-key: {key}\r\n"));
        }
        if body.is_empty() {
            put(format_args!("\r\n"));
        } else {
            put(format_args!("content-type: application/json\r\ncontent-length: {}\r\n\r\n{body}", body.len()));
        }
        Self { bytes }
    }
}

#[cfg(test)]
mod tests {
    use super::{Request, Verb};

    fn text(request: &Request) -> &str {
        std::str::from_utf8(&request.bytes).unwrap()
    }

    #[test]
    fn what_is_empty_is_left_out() {
        let request = Request::new(Verb::Get, "/api/event/1", "", "", "");
        assert_eq!(text(&request), "GET /api/event/1 HTTP/1.1\r\nhost: rowlock\r\n\r\n");
        let request = Request::new(Verb::Post, "/api/booking", "t", "k", "{}");
        assert_eq!(
            text(&request),
            "POST /api/booking HTTP/1.1\r\nhost: rowlock\r\nauthorization: Bearer t\r\nidempotency-key: k\r\n\
             content-type: application/json\r\ncontent-length: 2\r\n\r\n{}"
        );
    }
}
