//! The payment route as buyers see it.
#![allow(clippy::unwrap_used, reason = "helpers of tests are tests")]

#[path = "support/child.rs"]
#[allow(dead_code, reason = "shared with tests that need more of it")]
mod child;

use child::{Service, open_event, sign_in};
use reqwest::{Client, Response};
use serde_json::{Value, json};

/// A running service with one event, and a buyer's token.
struct Shop {
    service: Service,
    client: Client,
    event: u64,
    buyer: String,
    _dir: tempfile::TempDir,
}

impl Shop {
    async fn open(payment_timeout_ms: &str) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let service = Service::start(dir.path(), &[("ROWLOCK_PAYMENT_TIMEOUT_MS", payment_timeout_ms)]).await;
        let seller = sign_in(&service, "seller@example.org", "seller").await;
        let event = open_event(&service, &seller, json!({})).await;
        let buyer = sign_in(&service, "buyer@example.org", "buyer").await;
        Self { service, client: Client::new(), event, buyer, _dir: dir }
    }

    async fn book(&self, seat: &str) -> String {
        let body = json!({ "event_id": self.event, "seat_selection_mode": "manual", "seat_positions": [seat] });
        let booked = self.client.post(self.service.url("/api/booking")).bearer_auth(&self.buyer).json(&body);
        let booked = booked.send().await.unwrap();
        assert_eq!(booked.status(), 201);
        booked.json::<Value>().await.unwrap()["id"].as_str().unwrap().to_owned()
    }

    async fn pay(&self, buyer: &str, booking: &str, method: &str, key: Option<&str>) -> Response {
        let url = self.service.url(&format!("/api/booking/{booking}/pay"));
        let mut request = self.client.post(url).bearer_auth(buyer).json(&json!({ "payment_method": method }));
        if let Some(key) = key {
            request = request.header("Idempotency-Key", key);
        }
        request.send().await.unwrap()
    }

    async fn refused(&self, booking: &str, method: &str, key: Option<&str>) -> (u16, String) {
        let response = self.pay(&self.buyer, booking, method, key).await;
        let status = response.status().as_u16();
        assert_eq!(response.headers()["content-type"], "application/problem+json");
        (status, response.json::<Value>().await.unwrap()["code"].as_str().unwrap().to_owned())
    }

    async fn status(&self, booking: &str) -> String {
        let url = self.service.url(&format!("/api/booking/{booking}"));
        let booking = self.client.get(url).bearer_auth(&self.buyer).send().await.unwrap();
        booking.json::<Value>().await.unwrap()["status"].as_str().unwrap().to_owned()
    }
}

#[tokio::test]
async fn a_payment_is_answered_once_and_the_same_again() {
    let shop = Shop::open("30000").await;
    let booking = shop.book("A-1-1-1").await;
    assert_eq!(shop.refused(&booking, "sim_decline", Some("one")).await, (402, "payment_declined".to_owned()));
    assert_eq!(shop.status(&booking).await, "pending_payment");
    let paid = shop.pay(&shop.buyer, &booking, "sim_approve", Some("two")).await;
    assert_eq!(paid.status(), 200);
    let paid: Value = paid.json().await.unwrap();
    assert_eq!((paid["status"].as_str(), paid["booking_id"].as_str()), (Some("completed"), Some(booking.as_str())));
    assert!(paid["payment_id"].is_string() && paid["paid_at"].is_string());
    let again = shop.pay(&shop.buyer, &booking, "sim_approve", Some("two")).await;
    assert_eq!((again.status().as_u16(), &again.headers()["idempotency-replayed"]), (200, &"true".parse().unwrap()));
    assert_eq!(again.json::<Value>().await.unwrap(), paid);
    assert_eq!(shop.refused(&booking, "sim_approve", Some("three")).await, (409, "already_paid".to_owned()));
    assert_eq!(shop.refused(&booking, "sim_decline", Some("two")).await, (422, "idempotency_key_reused".to_owned()));
    assert_eq!(shop.status(&booking).await, "completed");
}

#[tokio::test]
async fn what_cannot_be_paid_for_is_refused() {
    let shop = Shop::open("30000").await;
    let booking = shop.book("A-1-1-1").await;
    assert_eq!(shop.refused(&booking, "cash", None).await, (422, "invalid".to_owned()));
    let stranger = sign_in(&shop.service, "stranger@example.org", "buyer").await;
    assert_eq!(shop.pay(&stranger, &booking, "sim_approve", None).await.status(), 404);
    let nothing = "01890000-0000-7000-8000-000000000000";
    assert_eq!(shop.refused(nothing, "sim_approve", None).await, (404, "not_found".to_owned()));
    let (slow, other) =
        tokio::join!(shop.pay(&shop.buyer, &booking, "sim_slow", Some("slow")), shop.refused_while_slow(&booking),);
    assert_eq!((slow.status().as_u16(), other), (200, (409, "payment_under_way".to_owned())));
    let cancelled = shop.book("A-1-1-3").await;
    let url = shop.service.url(&format!("/api/booking/{cancelled}"));
    assert_eq!(shop.client.delete(url).bearer_auth(&shop.buyer).send().await.unwrap().status(), 200);
    assert_eq!(shop.refused(&cancelled, "sim_approve", None).await, (409, "wrong_status".to_owned()));
}

#[tokio::test]
async fn a_late_payment_takes_the_seats_again_and_an_expired_hold_is_not_paid_for() {
    let shop = Shop::open("300").await;
    let booking = shop.book("A-1-1-1").await;
    assert_eq!(shop.pay(&shop.buyer, &booking, "sim_late", None).await.status(), 200);
    assert_eq!(shop.status(&booking).await, "completed");
    let other = shop.book("A-1-1-3").await;
    let first = shop.pay(&shop.buyer, &other, "sim_late", Some("late"));
    let second = shop.refused_once_expired(&other);
    let (first, second) = tokio::join!(first, second);
    assert_eq!((first.status().as_u16(), second), (200, (409, "hold_expired".to_owned())));
}

impl Shop {
    /// Pays with another key once the first payment is under way.
    async fn refused_while_slow(&self, booking: &str) -> (u16, String) {
        self.until(booking, |booking| booking["payment_id"].is_string()).await;
        self.refused(booking, "sim_approve", Some("other")).await
    }

    async fn refused_once_expired(&self, booking: &str) -> (u16, String) {
        self.until(booking, |booking| booking["status"] == "expired").await;
        self.refused(booking, "sim_approve", Some("other")).await
    }

    async fn until(&self, booking: &str, condition: impl Fn(&Value) -> bool) {
        let url = self.service.url(&format!("/api/booking/{booking}"));
        let waiting = async {
            loop {
                let booking = self.client.get(&url).bearer_auth(&self.buyer).send().await.unwrap();
                if condition(&booking.json().await.unwrap()) {
                    return;
                }
            }
        };
        tokio::time::timeout(std::time::Duration::from_secs(20), waiting).await.unwrap();
    }
}
