//! Random things to ask of a small hall.

use proptest::prelude::*;
use rowlock_engine::command::{BestAvailable, Wish};
use rowlock_engine::ids::{AreaId, SeatId};
use rowlock_engine::seat_map::spec::{AreaSpec, RowsSpec, SeatMapSpec, SectionSpec, SubsectionSpec};
use std::collections::BTreeSet;
use std::sync::Arc;

pub const HOLD_MS: u64 = 1_000;

/// What is asked next; bookings are meant by their place among those that were asked for.
#[derive(Clone, Debug)]
pub enum Step {
    Reserve(u64, Wish),
    Extend(usize),
    Begin(usize),
    Confirm(usize),
    Cancel(usize),
    Exchange(usize, Wish),
    Block(BTreeSet<u32>),
    Unblock(BTreeSet<u32>),
    Amend(u32),
    Wait(u64),
}

pub fn step() -> impl Strategy<Value = Step> {
    let booking = || 0..30usize;
    let seats = || proptest::collection::btree_set(0..24u32, 1..4);
    let named = seats().prop_map(|seats| Wish::Named(seats.into_iter().map(SeatId).collect()));
    let best = (1..4u32).prop_map(|quantity| Wish::Best(BestAvailable { quantity, ..BestAvailable::default() }));
    let area = (1..4u32).prop_map(|quantity| Wish::Area { area: AreaId(0), quantity });
    let wish = prop_oneof![named, best, area].boxed();
    prop_oneof![
        6 => (1..5u64, wish.clone()).prop_map(|(buyer, wish)| Step::Reserve(buyer, wish)),
        1 => booking().prop_map(Step::Extend),
        2 => booking().prop_map(Step::Begin),
        4 => booking().prop_map(Step::Confirm),
        2 => booking().prop_map(Step::Cancel),
        3 => (booking(), wish).prop_map(|(booking, wish)| Step::Exchange(booking, wish)),
        1 => seats().prop_map(Step::Block),
        1 => seats().prop_map(Step::Unblock),
        1 => (1..9u32).prop_map(Step::Amend),
        3 => (0..HOLD_MS).prop_map(Step::Wait),
    ]
}

/// One section, two subsections of two rows of six with an aisle, and an area.
pub fn hall(rows: u32, seats: u32) -> Arc<SeatMapSpec> {
    let rows = |missing: Vec<u32>| {
        vec![RowsSpec { first_row: 1, count: rows, seats, missing, accessible: Vec::new(), companion: Vec::new() }]
    };
    let subsections =
        vec![SubsectionSpec { number: 1, rows: rows(vec![3]) }, SubsectionSpec { number: 2, rows: rows(Vec::new()) }];
    let section = SectionSpec { name: "A".to_owned(), price: 3000, focal_point: None, subsections };
    let area = AreaSpec { name: "FLOOR".to_owned(), price: 2500, capacity: 12 };
    Arc::new(SeatMapSpec { sections: vec![section], areas: vec![area] })
}
