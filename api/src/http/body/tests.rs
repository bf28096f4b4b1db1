use super::{Valid, is_json};
use crate::problem::Problem;
use axum::extract::{FromRequest, Request};
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, HeaderValue};
use garde::Validate;
use serde::Deserialize;

#[derive(Debug, Deserialize, Validate)]
#[serde(deny_unknown_fields)]
struct Order {
    #[garde(length(chars, min = 1, max = 5))]
    name: String,
    #[garde(dive)]
    items: Vec<Item>,
}

#[derive(Debug, Deserialize, Validate)]
struct Item {
    #[garde(range(min = 1))]
    count: u8,
}

async fn read(body: &'static str) -> Result<Order, Problem> {
    let request = Request::post("/").header(CONTENT_TYPE, "application/json").body(body.into()).unwrap();
    Valid::<Order>::from_request(request, &()).await.map(|Valid(order)| order)
}

#[tokio::test]
async fn what_is_good_is_read() {
    let order = read(r#"{"name": "m\u00fc\u00dfig", "items": [{"count": 2}]}"#).await.unwrap();
    assert_eq!((order.name.as_str(), order.items[0].count), ("m\u{fc}\u{df}ig", 2));
}

#[test]
fn json_goes_by_several_names() {
    let is = |kind: &'static str| is_json(&HeaderMap::from_iter([(CONTENT_TYPE, HeaderValue::from_static(kind))]));
    for kind in ["application/json", "Application/JSON; charset=utf-8", "application/merge-patch+json"] {
        assert!(is(kind), "{kind}");
    }
    for kind in ["", "text/plain", "text/json", "application/x-www-form-urlencoded", "application/jsonx"] {
        assert!(!is(kind), "{kind}");
    }
}

#[tokio::test]
async fn what_is_malformed_is_placed() {
    for body in ["", "{", "{\"name\": }", "nope", "{\"name\": \"a\u{1}\"}"] {
        let problem = read(body).await.unwrap_err();
        assert_eq!((problem.status().as_u16(), problem.code()), (400, "malformed_json"), "{body}");
        let told = problem.to_json();
        assert!(told["line"].is_u64() && told["column"].is_u64(), "{told}");
    }
}

#[tokio::test]
async fn what_does_not_fit_is_named_by_its_field() {
    let cases = [
        (r#"{"items": []}"#, "name", "is missing"),
        (r#"{"name": 1, "items": []}"#, "name", "invalid type: integer `1`, expected a string"),
        (r#"{"name": "a", "items": [{"count": 300}]}"#, "items[0].count", "invalid value: integer `300`, expected u8"),
        (r#"{"name": "a", "items": [{"count": 1}, {}]}"#, "items[1].count", "is missing"),
        (r#"{"name": "a", "items": [{"count": 0}]}"#, "items[0].count", "lower than 1"),
        (r#"{"name": "", "items": []}"#, "name", "length is lower than 1"),
        (r#"{"name": "a", "items": [], "more": 1}"#, "more", "unknown field `more`, expected `name` or `items`"),
        ("7", "", "invalid type: integer `7`, expected struct Order"),
        (r#"["a", []]"#, "", "the body must be a JSON object"),
    ];
    for (body, field, message) in cases {
        let problem = read(body).await.unwrap_err();
        assert_eq!((problem.status().as_u16(), problem.code()), (422, "invalid"), "{body}");
        let told = problem.to_json();
        let (told, is) = (&told["errors"][0]["field"], &told["errors"][0]["message"]);
        assert_eq!((told.as_str(), is.as_str()), (Some(field), Some(message)), "{body}");
    }
}
