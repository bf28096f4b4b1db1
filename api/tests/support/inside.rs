//! The service in the test's own process: on a free port, in a directory of its own, spoken to over HTTP.
#![allow(dead_code, reason = "every test crate uses a part of it")]

use reqwest::header::HeaderMap;
use reqwest::{Client, Method, RequestBuilder, Response, StatusCode};
use rowlock::auth::new_key;
use rowlock::config::Config;
use rowlock::http::time::now;
use rowlock::service::Service;
use rowlock_persistence::sql::{NewApiKey, NewUser, Role, UserId};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, Instant};

/// How long anything may take that a test waits for.
pub const LIMIT: Duration = Duration::from_secs(30);

/// A running service, and a client of it.
pub struct Inside {
    pub service: Service,
    pub directory: tempfile::TempDir,
    client: Client,
    next: AtomicI64,
}

/// What a request was answered with.
#[derive(Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    /// `Null` where there is no body.
    pub body: Value,
}

impl Inside {
    pub async fn start() -> Self {
        Self::start_with(&[]).await
    }

    /// With these variables besides the usual ones.
    pub async fn start_with(more: &[(&str, &str)]) -> Self {
        Self::start_as(more, |_| {}).await
    }

    /// With a configuration that no variables can say.
    pub async fn start_as(more: &[(&str, &str)], change: impl FnOnce(&mut Config)) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let data_dir = directory.path().join("data").to_string_lossy().into_owned();
        let usual = [
            ("ROWLOCK_DATA_DIR", data_dir.as_str()),
            ("ROWLOCK_LISTEN", "127.0.0.1:0"),
            ("ROWLOCK_PARTITIONS", "2"),
            ("ROWLOCK_RATE_LIMIT", "0"),
            ("ROWLOCK_LOGIN_RATE_LIMIT", "0"),
        ];
        let variables: BTreeMap<&str, &str> = usual.iter().chain(more).copied().collect();
        let mut config = Config::read(&|name| variables.get(name).map(|value| (*value).to_owned())).unwrap();
        change(&mut config);
        let service = Service::start(config).await.unwrap();
        tokio::time::timeout(LIMIT, service.ready()).await.expect("it is ready in time");
        Self { service, directory, client: Client::new(), next: AtomicI64::new(1_000_000) }
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.service.address)
    }

    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.client.request(method, self.url(path)).timeout(LIMIT)
    }

    pub fn get(&self, path: &str) -> RequestBuilder {
        self.request(Method::GET, path)
    }

    pub fn post(&self, path: &str, body: &Value) -> RequestBuilder {
        self.request(Method::POST, path).json(body)
    }

    /// A buyer's token. The token is all that a buyer needs.
    pub fn buyer(&self) -> String {
        let id = UserId(self.next.fetch_add(1, Ordering::Relaxed));
        self.service.app.auth.tokens.issue(id, Role::Buyer)
    }

    /// A token of somebody who is in the database as well.
    pub async fn user(&self, role: Role) -> String {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        let (email, password_hash) = (format!("user{number}@example.org"), "cannot sign in".to_owned());
        let new = NewUser { email, name: "Ada".to_owned(), password_hash, role, created_at: now() };
        let user = self.service.app.database.create_user(new).await.unwrap();
        self.service.app.auth.tokens.issue(user.id, role)
    }

    /// A program's key.
    pub async fn api_key(&self) -> String {
        let key = new_key();
        let new = NewApiKey { name: "box office".into(), key_hash: key.hash, prefix: key.prefix, created_at: now() };
        self.service.app.database.create_api_key(new).await.unwrap();
        key.secret
    }

    /// Puts an event on sale, `more` being its members that are not as usual, and gives back its id.
    pub async fn event(&self, seller: &str, more: Value) -> u64 {
        let made = answer(self.post("/api/event", &new_event(more)).bearer_auth(seller)).await;
        assert_eq!(made.status, 201, "{made:?}");
        made.body["id"].as_u64().unwrap()
    }

    /// Books just these seats.
    pub fn book(&self, buyer: &str, event: u64, seats: &[&str]) -> RequestBuilder {
        self.post("/api/booking", &manual(event, seats)).bearer_auth(buyer)
    }

    /// Books these seats and gives back the booking.
    pub async fn booked(&self, buyer: &str, event: u64, seats: &[&str]) -> Value {
        let booked = answer(self.book(buyer, event, seats)).await;
        assert_eq!(booked.status, 201, "{booked:?}");
        booked.body
    }

    /// Every seat of the event and its state.
    pub async fn seats(&self, event: u64) -> BTreeMap<String, String> {
        states(&answer(self.get(&format!("/api/event/{event}/seats"))).await.body)
    }

    /// Asks again until the answer is as `expected` says.
    pub async fn until(&self, ask: impl Fn() -> RequestBuilder, expected: impl Fn(&Answer) -> bool) -> Answer {
        let since = Instant::now();
        loop {
            let last = answer(ask()).await;
            if expected(&last) {
                return last;
            }
            assert!(since.elapsed() < LIMIT, "not within {LIMIT:?}; last: {last:?}");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }
}

pub async fn answer(request: RequestBuilder) -> Answer {
    read(request.send().await.unwrap()).await
}

pub async fn read(response: Response) -> Answer {
    let (status, headers) = (response.status(), response.headers().clone());
    let text = response.text().await.unwrap();
    let body = if text.is_empty() { Value::Null } else { serde_json::from_str(&text).unwrap_or(Value::String(text)) };
    Answer { status, headers, body }
}

impl Answer {
    /// A header's text, or nothing.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    pub fn code(&self) -> &str {
        self.body["code"].as_str().unwrap_or("")
    }
}

/// Two sections, A dearer than B, of 2 subsections of 4 rows of 10 seats, and a floor of 20 places.
pub fn new_event(more: Value) -> Value {
    let section = |name, price| json!({ "name": name, "price": price, "subsections": 2 });
    let mut event = json!({
        "name": "On sale", "venue_name": "Hall", "starts_at": "2099-01-01T20:00:00Z", "currency": "EUR",
        "seating_config": {
            "rows": 4, "cols": 10, "sections": [section("A", 3000), section("B", 2000)],
            "general_admission": [{ "area": "FLOOR", "price": 1500, "capacity": 20 }],
        },
    });
    for (name, value) in more.as_object().into_iter().flatten() {
        event[name] = value.clone();
    }
    event
}

pub fn manual(event: u64, seats: &[&str]) -> Value {
    json!({ "event_id": event, "seat_selection_mode": "manual", "seat_positions": seats })
}

pub fn best(event: u64, quantity: u32) -> Value {
    json!({ "event_id": event, "seat_selection_mode": "best_available", "quantity": quantity })
}

/// The seats in the body of GET …/seats, whose rows are lists, or of a snapshot, whose rows are letters, by label.
pub fn states(view: &Value) -> BTreeMap<String, String> {
    let mut states = BTreeMap::new();
    for section in view["sections"].as_array().unwrap() {
        for subsection in section["subsections"].as_array().unwrap() {
            for row in subsection["rows"].as_array().unwrap() {
                for (at, state) in row_states(&row["seats"]).into_iter().enumerate() {
                    let (name, number) = (section["name"].as_str().unwrap(), &subsection["number"]);
                    let label = format!("{name}-{number}-{}-{}", row["row"], at + 1);
                    states.extend(state.map(|state| (label, state)));
                }
            }
        }
    }
    states
}

fn row_states(row: &Value) -> Vec<Option<String>> {
    let names = ["available", "held", "sold", "blocked"];
    let named =
        |letter| (letter != '.').then(|| names.iter().find(|name| name.starts_with(letter)).unwrap().to_string());
    match row {
        Value::String(letters) => letters.chars().map(named).collect(),
        list => list.as_array().unwrap().iter().map(|state| state.as_str().map(str::to_owned)).collect(),
    }
}
