//! kill -9 under a reader of an event's seats: it comes back with its cursor, and never goes back in time.
#![allow(clippy::unwrap_used)]

#[path = "support/child.rs"]
mod child;
#[path = "support/sse.rs"]
mod sse;

use child::{Service, open_event, sign_in};
use reqwest::{Client, StatusCode};
use serde_json::{Value, json};
use sse::{Event, Events};
use std::collections::BTreeSet;
use std::time::{Duration, Instant};

const KILLS: usize = 4;
const BOOKINGS: usize = 15;
/// Commands of ten thousand seats each, so that replaying them takes a while.
const LONG_REPLAY: usize = 80;
const READERS: usize = 16;
const LIMIT: Duration = Duration::from_secs(60);
const SECRET: (&str, &str) = ("JWT_SECRET", "0123456789abcdef0123456789abcdef");

/// What a reader knows.
#[derive(Default)]
struct Known {
    cursor: u64,
    counts: Value,
    snapshots: usize,
    /// Seats that were told of as held. None is given back here: each is told of once.
    held: BTreeSet<String>,
}

impl Known {
    fn learn(&mut self, event: &Event) {
        let cursor = event.id.unwrap();
        assert!(cursor > self.cursor, "{cursor} after {}", self.cursor);
        (self.cursor, self.counts) = (cursor, event.data["counts"].clone());
        if event.name == "snapshot" {
            self.snapshots += 1;
            return;
        }
        for change in event.data["changed"].as_array().unwrap() {
            let seat = change["seat"].as_str().unwrap().to_owned();
            assert!(self.held.insert(seat), "told of twice: {change}");
        }
    }
}

/// Books a few times and says how many seats that are.
async fn book(service: &Service, buyer: &str, event: u64) -> usize {
    let (client, url) = (Client::new(), service.url("/api/booking"));
    let body = json!({ "event_id": event, "seat_selection_mode": "best_available", "quantity": 2 });
    for _ in 0..BOOKINGS {
        let booked = client.post(&url).bearer_auth(buyer).json(&body).send().await.unwrap();
        assert_eq!(booked.status(), StatusCode::CREATED);
    }
    2 * BOOKINGS
}

/// Opens the stream as soon as the service lets it, be the partition restored or not.
async fn reopen(service: &Service, event: u64, cursor: u64) -> Events {
    let (since, client, url) = (Instant::now(), Client::new(), service.url(&format!("/api/event/{event}/stream")));
    loop {
        let request = client.get(&url);
        let request = if cursor == 0 { request } else { request.header("Last-Event-ID", cursor.to_string()) };
        let response = request.send().await.unwrap();
        if response.status() != StatusCode::SERVICE_UNAVAILABLE {
            return Events::of(response);
        }
        assert!(since.elapsed() < LIMIT, "the event has not come back within {LIMIT:?}");
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
}

#[tokio::test]
async fn a_reader_goes_on_where_it_was_when_the_service_is_killed() {
    let directory = tempfile::tempdir().unwrap();
    let mut service = Service::start(directory.path(), &[SECRET]).await;
    let seller = sign_in(&service, "seller@example.org", "seller").await;
    let buyer = sign_in(&service, "buyer@example.org", "buyer").await;
    let event = open_event(&service, &seller, json!({})).await;
    let mut known = Known::default();
    let mut held = 0;
    for _ in 0..KILLS {
        let mut events = reopen(&service, event, known.cursor).await;
        service.await_ready().await;
        held += book(&service, &buyer, event).await;
        while known.counts["held"] != held {
            known.learn(&events.next().await.expect("the service goes on"));
        }
        // Of these the reader is told by the next process.
        held += book(&service, &buyer, event).await;
        service.kill();
        service = Service::spawn(directory.path(), &[SECRET]);
    }
    let mut events = reopen(&service, event, known.cursor).await;
    while known.counts["held"] != held {
        known.learn(&events.next().await.expect("the service goes on"));
    }
    assert_eq!(known.held.len(), held, "every seat is told of");
    assert_eq!(known.snapshots, 1, "a cursor is good for the next process");
    assert!(service.terminate());
}

/// The outcomes are replayed after a start, and readers come before that is done.
#[tokio::test]
async fn a_reader_is_not_taken_back_in_time_while_outcomes_are_replayed() {
    let directory = tempfile::tempdir().unwrap();
    let service = Service::start(directory.path(), &[SECRET]).await;
    let seller = sign_in(&service, "seller@example.org", "seller").await;
    let buyer = sign_in(&service, "buyer@example.org", "buyer").await;
    let section = json!({ "name": "A", "price": 1, "subsections": 1 });
    let seats = json!({ "seating_config": { "rows": 101, "cols": 100, "sections": [section] } });
    let event = open_event(&service, &seller, seats).await;
    let labels: Vec<_> = (1..=100).flat_map(|row| (1..=100).map(move |seat| format!("A-1-{row}-{seat}"))).collect();
    for verb in ["block", "unblock"].iter().cycle().take(LONG_REPLAY) {
        let url = service.url(&format!("/api/event/{event}/seats/{verb}"));
        let set = Client::new().post(url).bearer_auth(&seller).json(&json!({ "seats": labels })).send().await.unwrap();
        assert_eq!(set.status(), StatusCode::OK);
    }
    let seen = Client::new().get(service.url(&format!("/api/event/{event}/seats"))).send().await.unwrap();
    let seen: Value = seen.json().await.unwrap();
    service.kill();

    let service = Service::spawn(directory.path(), &[SECRET]);
    let cursor = seen["version"].as_u64().unwrap();
    let mut readers = futures::future::join_all((0..READERS).map(|_| reopen(&service, event, cursor))).await;
    service.await_ready().await;
    book(&service, &buyer, event).await;
    for events in &mut readers {
        let next = events.next().await.unwrap();
        assert!(next.name == "seats" && next.id.unwrap() > cursor, "{} {:?} after {cursor}", next.name, next.id);
    }
}
