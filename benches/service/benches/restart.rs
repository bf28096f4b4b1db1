//! How long a restart takes with a million bookings behind it, and how much memory the service has then.
//!
//! A child process fills a data directory and ends without a word in the middle of the log's tail: what a kill leaves.
//! Another one starts the whole service on it. Printed: the time until every partition serves, beside the time that the
//! filling took in the same run, and resident memory beside 100 bytes a seat and 100 a booking.

#![allow(clippy::print_stdout, reason = "a benchmark prints its figures")]

use rowlock::service::Service;
use rowlock_service_benches::pipeline::{Pipeline, SEATS, config, confirm, open_sale, reserve};
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

const BOOKINGS: u64 = 1_000_000;
/// Bookings after the last checkpoint.
const TAIL: u64 = 50_000;
const EVENTS: u64 = 16;
/// When the allocator has given back what the restart needed and nothing else does.
const SETTLED_AFTER: Duration = Duration::from_secs(3);

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    let runtime = runtime.expect("a runtime can be made");
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [_, "fill", directory] => runtime.block_on(fill(Path::new(directory))),
        [_, "serve", directory] => runtime.block_on(serve(Path::new(directory))),
        _ => compare(),
    }
}

fn compare() {
    let directory = tempfile::tempdir().expect("a temporary directory can be made");
    let started = Instant::now();
    child("fill", directory.path());
    let filled = started.elapsed();
    println!("filled with {BOOKINGS} bookings, half of them paid for, in {filled:.1?}");
    child("serve", directory.path());
}

fn child(mode: &str, directory: &Path) {
    let this = std::env::current_exe().expect("this program has a path");
    let status = Command::new(this).arg(mode).arg(directory).status().expect("this program can be run");
    assert!(status.success(), "{mode} failed");
}

async fn fill(directory: &Path) {
    let pipeline = Pipeline::start(directory).await;
    pipeline.run((1..=EVENTS).map(open_sale).collect()).await;
    let event = |number: u64| 1 + number % EVENTS;
    let book = |numbers: std::ops::Range<u64>| {
        let commands = numbers.flat_map(move |number| {
            let confirmed = (number % 2 == 0).then(|| confirm(event(number), number));
            std::iter::once(reserve(event(number), number)).chain(confirmed)
        });
        commands.collect()
    };
    pipeline.run(book(0..BOOKINGS - TAIL)).await;
    pipeline.stop().await;
    let pipeline = Pipeline::start(directory).await;
    pipeline.run(book(BOOKINGS - TAIL..BOOKINGS)).await;
    // As a kill would: no checkpoint, nothing closed.
    std::process::exit(0);
}

async fn serve(directory: &Path) {
    let started = Instant::now();
    let service = Service::start(config(directory, "a secret of the benchmark, 32 bytes")).await;
    let service = service.expect("the service starts");
    service.ready().await;
    let took = started.elapsed();
    let at_once = resident_bytes();
    tokio::time::sleep(SETTLED_AFTER).await;
    let settled = resident_bytes();
    let allowed = EVENTS * u64::from(SEATS) * 100 + BOOKINGS * 100;
    println!(
        "restart: every partition serves after {took:.2?} (checkpoint and a tail of {TAIL} bookings); aim 2 s, ratio {:.2}",
        ratio(took, Duration::from_secs(2))
    );
    println!(
        "memory: {} MB resident at once, {} MB after {SETTLED_AFTER:?}, for {} seats and {BOOKINGS} bookings (shards, boards, log, \
         ledger); {} MB are 100 bytes each",
        at_once >> 20,
        settled >> 20,
        EVENTS * u64::from(SEATS),
        allowed >> 20,
    );
    service.stop().await;
}

fn ratio(took: Duration, aim: Duration) -> f64 {
    took.as_secs_f64() / aim.as_secs_f64()
}

/// Of this process, as Linux counts it.
fn resident_bytes() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").expect("Linux tells");
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).expect("it has the line");
    let kilobytes = line.trim().trim_end_matches(" kB").parse::<u64>().expect("it is a number");
    kilobytes << 10
}
