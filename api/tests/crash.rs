//! kill -9 in mid-load, again and again: what was acknowledged is there, once, and the ledger equals the log.

#![allow(clippy::unwrap_used)]

#[path = "support/child.rs"]
mod child;

use child::{Service, open_event, sign_in};
use reqwest::{Client, StatusCode};
use rowlock_engine::booking::Status;
use rowlock_engine::ids::{BookingId, Offset, PartitionId};
use rowlock_engine::outcome::{BookingChangeKind, Change, OutcomeBody};
use rowlock_engine::ports::{CommandLog, CommandReader};
use rowlock_engine::processor::Processor;
use rowlock_persistence::embedded::{DataDir, LocalLog, LogOptions};
use rowlock_persistence::sql::Database;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use uuid::Uuid;

const KILLS: u64 = 20;
const BUYERS: usize = 8;
/// Bookings that are acknowledged between two kills, at least.
const BOOKINGS_BETWEEN: u64 = 40;
const SECRET: (&str, &str) = ("JWT_SECRET", "0123456789abcdef0123456789abcdef");

/// What the service has told its buyers.
#[derive(Default)]
struct Acknowledged {
    /// Seats by booking, as the 201 named them.
    held: Mutex<BTreeMap<Uuid, Vec<String>>>,
    /// Bookings whose payment was answered with 200.
    paid: Mutex<BTreeSet<Uuid>>,
    count: AtomicU64,
}

/// A buyer who books and pays until the service is gone; every request is repeated until it is answered.
struct Buyer {
    token: String,
    events: Vec<u64>,
    next: u64,
    /// A booking that was asked for and not answered.
    open: Option<u64>,
    /// A booking that was to be paid for, and not answered.
    paying: Option<Uuid>,
}

impl Buyer {
    async fn shop(&mut self, url: String, acknowledged: &Acknowledged) {
        let client = Client::new();
        while self.step(&client, &url, acknowledged).await.is_ok() {}
    }

    async fn step(&mut self, client: &Client, url: &str, acknowledged: &Acknowledged) -> reqwest::Result<()> {
        if let Some(id) = self.paying {
            let pay = client.post(format!("{url}/api/booking/{id}/pay")).bearer_auth(&self.token);
            let pay =
                pay.header("Idempotency-Key", format!("pay-{id}")).json(&json!({ "payment_method": "sim_approve" }));
            let paid = pay.send().await?;
            if paid.status() == StatusCode::OK {
                acknowledged.paid.lock().unwrap().insert(id);
                self.paying = None;
            } else {
                assert!(
                    paid.status().is_server_error()
                        || paid.status() == StatusCode::ACCEPTED
                        || paid.status() == StatusCode::CONFLICT,
                    "{paid:?}"
                );
            }
            return Ok(());
        }
        let number = *self.open.get_or_insert_with(|| {
            self.next += 1;
            self.next
        });
        let event = self.events[usize::try_from(number).unwrap() % self.events.len()];
        let body = json!({ "event_id": event, "seat_selection_mode": "best_available", "quantity": 1 + number % 3 });
        let book = client.post(format!("{url}/api/booking")).bearer_auth(&self.token);
        let answer = book.header("Idempotency-Key", format!("book-{number}")).json(&body).send().await?;
        if answer.status() != StatusCode::CREATED {
            assert!(answer.status().is_server_error() || answer.status() == StatusCode::ACCEPTED, "{answer:?}");
            return Ok(());
        }
        let booking: Value = answer.json().await?;
        let id = booking["id"].as_str().unwrap().parse().unwrap();
        let seats = serde_json::from_value(booking["seats"].clone()).unwrap();
        acknowledged.held.lock().unwrap().insert(id, seats);
        acknowledged.count.fetch_add(1, Ordering::Relaxed);
        self.open = None;
        self.paying = number.is_multiple_of(2).then_some(id);
        Ok(())
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_acknowledged_is_lost_by_kill_9() {
    let directory = tempfile::tempdir().unwrap();
    let service = Service::start(directory.path(), &[SECRET]).await;
    let seller = sign_in(&service, "seller@example.org", "seller").await;
    let mut events = Vec::new();
    for _ in 0..3 {
        let seats = json!({ "seating_config": { "rows": 40, "cols": 50, "sections": [{ "name": "A", "price": 3000, "subsections": 4 }] } });
        events.push(open_event(&service, &seller, seats).await);
    }
    let mut buyers = Vec::new();
    for number in 0..BUYERS {
        let token = sign_in(&service, &format!("buyer{number}@example.org"), "buyer").await;
        buyers.push(Buyer { token, events: events.clone(), next: 0, open: None, paying: None });
    }
    let acknowledged = Arc::new(Acknowledged::default());
    let mut service = Some(service);
    for kill in 1..=KILLS {
        let running = service.take().expect("it runs between kills");
        buyers = load_until_killed(running, buyers, &acknowledged, kill * BOOKINGS_BETWEEN).await;
        service = Some(Service::start(directory.path(), &[SECRET]).await);
    }
    let service = service.expect("it runs after the last kill");
    compare_with_reads(&service, &buyers, &events, &acknowledged).await;
    assert!(service.terminate(), "a drained service ends well");
    compare_ledger_with_log(directory.path(), &acknowledged).await;
}

/// Lets the buyers shop, kills the service once `until` bookings are acknowledged in all, and waits for the buyers.
async fn load_until_killed(
    service: Service,
    buyers: Vec<Buyer>,
    acknowledged: &Arc<Acknowledged>,
    until: u64,
) -> Vec<Buyer> {
    let url = service.url("");
    let mut shopping = tokio::task::JoinSet::new();
    for mut buyer in buyers {
        let (url, acknowledged) = (url.clone(), acknowledged.clone());
        shopping.spawn(async move {
            buyer.shop(url, &acknowledged).await;
            buyer
        });
    }
    while acknowledged.count.load(Ordering::Relaxed) < until {
        assert!(shopping.len() == BUYERS, "no buyer gives up while the service runs");
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    service.kill();
    shopping.join_all().await
}

/// Every acknowledged booking can be read with its seats, and every seat is in at most one living booking.
async fn compare_with_reads(service: &Service, buyers: &[Buyer], events: &[u64], acknowledged: &Acknowledged) {
    let client = Client::new();
    let read = read_all(service, &client, buyers).await;
    for (id, seats) in acknowledged.held.lock().unwrap().iter() {
        let booking = read.get(id).unwrap_or_else(|| panic!("acknowledged booking {id} is gone"));
        assert_eq!(booking["seats"], json!(seats), "booking {id} has other seats");
        let paid = acknowledged.paid.lock().unwrap().contains(id);
        assert!(!paid || booking["status"] == "completed", "a paid booking is {}", booking["status"]);
    }
    for event in events {
        let mut taken = BTreeMap::new();
        let living = read.values().filter(|booking| booking["event_id"] == *event);
        for booking in
            living.filter(|booking| booking["status"] == "pending_payment" || booking["status"] == "completed")
        {
            for seat in booking["seats"].as_array().unwrap() {
                let other = taken.insert(seat.as_str().unwrap().to_owned(), booking["id"].clone());
                assert!(other.is_none(), "seat {seat} is in {} and {}", booking["id"], other.unwrap());
            }
        }
        let shown: Value =
            client.get(service.url(&format!("/api/event/{event}"))).send().await.unwrap().json().await.unwrap();
        let counts = &shown["counts"];
        let in_state = counts["held"].as_u64().unwrap() + counts["sold"].as_u64().unwrap();
        assert_eq!(in_state, taken.len() as u64, "event {event}: counts and bookings differ");
    }
}

/// Every buyer's list, page by page.
async fn read_all(service: &Service, client: &Client, buyers: &[Buyer]) -> BTreeMap<Uuid, Value> {
    let mut read: BTreeMap<Uuid, Value> = BTreeMap::new();
    for buyer in buyers {
        let mut cursor = String::new();
        loop {
            let url = service.url(&format!("/api/booking?limit=100{cursor}"));
            let page: Value = client.get(url).bearer_auth(&buyer.token).send().await.unwrap().json().await.unwrap();
            for booking in page["items"].as_array().unwrap() {
                let twice = read.insert(booking["id"].as_str().unwrap().parse().unwrap(), booking.clone());
                assert!(twice.is_none(), "a list has a booking twice: {booking}");
            }
            match page["next_cursor"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => break,
            }
        }
    }
    read
}

/// Replays the whole log from nothing and compares what it sold with the ledger's rows.
async fn compare_ledger_with_log(data_dir: &Path, acknowledged: &Acknowledged) {
    let database = Database::open_sqlite(&data_dir.join("ledger.db")).await.unwrap();
    let data_dir = DataDir::open(data_dir).unwrap();
    let log = LocalLog::open(&data_dir, 8, LogOptions::default()).unwrap();
    let mut sold = BTreeMap::new();
    for partition in (0..8).map(PartitionId) {
        let end = log.end(partition).await.unwrap();
        let mut reader = log.reader(partition, Offset(0)).await.unwrap();
        let mut processor = Processor::new(partition);
        while processor.shard().next_offset() < end {
            for outcome in processor.process(&reader.next().await.unwrap()).unwrap() {
                if let OutcomeBody::Done(Change::Booking(change)) = outcome.body
                    && change.kind == BookingChangeKind::Confirmed
                {
                    sold.insert(change.booking.id, change.booking);
                }
            }
        }
    }
    for (id, booking) in &sold {
        let row = database.booking(*id).await.unwrap().unwrap_or_else(|| panic!("the ledger lacks booking {id}"));
        assert_eq!(
            (&row.allocation, row.total_price, row.status),
            (&booking.allocation, booking.total_price, Status::Completed)
        );
    }
    let totals = database.totals().await.unwrap();
    assert_eq!((totals.completed, totals.cancelled), (sold.len() as u64, 0), "the ledger has what was never sold");
    let paid = acknowledged.paid.lock().unwrap();
    assert!(paid.iter().all(|id| sold.contains_key(&BookingId(*id))), "something paid was not sold");
    assert!(paid.len() > KILLS as usize, "the test paid for too little to show anything");
}
