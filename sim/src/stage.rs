//! What has to be there before the first buyer comes: a seller, events on sale, and everybody's tokens.

use crate::client::{Client, Request, Response, Unanswered, Verb};
use crate::plan::PlanOptions;
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// Seats of a row.
pub const SEATS_PER_ROW: u32 = 100;
/// User ids of buyers begin here: nobody who registers gets one of them.
const FIRST_BUYER: u64 = 1 << 40;
/// How long tokens are good for.
const TOKEN_LIFE: Duration = Duration::from_secs(24 * 60 * 60);
/// How long the service may take to be ready.
const READY_LIMIT: Duration = Duration::from_secs(60);
/// Pause between two questions whether it is.
const READY_POLL: Duration = Duration::from_millis(20);

/// Why the run cannot begin.
#[derive(Debug, thiserror::Error)]
pub enum StageError {
    /// It answers, but not that it is ready.
    #[error("the service was not ready within {READY_LIMIT:?}: {0}")]
    NotReady(String),
    /// No answer.
    #[error("{0}: {1}")]
    Unanswered(&'static str, Unanswered),
    /// Another answer than was needed.
    #[error("{what} was answered with {status}: {body}")]
    Refused {
        /// What was asked.
        what: &'static str,
        /// The HTTP status.
        status: u16,
        /// What it said.
        body: String,
    },
    /// Tokens cannot be signed.
    #[error("tokens cannot be signed: {0}")]
    Tokens(#[from] jsonwebtoken::errors::Error),
}

/// Events on sale, and who may buy.
pub struct Stage {
    /// Ids of the events, the hot one first.
    pub events: Vec<u64>,
    /// Seats of each.
    pub seats: u32,
    /// A token for each buyer.
    pub tokens: Vec<String>,
}

/// How much there is to be.
#[derive(Clone, Copy, Debug)]
pub struct Size {
    /// Events.
    pub events: usize,
    /// Seats of each.
    pub seats: u32,
    /// People.
    pub buyers: u32,
    /// How long seats are held.
    pub hold_seconds: u32,
}

impl Size {
    /// What a plan needs, where seats are held for `hold`.
    #[must_use]
    pub fn of(plan: &PlanOptions, hold: Duration) -> Self {
        let hold_seconds = u32::try_from(hold.as_secs()).unwrap_or(u32::MAX);
        Self { events: plan.events, seats: plan.seats, buyers: plan.buyers, hold_seconds }
    }
}

#[derive(Serialize)]
struct Claims {
    sub: String,
    role: &'static str,
    iat: u64,
    exp: u64,
}

#[derive(Deserialize)]
struct LoggedIn {
    access_token: String,
}

#[derive(Deserialize)]
struct Made {
    id: u64,
}

impl Stage {
    /// Waits until the service is ready, then puts events on sale and signs the buyers' tokens with `secret`.
    ///
    /// # Errors
    /// `StageError`.
    pub async fn set(client: &Client, secret: &str, size: Size) -> Result<Self, StageError> {
        ready(client).await?;
        let seller = seller(client).await?;
        let mut events = Vec::with_capacity(size.events);
        for number in 1..=size.events {
            events.push(open(client, &seller, number, size).await?);
        }
        Ok(Self { events, seats: size.seats, tokens: tokens(secret, size.buyers)? })
    }

    /// As large, where nothing is on sale: for a server that does not look.
    ///
    /// # Errors
    /// `StageError::Tokens`.
    pub fn of_nothing(secret: &str, size: Size) -> Result<Self, StageError> {
        let events = (1..).take(size.events).collect();
        Ok(Self { events, seats: size.seats, tokens: tokens(secret, size.buyers)? })
    }

    /// The user id of a buyer, from 0.
    #[must_use]
    pub fn buyer(number: u32) -> u64 {
        FIRST_BUYER + u64::from(number)
    }

    /// The label of a position, from 0.
    #[must_use]
    pub fn label(position: u32) -> String {
        format!("A-1-{}-{}", position / SEATS_PER_ROW + 1, position % SEATS_PER_ROW + 1)
    }

    /// The position with this label.
    #[must_use]
    pub fn position(label: &str) -> Option<u32> {
        let (row, seat) = label.strip_prefix("A-1-")?.split_once('-')?;
        let (row, seat): (u32, u32) = (row.parse().ok()?, seat.parse().ok()?);
        Some(row.checked_sub(1)? * SEATS_PER_ROW + seat.checked_sub(1)?)
    }
}

async fn ready(client: &Client) -> Result<(), StageError> {
    let since = Instant::now();
    loop {
        let problem = match client.send(Request::new(Verb::Get, "/health/ready", "", "", "")).await {
            Ok(response) if response.is_success() => return Ok(()),
            Ok(response) => format!("it answers {}", response.status),
            Err(unanswered) => unanswered.to_string(),
        };
        if since.elapsed() > READY_LIMIT {
            return Err(StageError::NotReady(problem));
        }
        tokio::time::sleep(READY_POLL).await;
    }
}

async fn ask(client: &Client, what: &'static str, request: Request) -> Result<Response, StageError> {
    let response = client.send(request).await.map_err(|unanswered| StageError::Unanswered(what, unanswered))?;
    if response.is_success() {
        return Ok(response);
    }
    Err(refused(what, &response))
}

fn refused(what: &'static str, response: &Response) -> StageError {
    let body = response.json::<serde_json::Value>().map_or_else(|error| error.to_string(), |body| body.to_string());
    StageError::Refused { what, status: response.status, body }
}

/// Registers a seller whom nobody else has registered, and signs in.
async fn seller(client: &Client) -> Result<String, StageError> {
    let email = format!("seller-{}@sim.example", since_epoch().as_nanos());
    let password = "a password for one run";
    let user = json!({ "email": email, "password": password, "name": "Simulator", "role": "seller" }).to_string();
    ask(client, "registering a seller", Request::new(Verb::Post, "/api/user/register", "", "", &user)).await?;
    let login = json!({ "email": email, "password": password }).to_string();
    let what = "signing in";
    let response = ask(client, what, Request::new(Verb::Post, "/api/user/login", "", "", &login)).await?;
    let logged_in: LoggedIn = response.json().map_err(|_| refused(what, &response))?;
    Ok(logged_in.access_token)
}

async fn open(client: &Client, seller: &str, number: usize, size: Size) -> Result<u64, StageError> {
    let event = json!({
        "name": format!("Simulated event {number}"),
        "description": "",
        "venue_name": "Simulator",
        "starts_at": "2099-01-01T20:00:00Z",
        "currency": "EUR",
        "hold_seconds": size.hold_seconds,
        "max_tickets_per_booking": 4,
        "seating_config": {
            "rows": size.seats / SEATS_PER_ROW,
            "cols": SEATS_PER_ROW,
            "sections": [{ "name": "A", "price": 3000, "subsections": 1 }],
        },
    });
    let what = "putting an event on sale";
    let response = ask(client, what, Request::new(Verb::Post, "/api/event", seller, "", &event.to_string())).await?;
    let made: Made = response.json().map_err(|_| refused(what, &response))?;
    Ok(made.id)
}

fn tokens(secret: &str, buyers: u32) -> Result<Vec<String>, StageError> {
    let key = jsonwebtoken::EncodingKey::from_secret(secret.as_bytes());
    let header = jsonwebtoken::Header::new(jsonwebtoken::Algorithm::HS256);
    let (iat, exp) = (since_epoch().as_secs(), (since_epoch() + TOKEN_LIFE).as_secs());
    let sign = |buyer: u32| {
        let claims = Claims { sub: Stage::buyer(buyer).to_string(), role: "buyer", iat, exp };
        jsonwebtoken::encode(&header, &claims, &key).map_err(StageError::from)
    };
    (0..buyers).map(sign).collect()
}

fn since_epoch() -> Duration {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::Stage;

    #[test]
    fn labels_and_positions_are_one_another() {
        for (position, label) in [(0, "A-1-1-1"), (99, "A-1-1-100"), (100, "A-1-2-1"), (49_999, "A-1-500-100")] {
            assert_eq!(Stage::label(position), label);
            assert_eq!(Stage::position(label), Some(position));
        }
        for label in ["", "A-1-0-1", "B-1-1-1", "A-1-1", "A-1-x-1"] {
            assert_eq!(Stage::position(label), None, "{label}");
        }
    }
}
