//! A response, parsed where it was read.

use serde::Deserialize;
use std::fmt;
use std::time::Duration;

/// Headers of one response.
const HEADERS_MAX: usize = 32;

/// An answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Response {
    /// The HTTP status.
    pub status: u16,
    /// Whether it says when to come back.
    pub has_retry_after: bool,
    /// Whether it was given before, to the same key.
    pub is_replayed: bool,
    /// From when a connection had its request until it was here whole.
    pub took: Duration,
    body: Vec<u8>,
}

impl Response {
    /// The body as JSON.
    ///
    /// # Errors
    /// When it is something else.
    pub fn json<'a, T: Deserialize<'a>>(&'a self) -> serde_json::Result<T> {
        serde_json::from_slice(&self.body)
    }

    /// Whether it is a 2xx.
    #[must_use]
    pub fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// Whether it has the same status and body.
    #[must_use]
    pub fn says_the_same(&self, other: &Self) -> bool {
        (self.status, &self.body) == (other.status, &other.body)
    }

    /// Takes the first response off `incoming`; `None` while it is not whole.
    ///
    /// # Errors
    /// When it is no response with a length.
    pub(super) fn take(incoming: &mut Vec<u8>) -> Result<Option<Self>, String> {
        let mut headers = [httparse::EMPTY_HEADER; HEADERS_MAX];
        let mut head = httparse::Response::new(&mut headers);
        let parsed = head.parse(incoming).map_err(|error| format!("not HTTP/1.1: {error}"))?;
        let httparse::Status::Complete(body_at) = parsed else { return Ok(None) };
        let find = |name: &str| head.headers.iter().find(|header| header.name.eq_ignore_ascii_case(name));
        let status = head.code.unwrap_or(0);
        let length = match find("content-length").map(|length| std::str::from_utf8(length.value)) {
            Some(length) => {
                length.ok().and_then(|length| length.parse().ok()).ok_or("a content-length that is no number")?
            }
            None if status == 204 || status == 304 => 0,
            None => return Err("a response without a content-length".to_owned()),
        };
        let end = body_at + length;
        if incoming.len() < end {
            return Ok(None);
        }
        let (has_retry_after, is_replayed) = (
            find("retry-after").is_some(),
            find("idempotency-replayed").is_some_and(|replayed| replayed.value == b"true"),
        );
        let response =
            Self { status, has_retry_after, is_replayed, took: Duration::ZERO, body: incoming[body_at..end].to_vec() };
        incoming.drain(..end);
        Ok(Some(response))
    }
}

impl fmt::Display for Response {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.status, String::from_utf8_lossy(&self.body))
    }
}

#[cfg(test)]
mod tests {
    use super::Response;

    #[test]
    fn responses_come_whole_or_not_at_all() {
        let whole = b"HTTP/1.1 503 Service Unavailable\r\nRetry-After: 1\r\ncontent-length: 2\r\n\r\n{}".to_vec();
        for end in 0..whole.len() {
            let mut part = whole[..end].to_vec();
            assert_eq!(Response::take(&mut part), Ok(None), "{end} bytes");
            assert_eq!(part.len(), end);
        }
        let mut more = [whole.as_slice(), b"HTTP"].concat();
        let response = Response::take(&mut more).unwrap().unwrap();
        assert_eq!((response.status, response.has_retry_after, response.is_replayed), (503, true, false));
        assert_eq!((response.body.as_slice(), more.as_slice()), (&b"{}"[..], &b"HTTP"[..]));
    }

    #[test]
    fn what_is_no_response_is_an_error() {
        for bytes in
            [&b"SSH-2.0\r\n\r\n"[..], b"HTTP/1.1 200 OK\r\n\r\n", b"HTTP/1.1 200 OK\r\ncontent-length: x\r\n\r\n"]
        {
            assert!(Response::take(&mut bytes.to_vec()).is_err(), "{}", String::from_utf8_lossy(bytes));
        }
    }
}
