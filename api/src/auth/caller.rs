//! People, as routes ask for them.

use crate::app::App;
use crate::problem::Problem;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, StatusCode, header};
use rowlock_persistence::sql::{Role, UserId};

/// The cookie that a login sets.
pub const COOKIE: &str = "rowlock_token";

/// Whoever is signed in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Caller {
    /// Their id.
    pub id: UserId,
    /// What they may do.
    pub role: Role,
}

/// A caller who may buy.
#[derive(Clone, Copy, Debug)]
pub struct Buyer(pub Caller);

/// A caller who may sell.
#[derive(Clone, Copy, Debug)]
pub struct Seller(pub Caller);

impl FromRequestParts<App> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        if let Some(token) = bearer(&parts.headers) {
            return app.auth.tokens.check(token);
        }
        let token = cookie(&parts.headers)
            .ok_or_else(|| Problem::unauthenticated("sign in, and send the token as `Authorization: Bearer …`"))?;
        let caller = app.auth.tokens.check(token)?;
        // A browser sends the cookie whoever wrote the page.
        if is_safe(&parts.method) || is_same_site(&parts.headers) {
            return Ok(caller);
        }
        let detail = "a request by cookie must come from this service's own pages; send the token as a header instead";
        Err(Problem::new(StatusCode::FORBIDDEN, "cross_site", detail))
    }
}

impl FromRequestParts<App> for Buyer {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        Caller::from_request_parts(parts, app).await?.acting_as(Role::Buyer).map(Self)
    }
}

impl FromRequestParts<App> for Seller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        Caller::from_request_parts(parts, app).await?.acting_as(Role::Seller).map(Self)
    }
}

impl Caller {
    /// Whose token a request carries, whether or not it may do what it asks for.
    pub(crate) fn by_token(app: &App, headers: &HeaderMap) -> Option<Self> {
        let token = bearer(headers).or_else(|| cookie(headers))?;
        app.auth.tokens.check(token).ok()
    }

    fn acting_as(self, role: Role) -> Result<Self, Problem> {
        if self.role == role || self.role == Role::Admin {
            return Ok(self);
        }
        Err(Problem::forbidden(format!("this takes a {}, you are a {}", role.as_str(), self.role.as_str())))
    }
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = headers.get(header::AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

fn cookie(headers: &HeaderMap) -> Option<&str> {
    let cookies = headers.get_all(header::COOKIE).iter().filter_map(|cookies| cookies.to_str().ok());
    let mut pairs = cookies.flat_map(|cookies| cookies.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(name, _)| *name == COOKIE).map(|(_, token)| token)
}

fn is_safe(method: &Method) -> bool {
    matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS)
}

/// What browsers say of where a request comes from; those that say nothing are no browsers.
fn is_same_site(headers: &HeaderMap) -> bool {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    match (text("sec-fetch-site"), text("origin"), text("host")) {
        (Some(site), _, _) => matches!(site, "same-origin" | "none"),
        (None, Some(origin), Some(host)) => origin.split_once("://").is_some_and(|(_, from)| from == host),
        (None, Some(_), None) => false,
        (None, None, _) => true,
    }
}

#[cfg(test)]
mod tests {
    use super::{bearer, cookie, is_same_site};
    use axum::http::{HeaderMap, HeaderName, HeaderValue};

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        let pair = |(name, value): &(&'static str, &'static str)| {
            (HeaderName::from_static(name), HeaderValue::from_static(value))
        };
        pairs.iter().map(pair).collect()
    }

    #[test]
    fn tokens_are_found_where_they_may_be() {
        assert_eq!(bearer(&headers(&[("authorization", "bearer abc")])), Some("abc"));
        assert_eq!(bearer(&headers(&[("authorization", "Basic abc")])), None);
        assert_eq!(cookie(&headers(&[("cookie", "a=1; rowlock_token=abc; b=2")])), Some("abc"));
        assert_eq!(cookie(&headers(&[("cookie", "xrowlock_token=abc")])), None);
    }

    #[test]
    fn pages_of_others_are_told_by_what_browsers_say() {
        for (pairs, expected) in [
            (&[][..], true),
            (&[("sec-fetch-site", "same-origin")], true),
            (&[("sec-fetch-site", "cross-site"), ("origin", "http://a"), ("host", "a")], false),
            (&[("sec-fetch-site", "same-site")], false),
            (&[("origin", "http://127.0.0.1:8000"), ("host", "127.0.0.1:8000")], true),
            (&[("origin", "http://evil.example"), ("host", "127.0.0.1:8000")], false),
            (&[("origin", "null"), ("host", "127.0.0.1:8000")], false),
        ] {
            assert_eq!(is_same_site(&headers(pairs)), expected, "{pairs:?}");
        }
    }
}
