//! People: register, sign in by header or cookie, sign out; what goes through every request.
#![allow(clippy::unwrap_used)]

#[path = "support/inside.rs"]
mod inside;

use inside::{Inside, answer};
use reqwest::Method;
use rowlock::auth::{COOKIE, TOKEN_SECONDS};
use serde_json::{Value, json};

const PASSWORD: &str = "correct horse battery";

fn person(email: &str, role: &str) -> Value {
    json!({ "email": email, "password": PASSWORD, "name": "Ada", "role": role })
}

#[tokio::test]
async fn people_register_at_either_place_and_sign_in() {
    let inside = Inside::start().await;
    for (register, me, role) in [("/api/user/register", "/api/user/me", "buyer"), ("/api/user", "/api/user", "seller")]
    {
        let registered = answer(inside.post(register, &person(&format!("{role}@Example.org"), role))).await;
        assert_eq!(registered.status, 201, "{registered:?}");
        let user = registered.body;
        assert_eq!(user["email"], format!("{role}@example.org"), "addresses are kept in lower case");
        assert_eq!((&user["name"], &user["role"]), (&json!("Ada"), &json!(role)));
        assert!(user.get("password").is_none() && user.get("password_hash").is_none());

        let login = json!({ "email": format!("{}@example.ORG", role.to_uppercase()), "password": PASSWORD });
        let login = answer(inside.post("/api/user/login", &login)).await;
        assert_eq!(login.status, 200, "{login:?}");
        assert_eq!(login.body["user"], user);
        assert_eq!((&login.body["token_type"], &login.body["expires_in"]), (&json!("Bearer"), &json!(TOKEN_SECONDS)));
        let token = login.body["access_token"].as_str().unwrap();
        assert_eq!(answer(inside.get(me).bearer_auth(token)).await.body, user);

        let cookie = login.header("set-cookie");
        assert!(cookie.starts_with(&format!("{COOKIE}={token};")), "{cookie}");
        for flag in ["HttpOnly", "SameSite=Lax", "Path=/", &format!("Max-Age={TOKEN_SECONDS}")] {
            assert!(cookie.split("; ").any(|part| part == flag), "{flag} is not in {cookie}");
        }
        let by_cookie = inside.get(me).header("Cookie", format!("other=1; {COOKIE}={token}"));
        assert_eq!(answer(by_cookie).await.body, user);
    }
}

#[tokio::test]
async fn signing_out_takes_the_cookie_away() {
    let inside = Inside::start().await;
    let out = answer(inside.request(Method::POST, "/api/user/logout")).await;
    assert_eq!(out.status, 204);
    let cookie = out.header("set-cookie");
    assert!(cookie.starts_with(&format!("{COOKIE}=;")) && cookie.contains("Max-Age=0"), "{cookie}");
}

#[tokio::test]
async fn a_cookie_changes_things_from_the_services_own_pages_only() {
    let inside = Inside::start().await;
    let sold_by = inside.user(rowlock_persistence::sql::Role::Seller).await;
    let event = inside.event(&sold_by, json!({})).await;
    let buyer = inside.buyer();
    let wish = inside::best(event, 1);
    let book = || inside.post("/api/booking", &wish).header("Cookie", format!("{COOKIE}={buyer}"));
    let own = format!("http://{}", inside.service.address);
    assert_eq!(answer(book().header("Origin", &own)).await.status, 201);
    assert_eq!(answer(book().header("Sec-Fetch-Site", "same-origin")).await.status, 201);
    assert_eq!(answer(book().header("Sec-Fetch-Site", "cross-site")).await.code(), "cross_site");
    let by_header = book().bearer_auth(&buyer).header("Origin", "http://evil.example");
    assert_eq!(answer(by_header).await.status, 201, "no page can make a browser send the header");
}

#[tokio::test]
async fn registering_can_be_repeated_with_a_key() {
    let inside = Inside::start().await;
    let register = |name: &str| {
        let mut person = person("ada@example.org", "buyer");
        person["name"] = name.into();
        inside.post("/api/user", &person).header("Idempotency-Key", "once")
    };
    let first = answer(register("Ada")).await;
    let again = answer(register("Ada")).await;
    assert_eq!((first.status.as_u16(), first.header("idempotency-replayed")), (201, ""));
    assert_eq!((again.status.as_u16(), again.header("idempotency-replayed")), (201, "true"));
    assert_eq!(first.body, again.body);
    assert_eq!(answer(register("Eve")).await.code(), "idempotency_key_reused");
}

#[tokio::test]
async fn requests_are_named_and_traced() {
    let inside = Inside::start().await;
    let trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    let named = inside.get("/api/event").header("X-Request-Id", "mine").header("traceparent", trace);
    let named = answer(named).await;
    assert_eq!((named.header("x-request-id"), named.header("traceparent")), ("mine", trace));
    assert_eq!(named.header("x-content-type-options"), "nosniff");
    let strange = answer(inside.get("/api/event").header("X-Request-Id", "x".repeat(200))).await;
    assert_eq!(strange.header("x-request-id").len(), 16, "one that is too long is replaced");
}

#[tokio::test]
async fn the_service_says_how_it_is() {
    let inside = Inside::start().await;
    let healthy = json!({ "status": "healthy", "services": { "ticketing": "ok", "reservation": "ok" } });
    for path in ["/health", "/api/user/health"] {
        let health = answer(inside.get(path)).await;
        assert_eq!((health.status.as_u16(), &health.body), (200, &healthy), "{path}");
    }
    assert_eq!(answer(inside.get("/health/live")).await.status, 200);
    assert_eq!(answer(inside.get("/health/ready")).await.status, 200);
    let metrics = answer(inside.get("/metrics")).await;
    assert!(metrics.header("content-type").starts_with("text/plain"));
    assert!(metrics.body.as_str().unwrap().contains("rowlock_http_request_seconds_count"), "{metrics:?}");
    let document = answer(inside.get("/openapi.json")).await;
    assert_eq!(document.body["openapi"].as_str().map(|version| &version[..4]), Some("3.1."));
    assert!(answer(inside.get("/docs")).await.header("content-type").starts_with("text/html"));
}
