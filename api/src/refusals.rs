//! What the engine and the gateway say no with, as problems: one table for every route.

use crate::gateway::AskError;
use crate::http::time::rfc3339;
use crate::problem::{FieldError, Problem};
use axum::http::StatusCode;
use rowlock_engine::ids::SeatId;
use rowlock_engine::ports::AppendError;
use rowlock_engine::refusal::Refusal;
use rowlock_engine::seat_map::SeatMap;

/// The problem that tells a caller of `refusal`. Seats are named by `map`, where the event is known.
pub fn problem(refusal: &Refusal, map: Option<&SeatMap>) -> Problem {
    let (status, code) = status_and_code(refusal);
    let problem = Problem::new(status, code, refusal.to_string());
    match refusal {
        Refusal::Invalid { field, problem: message } => problem.with_errors(vec![FieldError::new(field, message)]),
        Refusal::UnknownSeat { seats } => problem.with("seats", labels(map, seats)),
        Refusal::NotOnSale { opens_at: Some(opens_at) } => problem.with("opens_at", rfc3339(*opens_at)),
        Refusal::LimitExceeded { max, per } => problem.with("max", *max).with("per", per.to_string()),
        Refusal::WrongStatus { status } => problem.with("booking_status", status.as_str()),
        Refusal::NotEnoughSeats { free } => problem.with("free", *free),
        Refusal::SeatsTaken { seats, alternatives } => {
            let alternatives: Vec<_> = alternatives.iter().map(|seats| labels(map, seats)).collect();
            problem.with("seats", labels(map, seats)).with("alternatives", alternatives)
        }
        Refusal::PriceDiffers { paid, asked } => problem.with("paid", *paid).with("asked", *asked),
        Refusal::TooManyEvents | Refusal::TooManyBookings => problem.retry_after(60),
        _ => problem,
    }
}

fn status_and_code(refusal: &Refusal) -> (StatusCode, &'static str) {
    match refusal {
        Refusal::Internal => (StatusCode::INTERNAL_SERVER_ERROR, "internal"),
        Refusal::RequestMismatch => (StatusCode::UNPROCESSABLE_ENTITY, "idempotency_key_reused"),
        Refusal::UnknownRules { .. } => (StatusCode::UNPROCESSABLE_ENTITY, "unknown_rules"),
        Refusal::UnknownEvent | Refusal::UnknownBooking => (StatusCode::NOT_FOUND, "not_found"),
        Refusal::EventExists => (StatusCode::CONFLICT, "event_exists"),
        Refusal::TooManyEvents => (StatusCode::SERVICE_UNAVAILABLE, "too_many_events"),
        Refusal::TooManyBookings => (StatusCode::SERVICE_UNAVAILABLE, "too_many_bookings"),
        Refusal::BookingExists => (StatusCode::CONFLICT, "booking_exists"),
        Refusal::Invalid { .. } => (StatusCode::UNPROCESSABLE_ENTITY, "invalid"),
        Refusal::UnknownSeat { .. } => (StatusCode::UNPROCESSABLE_ENTITY, "unknown_seat"),
        Refusal::UnknownSection => (StatusCode::UNPROCESSABLE_ENTITY, "unknown_section"),
        Refusal::NotOnSale { .. } => (StatusCode::CONFLICT, "not_on_sale"),
        Refusal::LimitExceeded { .. } => (StatusCode::CONFLICT, "limit_exceeded"),
        Refusal::HoldExpired => (StatusCode::CONFLICT, "hold_expired"),
        Refusal::WrongStatus { .. } => (StatusCode::CONFLICT, "wrong_status"),
        Refusal::PaymentUnderWay => (StatusCode::CONFLICT, "payment_under_way"),
        Refusal::ExtensionLimit => (StatusCode::CONFLICT, "extension_limit"),
        Refusal::SoldOut => (StatusCode::CONFLICT, "sold_out"),
        Refusal::NotEnoughSeats { .. } => (StatusCode::CONFLICT, "not_enough_seats"),
        Refusal::SeatsTaken { .. } => (StatusCode::CONFLICT, "seats_taken"),
        Refusal::PriceDiffers { .. } => (StatusCode::CONFLICT, "price_differs"),
    }
}

fn labels(map: Option<&SeatMap>, seats: &[SeatId]) -> Vec<String> {
    let Some(map) = map else { return Vec::new() };
    seats.iter().filter(|seat| map.exists(**seat)).map(|seat| map.label(*seat).to_string()).collect()
}

impl From<AskError> for Problem {
    fn from(error: AskError) -> Self {
        let detail = error.to_string();
        let unavailable =
            |code, seconds| Self::new(StatusCode::SERVICE_UNAVAILABLE, code, detail.clone()).retry_after(seconds);
        match error {
            AskError::Overloaded | AskError::Append(AppendError::QueueFull) => unavailable("overloaded", 1),
            AskError::Draining => unavailable("draining", 1),
            AskError::NotServing(_) => unavailable("not_ready", 1),
            AskError::TooLarge { .. } => Self::new(StatusCode::PAYLOAD_TOO_LARGE, "too_large", detail),
            AskError::Append(AppendError::NoSpace(_)) => unavailable("no_space", 5),
            AskError::Append(AppendError::Closed(_)) => unavailable("log_closed", 30),
            AskError::Append(AppendError::Unknown(_)) | AskError::TimedOut(_) => unavailable("outcome_unknown", 1),
        }
    }
}
