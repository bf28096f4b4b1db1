//! A closed-loop HTTP client that costs little: fixed connections, pipelined requests, responses parsed in place.

use hdrhistogram::Histogram;
use std::cell::RefCell;
use std::net::SocketAddr;
use std::rc::Rc;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::{JoinSet, LocalSet};

/// How much load there is.
#[derive(Clone, Copy, Debug)]
pub struct Load {
    /// TCP connections.
    pub connections: usize,
    /// Requests under way on each.
    pub pipelined: usize,
    /// How long requests are sent for.
    pub duration: Duration,
}

/// What came back.
#[derive(Debug)]
pub struct Report {
    /// Responses by class: 2xx, 4xx, 5xx, anything else.
    pub by_class: [u64; 4],
    /// From the first request to the last response.
    pub elapsed: Duration,
    /// Microseconds from a request's write to its response.
    pub latency_us: Histogram<u64>,
}

impl Report {
    fn new() -> Self {
        let latency_us = Histogram::new_with_bounds(1, 60_000_000, 3).expect("the bounds are valid");
        Self { by_class: [0; 4], elapsed: Duration::ZERO, latency_us }
    }

    /// 2xx responses a second.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "a rate needs no 53 bits")]
    pub fn done_per_second(&self) -> f64 {
        self.by_class[0] as f64 / self.elapsed.as_secs_f64()
    }
}

/// Sends `requests` (whole HTTP/1.1 requests, in turn, each connection beginning elsewhere) to `address`.
///
/// # Panics
/// When a connection breaks or a response cannot be parsed: a benchmark must not go on then.
pub async fn run(address: SocketAddr, requests: Arc<[Vec<u8>]>, load: Load) -> Report {
    // One report for all: a histogram each would cost the client's cache more than the requests do.
    let report = Rc::new(RefCell::new(Report::new()));
    let drive_all = async {
        let mut connections = JoinSet::new();
        for number in 0..load.connections {
            let first = number * requests.len() / load.connections;
            connections.spawn_local(drive(address, requests.clone(), first, load, report.clone()));
        }
        while let Some(done) = connections.join_next().await {
            done.expect("a connection's task does not panic");
        }
    };
    LocalSet::new().run_until(drive_all).await;
    Rc::into_inner(report).expect("every connection has ended").into_inner()
}

async fn drive(address: SocketAddr, requests: Arc<[Vec<u8>]>, first: usize, load: Load, report: Rc<RefCell<Report>>) {
    let mut stream = TcpStream::connect(address).await.expect("the server accepts connections");
    stream.set_nodelay(true).expect("a TCP socket has the option");
    let mut next = requests.iter().cycle().skip(first);
    let started = Instant::now();
    let mut sent = std::collections::VecDeque::with_capacity(load.pipelined);
    let (mut outgoing, mut incoming) = (Vec::new(), Vec::new());
    let mut due = load.pipelined;
    loop {
        if started.elapsed() < load.duration {
            for _ in 0..due {
                outgoing.extend_from_slice(next.next().expect("a cycle does not end"));
                sent.push_back(Instant::now());
            }
            stream.write_all(&outgoing).await.expect("the server reads");
            outgoing.clear();
        }
        if sent.is_empty() {
            break;
        }
        assert!(stream.read_buf(&mut incoming).await.expect("the server answers") > 0, "the server hung up");
        due = take_responses(&mut incoming, &mut sent, &mut report.borrow_mut());
    }
    let mut report = report.borrow_mut();
    report.elapsed = report.elapsed.max(started.elapsed());
}

/// Takes whole responses off `incoming` and says how many they were.
fn take_responses(
    incoming: &mut Vec<u8>,
    sent: &mut std::collections::VecDeque<Instant>,
    report: &mut Report,
) -> usize {
    let (mut from, mut taken) = (0, 0);
    while let Some((status, length)) = parse(&incoming[from..]) {
        from += length;
        taken += 1;
        let class = match status {
            200..300 => 0,
            400..500 => 1,
            500..600 => 2,
            _ => 3,
        };
        report.by_class[class] += 1;
        let since = sent.pop_front().expect("a response follows a request").elapsed();
        report.latency_us.saturating_record(u64::try_from(since.as_micros()).unwrap_or(u64::MAX));
    }
    incoming.drain(..from);
    taken
}

/// Status and length of the response at the beginning of `bytes`, if all of it is there.
fn parse(bytes: &[u8]) -> Option<(u16, usize)> {
    let mut headers = [httparse::EMPTY_HEADER; 32];
    let mut response = httparse::Response::new(&mut headers);
    let httparse::Status::Complete(head) = response.parse(bytes).expect("the server speaks HTTP/1.1") else {
        return None;
    };
    let length = response.headers.iter().find(|header| header.name.eq_ignore_ascii_case("content-length"));
    let body: usize = length.map_or(0, |length| {
        std::str::from_utf8(length.value).ok().and_then(|text| text.parse().ok()).expect("a length is a number")
    });
    (bytes.len() >= head + body).then_some((response.code.expect("a complete response has a status"), head + body))
}
