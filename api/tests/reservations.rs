//! Bookings and reservations: made, shown, listed, extended, exchanged, cancelled; repeated and answered later.
#![allow(clippy::unwrap_used)]

#[path = "support/inside.rs"]
mod inside;

use inside::{Answer, Inside, LIMIT, answer, best};
use reqwest::{Method, RequestBuilder};
use rowlock::http::time::parse;
use rowlock_engine::ids::TimeMs;
use rowlock_persistence::sql::Role;
use serde_json::{Value, json};
use std::time::Instant;

fn path(booking: &Value, more: &str) -> String {
    format!("/api/booking/{}{more}", booking["id"].as_str().unwrap())
}

fn time(booking: &Value, name: &str) -> TimeMs {
    parse(booking[name].as_str().unwrap()).unwrap()
}

async fn event(inside: &Inside) -> u64 {
    inside.event(&inside.user(Role::Seller).await, json!({})).await
}

fn floor(event: u64, quantity: u32) -> Value {
    json!({ "event_id": event, "seat_selection_mode": "general_admission", "area": "FLOOR", "quantity": quantity })
}

fn rows_of(booking: &Value) -> Vec<&str> {
    booking["seats"].as_array().unwrap().iter().map(|seat| seat.as_str().unwrap().rsplit_once('-').unwrap().0).collect()
}

#[tokio::test]
async fn a_booking_is_there_at_once_and_stays() {
    let inside = Inside::start().await;
    let (event, buyer) = (event(&inside).await, inside.buyer());
    let booking = inside.booked(&buyer, event, &["A-1-2-3", "A-1-2-4"]).await;
    let shown = |name: &str| booking[name].clone();
    assert_eq!([shown("status"), shown("currency")], [json!("pending_payment"), json!("EUR")]);
    assert_eq!([shown("total_price"), shown("quantity"), shown("event_id")], [json!(6000), json!(2), json!(event)]);
    let (made, ends) = (time(&booking, "created_at"), time(&booking, "expires_at"));
    assert_eq!(ends, made.plus_ms(600_000));
    let get = || inside.get(&path(&booking, "")).bearer_auth(&buyer);
    assert_eq!(answer(get()).await.body, booking);

    let pay = || {
        let pay = inside.post(&path(&booking, "/pay"), &json!({ "payment_method": "sim_approve" })).bearer_auth(&buyer);
        pay.header("Idempotency-Key", "pay")
    };
    let paid = answer(pay()).await;
    assert_eq!((paid.status.as_u16(), &paid.body["status"]), (200, &json!("completed")), "{paid:?}");
    let again = answer(pay()).await;
    assert_eq!((again.header("idempotency-replayed"), &again.body), ("true", &paid.body));
    let completed = answer(get()).await.body;
    assert_eq!((&completed["status"], &completed["payment_id"]), (&json!("completed"), &paid.body["payment_id"]));
    assert!(completed.get("expires_at").is_none());
    assert_eq!(inside.seats(event).await["A-1-2-3"], "sold");

    let cancel = || inside.request(Method::DELETE, &path(&booking, "")).bearer_auth(&buyer);
    for _ in 0..2 {
        let cancelled = answer(cancel()).await;
        assert_eq!((cancelled.status.as_u16(), &cancelled.body["status"]), (200, &json!("cancelled")));
    }
    assert_eq!(inside.seats(event).await["A-1-2-3"], "available");
}

#[tokio::test]
async fn the_best_seats_are_side_by_side_and_areas_have_places() {
    let inside = Inside::start().await;
    let (event, buyer) = (event(&inside).await, inside.buyer());
    let mut wish = best(event, 3);
    (wish["section"], wish["max_price"], wish["adjacent_only"]) = ("B".into(), 2000.into(), true.into());
    let booked = answer(inside.post("/api/booking", &wish).bearer_auth(&buyer)).await.body;
    assert_eq!(rows_of(&booked), ["B-1-1"; 3], "{booked}");
    assert_eq!(booked["total_price"], 6000);
    let standing = answer(inside.post("/api/booking", &floor(event, 4)).bearer_auth(&buyer)).await.body;
    assert_eq!(
        (&standing["area"], &standing["quantity"], &standing["seats"]),
        (&json!("FLOOR"), &json!(4), &json!([]))
    );
    let areas = answer(inside.get(&format!("/api/event/{event}/seats"))).await.body["general_admission"].clone();
    assert_eq!((&areas[0]["area"], &areas[0]["counts"]["held"]), (&json!("FLOOR"), &json!(4)));
    let fewer = inside.post(&path(&standing, "/exchange"), &json!({ "quantity": 1 })).bearer_auth(&buyer);
    assert_eq!(answer(fewer).await.body["quantity"], 1, "of the same area");
}

#[tokio::test]
async fn a_repeated_request_has_the_same_answer() {
    let inside = Inside::start().await;
    let (event, buyer) = (event(&inside).await, inside.buyer());
    let keyed = |request: RequestBuilder, key: &str| request.header("Idempotency-Key", key.to_owned());
    let book = |who: &str| keyed(inside.post("/api/booking", &best(event, 2)).bearer_auth(who), "one");
    let first = answer(book(&buyer)).await;
    let again = answer(book(&buyer)).await;
    assert_eq!((first.status.as_u16(), first.header("idempotency-replayed")), (201, ""));
    assert_eq!((again.status.as_u16(), again.header("idempotency-replayed")), (201, "true"));
    assert_eq!(first.body, again.body);
    let others = answer(book(&inside.buyer())).await;
    assert_eq!((others.status.as_u16(), others.header("idempotency-replayed")), (201, ""), "a key is its caller's own");
    let lost = first.body["seats"][0].as_str().unwrap();
    let loser = inside.buyer();
    let lose = || keyed(inside.book(&loser, event, &[lost]), "two");
    let (no, still_no) = (answer(lose()).await, answer(lose()).await);
    assert_eq!(no.code(), "seats_taken", "{no:?}");
    assert_eq!((still_no.header("idempotency-replayed"), &still_no.body), ("true", &no.body));

    let swap = || keyed(inside.post(&path(&first.body, "/exchange"), &json!({ "seats": ["B-1-1-1"] })), "swap");
    let (swapped, repeated) = (answer(swap().bearer_auth(&buyer)).await, answer(swap().bearer_auth(&buyer)).await);
    assert_eq!((swapped.status.as_u16(), &swapped.body["seats"]), (200, &json!(["B-1-1-1"])), "{swapped:?}");
    assert_eq!((repeated.header("idempotency-replayed"), &repeated.body), ("true", &swapped.body));
    assert_eq!(inside.seats(event).await[lost], "available", "the old seats are free");
}

#[tokio::test]
async fn whoever_does_not_wait_finds_the_outcome_later() {
    let inside = Inside::start().await;
    let (event, buyer) = (event(&inside).await, inside.buyer());
    let later = |request: RequestBuilder| request.header("Prefer", "return=minimal, respond-async");
    let is_known = |answer: &Answer| answer.body["status"] != "processing";
    let find = async |accepted: &Answer| {
        assert_eq!((accepted.status.as_u16(), &accepted.body["status"]), (202, &json!("processing")), "{accepted:?}");
        let location = accepted.header("location");
        inside.until(|| inside.get(location).bearer_auth(&buyer), is_known).await.body
    };
    let accepted = answer(later(inside.book(&buyer, event, &["A-1-1-1"]))).await;
    let booking = find(&accepted).await;
    assert_eq!((&booking["status"], &booking["seats"]), (&json!("pending_payment"), &json!(["A-1-1-1"])));
    assert_eq!(booking["id"], accepted.body["id"]);
    let refused = find(&answer(later(inside.book(&buyer, event, &["A-1-1-1"]))).await).await;
    assert_eq!((&refused["status"], &refused["problem"]["code"]), (&json!("refused"), &json!("seats_taken")));
    assert_eq!(refused["problem"]["seats"], json!(["A-1-1-1"]));
    let location = accepted.header("location");
    assert_eq!(answer(inside.get(location).bearer_auth(inside.buyer())).await.status, 404);
}

#[tokio::test]
async fn holds_end_are_extended_and_exchanged() {
    let inside = Inside::start().await;
    let (event, buyer) = (event(&inside).await, inside.buyer());
    let booking = inside.booked(&buyer, event, &["A-1-1-1"]).await;
    let extend = || inside.request(Method::POST, &path(&booking, "/extend")).bearer_auth(&buyer);
    // In the millisecond in which the hold began there is nothing to extend.
    let extended = inside.until(extend, |answer| answer.status == 200).await.body;
    assert!(time(&extended, "expires_at") > time(&booking, "expires_at"), "{extended}");
    let swap = |body: Value| inside.post(&path(&booking, "/exchange"), &body).bearer_auth(&buyer);
    let swapped = answer(swap(json!({ "quantity": 2, "section": "B" }))).await.body;
    assert_eq!((rows_of(&swapped), &swapped["total_price"]), (vec!["B-1-1", "B-1-1"], &json!(4000)), "{swapped}");
    assert_eq!(swapped["expires_at"], extended["expires_at"], "new seats are held no longer");
    let patch = inside.request(Method::PATCH, &path(&booking, "")).json(&json!({ "status": "cancelled" }));
    assert_eq!(answer(patch.bearer_auth(&buyer)).await.body["status"], "cancelled");
    assert!(inside.seats(event).await.values().all(|state| state == "available"));

    let brief = inside.event(&inside.user(Role::Seller).await, json!({ "hold_seconds": 1 })).await;
    let ending = inside.booked(&buyer, brief, &["A-1-1-1"]).await;
    let get = || inside.get(&path(&ending, "")).bearer_auth(&buyer);
    inside.until(get, |answer| answer.body["status"] == "expired").await;
    assert_eq!(inside.seats(brief).await["A-1-1-1"], "available");
}

#[tokio::test]
async fn ones_own_bookings_come_filtered_and_in_pages() {
    let inside = Inside::start().await;
    let (one, other, buyer) = (event(&inside).await, event(&inside).await, inside.buyer());
    let mut ids = Vec::new();
    for seat in 1..=5 {
        let on = if seat == 3 { other } else { one };
        ids.push(inside.booked(&buyer, on, &[&format!("A-1-1-{seat}")]).await);
    }
    inside.booked(&inside.buyer(), one, &["B-1-1-1"]).await;
    let pay = inside.post(&path(&ids[0], "/pay"), &json!({ "payment_method": "sim_approve" })).bearer_auth(&buyer);
    assert_eq!(answer(pay).await.status, 200);
    let list = async |query: &str| answer(inside.get(&format!("/api/booking?{query}")).bearer_auth(&buyer)).await.body;
    let ids_of = |page: &Value| -> Vec<Value> {
        page["items"].as_array().unwrap().iter().map(|booking| booking["id"].clone()).collect()
    };
    let expected: Vec<_> = ids.iter().rev().map(|booking| booking["id"].clone()).collect();
    let (mut paged, mut query) = (Vec::new(), "limit=2".to_owned());
    loop {
        let page = list(&query).await;
        paged.extend(ids_of(&page));
        let Some(cursor) = page["next_cursor"].as_str() else { break };
        query = format!("limit=2&cursor={cursor}");
    }
    assert_eq!(paged, expected, "the newest first, each once");
    assert_eq!(ids_of(&list("status=completed").await), expected[4..]);
    assert_eq!(ids_of(&list(&format!("event_id={other}")).await), expected[2..3]);
    assert_eq!(ids_of(&list(&format!("event_id={other}&status=completed")).await), Vec::<Value>::new());
}

#[tokio::test]
async fn a_program_holds_and_sells_without_a_payment() {
    let inside = Inside::start().await;
    let (event, since) = (event(&inside).await, Instant::now());
    // Made and revoked on the command line, beside the running service.
    let rowlock = async |arguments: &[&str]| {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_rowlock"));
        command.env_clear().env("ROWLOCK_DATA_DIR", inside.directory.path().join("data")).arg("apikey");
        command.args(arguments);
        // The service must go on meanwhile, or its database stays locked.
        let output = tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap();
        assert!(output.status.success(), "{output:?}");
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    };
    let key = rowlock(&["create", "--name", "box office"]).await;
    let send = |request: RequestBuilder| answer(request.header("X-Api-Key", &key));
    let wish = json!({ "event_id": event, "holder": "desk 1", "seats": ["A-1-1-1"], "ttl_seconds": 60 });
    let reserve = || inside.post("/api/reservation", &wish).header("Idempotency-Key", "one");
    let made = send(reserve()).await;
    assert_eq!((made.status.as_u16(), &made.body["holder"]), (201, &json!("desk 1")), "{made:?}");
    assert_eq!(send(reserve()).await.header("idempotency-replayed"), "true");
    let path = |more: &str| format!("/api/reservation/{}{more}", made.body["id"].as_str().unwrap());
    assert_eq!(send(inside.get(&path(""))).await.body, made.body);
    let extend = || inside.request(Method::POST, &path("/extend")).header("X-Api-Key", &key);
    inside.until(extend, |answer| answer.status == 200).await;
    let swapped = send(inside.post(&path("/exchange"), &json!({ "seats": ["A-1-1-2"] }))).await;
    assert_eq!(swapped.body["seats"], json!(["A-1-1-2"]), "{swapped:?}");
    let confirmed = send(inside.request(Method::POST, &path("/confirm"))).await;
    assert_eq!((confirmed.status.as_u16(), &confirmed.body["status"]), (200, &json!("completed")), "{confirmed:?}");
    assert_eq!(inside.seats(event).await["A-1-1-2"], "sold");
    assert_eq!(send(inside.request(Method::DELETE, &path(""))).await.body["status"], "cancelled");
    let places = json!({ "event_id": event, "holder": "desk 2", "area": "FLOOR", "quantity": 2 });
    assert_eq!(send(inside.post("/api/reservation", &places)).await.body["area"], "FLOOR");

    let listed = rowlock(&["list"]).await;
    let (id, _) = listed.split_once("  ").unwrap();
    assert!(listed.contains("box office") && !listed.contains(&key), "{listed}");
    rowlock(&["revoke", id.trim()]).await;
    inside.until(|| inside.get(&path("")).header("X-Api-Key", &key), |answer| answer.status == 401).await;
    assert!(since.elapsed() < LIMIT, "a revoked key is good for ten seconds at most");
}
