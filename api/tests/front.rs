//! What stands before every route: repeats that are answered once, limits, and a login that gives nothing away.
#![allow(clippy::unwrap_used)]

#[path = "support/inside.rs"]
mod inside;

use axum::extract::OptionalFromRequestParts;
use axum::http::{Request, StatusCode};
use axum::response::IntoResponse;
use inside::{Answer, Inside, LIMIT, answer};
use reqwest::RequestBuilder;
use rowlock::http::IdempotencyKey;
use rowlock::http::idempotency::once;
use serde_json::{Value, json};
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::oneshot;

const PASSWORD: &str = "correct horse";

fn ada() -> Value {
    json!({ "email": "Ada@Example.org", "password": PASSWORD, "name": "Ada", "role": "seller" })
}

fn login(inside: &Inside, password: &str) -> RequestBuilder {
    inside.post("/api/user/login", &json!({ "email": "ADA@example.org", "password": password }))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_refusal_is_repeated_too_and_keys_are_everybodys_own() {
    let inside = Inside::start().await;
    let register = |key: &str, body: &Value| inside.post("/api/user", body).header("Idempotency-Key", key);
    assert_eq!(answer(register("one", &ada())).await.status, 201);
    let taken = answer(register("two", &ada())).await;
    assert_eq!((taken.status.as_u16(), taken.code()), (409, "email_taken"));
    let again = answer(register("two", &ada())).await;
    assert_eq!((again.status.as_u16(), &again.body), (409, &taken.body));
    assert_eq!(again.header("idempotency-replayed"), "true");
    assert_eq!(again.header("content-type"), "application/problem+json");
    let mut bob = ada();
    bob["email"] = "bob@example.org".into();
    let other = answer(register("one", &bob)).await;
    assert_eq!((other.status.as_u16(), other.header("idempotency-replayed")), (201, ""));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_two_at_once_with_one_key_one_is_told_to_wait() {
    let inside = Inside::start().await;
    let register = || answer(inside.post("/api/user", &ada()).header("Idempotency-Key", "one"));
    let answers = futures::future::join_all([register(), register(), register()]).await;
    assert_eq!(answers.iter().filter(|answer| is_first(answer)).count(), 1, "{answers:?}");
    let others = answers.iter().filter(|answer| !is_first(answer));
    for other in others {
        let replayed = other.status == 201 && other.header("idempotency-replayed") == "true";
        let waits = other.code() == "idempotency_in_progress" && other.header("retry-after") == "1";
        assert!(replayed || waits, "{other:?}");
    }
}

fn is_first(answer: &Answer) -> bool {
    answer.status == 201 && answer.header("idempotency-replayed").is_empty()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_leaves_too_early_has_it_done_all_the_same() {
    let inside = Inside::start().await;
    let app = &inside.service.app;
    let (begins, begun) = oneshot::channel();
    let (goes_on, go_on) = oneshot::channel::<()>();
    let work = async move {
        begins.send(()).unwrap();
        go_on.await.unwrap();
        Ok(StatusCode::CREATED.into_response())
    };
    // Dropped once it has begun, as it is when the connection goes away.
    tokio::select! {
        answer = once(app, "scope", key().await, 1, work) => panic!("{answer:?}"),
        begun = begun => begun.unwrap(),
    }
    let repeat = async || once(app, "scope", key().await, 1, async { panic!("it is done once") }).await;
    assert_eq!(repeat().await.unwrap_err().code(), "idempotency_in_progress");
    goes_on.send(()).unwrap();
    let replayed = loop {
        match repeat().await {
            Ok(answer) => break answer,
            Err(problem) => assert_eq!(problem.code(), "idempotency_in_progress"),
        }
    };
    assert_eq!(replayed.status(), StatusCode::CREATED);
    assert_eq!(replayed.headers()["idempotency-replayed"], "true");
}

async fn key() -> Option<IdempotencyKey> {
    let (mut parts, ()) = Request::builder().header("Idempotency-Key", "one").body(()).unwrap().into_parts();
    <IdempotencyKey as OptionalFromRequestParts<()>>::from_request_parts(&mut parts, &()).await.unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_unknown_address_takes_as_long_as_a_wrong_password() {
    let inside = Inside::start().await;
    assert_eq!(answer(inside.post("/api/user", &ada())).await.status, 201);
    let nobody = json!({ "email": "nobody@example.org", "password": "wrong" });
    let (mut wrong, mut unknown) = (LIMIT, LIMIT);
    for _ in 0..5 {
        wrong = wrong.min(time_of(login(&inside, "wrong")).await);
        unknown = unknown.min(time_of(inside.post("/api/user/login", &nobody)).await);
    }
    let ratio = unknown.as_secs_f64() / wrong.as_secs_f64();
    assert!((0.5..2.0).contains(&ratio), "{unknown:?} for nobody, {wrong:?} for a wrong password");
}

async fn time_of(login: RequestBuilder) -> Duration {
    let started = Instant::now();
    assert_eq!(answer(login).await.code(), "bad_credentials");
    started.elapsed()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn made_up_credentials_do_not_get_around_the_rate_limit() {
    let made_up: [fn(RequestBuilder, usize) -> RequestBuilder; 3] = [
        |request, n| request.bearer_auth(format!("token{n}")),
        |request, n| request.header("X-Api-Key", format!("rk_{n:043}")),
        |request, n| request.header("Cookie", format!("rowlock_token=token{n}")),
    ];
    for credentials in made_up {
        let inside = Inside::start_with(&[("ROWLOCK_RATE_LIMIT", "1")]).await;
        let requests = (0..20).map(|n| answer(credentials(inside.get("/api/event"), n)));
        let answers = futures::future::join_all(requests).await;
        let refused = answers.iter().find(|answer| answer.status == 429).expect("one address has one limit");
        let limit = ["ratelimit-limit", "ratelimit-remaining", "ratelimit-reset"].map(|name| refused.header(name));
        assert_eq!((refused.code(), limit), ("rate_limited", ["1", "0", "1"]));
        let known = answer(inside.get("/api/event").bearer_auth(inside.buyer())).await;
        assert_eq!(known.status, 200, "who is known has a limit of their own");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_never_ends_their_headers_or_their_body_is_let_go() {
    let inside = Inside::start().await;
    let head = "POST /api/user HTTP/1.1\r\nhost: rowlock\r\ncontent-type: application/json\r\n";
    let (never, half) = (head.to_owned(), format!("{head}content-length: 100\r\n\r\n{{"));
    let (headers, body) = tokio::join!(all_of(&inside, &never), all_of(&inside, &half));
    assert_eq!(headers, "");
    assert!(body.starts_with("HTTP/1.1 408 ") && body.contains(r#""code":"body_timeout""#), "{body}");
}

/// What comes back until the service hangs up.
async fn all_of(inside: &Inside, sent: &str) -> String {
    let mut stream = TcpStream::connect(inside.service.address).await.unwrap();
    stream.write_all(sent.as_bytes()).await.unwrap();
    let mut received = String::new();
    let read = stream.read_to_string(&mut received);
    tokio::time::timeout(2 * LIMIT, read).await.expect("a slow client is not waited for").unwrap();
    received
}
