//! The caps hold, and what is oldest is forgotten first.

use crate::support::ask::{cancel, command, named, open_sale, request, reserve};
use crate::support::desk::{Desk, EVENT, checkpoint};
use crate::support::hall::{plain, terms};
use rowlock_engine::command::{Command, CommandBody};
use rowlock_engine::ids::EventId;
use rowlock_engine::limits::{
    ACCEPTED_ANSWERS_MAX, ACCEPTED_KEPT_MS, EVENTS_PER_PARTITION_MAX, FORGOTTEN_PER_RECORD_MAX, REFUSED_ANSWERS_MAX,
    REFUSED_KEPT_MS, SEATS_PER_BLOCK_MAX, TICKETS_PER_BOOKING_MAX,
};
use rowlock_engine::outcome::OutcomeBody;
use rowlock_engine::refusal::Refusal;
use rowlock_engine::shard::{Shard, Stamp};

fn requested(key: u128, body: CommandBody) -> Command {
    Command { request: request(key, 0), ..command(EVENT, body) }
}

fn accepted() -> CommandBody {
    CommandBody::SetRules(1)
}

fn refused() -> CommandBody {
    cancel(1)
}

/// Whether each request is still remembered: asked of a copy, all with another fingerprint. The question is a record
/// too, so what is old enough is forgotten by it.
fn remembered(shard: &Shard, keys: impl IntoIterator<Item = u128>) -> Vec<bool> {
    let ask = |key| {
        let (mut copy, mut outcomes) = (shard.clone(), Vec::new());
        let stamp = Stamp { offset: copy.next_offset(), at: copy.now() };
        let asked = Command { request: request(key, 1), ..command(EVENT, CommandBody::SetRules(9)) };
        copy.apply(stamp, asked, &mut outcomes).unwrap();
        match outcomes.pop().unwrap().body {
            OutcomeBody::Refused(refused) => refused.refusal == Refusal::RequestMismatch,
            body => panic!("{body:?}"),
        }
    };
    keys.into_iter().map(ask).collect()
}

#[test]
fn as_many_answers_as_the_caps_allow_are_remembered_and_the_oldest_go_first() {
    type Asked = fn() -> CommandBody;
    let (accepted, refused): (Asked, Asked) = (accepted, refused);
    for (asked, max, other) in
        [(refused, REFUSED_ANSWERS_MAX as u128, accepted), (accepted, ACCEPTED_ANSWERS_MAX as u128, refused)]
    {
        let mut desk = Desk::open();
        desk.ask_as(&requested(u128::MAX, other()));
        (0..max).for_each(|key| drop(desk.ask_as(&requested(key, asked()))));
        assert_eq!(remembered(&desk.shard, [0, max - 1]), [true, true]);
        (max..max + 3).for_each(|key| drop(desk.ask_as(&requested(key, asked()))));
        let keys = [0, 1, 2, 3, max + 2, u128::MAX];
        let kept = [false, false, false, true, true, true];
        assert_eq!(remembered(&desk.shard, keys), kept, "the other kind has a cap of its own");
        let restored = Shard::restore(&checkpoint(&desk.shard)).unwrap();
        assert_eq!(remembered(&restored, keys), kept);
    }
}

#[test]
fn answers_that_are_old_are_forgotten_a_few_with_every_record() {
    type Asked = fn() -> CommandBody;
    let kinds: [(Asked, u64); 2] = [(accepted, ACCEPTED_KEPT_MS), (refused, REFUSED_KEPT_MS)];
    for (asked, kept_ms) in kinds {
        let mut desk = Desk::open();
        let several = 2 * FORGOTTEN_PER_RECORD_MAX as u128 + 1;
        (0..several).for_each(|key| drop(desk.ask_as(&requested(key, asked()))));
        desk.wait(kept_ms - 1).pulse();
        assert_eq!(remembered(&desk.shard, [0, several - 1]), [true, true], "not a moment sooner");
        desk.wait(1);
        for pulses in 1..=2 {
            desk.pulse();
            // The question forgets as many again.
            let gone = ((pulses + 1) * FORGOTTEN_PER_RECORD_MAX as u128).min(several);
            let expected: Vec<_> = (0..several).map(|key| key >= gone).collect();
            assert_eq!(remembered(&desk.shard, 0..several), expected, "oldest first");
        }
    }
}

#[test]
fn events_are_capped() {
    let mut desk = Desk::empty();
    for event in 0..=EVENTS_PER_PARTITION_MAX as u64 {
        let body = desk.ask_as(&command(EventId(event), open_sale(plain(1, 1), terms())));
        assert_eq!(matches!(body, OutcomeBody::Done(_)), event < EVENTS_PER_PARTITION_MAX as u64);
    }
    assert_eq!(desk.shard.events().count(), EVENTS_PER_PARTITION_MAX);
}

#[test]
fn a_command_names_as_many_seats_as_its_cap_allows() {
    use crate::support::ask::{block, unblock};
    let mut desk = Desk::empty();
    let most = u32::try_from(SEATS_PER_BLOCK_MAX).unwrap();
    desk.done(open_sale(plain(11, 1_000), terms()));
    let seats: Vec<_> = (0..=most).collect();
    let (too_many, just_enough) = (&seats[..], &seats[..seats.len() - 1]);
    assert!(matches!(desk.refused(block(too_many)), Refusal::Invalid { .. }));
    desk.done(block(just_enough));
    assert_eq!(desk.shard.event(EVENT).unwrap().seats().states().totals().blocked, most);
    assert!(matches!(desk.refused(unblock(too_many)), Refusal::Invalid { .. }));
    desk.done(unblock(just_enough));
    let tickets: Vec<_> = (0..=TICKETS_PER_BOOKING_MAX).collect();
    assert!(matches!(desk.refused(reserve(1, named(&tickets))), Refusal::Invalid { .. }));
}

#[test]
fn a_deadline_that_moved_often_is_one_deadline() {
    use crate::support::ask::{begin_payment, end_payment};
    let mut desk = Desk::empty();
    desk.done(open_sale(plain(1, 200), terms()));
    for id in 0..200 {
        desk.done(reserve(id.into(), named(&[id])));
    }
    for round in 0..5 {
        for id in 0..200 {
            desk.done(begin_payment(id, round));
            desk.done(end_payment(id, round));
        }
    }
    assert_eq!(desk.wait(59_999).pulse().len(), 0, "the payments' deadlines are gone");
    assert_eq!(desk.wait(1).pulse().len(), 200, "the holds' own deadlines are still known");
}
