//! What changes of an event's seats, as outcomes say it and as readers are told.

use rowlock_engine::booking::Status;
use rowlock_engine::ids::{OutcomeNumber, SeatId};
use rowlock_engine::outcome::{BookingChange, BookingChangeKind};
use rowlock_engine::seat_map::{Counts, SeatState};

/// What a reader at some cursor has not seen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum After<T> {
    /// Nothing: the event has not changed since.
    Nothing,
    /// This.
    Changed(T),
    /// The cursor is older than what is kept.
    Forgotten,
    /// The event has not come as far as the cursor: the outcomes are being replayed, or it is no cursor of this event.
    Ahead,
}

/// What changed after a reader's cursor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Changes {
    /// Seats and the states that they are in now, each once, in the order of their last change.
    pub seats: Vec<(SeatId, SeatState)>,
    /// The counts of the event after them.
    pub totals: Counts,
    /// The counts of its areas after them.
    pub areas: Vec<Counts>,
    /// The cursor after them.
    pub version: OutcomeNumber,
}

/// From which state to which the booking's own seats go; `None` when they stay as they are.
pub(super) fn taken(change: &BookingChange) -> Option<(SeatState, SeatState)> {
    let before = change.before;
    match change.kind {
        BookingChangeKind::Reserved => Some((SeatState::Available, SeatState::Held)),
        BookingChangeKind::Confirmed if before == Some(Status::Expired) => {
            Some((SeatState::Available, SeatState::Sold))
        }
        BookingChangeKind::Confirmed => Some((SeatState::Held, SeatState::Sold)),
        BookingChangeKind::Exchanged if before == Some(Status::Completed) => {
            Some((SeatState::Available, SeatState::Sold))
        }
        BookingChangeKind::Exchanged => Some((SeatState::Available, SeatState::Held)),
        _ => None,
    }
}
