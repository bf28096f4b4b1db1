//! Requests that cannot be understood, whoever sends them.

use super::{Case, case};
use crate::inside::{Inside, LIMIT, manual, new_event};
use reqwest::Method;
use reqwest::header::{CONTENT_TYPE, HeaderValue};
use rowlock::http::{BODY_BYTES_MAX, EVENT_BODY_BYTES_MAX};
use rowlock_persistence::sql::Role;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

pub async fn table(inside: &Inside) -> Vec<Case> {
    let (seller, buyer) = (inside.user(Role::Seller).await, inside.buyer());
    let event = inside.event(&seller, json!({})).await;
    let book = || inside.request(Method::POST, "/api/booking").bearer_auth(&buyer);
    let json_body = |body: &str| book().header(CONTENT_TYPE, "application/json").body(body.to_owned());
    let good = manual(event, &["A-1-1-1"]);
    let at = |field: &str| json!({ "errors": [{ "field": field }] });
    let long = "x".repeat(256);
    let bytes = HeaderValue::from_bytes(b"respond-async\xff").unwrap();
    let too_large = "x".repeat(BODY_BYTES_MAX);
    let put = |body: Value| inside.post("/api/event", &body).bearer_auth(&seller);
    let none = Value::Null;
    let in_order = inside.post("/api/user/login", &json!(["ada@example.org", "longer than 8"]));
    vec![
        case("no JSON", json_body("{"), "400 malformed_json", json!({})),
        case("nothing", json_body(""), "400 malformed_json", json!({})),
        case("more than JSON", json_body("{} {}"), "422 invalid", json!({})),
        case("a type that is none", json_body(r#"{"event_id": "one"}"#), "422 invalid", json!({})),
        case("a list that has every field", in_order, "422 invalid", json!({})),
        case("a list", json_body("[]"), "422 invalid", json!({})),
        case("a field that is missing", json_body(&json!({ "event_id": event }).to_string()), "422 invalid", json!({})),
        case("form data", book().body("event_id=1"), "415 unsupported_media_type", json!({})),
        case("too large", book().json(&too_large), "413 too_large", json!({})),
        case("too large an event", put(json!("x".repeat(EVENT_BODY_BYTES_MAX))), "413 too_large", json!({})),
        case("no such route", inside.get("/api/nothing"), "404 not_found", json!({})),
        case("no such root", inside.get("/"), "404 not_found", json!({})),
        case("an id that is none", inside.get("/api/event/one"), "404 not_found", json!({})),
        case("a negative id", inside.get("/api/event/-1/seats"), "404 not_found", json!({})),
        case("the largest id", inside.get(&format!("/api/event/{}", u64::MAX)), "404 not_found", json!({})),
        case(
            "no such method",
            inside.request(Method::PUT, "/api/booking"),
            "405 method_not_allowed",
            json!({ "instance": "/api/booking" }),
        ),
        case("an empty key", book().header("Idempotency-Key", "").json(&good), "400 bad_idempotency_key", json!({})),
        case(
            "a key of words",
            book().header("Idempotency-Key", "a b").json(&good),
            "400 bad_idempotency_key",
            json!({}),
        ),
        case("a long key", book().header("Idempotency-Key", long).json(&good), "400 bad_idempotency_key", json!({})),
        case("a strange preference", book().header("Prefer", bytes).json(&good), "400 bad_header", json!({})),
        case("a cursor of nobody", inside.get("/api/event?cursor=x"), "400 bad_cursor", json!({})),
        case("another's cursor", inside.get("/api/booking?cursor=x").bearer_auth(&buyer), "400 bad_cursor", json!({})),
        case("a limit of none", inside.get("/api/event?limit=0"), "422 invalid", at("limit")),
        case("too high a limit", inside.get("/api/event?limit=101"), "422 invalid", at("limit")),
        case("no such state", inside.get("/api/event?status=lost"), "422 invalid", at("status")),
        case("a field nobody knows", put(new_event(json!({ "nmae": "x" }))), "422 invalid", at("nmae")),
        case("no name", put(new_event(json!({ "name": "" }))), "422 invalid", at("name")),
        case("a currency of none", put(new_event(json!({ "currency": "euro" }))), "422 invalid", at("currency")),
        case("no time", put(new_event(json!({ "starts_at": "tomorrow" }))), "422 invalid", at("starts_at")),
        case("no seats", put(new_event(json!({ "seating_config": none }))), "422 invalid", at("seating_config")),
        case(
            "a section twice",
            put(new_event(json!({ "seating_config": { "rows": 1, "cols": 1, "sections": [
                { "name": "A", "price": 1, "subsections": 1 }, { "name": "A", "price": 1, "subsections": 1 },
            ] } }))),
            "422 invalid",
            at("seating_config.sections[1].name"),
        ),
        case(
            "two wrong fields",
            put(new_event(json!({ "name": "", "hold_seconds": 0 }))),
            "422 invalid",
            json!({ "errors": [{ "field": "hold_seconds" }, { "field": "name" }] }),
        ),
    ]
}

/// A body that ends in the middle, as no client library sends it.
pub async fn broken_off(inside: &Inside) -> Option<String> {
    let token = inside.buyer();
    let head = format!(
        "POST /api/booking HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\n\
         Content-Type: application/json\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n5\r\n{{\"eve\r\nnot a size\r\n"
    );
    let mut connection = TcpStream::connect(inside.service.address).await.unwrap();
    connection.write_all(head.as_bytes()).await.unwrap();
    let mut answer = String::new();
    tokio::time::timeout(LIMIT, connection.read_to_string(&mut answer)).await.expect("it is answered").unwrap();
    assert!(answer.starts_with("HTTP/1.1 400 "), "{answer}");
    assert!(answer.contains(r#""code":"malformed_body""#), "{answer}");
    Some("malformed_body".to_owned())
}
