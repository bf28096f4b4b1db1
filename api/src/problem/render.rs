//! A problem on the wire.

use super::{FieldError, More, Problem, find};
use crate::http::instance;
use axum::body::Body;
use axum::http::header::{CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde_json::{Map, Value};

/// What problems are sent as.
pub const PROBLEM_JSON: HeaderValue = HeaderValue::from_static("application/problem+json");

/// Borrows what [`super::ProblemBody`] owns.
#[derive(Serialize)]
struct Wire<'a> {
    #[serde(rename = "type")]
    kind: Kind,
    title: &'static str,
    status: u16,
    detail: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    instance: Option<&'a str>,
    code: &'static str,
    #[serde(skip_serializing_if = "<[FieldError]>::is_empty")]
    errors: &'a [FieldError],
    #[serde(flatten)]
    members: Option<&'a Map<String, Value>>,
}

struct Kind(&'static str);

impl Serialize for Kind {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&format_args!("/problems/{}", self.0))
    }
}

impl Problem {
    /// The problem as a value, to stand in another answer.
    pub fn to_json(&self) -> Value {
        serde_json::from_slice(&self.body(None)).expect("it was written as JSON")
    }

    fn body(&self, instance: Option<&str>) -> Vec<u8> {
        let more = self.more.as_deref();
        let wire = Wire {
            kind: Kind(self.code),
            title: find(self.code).map_or("", |known| known.title),
            status: self.status.as_u16(),
            detail: &self.detail,
            instance,
            code: self.code,
            errors: more.map_or(&[], |more| &more.errors),
            members: more.map(|more| &more.members),
        };
        serde_json::to_vec(&wire).expect("a problem has string keys only")
    }
}

impl Problem {
    /// The answer to a request for the path `instance`.
    pub fn answer_to(&self, instance: Option<&str>) -> Response<Vec<u8>> {
        let mut response = Response::new(self.body(instance));
        *response.status_mut() = self.status;
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, PROBLEM_JSON);
        if self.status == StatusCode::UNAUTHORIZED {
            headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        if let Some(More { retry_after_seconds: Some(seconds), .. }) = self.more.as_deref() {
            headers.insert(RETRY_AFTER, HeaderValue::from(*seconds));
        }
        response
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        instance(|path| self.answer_to(path)).map(Body::from)
    }
}

#[cfg(test)]
mod tests {
    use super::super::{FieldError, Problem, ProblemBody};
    use axum::http::StatusCode;
    use axum::http::header::{CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
    use axum::response::IntoResponse;
    use rowlock_persistence::sql::DbError;
    use serde_json::json;
    use std::time::Duration;

    fn body(problem: &Problem) -> serde_json::Value {
        serde_json::from_slice(&problem.body(Some("/api/booking"))).unwrap()
    }

    #[test]
    fn a_problem_has_every_standard_member_and_its_own() {
        let problem = Problem::new(StatusCode::CONFLICT, "seats_taken", "A-1-1-1 is taken")
            .with("seats", json!(["A-1-1-1"]))
            .with("alternatives", json!([]));
        let expected = json!({
            "type": "/problems/seats_taken", "title": "Seats are taken", "status": 409, "detail": "A-1-1-1 is taken",
            "instance": "/api/booking", "code": "seats_taken", "seats": ["A-1-1-1"], "alternatives": [],
        });
        assert_eq!(body(&problem), expected);
        let read: ProblemBody = serde_json::from_value(expected.clone()).unwrap();
        assert_eq!(serde_json::to_value(read).unwrap(), expected);
    }

    #[test]
    fn what_is_invalid_is_named() {
        let problem = Problem::invalid(vec![FieldError::new("name", "missing")]);
        assert_eq!(body(&problem)["errors"], json!([{"field": "name", "message": "missing"}]));
        assert_eq!(body(&problem)["detail"], "name: missing");
    }

    #[test]
    fn headers_go_with_the_status() {
        let limited = Problem::new(StatusCode::TOO_MANY_REQUESTS, "rate_limited", "slow down").retry_after(7);
        let response = limited.into_response();
        assert_eq!(response.headers()[CONTENT_TYPE], "application/problem+json");
        assert_eq!(response.headers()[RETRY_AFTER], "7");
        assert!(response.headers().get(WWW_AUTHENTICATE).is_none());
        let unauthenticated = Problem::unauthenticated("sign in").into_response();
        assert_eq!(unauthenticated.headers()[WWW_AUTHENTICATE], "Bearer");
    }

    #[test]
    fn the_databases_faults_have_their_answers_and_keep_the_inside_inside() {
        let path = std::path::PathBuf::from("/secret/place");
        let cases = [
            (DbError::EmailTaken, 409, "email_taken", None),
            (DbError::BadCursor, 400, "bad_cursor", None),
            (DbError::NoSpace { path: path.clone() }, 503, "no_space", Some("10")),
            (DbError::TimedOut { path: path.clone(), limit: Duration::from_secs(1) }, 503, "timeout", Some("1")),
            (DbError::Damaged { path: path.clone(), cause: "secret".into() }, 500, "internal", None),
            (DbError::Backend { path, cause: "secret".into() }, 500, "internal", None),
        ];
        for (error, status, code, retry_after) in cases {
            let problem = Problem::from(error.clone());
            assert_eq!((problem.status().as_u16(), problem.code()), (status, code), "{error:?}");
            assert!(!body(&problem).to_string().contains("secret"), "{error:?}");
            let response = problem.into_response();
            let given = response.headers().get(RETRY_AFTER).map(|value| value.to_str().unwrap());
            assert_eq!(given, retry_after, "{error:?}");
        }
    }
}
