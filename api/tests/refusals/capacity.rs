//! Services that have no room, no time or no provider. Each line takes a service of its own.

use super::{case, check};
use crate::inside::{Answer, Inside, LIMIT, answer, best};
use futures::future::join_all;
use rowlock_persistence::sql::Role;
use serde_json::json;
use std::collections::BTreeSet;
use std::time::{Duration, Instant};

pub async fn check_all(seen: &mut BTreeSet<String>) {
    rate_limited(seen).await;
    overloaded(seen).await;
    outcome_unknown(seen).await;
    payment_unavailable(seen).await;
    draining(seen).await;
}

async fn rate_limited(seen: &mut BTreeSet<String>) {
    let inside = Inside::start_with(&[("ROWLOCK_LOGIN_RATE_LIMIT", "1")]).await;
    let login = || inside.post("/api/user/login", &json!({ "email": "ada@example.org", "password": "wrong" }));
    let first = answer(login()).await;
    assert_eq!(first.status, 401, "{first:?}");
    check(vec![case("a second login", login(), "429 rate_limited", json!({}))], seen).await;

    let inside = Inside::start_with(&[("ROWLOCK_RATE_LIMIT", "1")]).await;
    let get = || inside.get("/api/event");
    let limited = |answer: &Answer| answer.status == 429;
    let refused = inside.until(get, limited).await;
    assert_eq!((refused.code(), refused.header("retry-after")), ("rate_limited", "1"), "{refused:?}");
    let other = answer(get().bearer_auth(inside.buyer())).await;
    assert_eq!((other.status.as_u16(), other.header("ratelimit-limit")), (200, "1"), "others have limits of their own");
}

async fn overloaded(seen: &mut BTreeSet<String>) {
    let inside = Inside::start_with(&[("ROWLOCK_IN_FLIGHT_MAX", "1")]).await;
    let event = inside.event(&inside.user(Role::Seller).await, json!({})).await;
    let book = || inside.post("/api/booking", &best(event, 1));
    let (since, mut has_refused_a_buyer, mut has_refused_a_stranger) = (Instant::now(), false, false);
    while !(has_refused_a_buyer && has_refused_a_stranger) {
        assert!(since.elapsed() < LIMIT, "forty at once never were too many");
        let bookings = (0..20).flat_map(|_| [book().bearer_auth(inside.buyer()), book()]);
        let answers = join_all(bookings.map(answer)).await;
        let (buyers, strangers): (Vec<_>, Vec<_>) = answers.chunks(2).map(|pair| (&pair[0], &pair[1])).unzip();
        assert!(buyers.iter().any(|answer| answer.status != 503), "one is carried out: {buyers:?}");
        let mut is_refused = |answer: &&Answer| {
            let is_refused = answer.status == 503;
            if is_refused {
                let told = (answer.code(), answer.header("retry-after"), answer.header("x-content-type-options"));
                assert_eq!(told, ("overloaded", "1", "nosniff"), "{answer:?}");
                assert_eq!(answer.body["instance"], "/api/booking", "{answer:?}");
                assert_eq!(answer.header("x-request-id").len(), 16, "{answer:?}");
                seen.insert("overloaded".to_owned());
            }
            is_refused
        };
        has_refused_a_buyer |= buyers.iter().any(&mut is_refused);
        // Nobody knows who they are: where there is no room, nobody asks.
        has_refused_a_stranger |= strangers.iter().any(&mut is_refused);
        assert!(strangers.iter().all(|answer| [401, 503].contains(&answer.status.as_u16())), "{strangers:?}");
    }
}

async fn outcome_unknown(seen: &mut BTreeSet<String>) {
    let inside = Inside::start_as(&[], |config| config.booking_wait = Duration::ZERO).await;
    let seller = inside.user(Role::Seller).await;
    // An event is asked for again until it is known.
    let event = inside.event(&seller, json!({})).await;
    let named = json!({ "seats": ["A-1-1-1"] });
    let block = || inside.post(&format!("/api/event/{event}/seats/block"), &named).bearer_auth(&seller);
    // Now and then the outcome is there before anybody could wait.
    let refused = inside.until(block, |answer| answer.status == 503).await;
    assert_eq!((refused.code(), refused.header("retry-after")), ("outcome_unknown", "1"), "{refused:?}");
    seen.insert("outcome_unknown".to_owned());
}

async fn payment_unavailable(seen: &mut BTreeSet<String>) {
    let inside = Inside::start().await;
    let (event, buyer) = (inside.event(&inside.user(Role::Seller).await, json!({})).await, inside.buyer());
    let booking = inside.booked(&buyer, event, &["A-1-1-1"]).await;
    let path = format!("/api/booking/{}", booking["id"].as_str().unwrap());
    inside.service.app.payments.provider().books().close().await;
    let pay = inside.post(&format!("{path}/pay"), &json!({ "payment_method": "sim_approve" })).bearer_auth(&buyer);
    check(vec![case("the provider is away", pay, "503 payment_unavailable", json!({}))], seen).await;
    let after = answer(inside.get(&path).bearer_auth(&buyer)).await;
    assert_eq!(after.body["status"], "pending_payment", "the seats stay held: {after:?}");
}

async fn draining(seen: &mut BTreeSet<String>) {
    let inside = Inside::start().await;
    let (event, buyer) = (inside.event(&inside.user(Role::Seller).await, json!({})).await, inside.buyer());
    inside.service.app.gateway.drain();
    let table = vec![
        case("while it drains", inside.book(&buyer, event, &["A-1-1-1"]), "503 draining", json!({})),
        case("asked whether it is ready", inside.get("/health/ready"), "503 not_ready", json!({})),
    ];
    check(table, seen).await;
}
