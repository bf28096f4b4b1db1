//! The `rowlock` binary as a child process: started on a free port, killed without mercy.

use serde_json::{Value, json};
use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// How long a start may take, restoring included.
const START_LIMIT: Duration = Duration::from_secs(60);

/// A running service.
pub struct Service {
    child: Child,
    /// Where it listens.
    pub address: SocketAddr,
}

impl Service {
    /// Starts `rowlock serve` on `data_dir`, and waits until it is ready.
    pub async fn start(data_dir: &Path, more: &[(&str, &str)]) -> Self {
        let service = Self::spawn(data_dir, more);
        service.await_ready().await;
        service
    }

    /// Starts `rowlock serve` on `data_dir`, and waits until it listens.
    pub fn spawn(data_dir: &Path, more: &[(&str, &str)]) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_rowlock"));
        command.arg("serve").env_clear().env("ROWLOCK_DATA_DIR", data_dir).env("ROWLOCK_LISTEN", "127.0.0.1:0");
        command.env("ROWLOCK_RATE_LIMIT", "0").env("ROWLOCK_LOGIN_RATE_LIMIT", "0").env("ROWLOCK_LOG_FILTER", "warn");
        command.envs(more.iter().copied()).stdout(Stdio::piped());
        let mut child = command.spawn().expect("the binary was built for this test");
        let mut lines = BufReader::new(child.stdout.take().expect("stdout is piped")).lines();
        let address = lines.by_ref().map_while(Result::ok).find_map(|line| address_in(&line));
        // Whatever else it prints must not fill the pipe.
        std::thread::spawn(move || lines.map_while(Result::ok).for_each(drop));
        Self { child, address: address.expect("the service says where it listens") }
    }

    /// Waits until every partition serves.
    pub async fn await_ready(&self) {
        let client = reqwest::Client::new();
        let since = Instant::now();
        loop {
            let answer = client.get(self.url("/health/ready")).send().await;
            if answer.is_ok_and(|answer| answer.status().is_success()) {
                return;
            }
            assert!(since.elapsed() < START_LIMIT, "the service was not ready within {START_LIMIT:?}");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    /// The URL of `path`.
    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// kill -9.
    pub fn kill(mut self) {
        self.child.kill().expect("the child is ours");
        self.child.wait().expect("a killed child ends");
    }

    /// SIGTERM; waits for its end and says whether that was a clean one.
    pub fn terminate(mut self) -> bool {
        let pid = self.child.id().to_string();
        let killed = Command::new("kill").args(["-TERM", &pid]).status().expect("kill is on every machine");
        assert!(killed.success());
        self.child.wait().expect("a terminated child ends").success()
    }
}

impl Drop for Service {
    /// A failed test leaves nothing behind.
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn address_in(line: &str) -> Option<SocketAddr> {
    line.split_once("http://").and_then(|(_, rest)| rest.split_whitespace().next()?.trim_end_matches('/').parse().ok())
}

/// Registers somebody and gives back a token.
pub async fn sign_in(service: &Service, email: &str, role: &str) -> String {
    let client = reqwest::Client::new();
    let password = "correct horse battery";
    let user = json!({ "email": email, "password": password, "name": email, "role": role });
    let registered = client.post(service.url("/api/user/register")).json(&user).send().await.unwrap();
    assert_eq!(registered.status(), 201, "{}", registered.text().await.unwrap());
    let login = json!({ "email": email, "password": password });
    let login: Value =
        client.post(service.url("/api/user/login")).json(&login).send().await.unwrap().json().await.unwrap();
    login["access_token"].as_str().expect("a login gives a token").to_owned()
}

/// Puts an event on sale and gives back its id.
pub async fn open_event(service: &Service, seller: &str, more: Value) -> u64 {
    let mut event = json!({
        "name": "On sale", "description": "", "venue_name": "Hall", "starts_at": "2099-01-01T20:00:00Z",
        "currency": "EUR", "hold_seconds": 600, "max_tickets_per_booking": 4,
        "seating_config": { "rows": 20, "cols": 25, "sections": [{ "name": "A", "price": 3000, "subsections": 4 }] },
    });
    for (name, value) in more.as_object().into_iter().flatten() {
        event[name] = value.clone();
    }
    let client = reqwest::Client::new();
    let made = client.post(service.url("/api/event")).bearer_auth(seller).json(&event).send().await.unwrap();
    assert_eq!(made.status(), 201);
    made.json::<Value>().await.unwrap()["id"].as_u64().expect("an event has an id")
}
