//! What stands in the way of a payment, and what a payment stands in the way of.

use super::{Case, case};
use crate::inside::{Inside, answer};
use reqwest::{Method, RequestBuilder};
use rowlock_persistence::sql::Role;
use serde_json::{Value, json};

pub async fn table(inside: &Inside) -> Vec<Case> {
    let (seller, buyer) = (inside.user(Role::Seller).await, inside.buyer());
    let event = inside.event(&seller, json!({})).await;
    let at = |booking: &Value, more: &str| format!("/api/booking/{}{more}", booking["id"].as_str().unwrap());
    let pay = |booking: &Value, method: &str| {
        inside.post(&at(booking, "/pay"), &json!({ "payment_method": method })).bearer_auth(&buyer)
    };
    let keyed = |request: RequestBuilder| request.header("Idempotency-Key", "slowly");
    let paid = inside.booked(&buyer, event, &["A-1-1-1"]).await;
    assert_eq!(answer(pay(&paid, "sim_approve")).await.status, 200);
    let held = inside.booked(&buyer, event, &["A-1-1-2"]).await;
    let slow = inside.booked(&buyer, event, &["A-1-1-3"]).await;
    tokio::spawn(keyed(pay(&slow, "sim_slow")).send());
    let get = || inside.get(&at(&slow, "")).bearer_auth(&buyer);
    inside.until(get, |answer| answer.body["payment_id"].is_string()).await;

    let no_refunds = inside.event(&seller, json!({})).await;
    let kept = inside.booked(&buyer, no_refunds, &["A-1-1-1"]).await;
    assert_eq!(answer(pay(&kept, "sim_approve")).await.status, 200);
    let amend = inside.request(Method::PATCH, &format!("/api/event/{no_refunds}")).json(&json!({ "refunds": false }));
    assert_eq!(answer(amend.bearer_auth(&seller)).await.status, 200);
    let completed = json!({ "booking_status": "completed" });
    let post = |booking: &Value, more: &str| inside.request(Method::POST, &at(booking, more)).bearer_auth(&buyer);
    let cheaper = json!({ "seats": ["B-1-1-1"] });
    vec![
        // The slow payment ends within a second: these come first.
        case("the same payment again", keyed(pay(&slow, "sim_slow")), "409 idempotency_in_progress", json!({})),
        case("another payment", pay(&slow, "sim_approve"), "409 payment_under_way", json!({})),
        case("extended while paid", post(&slow, "/extend"), "409 payment_under_way", json!({})),
        case("paid twice", pay(&paid, "sim_approve"), "409 already_paid", json!({})),
        case("declined", pay(&held, "sim_decline"), "402 payment_declined", json!({})),
        case("no such method", pay(&held, "gold"), "422 invalid", json!({ "errors": [{ "field": "payment_method" }] })),
        case("extended when paid", post(&paid, "/extend"), "409 wrong_status", completed.clone()),
        case(
            "exchanged for cheaper ones",
            post(&paid, "/exchange").json(&cheaper),
            "409 price_differs",
            json!({ "paid": 3000, "asked": 2000 }),
        ),
        case(
            "not refunded",
            inside.request(Method::DELETE, &at(&kept, "")).bearer_auth(&buyer),
            "409 wrong_status",
            completed,
        ),
    ]
}
