//! What the seats, the sale and the booking say no to.

use super::{Case, case};
use crate::inside::{Inside, answer, best, manual};
use reqwest::{Method, RequestBuilder};
use rowlock::http::time;
use rowlock_persistence::sql::Role;
use serde_json::{Value, json};

pub async fn table(inside: &Inside) -> Vec<Case> {
    let (seller, owner, buyer) = (inside.user(Role::Seller).await, inside.buyer(), inside.buyer());
    let event = inside.event(&seller, json!({ "max_tickets_per_buyer": 5 })).await;
    let small = json!({ "seating_config": {
        "rows": 1, "cols": 3, "sections": [{ "name": "A", "price": 1, "subsections": 1 }],
        "general_admission": [{ "area": "FLOOR", "price": 1, "capacity": 2 }],
    } });
    let (full, small) = (inside.event(&seller, small.clone()).await, inside.event(&seller, small).await);
    inside.booked(&owner, event, &["A-1-1-4", "A-1-1-5"]).await;
    inside.booked(&owner, full, &["A-1-1-1", "A-1-1-2", "A-1-1-3"]).await;
    inside.booked(&owner, small, &["A-1-1-2"]).await;
    inside.booked(&buyer, event, &["B-1-1-1", "B-1-1-2", "B-1-1-3"]).await;
    let book = |wish: Value| inside.post("/api/booking", &wish).bearer_auth(&buyer);
    let with = |event, quantity, more: Value| {
        let mut wish = best(event, quantity);
        wish.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        book(wish)
    };
    let floor = |event, area: &str, quantity: u32| {
        book(
            json!({ "event_id": event, "seat_selection_mode": "general_admission", "area": area, "quantity": quantity }),
        )
    };
    let at = |field: &str| json!({ "errors": [{ "field": field }] });
    let block = |seats: Value| inside.post(&format!("/api/event/{event}/seats/block"), &seats).bearer_auth(&seller);
    let map = |query: &str| inside.get(&format!("/api/event/{event}/seats?{query}"));
    let one_free = [["A-1-1-1"], ["A-1-1-3"]];
    let lost = json!({ "seats": ["A-1-1-2"], "alternatives": one_free });
    vec![
        case(
            "one of two is taken",
            book(manual(event, &["A-1-1-5", "A-1-1-6"])),
            "409 seats_taken",
            json!({ "seats": ["A-1-1-5"] }),
        ),
        case("two are left", book(manual(small, &["A-1-1-2"])), "409 seats_taken", lost),
        case("none is left", book(manual(full, &["A-1-1-2"])), "409 seats_taken", json!({ "alternatives": [] })),
        case(
            "blocked while held",
            block(json!({ "seats": ["A-1-1-4", "A-1-1-1"] })),
            "409 seats_taken",
            json!({ "seats": ["A-1-1-4"] }),
        ),
        case("sold out", with(full, 1, json!({})), "409 sold_out", json!({})),
        case("too few", with(small, 3, json!({})), "409 not_enough_seats", json!({ "free": 2 })),
        case("not together", with(small, 2, json!({ "adjacent_only": true })), "409 not_enough_seats", json!({})),
        case("too dear", with(event, 1, json!({ "max_price": 1 })), "409 sold_out", json!({})),
        case("a full floor", floor(small, "FLOOR", 3), "409 not_enough_seats", json!({ "free": 2 })),
        case("five at once", with(event, 5, json!({})), "409 limit_exceeded", json!({ "max": 4, "per": "booking" })),
        case("six in all", with(event, 3, json!({})), "409 limit_exceeded", json!({ "max": 5, "per": "buyer" })),
        case("none at all", with(event, 0, json!({})), "422 invalid", at("quantity")),
        case("a seat twice", book(manual(event, &["A-1-1-1", "A-1-1-1"])), "422 invalid", at("seats")),
        case(
            "no such seat",
            book(manual(event, &["A-1-1-11", "A-1-1-1"])),
            "422 unknown_seat",
            json!({ "seats": ["A-1-1-11"] }),
        ),
        case("no label", book(manual(event, &["here"])), "422 unknown_seat", json!({ "seats": ["here"] })),
        case(
            "no such seat to block",
            block(json!({ "seats": ["C-1-1-1"] })),
            "422 unknown_seat",
            json!({ "seats": ["C-1-1-1"] }),
        ),
        case("no seat to block", block(json!({ "seats": [] })), "422 invalid", at("seats")),
        case("no such section", with(event, 1, json!({ "section": "C" })), "422 unknown_section", at("section")),
        case(
            "no such subsection",
            with(event, 1, json!({ "section": "A", "subsection": 3 })),
            "422 unknown_section",
            json!({}),
        ),
        case("a subsection of none", with(event, 1, json!({ "subsection": 1 })), "422 invalid", at("subsection")),
        case("no such area", floor(event, "BALCONY", 1), "422 unknown_section", at("area")),
        case("no such section to see", map("section=C"), "422 unknown_section", at("section")),
        case("no such subsection to see", map("section=A&subsection=9"), "422 unknown_section", at("subsection")),
        case(
            "no such way to choose",
            book(json!({ "event_id": event, "seat_selection_mode": "worst" })),
            "422 invalid",
            json!({}),
        ),
    ]
}

/// What is too early, too late, or was asked for before.
pub async fn times(inside: &Inside) -> Vec<Case> {
    let (seller, buyer) = (inside.user(Role::Seller).await, inside.buyer());
    let later = inside.event(&seller, json!({ "sale_opens_at": "2098-01-01T00:00:00Z" })).await;
    let over = inside.event(&seller, json!({})).await;
    let event = inside.event(&seller, json!({})).await;
    let brief = inside.event(&seller, json!({ "hold_seconds": 1 })).await;
    let held = inside.booked(&buyer, over, &["A-1-1-1"]).await;
    let closed = answer(inside.request(Method::POST, &format!("/api/event/{over}/close")).bearer_auth(&seller)).await;
    assert_eq!(closed.status, 200, "{closed:?}");
    let mine = |booking: &Value, more: &str| format!("/api/booking/{}{more}", booking["id"].as_str().unwrap());
    let extend = |booking: &Value| inside.request(Method::POST, &mine(booking, "/extend")).bearer_auth(&buyer);
    let post = |booking: &Value, more: &str, body: Value| inside.post(&mine(booking, more), &body).bearer_auth(&buyer);

    let ending = inside.booked(&buyer, brief, &["A-1-1-1"]).await;
    let get = || inside.get(&mine(&ending, "")).bearer_auth(&buyer);
    inside.until(get, |answer| answer.body["status"] == "expired").await;
    let gone = inside.booked(&buyer, event, &["B-1-1-1"]).await;
    answer(inside.request(Method::DELETE, &mine(&gone, "")).bearer_auth(&buyer)).await;
    let held_here = inside.booked(&buyer, event, &["B-1-1-2"]).await;

    let keyed = |request: RequestBuilder| request.header("Idempotency-Key", "the-same");
    assert_eq!(answer(keyed(inside.book(&buyer, event, &["B-1-2-1"]))).await.status, 201);
    let event_body = |name: &str| crate::inside::new_event(json!({ "name": name }));
    let sell = |name: &str| keyed(inside.post("/api/event", &event_body(name))).bearer_auth(&seller);
    assert_eq!(answer(sell("one")).await.status, 201);
    // Its hold can be as long again, and no more: that is two seconds away, and ends two seconds later.
    let two_seconds = inside.event(&seller, json!({ "hold_seconds": 2 })).await;
    let longest = inside.booked(&buyer, two_seconds, &["A-1-1-1"]).await;
    // Twice in one millisecond is no longer either, so that the refusal alone does not tell.
    let instant = |booking: &Value, name: &str| time::parse(booking[name].as_str().unwrap()).unwrap().0;
    let latest = instant(&longest, "created_at") + 4_000;
    inside
        .until(|| extend(&longest), |answer| answer.status == 200 && instant(&answer.body, "expires_at") == latest)
        .await;
    let cancelled = json!({ "booking_status": "cancelled" });
    let amended = inside.request(Method::PATCH, &format!("/api/event/{over}")).json(&json!({ "hold_seconds": 60 }));
    vec![
        case("no longer", extend(&longest), "409 extension_limit", json!({})),
        case(
            "too early",
            inside.book(&buyer, later, &["A-1-1-1"]),
            "409 not_on_sale",
            json!({ "opens_at": "2098-01-01T00:00:00Z" }),
        ),
        case("too late", inside.book(&buyer, over, &["A-1-1-2"]), "409 not_on_sale", json!({})),
        case("exchanged too late", post(&held, "/exchange", json!({ "quantity": 1 })), "409 not_on_sale", json!({})),
        case("amended too late", amended.bearer_auth(&seller), "409 not_on_sale", json!({})),
        case(
            "paid too late",
            post(&ending, "/pay", json!({ "payment_method": "sim_approve" })),
            "409 hold_expired",
            json!({}),
        ),
        case("extended too late", extend(&ending), "409 hold_expired", json!({})),
        case("cancelled, then extended", extend(&gone), "409 wrong_status", cancelled.clone()),
        case(
            "cancelled, then paid",
            post(&gone, "/pay", json!({ "payment_method": "sim_approve" })),
            "409 wrong_status",
            cancelled,
        ),
        case("exchanged for nothing", post(&held_here, "/exchange", json!({})), "422 invalid", json!({})),
        case(
            "exchanged for what is held",
            post(&held_here, "/exchange", json!({ "seats": ["B-1-2-1"] })),
            "409 seats_taken",
            json!({ "seats": ["B-1-2-1"] }),
        ),
        case(
            "patched to completed",
            inside.request(Method::PATCH, &mine(&gone, "")).bearer_auth(&buyer).json(&json!({ "status": "completed" })),
            "422 invalid",
            json!({ "errors": [{ "field": "status" }] }),
        ),
        case(
            "a used key for other seats",
            keyed(inside.book(&buyer, event, &["B-1-2-2"])),
            "422 idempotency_key_reused",
            json!({}),
        ),
        case("a used key for another event", sell("two"), "422 idempotency_key_reused", json!({})),
    ]
}
