//! Who may do what, and who learns nothing.

use super::{Case, case};
use crate::inside::{Inside, answer, manual, new_event};
use reqwest::{Method, RequestBuilder};
use rowlock::auth::COOKIE;
use rowlock_persistence::sql::Role;
use serde_json::json;

pub async fn table(inside: &Inside) -> Vec<Case> {
    let mut table = signing_in(inside).await;
    table.extend(others(inside).await);
    table.extend(programs(inside).await);
    table
}

async fn signing_in(inside: &Inside) -> Vec<Case> {
    let (seller, buyer) = (inside.user(Role::Seller).await, inside.buyer());
    let event = inside.event(&seller, json!({})).await;
    let ada = json!({ "email": "ada@example.org", "password": "longer than 8", "name": "Ada", "role": "buyer" });
    let registered = answer(inside.post("/api/user", &ada)).await;
    assert_eq!(registered.status, 201, "{registered:?}");
    let login = |email: &str| inside.post("/api/user/login", &json!({ "email": email, "password": "wrong" }));
    let register = |name: &str, value: &str| {
        let mut user = ada.clone();
        user[name] = value.into();
        inside.post("/api/user/register", &user)
    };
    let wrong = |field: &str| json!({ "errors": [{ "field": field }] });
    let book = manual(event, &["A-1-1-1"]);
    let by_cookie = |origin: &str| {
        let request = inside.post("/api/booking", &book).header("Cookie", format!("{COOKIE}={buyer}"));
        request.header("Origin", origin)
    };
    let from_page = by_cookie("null").header("Sec-Fetch-Site", "cross-site");
    let block = format!("/api/event/{event}/seats/block");
    let seats = json!({ "seats": ["A-1-1-1"] });
    vec![
        case("taken in another case", register("email", "ADA@example.org"), "409 email_taken", json!({})),
        case("no address", register("email", "ada"), "422 invalid", wrong("email")),
        case("a short password", register("password", "short"), "422 invalid", wrong("password")),
        case("a long password", register("password", &"x".repeat(129)), "422 invalid", wrong("password")),
        case("no admin by oneself", register("role", "admin"), "422 invalid", wrong("role")),
        case("a wrong password", login("ada@example.org"), "401 bad_credentials", json!({})),
        case("nobody", login("nobody@example.org"), "401 bad_credentials", json!({})),
        case("nobody signed in", inside.get("/api/user/me"), "401 unauthenticated", json!({})),
        case("nobody books", inside.post("/api/booking", &book), "401 unauthenticated", json!({})),
        case("no good token", inside.get("/api/booking").bearer_auth("x.y.z"), "401 unauthenticated", json!({})),
        case("a user who is gone", inside.get("/api/user").bearer_auth(&buyer), "401 unauthenticated", json!({})),
        case("from another page", by_cookie("http://evil.example"), "403 cross_site", json!({})),
        case("from an opaque page", from_page, "403 cross_site", json!({})),
        case(
            "a buyer sells",
            inside.post("/api/event", &new_event(json!({}))).bearer_auth(&buyer),
            "403 forbidden",
            json!({}),
        ),
        case("a seller buys", inside.post("/api/booking", &book).bearer_auth(&seller), "403 forbidden", json!({})),
        case("a buyer blocks", inside.post(&block, &seats).bearer_auth(&buyer), "403 forbidden", json!({})),
    ]
}

/// Whoever asks for what is another's learns as much as of what is not there.
async fn others(inside: &Inside) -> Vec<Case> {
    let (seller, rival) = (inside.user(Role::Seller).await, inside.user(Role::Seller).await);
    let event = inside.event(&seller, json!({})).await;
    let (owner, other) = (inside.buyer(), inside.buyer());
    let booking = inside.booked(&owner, event, &["A-1-1-1"]).await["id"].as_str().unwrap().to_owned();
    let at = |more: &str| format!("/api/booking/{booking}{more}");
    let post = |path: &str, body| inside.post(&at(path), &body).bearer_auth(&other);
    let empty = |path: &str| inside.request(Method::POST, &at(path)).bearer_auth(&other);
    let with = |method: Method| inside.request(method, &at("")).bearer_auth(&other);
    let sell = |request: RequestBuilder| request.bearer_auth(&rival);
    let seats = json!({ "seats": ["A-1-1-1"] });
    let event_at = |more: &str| format!("/api/event/{event}{more}");
    let nothing = |what, request| case(what, request, "404 not_found", json!({}));
    vec![
        nothing("another's booking", with(Method::GET)),
        nothing("another's cancelled", with(Method::DELETE)),
        nothing("another's patched", with(Method::PATCH).json(&json!({ "status": "cancelled" }))),
        nothing("another's paid", post("/pay", json!({ "payment_method": "sim_approve" }))),
        nothing("another's extended", empty("/extend")),
        nothing("another's exchanged", post("/exchange", json!({ "quantity": 1 }))),
        nothing("no such booking", inside.get("/api/booking/018f0000-0000-7000-8000-000000000000").bearer_auth(&other)),
        nothing("another's event", sell(inside.request(Method::PATCH, &event_at("")).json(&json!({ "name": "x" })))),
        nothing("another's sale closed", sell(inside.request(Method::POST, &event_at("/close")))),
        nothing("another's seats blocked", sell(inside.post(&event_at("/seats/block"), &seats))),
        nothing("another's seats unblocked", sell(inside.post(&event_at("/seats/unblock"), &seats))),
        nothing("no such event", inside.post("/api/booking", &manual(999_999, &["A-1-1-1"])).bearer_auth(&other)),
        nothing("no such event's seats", inside.get("/api/event/999999/seats")),
        nothing("no such event's stream", inside.get("/api/event/999999/stream")),
    ]
}

async fn programs(inside: &Inside) -> Vec<Case> {
    let event = inside.event(&inside.user(Role::Seller).await, json!({})).await;
    let (key, other) = (inside.api_key().await, inside.api_key().await);
    let wish = json!({ "event_id": event, "holder": "box 1", "quantity": 1 });
    let made = answer(inside.post("/api/reservation", &wish).header("X-Api-Key", &key)).await;
    assert_eq!(made.status, 201, "{made:?}");
    let at = |more: &str| format!("/api/reservation/{}{more}", made.body["id"].as_str().unwrap());
    let reserve = |wish| inside.post("/api/reservation", &wish).header("X-Api-Key", &key);
    let confirm = inside.request(Method::POST, &at("/confirm"));
    let as_booking = inside.get(&format!("/api/booking/{}", made.body["id"].as_str().unwrap()));
    let nobody = json!({ "event_id": event, "holder": "", "quantity": 1 });
    let both = json!({ "event_id": event, "holder": "x", "quantity": 1, "seats": ["A-1-1-1"] });
    let long = json!({ "event_id": event, "holder": "x", "quantity": 1, "ttl_seconds": 90_000 });
    vec![
        case("no key", inside.post("/api/reservation", &wish), "401 unauthenticated", json!({})),
        case("a wrong key", inside.get(&at("")).header("X-Api-Key", "rk_x"), "401 unauthenticated", json!({})),
        case("a token for a key", inside.get(&at("")).bearer_auth(inside.buyer()), "401 unauthenticated", json!({})),
        case("another's", inside.get(&at("")).header("X-Api-Key", &other), "404 not_found", json!({})),
        case("another's confirmed", confirm.header("X-Api-Key", &other), "404 not_found", json!({})),
        case("a buyer's own", as_booking.bearer_auth(inside.buyer()), "404 not_found", json!({})),
        case("for nobody", reserve(nobody), "422 invalid", json!({ "errors": [{ "field": "holder" }] })),
        case("seats and a number", reserve(both), "422 invalid", json!({ "errors": [{ "field": "seats" }] })),
        case("for too long", reserve(long), "422 invalid", json!({ "errors": [{ "field": "ttl_seconds" }] })),
    ]
}
