//! Takes free seats off sale (house seats). All or nothing; seats that are blocked already stay so.

use super::find_event;
use super::terms::invalid;
use crate::command::SeatSet;
use crate::ids::{EventId, SeatId};
use crate::limits::SEATS_PER_BLOCK_MAX;
use crate::outcome::Change;
use crate::refusal::Refusal;
use crate::seat_map::SeatState;
use crate::shard::{Event, Shard};

pub(crate) struct Decision {
    pub event: EventId,
    pub seats: Vec<SeatId>,
}

pub(crate) fn decide(shard: &Shard, event: EventId, set: &SeatSet) -> Result<Decision, Refusal> {
    let seats = to_move(find_event(shard, event)?, set, SeatState::Available, SeatState::Blocked)?;
    Ok(Decision { event, seats })
}

pub(crate) fn commit(shard: &mut Shard, decision: Decision) -> Change {
    let event = shard.event_mut(decision.event);
    for seat in &decision.seats {
        event.move_seat(*seat, SeatState::Available, SeatState::Blocked);
    }
    Change::Blocked { seats: decision.seats }
}

/// The seats of `set` that are in state `from`, each once; refused if any is in neither state.
pub(crate) fn to_move(event: &Event, set: &SeatSet, from: SeatState, to: SeatState) -> Result<Vec<SeatId>, Refusal> {
    if set.seats.is_empty() || set.seats.len() > SEATS_PER_BLOCK_MAX {
        return Err(invalid("seats", format!("must name 1 to {SEATS_PER_BLOCK_MAX} seats")));
    }
    let mut seats = set.seats.clone();
    seats.sort_unstable();
    seats.dedup();
    let unknown: Vec<_> = seats.iter().copied().filter(|seat| !event.map.exists(*seat)).collect();
    if !unknown.is_empty() {
        return Err(Refusal::UnknownSeat { seats: unknown });
    }
    let state = |seat: &SeatId| event.seats.state(*seat);
    let lost: Vec<_> = seats.iter().copied().filter(|seat| state(seat) != from && state(seat) != to).collect();
    if !lost.is_empty() {
        return Err(Refusal::SeatsTaken { seats: lost, alternatives: Vec::new() });
    }
    seats.retain(|seat| state(seat) == from);
    Ok(seats)
}
