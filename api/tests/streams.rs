//! Streams that break off and come back end with what is true, and tell each change once.
#![allow(clippy::unwrap_used)]

#[path = "support/inside.rs"]
mod inside;
#[path = "support/sse.rs"]
mod sse;

use inside::{Inside, LIMIT, answer, best, states};
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use reqwest::Method;
use rowlock_persistence::sql::Role;
use serde_json::{Value, json};
use sse::{Event, Events};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};
use tokio::task::JoinSet;

const CUTS: u32 = 30;

/// What a reader knows of an event's seats.
#[derive(Default)]
struct Known {
    seats: BTreeMap<String, String>,
    counts: Value,
    areas: BTreeMap<String, Value>,
    cursor: Option<u64>,
    snapshots: u32,
}

impl Known {
    fn learn(&mut self, event: Event) {
        assert!(event.id > self.cursor, "the cursor rises: {:?} after {:?}", event.id, self.cursor);
        self.cursor = event.id;
        self.counts = event.data["counts"].clone();
        self.areas = areas(&event.data);
        if event.name == "snapshot" {
            (self.seats, self.snapshots) = (states(&event.data), self.snapshots + 1);
            return;
        }
        assert_eq!(event.name, "seats");
        for change in event.data["changed"].as_array().unwrap() {
            let (seat, state) = (change["seat"].as_str().unwrap(), change["state"].as_str().unwrap());
            assert!(self.seats.insert(seat.to_owned(), state.to_owned()).is_some(), "{seat} is a seat of the event");
        }
    }

    /// Opens the stream where it broke off.
    async fn reopen(&self, inside: &Inside, event: u64) -> Events {
        let request = inside.get(&format!("/api/event/{event}/stream"));
        Events::open(match self.cursor {
            Some(cursor) => request.header("Last-Event-ID", cursor.to_string()),
            None => request,
        })
        .await
    }
}

/// The counts of the areas in a snapshot, in a change or in the body of GET …/seats.
fn areas(view: &Value) -> BTreeMap<String, Value> {
    let areas = view["general_admission"].as_array().unwrap();
    areas.iter().map(|area| (area["area"].as_str().unwrap().to_owned(), area["counts"].clone())).collect()
}

fn place(event: u64) -> Value {
    json!({ "event_id": event, "seat_selection_mode": "general_admission", "area": "FLOOR", "quantity": 1 })
}

/// Books, cancels, blocks and unblocks until told to stop.
async fn trade(inside: Arc<Inside>, event: u64, seller: String, seed: u64, stop: Arc<AtomicBool>) {
    let (mut random, buyer, mut held) = (StdRng::seed_from_u64(seed), inside.buyer(), Vec::new());
    while !stop.load(Ordering::Relaxed) {
        match random.random_range(0..4) {
            0 | 1 => {
                let wish = if random.random() { best(event, 2) } else { place(event) };
                let booked = answer(inside.post("/api/booking", &wish).bearer_auth(&buyer)).await;
                held.extend(booked.body["id"].as_str().filter(|_| booked.status == 201).map(str::to_owned));
            }
            2 => {
                let Some(id) = held.pop() else { continue };
                let cancel = inside.request(Method::DELETE, &format!("/api/booking/{id}")).bearer_auth(&buyer);
                assert_eq!(answer(cancel).await.status, 200);
            }
            _ => {
                let verb = if random.random() { "block" } else { "unblock" };
                let seat = format!("B-2-4-{}", random.random_range(1..=10));
                let path = format!("/api/event/{event}/seats/{verb}");
                answer(inside.post(&path, &json!({ "seats": [seat] })).bearer_auth(&seller)).await;
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_reader_that_is_cut_off_again_and_again_misses_nothing() {
    let inside = Arc::new(Inside::start().await);
    let seller = inside.user(Role::Seller).await;
    let event = inside.event(&seller, json!({})).await;
    let stop = Arc::new(AtomicBool::new(false));
    let mut traders = JoinSet::new();
    for seed in 0..3 {
        traders.spawn(trade(inside.clone(), event, seller.clone(), seed, stop.clone()));
    }
    let (mut known, mut random) = (Known::default(), StdRng::seed_from_u64(7));
    for _ in 0..CUTS {
        let mut events = known.reopen(&inside, event).await;
        for _ in 0..random.random_range(0..3) {
            known.learn(events.next().await.expect("the service goes on"));
        }
        // What is on its way when the connection breaks is lost, as it would be on a bad line.
        let patience = Duration::from_millis(random.random_range(0..60));
        let _ = tokio::time::timeout(patience, events.next()).await;
    }
    stop.store(true, Ordering::Relaxed);
    traders.join_all().await;

    let truth = answer(inside.get(&format!("/api/event/{event}/seats"))).await.body;
    let mut events = known.reopen(&inside, event).await;
    while known.cursor < truth["version"].as_u64() {
        known.learn(events.next().await.expect("the service goes on"));
    }
    assert_eq!(known.cursor, truth["version"].as_u64(), "it is told of nothing that did not happen");
    assert_eq!(known.seats, states(&truth));
    assert_eq!((&known.counts, &known.areas), (&truth["counts"], &areas(&truth)));
    assert_eq!(known.snapshots, 1, "a cursor that the board knows resumes");
}

#[tokio::test]
async fn a_cursor_that_is_not_known_begins_again() {
    let inside = Inside::start().await;
    let event = inside.event(&inside.user(Role::Seller).await, json!({})).await;
    for cursor in ["9999999", "x", "-1"] {
        let request = inside.get(&format!("/api/event/{event}/stream")).header("Last-Event-ID", cursor);
        let first = Events::open(request).await.next().await.unwrap();
        assert_eq!(first.name, "snapshot", "{cursor}");
        assert_eq!(states(&first.data), inside.seats(event).await);
    }
}

#[tokio::test]
async fn nothing_is_lost_between_a_booking_and_its_stream() {
    let inside = Inside::start().await;
    let event = inside.event(&inside.user(Role::Seller).await, json!({})).await;
    let (buyer, other) = (inside.buyer(), inside.buyer());
    let open = || Events::open(inside.get("/api/booking/stream").bearer_auth(&buyer));
    let mut early = open().await;
    let booking = inside.booked(&buyer, event, &["A-1-1-1"]).await;
    inside.booked(&other, event, &["A-1-1-2"]).await;
    let mut late = open().await;
    for events in [&mut early, &mut late] {
        let first = events.next().await.unwrap();
        assert_eq!((first.name.as_str(), &first.data), ("booking", &booking), "as the POST answered");
    }
    let path = format!("/api/booking/{}", booking["id"].as_str().unwrap());
    let pay = inside.post(&format!("{path}/pay"), &json!({ "payment_method": "sim_approve" })).bearer_auth(&buyer);
    assert_eq!(answer(pay).await.status, 200);
    for events in [&mut early, &mut late] {
        let mut event = events.next().await.unwrap();
        while event.data["status"] == "pending_payment" {
            event = events.next().await.unwrap();
        }
        assert_eq!((&event.data["id"], &event.data["status"]), (&booking["id"], &json!("completed")));
    }
}

/// What has left the boards for the ledger belongs to the current state as well.
#[tokio::test]
async fn a_booking_stream_begins_with_what_only_the_ledger_has() {
    let inside = Inside::start().await;
    let event = inside.event(&inside.user(Role::Seller).await, json!({})).await;
    let buyer = inside.buyer();
    let paid = inside.booked(&buyer, event, &["A-1-1-1"]).await;
    let path = format!("/api/booking/{}", paid["id"].as_str().unwrap());
    let pay = inside.post(&format!("{path}/pay"), &json!({ "payment_method": "sim_approve" })).bearer_auth(&buyer);
    assert_eq!(answer(pay).await.status, 200);
    let boards = &inside.service.app.boards.bookings;
    let since = Instant::now();
    while !boards.is_empty() {
        assert!(since.elapsed() < LIMIT, "a completed booking leaves the board once the ledger has it");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    let held = inside.booked(&buyer, event, &["A-1-1-2"]).await;
    let mut events = Events::open(inside.get("/api/booking/stream").bearer_auth(&buyer)).await;
    let first = events.next().await.unwrap().data;
    assert_eq!(first, held, "the newest first");
    let second = events.next().await.unwrap().data;
    assert_eq!((&second["id"], &second["status"]), (&paid["id"], &json!("completed")));
}

#[tokio::test]
async fn streams_end_when_the_service_stops() {
    let inside = Inside::start().await;
    let event = inside.event(&inside.user(Role::Seller).await, json!({})).await;
    let mut seats = Events::open(inside.get(&format!("/api/event/{event}/stream"))).await;
    let mut bookings = Events::open(inside.get("/api/booking/stream").bearer_auth(inside.buyer())).await;
    assert_eq!(seats.next().await.unwrap().name, "snapshot");
    inside.service.stop().await;
    assert!(seats.next().await.is_none());
    assert!(bookings.next().await.is_none());
}
