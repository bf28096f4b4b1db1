//! Events: put on sale, listed, seen, amended, blocked, closed.
#![allow(clippy::unwrap_used)]

#[path = "support/inside.rs"]
mod inside;

use inside::{Inside, answer, best, new_event};
use reqwest::{Method, RequestBuilder};
use rowlock_persistence::sql::Role;
use serde_json::{Value, json};
use std::collections::BTreeSet;

fn patch(inside: &Inside, seller: &str, event: u64, body: &Value) -> RequestBuilder {
    inside.request(Method::PATCH, &format!("/api/event/{event}")).bearer_auth(seller).json(body)
}

#[tokio::test]
async fn an_event_is_on_sale_as_its_seller_says() {
    let inside = Inside::start().await;
    let seller = inside.user(Role::Seller).await;
    let made = answer(inside.post("/api/event", &new_event(json!({}))).bearer_auth(&seller)).await;
    assert_eq!(made.status, 201, "{made:?}");
    let event = &made.body;
    assert_eq!(made.header("location"), format!("/api/event/{}", event["id"]));
    assert_eq!((&event["status"], &event["starts_at"]), (&json!("on_sale"), &json!("2099-01-01T20:00:00Z")));
    assert_eq!((&event["hold_seconds"], &event["max_tickets_per_booking"]), (&json!(600), &json!(4)));
    assert_eq!((&event["description"], &event["max_tickets_per_buyer"]), (&json!(""), &Value::Null));
    assert_eq!(answer(inside.get(made.header("location"))).await.body, *event, "as everybody sees it");

    let id = event["id"].as_u64().unwrap();
    inside.booked(&inside.buyer(), id, &["A-2-1-1", "A-2-1-2"]).await;
    let seen = answer(inside.get(made.header("location"))).await.body;
    let counts = json!({ "total": 180, "available": 178, "held": 2, "sold": 0, "blocked": 0 });
    assert_eq!(seen["counts"], counts);
    let of = |section: usize, at: usize| seen["sections"][section]["subsections"][at]["counts"]["held"].clone();
    assert_eq!([of(0, 0), of(0, 1), of(1, 0), of(1, 1)], [json!(0), json!(2), json!(0), json!(0)]);
}

#[tokio::test]
async fn the_full_form_of_seats_is_understood() {
    let inside = Inside::start().await;
    let seats = json!({ "sections": [
        { "name": "A", "price": 3000, "focal_point": { "row": 1, "seat": 2 }, "subsections": [
            { "number": 1, "rows": [
                { "row": 1, "seats": 5, "missing": [3], "accessible": [1], "companion": [2] },
                { "row": 3, "seats": 2 },
            ] },
            { "number": 4, "rows": 2, "seats_per_row": 3 },
        ] },
    ] });
    let event = inside.event(&inside.user(Role::Seller).await, json!({ "seating_config": seats })).await;
    let labels: BTreeSet<_> = inside.seats(event).await.into_keys().collect();
    let expected = [
        "A-1-1-1", "A-1-1-2", "A-1-1-4", "A-1-1-5", "A-1-3-1", "A-1-3-2", "A-4-1-1", "A-4-1-2", "A-4-1-3", "A-4-2-1",
        "A-4-2-2", "A-4-2-3",
    ];
    assert_eq!(labels, expected.map(str::to_owned).into());
    let wish = json!({ "event_id": event, "seat_selection_mode": "best_available", "quantity": 1, "accessible": true });
    let booked = answer(inside.post("/api/booking", &wish).bearer_auth(inside.buyer())).await;
    assert_eq!(booked.body["seats"], json!(["A-1-1-2"]), "nearest to the focal point among those: {booked:?}");
}

#[tokio::test]
async fn lists_come_filtered_and_in_pages() {
    let inside = Inside::start().await;
    let (one, other) = (inside.user(Role::Seller).await, inside.user(Role::Seller).await);
    let mut ids = Vec::new();
    for number in 0..5 {
        ids.push(inside.event(&one, json!({ "name": format!("Concert {number}") })).await);
    }
    let play = inside.event(&other, json!({ "name": "A Play, 100%", "venue_name": "Old Mill" })).await;
    let closed = answer(inside.request(Method::POST, &format!("/api/event/{play}/close")).bearer_auth(&other)).await;
    assert_eq!((closed.status.as_u16(), &closed.body["status"]), (200, &json!("closed")));
    let list = async |query: &str| answer(inside.get(&format!("/api/event{query}"))).await.body;
    let ids_of = |page: &Value| -> Vec<u64> {
        page["items"].as_array().unwrap().iter().map(|event| event["id"].as_u64().unwrap()).collect()
    };
    ids.reverse();
    let (mut paged, mut query) = (Vec::new(), "?limit=2&status=on_sale".to_owned());
    loop {
        let page = list(&query).await;
        assert!(ids_of(&page).len() <= 2);
        paged.extend(ids_of(&page));
        let Some(cursor) = page["next_cursor"].as_str() else { break };
        query = format!("?limit=2&status=on_sale&cursor={cursor}");
    }
    assert_eq!(paged, ids, "the newest first, each once");
    let seller_id = closed.body["seller_id"].as_i64().unwrap();
    for query in [format!("?seller_id={seller_id}"), "?status=closed".into(), "?q=mill".into(), "?q=100%25".into()] {
        assert_eq!(ids_of(&list(&query).await), [play], "{query}");
    }
    assert_eq!(list("?q=nothing").await, json!({ "items": [], "next_cursor": null }));
}

#[tokio::test]
async fn seats_are_sent_again_only_when_they_changed() {
    let inside = Inside::start().await;
    let event = inside.event(&inside.user(Role::Seller).await, json!({})).await;
    let path = format!("/api/event/{event}/seats");
    let first = answer(inside.get(&path)).await;
    let etag = first.header("etag").to_owned();
    let known = |etag: &str| inside.get(&path).header("If-None-Match", etag.to_owned());
    let same = answer(known(&etag)).await;
    assert_eq!((same.status.as_u16(), same.header("etag"), &same.body), (304, etag.as_str(), &Value::Null));
    assert_eq!(answer(known(&format!("\"x\", W/{etag}"))).await.status, 304);
    inside.booked(&inside.buyer(), event, &["A-1-1-1"]).await;
    let changed = answer(known(&etag)).await;
    assert_eq!(changed.status, 200);
    assert_ne!(changed.header("etag"), etag);
    assert_eq!(changed.body["sections"][0]["subsections"][0]["rows"][0]["seats"][0], "held");

    let narrow = answer(inside.get(&format!("{path}?section=B&subsection=2"))).await.body;
    assert_eq!(narrow["sections"].as_array().unwrap().len(), 1);
    assert_eq!(narrow["sections"][0]["name"], "B");
    let subsections = narrow["sections"][0]["subsections"].as_array().unwrap();
    assert_eq!((subsections.len(), &subsections[0]["number"]), (1, &json!(2)));
}

#[tokio::test]
async fn an_event_is_amended_field_by_field() {
    let inside = Inside::start().await;
    let (seller, buyer) = (inside.user(Role::Seller).await, inside.buyer());
    let later = json!({ "sale_opens_at": "2098-01-01T00:00:00+02:00", "max_tickets_per_buyer": 1 });
    let event = inside.event(&seller, later).await;
    assert_eq!(answer(inside.book(&buyer, event, &["A-1-1-1"])).await.body["opens_at"], "2097-12-31T22:00:00Z");
    let amended = answer(patch(&inside, &seller, event, &json!({ "name": "New", "sale_opens_at": null }))).await;
    assert_eq!(amended.status, 200, "{amended:?}");
    assert_eq!((&amended.body["name"], &amended.body["sale_opens_at"]), (&json!("New"), &Value::Null));
    assert_eq!((&amended.body["venue_name"], &amended.body["max_tickets_per_buyer"]), (&json!("Hall"), &json!(1)));
    inside.booked(&buyer, event, &["A-1-1-1"]).await;
    assert_eq!(answer(inside.book(&buyer, event, &["A-1-1-2"])).await.code(), "limit_exceeded");
    let amended = answer(patch(&inside, &seller, event, &json!({ "max_tickets_per_buyer": null }))).await;
    assert_eq!(amended.body["max_tickets_per_buyer"], Value::Null);
    inside.booked(&buyer, event, &["A-1-1-2"]).await;
    let admin = inside.user(Role::Admin).await;
    assert_eq!(answer(patch(&inside, &admin, event, &json!({ "hold_seconds": 60 }))).await.body["hold_seconds"], 60);
}

#[tokio::test]
async fn house_seats_are_blocked_and_put_back() {
    let inside = Inside::start().await;
    let seller = inside.user(Role::Seller).await;
    let event = inside.event(&seller, json!({})).await;
    let named = json!({ "seats": ["A-1-1-1", "A-1-1-2"], "reason": "the band" });
    let set = |verb: &str| inside.post(&format!("/api/event/{event}/seats/{verb}"), &named).bearer_auth(&seller);
    let changed = |state: &str| json!([{ "seat": "A-1-1-1", "state": state }, { "seat": "A-1-1-2", "state": state }]);
    assert_eq!(answer(set("block")).await.body["changed"], changed("blocked"));
    assert_eq!(answer(set("block")).await.body["changed"], json!([]), "they were");
    assert_eq!(inside.seats(event).await["A-1-1-1"], "blocked");
    assert_eq!(answer(inside.book(&inside.buyer(), event, &["A-1-1-1"])).await.code(), "seats_taken");
    assert_eq!(answer(set("unblock")).await.body["changed"], changed("available"));
    inside.booked(&inside.buyer(), event, &["A-1-1-1"]).await;
}

#[tokio::test]
async fn a_sale_that_is_over_sells_nothing_but_what_is_held() {
    let inside = Inside::start().await;
    let (seller, buyer) = (inside.user(Role::Seller).await, inside.buyer());
    let event = inside.event(&seller, json!({})).await;
    let held = inside.booked(&buyer, event, &["A-1-1-1"]).await;
    let close = || {
        let close = inside.request(Method::POST, &format!("/api/event/{event}/close"));
        close.bearer_auth(&seller).header("Idempotency-Key", "close")
    };
    assert_eq!(answer(close()).await.body["status"], "closed");
    let again = answer(close()).await;
    assert_eq!((again.status.as_u16(), again.header("idempotency-replayed")), (200, "true"), "{again:?}");
    assert_eq!(answer(inside.post("/api/booking", &best(event, 1)).bearer_auth(&buyer)).await.code(), "not_on_sale");
    let pay = format!("/api/booking/{}/pay", held["id"].as_str().unwrap());
    let paid = answer(inside.post(&pay, &json!({ "payment_method": "sim_approve" })).bearer_auth(&buyer)).await;
    assert_eq!((paid.status.as_u16(), &paid.body["status"]), (200, &json!("completed")), "{paid:?}");
}
