//! Every way to be told no over HTTP, in tables: what is asked, and the status, code and members of the answer.
#![allow(clippy::unwrap_used)]
#![allow(clippy::too_many_lines, reason = "tables are as long as what they list")]

mod capacity;
#[path = "../support/inside.rs"]
mod inside;
mod payments;
mod people;
mod requests;
mod seats;

use inside::{Answer, Inside};
use reqwest::{Client, RequestBuilder};
use rowlock::problem::{CODES, ProblemBody};
use serde_json::Value;
use std::collections::BTreeSet;

/// Codes that nobody can provoke over HTTP within a test, and why.
const OUT_OF_REACH: &[(&str, &str)] = &[
    ("body_timeout", "takes a body that never ends: tests/front.rs"),
    ("booking_exists", "the service makes the ids of bookings"),
    ("event_exists", "the service makes the ids of events"),
    ("internal", "a fault that is known is mended"),
    ("log_closed", "the log closes when its disk fails"),
    ("no_space", "takes a full disk: tests/full_disk.rs"),
    ("timeout", "takes a database or a handler that hangs"),
    ("too_many_bookings", "takes four million bookings"),
    ("too_many_events", "takes four thousand events"),
    ("unknown_rules", "no route sets the version of the rules"),
];

/// A line of a table.
struct Case {
    what: &'static str,
    request: RequestBuilder,
    /// Status and code.
    expected: &'static str,
    /// What the body has, among other things.
    members: Value,
}

fn case(what: &'static str, request: RequestBuilder, expected: &'static str, members: Value) -> Case {
    Case { what, request, expected, members }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_code_is_given_for_its_reason() {
    let inside = Inside::start_with(&[("ROWLOCK_PAYMENT_TIMEOUT_MS", "2000")]).await;
    let mut seen = BTreeSet::new();
    check(requests::table(&inside).await, &mut seen).await;
    check(people::table(&inside).await, &mut seen).await;
    check(seats::table(&inside).await, &mut seen).await;
    check(seats::times(&inside).await, &mut seen).await;
    check(payments::table(&inside).await, &mut seen).await;
    seen.extend(requests::broken_off(&inside).await);
    capacity::check_all(&mut seen).await;

    let out_of_reach: BTreeSet<_> = OUT_OF_REACH.iter().map(|(code, _)| (*code).to_owned()).collect();
    let both: Vec<_> = seen.intersection(&out_of_reach).collect();
    assert!(both.is_empty(), "in reach after all: {both:?}");
    let known: BTreeSet<_> = CODES.iter().map(|code| code.code.to_owned()).collect();
    let covered: BTreeSet<_> = seen.union(&out_of_reach).cloned().collect();
    assert_eq!(covered, known, "each code is in a table, or out of reach for a reason");
}

/// Asks line by line, and says at the end which lines are not as expected.
async fn check(table: Vec<Case>, seen: &mut BTreeSet<String>) {
    let mut wrong = Vec::new();
    for Case { what, request, expected, members } in table {
        let request = request.build().unwrap();
        let path = request.url().path().to_owned();
        let answer = inside::read(Client::new().execute(request).await.unwrap()).await;
        match differs(&answer, &path, expected, &members) {
            Some(how) => wrong.push(format!("{what}: {how}: {} {}", answer.status, answer.body)),
            None => drop(seen.insert(answer.code().to_owned())),
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// How an answer differs from what is expected, if it does.
fn differs(answer: &Answer, path: &str, expected: &str, members: &Value) -> Option<String> {
    if format!("{} {}", answer.status.as_u16(), answer.code()) != expected {
        return Some(format!("not {expected}"));
    }
    let Ok(problem) = serde_json::from_value::<ProblemBody>(answer.body.clone()) else {
        return Some("no problem".to_owned());
    };
    let beside = match problem.status {
        401 => "www-authenticate",
        405 => "allow",
        429 | 503 => "retry-after",
        _ => "x-request-id",
    };
    let rules = [
        (has(&answer.body, members), format!("without {members}")),
        (answer.header("content-type") == "application/problem+json", "another content type".to_owned()),
        (problem.status == answer.status.as_u16(), "another status in the body".to_owned()),
        (problem.kind == format!("/problems/{}", problem.code), "another type".to_owned()),
        (problem.instance.as_deref() == Some(path), "another instance".to_owned()),
        (!problem.title.is_empty() && !problem.detail.is_empty(), "without words".to_owned()),
        (!answer.header(beside).is_empty(), format!("without {beside}")),
    ];
    rules.into_iter().find(|(holds, _)| !holds).map(|(_, how)| how)
}

/// Whether `all` has what `part` has; a list has it element by element.
fn has(all: &Value, part: &Value) -> bool {
    match (all, part) {
        (Value::Object(all), Value::Object(part)) => {
            part.iter().all(|(name, part)| all.get(name).is_some_and(|all| has(all, part)))
        }
        (Value::Array(all), Value::Array(part)) => {
            all.len() == part.len() && all.iter().zip(part).all(|(all, part)| has(all, part))
        }
        (all, part) => all == part,
    }
}
