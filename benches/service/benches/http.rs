//! Durable bookings a second over HTTP, beside an empty axum handler: same client, same run, taken in turn.
//!
//! Both servers have a runtime of their own with as many threads; the client has one thread and shares the
//! machine's cores with them. A booking is a POST for two of the best seats: answered after one sync of the log
//! and with the seats in it. Read the ratio: the figures themselves are this machine's, at this hour.

#![allow(clippy::print_stdout, reason = "a benchmark prints its figures")]

use rowlock::gateway::Ask;
use rowlock::service::Service;
use rowlock_engine::command::{CommandBody, OpenSale, SaleTerms};
use rowlock_engine::ids::{EventId, TimeMs};
use rowlock_engine::seat_map::spec::{RowsSpec, SeatMapSpec, SectionSpec, SubsectionSpec};
use rowlock_persistence::sql::{NewEvent, NewUser, Role, UserId};
use rowlock_service_benches::load::{self, Load, Report};
use rowlock_service_benches::pipeline::config;
use serde_json::json;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::runtime::{Builder, Runtime};

/// Times that the two are measured, in turn.
const ROUNDS: usize = 5;
/// Worker threads of each server.
const SERVER_THREADS: usize = 2;
const LOAD: Load = Load { connections: 2048, pipelined: 1, duration: Duration::from_secs(4) };
/// Events on sale, and the seats of each; none may sell out.
const EVENTS: usize = 32;
const SEATS: u32 = 200_000;
const SEATS_PER_ROW: u32 = 100;
/// Buyers whose tokens are used in turn.
const BUYERS: i64 = 1_000;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() {
    let client = Builder::new_current_thread().enable_all().build().expect("a runtime can be made");
    let (empty_runtime, service_runtime) = (server_runtime(), server_runtime());
    let empty = empty_runtime.block_on(serve_empty());
    let directory = tempfile::tempdir().expect("a temporary directory can be made");
    let service = service_runtime.block_on(start(directory.path()));
    let bookings: Arc<[Vec<u8>]> = service_runtime.block_on(booking_requests(&service)).into();
    let (mut empty_rates, mut booking_rates, mut ratios) = (Vec::new(), Vec::new(), Vec::new());
    for round in 1..=ROUNDS {
        let (nothing, booked) = (
            client.block_on(load::run(empty, bookings.clone(), LOAD)),
            client.block_on(load::run(service.address, bookings.clone(), LOAD)),
        );
        println!("round {round}: empty handler {}, bookings {}", line(&nothing), line(&booked));
        assert_eq!(booked.by_class[1..], [0, 0, 0], "every booking succeeds, or the comparison means nothing");
        empty_rates.push(nothing.done_per_second());
        booking_rates.push(booked.done_per_second());
        ratios.push(booked.done_per_second() / nothing.done_per_second());
    }
    let (empty, booked, ratio) = (median(empty_rates), median(booking_rates), median(ratios));
    println!("medians: empty handler {empty:.0}/s, durable bookings {booked:.0}/s, ratio {ratio:.2}");
    service_runtime.block_on(service.stop());
}

fn server_runtime() -> Runtime {
    Builder::new_multi_thread().worker_threads(SERVER_THREADS).enable_all().build().expect("a runtime can be made")
}

/// Reads the body and answers 201 with as many bytes as a booking has.
async fn serve_empty() -> SocketAddr {
    let answer = "x".repeat(300);
    let handler = move |_: axum::body::Bytes| async move { (axum::http::StatusCode::CREATED, answer) };
    let router = axum::Router::new().route("/api/booking", axum::routing::post(handler));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("loopback has free ports");
    let address = listener.local_addr().expect("a bound listener has an address");
    tokio::spawn(async move { axum::serve(listener, router).await });
    address
}

async fn start(data_dir: &std::path::Path) -> Service {
    let service =
        Service::start(config(data_dir, "a secret of the benchmark, 32 bytes")).await.expect("the service starts");
    service.ready().await;
    service
}

/// A request for two of the best seats, for every buyer, over the events in turn.
async fn booking_requests(service: &Service) -> Vec<Vec<u8>> {
    let seller = NewUser {
        email: "seller@example.org".to_owned(),
        name: "Seller".to_owned(),
        password_hash: String::new(),
        role: Role::Seller,
        created_at: TimeMs(0),
    };
    service.app.database.create_user(seller).await.expect("the database is new");
    let mut events = Vec::new();
    for _ in 0..EVENTS {
        events.push(open_event(service).await);
    }
    let bodies = (0..BUYERS).zip(events.iter().cycle()).map(|(buyer, event)| {
        let token = service.app.auth.tokens.issue(UserId(buyer), Role::Buyer);
        let body = json!({ "event_id": event.0, "seat_selection_mode": "best_available", "quantity": 2 }).to_string();
        format!(
            "POST /api/booking HTTP/1.1\r\nhost: bench\r\nauthorization: Bearer {token}\r\n\
             content-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
            body.len()
        )
        .into_bytes()
    });
    bodies.collect()
}

/// Puts an event of `SEATS` seats on sale.
async fn open_event(service: &Service) -> EventId {
    let app = &service.app;
    let row = app.database.create_event(new_event(app.config.partitions)).await.expect("the database is new");
    let rows = RowsSpec {
        first_row: 1,
        count: SEATS / SEATS_PER_ROW,
        seats: SEATS_PER_ROW,
        missing: Vec::new(),
        accessible: Vec::new(),
        companion: Vec::new(),
    };
    let subsections = vec![SubsectionSpec { number: 1, rows: vec![rows] }];
    let section = SectionSpec { name: "A".to_owned(), price: 3000, focal_point: None, subsections };
    let terms = SaleTerms {
        opens_at: None,
        hold_ms: 600_000,
        tickets_per_booking_max: 4,
        tickets_per_buyer_max: None,
        accessible_released: false,
        refunds: true,
    };
    let seat_map = Arc::new(SeatMapSpec { sections: vec![section], areas: Vec::new() });
    let body = CommandBody::OpenSale(OpenSale { seat_map, terms });
    let ask = Ask { partition: row.partition, event: row.id, request: None, body };
    let reply = app.gateway.ask(ask).await.expect("the service takes commands");
    reply.change().expect("the event is new");
    row.id
}

fn new_event(partitions: u16) -> NewEvent {
    NewEvent {
        seller: UserId(1),
        name: "On sale".to_owned(),
        description: String::new(),
        venue_name: "Hall".to_owned(),
        starts_at: TimeMs(4_000_000_000_000),
        sale_opens_at: None,
        currency: "EUR".to_owned(),
        hold_seconds: 600,
        max_tickets_per_booking: 4,
        max_tickets_per_buyer: None,
        seating_config: "{}".to_owned(),
        partitions,
        created_at: TimeMs(0),
    }
}

fn line(report: &Report) -> String {
    let (p50, p99) = (report.latency_us.value_at_quantile(0.5), report.latency_us.value_at_quantile(0.99));
    format!("{:.0}/s (p50 {:.1} ms, p99 {:.1} ms)", report.done_per_second(), ms(p50), ms(p99))
}

#[expect(clippy::cast_precision_loss, reason = "latencies are small")]
fn ms(us: u64) -> f64 {
    us as f64 / 1000.0
}

fn median(mut rates: Vec<f64>) -> f64 {
    rates.sort_by(f64::total_cmp);
    rates[rates.len() / 2]
}
