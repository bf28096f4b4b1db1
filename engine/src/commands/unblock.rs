//! Puts blocked seats back on sale. All or nothing; seats that are free already stay so.

use super::block::{Decision, to_move};
use super::find_event;
use crate::command::SeatSet;
use crate::ids::EventId;
use crate::outcome::Change;
use crate::refusal::Refusal;
use crate::seat_map::SeatState;
use crate::shard::Shard;

pub(crate) fn decide(shard: &Shard, event: EventId, set: &SeatSet) -> Result<Decision, Refusal> {
    let seats = to_move(find_event(shard, event)?, set, SeatState::Blocked, SeatState::Available)?;
    Ok(Decision { event, seats })
}

pub(crate) fn commit(shard: &mut Shard, decision: Decision) -> Change {
    let event = shard.event_mut(decision.event);
    for seat in &decision.seats {
        event.move_seat(*seat, SeatState::Blocked, SeatState::Available);
    }
    Change::Unblocked { seats: decision.seats }
}
