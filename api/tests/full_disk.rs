//! A disk that fills up while seats are sold: bookings are refused, nothing is lost, and selling goes on once there is room.

#![allow(clippy::unwrap_used)]

#[path = "support/child.rs"]
mod child;

use child::{Service, open_event, sign_in};
use futures::future::join_all;
use reqwest::{Client, StatusCode};
use serde_json::{Value, json};
use std::fs::File;
use std::io::Write;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

const SECRET: (&str, &str) = ("JWT_SECRET", "0123456789abcdef0123456789abcdef");
/// Bookings that are looked at, of all that were made.
const SAMPLE: usize = 500;
/// How long the disk takes to fill or to have room again, as the service sees it.
const LIMIT: Duration = Duration::from_secs(60);

/// A file system of its own, in memory; taken down when the test ends.
struct SmallDisk(tempfile::TempDir);

impl SmallDisk {
    /// `None` where this user may not mount one.
    fn mount() -> Option<Self> {
        let directory = tempfile::tempdir().unwrap();
        let options = ["-t", "tmpfs", "-o", "size=48m", "rowlock-test"];
        let mounted = Command::new("mount").args(options).arg(directory.path()).status();
        mounted.is_ok_and(|status| status.success()).then_some(Self(directory))
    }

    /// Writes until nothing more fits.
    fn fill(&self) {
        let mut filler = File::create(self.0.path().join("filler")).unwrap();
        while filler.write_all(&[0; 4096]).is_ok() {}
    }

    fn make_room(&self) {
        std::fs::remove_file(self.0.path().join("filler")).unwrap();
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("--lazy").arg(self.0.path()).status();
    }
}

/// Bookings that are under way at once.
const AT_ONCE: usize = 32;

async fn book(client: &Client, service: &Service, token: &str, event: u64) -> (StatusCode, Value) {
    let body = json!({ "event_id": event, "seat_selection_mode": "best_available", "quantity": 1 });
    let answer = client.post(service.url("/api/booking")).bearer_auth(token).json(&body).send().await.unwrap();
    (answer.status(), answer.json().await.unwrap())
}

/// Books until an answer has this status; gives back that answer and the bookings made on the way.
async fn book_until(service: &Service, token: &str, events: &[u64], status: StatusCode) -> (Value, Vec<String>) {
    let (client, since, mut made, mut found) = (Client::new(), Instant::now(), Vec::new(), None);
    while found.is_none() {
        let events = events.iter().cycle().take(AT_ONCE);
        let answers = join_all(events.map(|event| book(&client, service, token, *event))).await;
        for (got, body) in answers {
            if got == StatusCode::CREATED {
                made.push(body["id"].as_str().unwrap().to_owned());
            }
            assert!(got == StatusCode::CREATED || got == StatusCode::SERVICE_UNAVAILABLE, "{got}: {body}");
            found = found.or_else(|| (got == status).then_some(body));
        }
        assert!(since.elapsed() < LIMIT, "never answered with {status}");
    }
    (found.unwrap(), made)
}

async fn all_there(service: &Service, token: &str, made: &[String]) {
    let client = Client::new();
    assert!(!made.is_empty());
    // Evenly spread: there are tens of thousands.
    for id in made.iter().step_by(made.len() / SAMPLE + 1).chain(made.last()) {
        let answer = client.get(service.url(&format!("/api/booking/{id}"))).bearer_auth(token).send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::OK, "acknowledged booking {id}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_disk_refuses_bookings_and_loses_none() {
    let Some(disk) = SmallDisk::mount() else {
        assert!(std::env::var_os("CI").is_none(), "CI runs as a user who may mount a small disk");
        eprintln!("NOT RUN: 1 test, since this user may not mount a small disk");
        return;
    };
    let data_dir: &Path = &disk.0.path().join("data");
    let service = Service::start(data_dir, &[SECRET]).await;
    let seller = sign_in(&service, "seller@example.org", "seller").await;
    let buyer = sign_in(&service, "buyer@example.org", "buyer").await;
    let hall = json!({ "seating_config": { "rows": 400, "cols": 400, "sections": [{ "name": "A", "price": 1, "subsections": 1 }] } });
    let mut events = Vec::new();
    for _ in 0..8 {
        events.push(open_event(&service, &seller, hall.clone()).await);
    }
    let (_, mut made) = book_until(&service, &buyer, &events, StatusCode::CREATED).await;

    disk.fill();
    // What the log has allocated ahead is used up first.
    let (refused, more) = book_until(&service, &buyer, &events, StatusCode::SERVICE_UNAVAILABLE).await;
    assert_eq!(refused["code"], "no_space", "{refused}");
    made.extend(more);
    all_there(&service, &buyer, &made[..1]).await;

    disk.make_room();
    let (_, more) = book_until(&service, &buyer, &events, StatusCode::CREATED).await;
    made.extend(more);
    service.kill();
    let service = Service::start(data_dir, &[SECRET]).await;
    all_there(&service, &buyer, &made).await;
    assert!(service.terminate(), "a drained service ends well");
}
