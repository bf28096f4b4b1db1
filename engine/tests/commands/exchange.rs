//! exchange: new seats for the old ones, all or nothing.

use crate::support::ask::{OTHER, amend, area, best, confirm, exchange, named, reserve, reserve_for, seats};
use crate::support::desk::{Desk, EVENT};
use rowlock_engine::booking::{Allocation, Status};
use rowlock_engine::ids::{AreaId, SeatId};
use rowlock_engine::outcome::BookingChangeKind as Kind;
use rowlock_engine::refusal::{LimitScope, Refusal};
use rowlock_engine::seat_map::SeatState::{Available, Held, Sold};

fn holding(ids: &[u32]) -> Desk {
    let mut desk = Desk::open();
    desk.done(reserve(1, named(ids)));
    desk
}

fn given(ids: &[u32]) -> Allocation {
    Allocation::Seats(ids.iter().copied().map(SeatId).collect())
}

#[test]
fn held_seats_go_for_others_of_any_number_and_price() {
    let mut desk = holding(&[12, 13]);
    let change = desk.changed(exchange(1, named(&[16, 17, 13])));
    assert_eq!((change.kind, change.released), (Kind::Exchanged, Some(given(&[12, 13]))));
    assert_eq!((change.booking.allocation, change.booking.total_price), (given(&[16, 17, 13]), 2000));
    assert_eq!([12, 13, 16, 17].map(|seat| desk.state(seat)), [Available, Held, Held, Held]);
}

#[test]
fn sold_seats_stay_sold_and_cost_the_same() {
    let mut desk = holding(&[12]);
    desk.done(confirm(1, None));
    let change = desk.changed(exchange(1, named(&[14])));
    assert_eq!(change.booking.status, Status::Completed);
    assert_eq!([12, 14].map(|seat| desk.state(seat)), [Available, Sold]);
    desk.done(exchange(1, named(&[14])));
}

#[test]
fn seats_go_for_places_and_places_for_seats() {
    let mut desk = holding(&[12]);
    desk.done(exchange(1, area(1, 3)));
    assert_eq!(desk.state(12), Available);
    desk.done(exchange(1, area(1, 2)));
    let pit = desk.shard.event(EVENT).unwrap().seats().area_counts(AreaId(1));
    assert_eq!((pit.held, pit.available), (2, 1));
    desk.done(exchange(1, area(1, 3)));
    desk.done(exchange(1, best(1)));
    assert_eq!(desk.shard.event(EVENT).unwrap().seats().area_free(AreaId(1)), 3);
}

#[test]
fn nothing_changes_when_one_seat_is_lost() {
    let mut desk = holding(&[12, 13]);
    desk.done(reserve_for(OTHER, 2, named(&[15])));
    let Refusal::SeatsTaken { seats: lost, alternatives } = desk.refused(exchange(1, named(&[14, 15]))) else {
        panic!()
    };
    assert_eq!(lost, seats(&[15]));
    assert!(alternatives.contains(&seats(&[13, 14])), "one's own seats are offered too: {alternatives:?}");
    assert_eq!([12, 13, 14].map(|seat| desk.state(seat)), [Held, Held, Available]);
}

#[test]
fn the_limits_count_the_new_seats_and_not_the_old() {
    let mut desk = holding(&[12, 13]);
    desk.done(amend(|amend| amend.tickets_per_buyer_max = Some(Some(4))));
    desk.done(reserve(2, best(1)));
    let refused = Refusal::LimitExceeded { max: 4, per: LimitScope::Buyer };
    assert_eq!(desk.refused(exchange(1, best(4))), refused);
    desk.done(exchange(1, best(3)));
    assert_eq!(desk.refused(reserve(3, best(1))), refused);
    desk.done(exchange(1, best(1)));
    desk.done(reserve(3, best(2)));
}

#[test]
fn an_exchange_leaves_the_deadline() {
    let mut desk = holding(&[12]);
    let before = desk.booking(1).unwrap().deadline;
    desk.wait(5_000).done(exchange(1, named(&[14])));
    assert_eq!(desk.booking(1).unwrap().deadline, before);
    assert_eq!(desk.wait(55_000).pulse().len(), 1);
    assert_eq!(desk.state(14), Available);
}
