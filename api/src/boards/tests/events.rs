use super::model::{EVENT, PARTITION, World};
use super::steps::{hall, step};
use crate::boards::event::CHANGES_KEPT_MAX;
use crate::boards::{After, Boards, Changes};
use proptest::prelude::*;
use rowlock_engine::command::{CommandBody, SeatSet};
use rowlock_engine::ids::{OutcomeNumber, SeatId};
use rowlock_engine::seat_map::{SeatMap, SeatState};
use std::sync::Arc;

proptest! {
    /// The board shows what the engine has, and readers at any cursor come to it.
    #[test]
    fn readers_at_any_cursor_come_to_what_the_engine_has(steps in proptest::collection::vec(step(), 1..60)) {
        let mut world = World::new(hall(2, 6));
        for step in steps {
            world.take(step);
            let (board, event) = (world.boards.event(EVENT).unwrap().view(), world.shard.event(EVENT).unwrap());
            prop_assert_eq!(&board.states, event.seats().states());
            prop_assert_eq!((&board.terms, board.closed), (event.terms(), event.is_closed()));
        }
        prop_assert_eq!(world.check_readers(&world.boards), 0);
    }

    /// After a restart readers go on where they were, or begin anew where the checkpoint does not tell.
    #[test]
    fn readers_go_on_after_a_restart(
        before in proptest::collection::vec(step(), 0..40),
        after in proptest::collection::vec(step(), 0..40),
    ) {
        let mut world = World::new(hall(2, 6));
        before.into_iter().for_each(|step| world.take(step));
        let (checkpoint, replayed_from) = (world.checkpoint(), world.outcomes.len());
        let versions_before = world.history.len();
        after.into_iter().for_each(|step| world.take(step));

        let restarted = Boards::new(1);
        restarted.restore(PARTITION, checkpoint).unwrap();
        let restored_at = restarted.event(EVENT).unwrap().version();
        world.outcomes[replayed_from..].iter().for_each(|outcome| restarted.apply(PARTITION, outcome));
        let (one, other) = (world.boards.event(EVENT).unwrap().view(), restarted.event(EVENT).unwrap().view());
        prop_assert_eq!((one.states, one.terms, one.closed), (other.states, other.terms, other.closed));
        let anew = world.check_readers(&restarted);
        prop_assert!(anew <= versions_before, "a cursor from after the checkpoint is forgotten");
        let kept = world.history.range(restored_at..).count();
        prop_assert!(anew + kept <= world.history.len(), "a cursor from {} on is forgotten", restored_at);
    }
}

#[test]
fn what_is_too_old_to_be_kept_is_said_to_be_forgotten() {
    let mut world = World::new(hall(10, 500));
    let seats: Vec<_> = (5_000..10_000).map(SeatId).collect();
    let first = world.boards.event(EVENT).unwrap().version();
    for round in 1..=4 {
        let set = SeatSet { seats: seats.clone() };
        world.ask(if round % 2 == 1 { CommandBody::Block(set) } else { CommandBody::Unblock(set) });
    }
    assert!(4 * seats.len() > CHANGES_KEPT_MAX && 3 * seats.len() <= CHANGES_KEPT_MAX);
    let event = world.boards.event(EVENT).unwrap();
    assert_eq!(event.changes_after(first), After::Forgotten);
    assert_eq!(world.check_readers(&world.boards), 1, "only the first of the cursors is too old");
    match event.changes_after(first.next()) {
        After::Changed(changes) => assert_eq!(changes.seats.len(), seats.len(), "each seat once"),
        other => panic!("{other:?}"),
    }
}

/// What moves nothing moves no version: whoever has the seats need not fetch them again.
#[test]
fn a_command_that_changes_no_seat_leaves_the_version() {
    let mut world = World::new(hall(2, 6));
    let seat = |body: fn(SeatSet) -> CommandBody| body(SeatSet { seats: vec![SeatId(0)] });
    world.ask(seat(CommandBody::Block));
    let event = world.boards.event(EVENT).unwrap();
    let version = event.version();
    assert_eq!(event.view().states.state(SeatId(0)), SeatState::Blocked);
    world.ask(seat(CommandBody::Block));
    assert_eq!(event.version(), version);
    world.ask(seat(CommandBody::Unblock));
    assert!(event.version() > version);
}

#[test]
fn readers_at_one_cursor_share_what_is_written_for_them() {
    let mut world = World::new(hall(2, 6));
    let event = world.boards.event(EVENT).unwrap();
    let start = event.version();
    let frame = |cursor: OutcomeNumber, text: &str| {
        let write = |_: &SeatMap, changes: &Changes| format!("{text} {}", changes.seats.len());
        match event.frame_after(cursor, write) {
            After::Changed(frame) => frame,
            other => panic!("{other:?}"),
        }
    };
    world.ask(CommandBody::Block(SeatSet { seats: vec![SeatId(0), SeatId(1)] }));
    let one = frame(start, "one");
    world.ask(CommandBody::Block(SeatSet { seats: vec![SeatId(6)] }));
    let other = frame(start, "other");
    assert!(Arc::ptr_eq(&one.text, &other.text), "{other:?}");
    assert_eq!((&*one.text, one.to), ("one 2", start.next()));
    let rest = frame(one.to, "rest");
    assert_eq!((&*rest.text, rest.to), ("rest 1", event.version()));
}
