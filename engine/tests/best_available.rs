//! Best available against an oracle that tries everything, and alternatives on larger maps.
#![allow(clippy::unwrap_used)]

mod oracle;

use oracle::{Place, best_rank, fitting, pools, rank};
use proptest::collection::vec;
use proptest::prelude::*;
use rowlock_engine::command::BestAvailable;
use rowlock_engine::ids::SeatId;
use rowlock_engine::seat_map::spec::{FocalPoint, RowsSpec, SeatMapSpec, SectionSpec, SubsectionSpec};
use rowlock_engine::seat_map::{SeatMap, SeatState, Seats, alternatives, best_available};
use std::collections::BTreeSet;
use std::sync::Arc;

/// Rows of at most so many seats whose numbers may leave gaps.
fn rows(seats_max: u32) -> impl Strategy<Value = RowsSpec> {
    (1..=seats_max).prop_flat_map(|seats| {
        let kinds = vec(prop_oneof![7 => Just('s'), 1 => Just('m'), 1 => Just('a'), 1 => Just('c')], seats as usize);
        (0u32..2, kinds).prop_map(move |(gap, kinds)| {
            let of = |kind| (1..).zip(&kinds).filter(|(_, is)| **is == kind).map(|(at, _)| at).collect();
            RowsSpec { first_row: gap, count: 1, seats, missing: of('m'), accessible: of('a'), companion: of('c') }
        })
    })
}

fn subsection(rows_max: usize, seats_max: u32) -> impl Strategy<Value = Vec<RowsSpec>> {
    vec(rows(seats_max), 1..=rows_max).prop_map(|mut rows| {
        let mut next = 1;
        for row in &mut rows {
            row.first_row += next;
            next = row.first_row + 1;
        }
        rows
    })
}

fn section(rows_max: usize, seats_max: u32) -> impl Strategy<Value = SectionSpec> {
    let focal_point = proptest::option::of((1u32..=4, 1..=seats_max).prop_map(|(row, seat)| FocalPoint { row, seat }));
    (0u64..4, focal_point, vec(subsection(rows_max, seats_max), 1..=2)).prop_map(|(price, focal_point, subsections)| {
        let subsections = (1..).zip(subsections).map(|(number, rows)| SubsectionSpec { number, rows }).collect();
        SectionSpec { name: String::new(), price, focal_point, subsections }
    })
}

/// A map that builds, with some of its seats taken.
fn house(rows_max: usize, seats_max: u32) -> impl Strategy<Value = (SeatMap, Seats)> {
    let sections = vec(section(rows_max, seats_max), 1..=2);
    let built = sections.prop_filter_map("a focal point outside, or no seat", |mut sections| {
        for (section, name) in sections.iter_mut().zip(["A", "B"]) {
            section.name = name.into();
        }
        SeatMap::build(Arc::new(SeatMapSpec { sections, areas: Vec::new() })).ok()
    });
    let seats = built.prop_flat_map(|map| {
        let count = map.positions() as usize;
        (Just(map), 0u32..90, vec(0u32..100, count))
    });
    seats.prop_map(|(map, share, dice)| {
        let mut seats = Seats::new(&map);
        for (seat, die) in (0..).map(SeatId).zip(dice) {
            if map.exists(seat) && die < share {
                seats.set(&map, seat, SeatState::Held);
            }
        }
        (map, seats)
    })
}

fn wish() -> impl Strategy<Value = (BestAvailable, bool)> {
    let place = prop_oneof![
        3 => Just((None, None)),
        1 => (0u16..2).prop_map(|section| (Some(section), None)),
        1 => (0u16..2, 1u32..3).prop_map(|(section, number)| (Some(section), Some(number))),
    ];
    let seldom = || prop::bool::weighted(0.25);
    (1u32..=5, place, proptest::option::weighted(0.2, 0u64..4), seldom(), seldom(), seldom()).prop_map(
        |(quantity, (section, subsection), max_price, adjacent_only, accessible, released)| {
            (BestAvailable { quantity, section, subsection, max_price, adjacent_only, accessible }, released)
        },
    )
}

fn chosen(map: &SeatMap, seats: &Seats, wish: &BestAvailable, released: bool) -> Result<Vec<SeatId>, u32> {
    let mut chosen = best_available(map, seats, wish, released).map_err(|shortage| shortage.free)?.into_vec();
    chosen.sort_unstable();
    Ok(chosen)
}

/// What the wish may have.
fn pool(map: &SeatMap, seats: &Seats, wish: &BestAvailable, released: bool) -> Vec<Place> {
    let all = fitting(map, seats, wish);
    if released || wish.accessible { all } else { pools(&all).1 }
}

fn config(cases: u32) -> ProptestConfig {
    ProptestConfig { cases, failure_persistence: None, max_global_rejects: 1_000_000, ..ProptestConfig::default() }
}

proptest! {
    #![proptest_config(config(3000))]

    #[test]
    fn the_choice_is_the_oracles((map, seats) in house(4, 8), (wish, released) in wish()) {
        let expected = oracle::best(&map, &seats, &wish, released);
        let free = pool(&map, &seats, &wish, released).len();
        prop_assert_eq!(chosen(&map, &seats, &wish, released), expected.ok_or(u32::try_from(free).unwrap()));
    }

    #[test]
    fn no_sale_is_lost_while_enough_fitting_seats_are_free((map, seats) in house(4, 8), (wish, released) in wish()) {
        let pool = pool(&map, &seats, &wish, released);
        let blocks = oracle::groups(&pool).iter().any(|run| run.len() >= wish.quantity as usize);
        let possible = if wish.adjacent_only { blocks } else { pool.len() >= wish.quantity as usize };
        let chosen = chosen(&map, &seats, &wish, released);
        prop_assert_eq!(chosen.is_ok(), possible);
        if let Ok(seats) = chosen {
            let distinct: BTreeSet<_> = seats.iter().collect();
            prop_assert_eq!(distinct.len(), wish.quantity as usize);
            prop_assert!(seats.iter().all(|seat| pool.iter().any(|place| place.seat == *seat)));
        }
    }
}

proptest! {
    #![proptest_config(config(400))]

    #[test]
    fn no_choice_at_all_ranks_before_it((map, seats) in house(3, 5), (wish, released) in wish()) {
        let wish = BestAvailable { accessible: false, adjacent_only: false, ..wish };
        let pool = pool(&map, &seats, &wish, released);
        if let Ok(chosen) = chosen(&map, &seats, &wish, released) {
            let choice: Vec<_> = pool.iter().copied().filter(|place| chosen.contains(&place.seat)).collect();
            let best = best_rank(&pool, wish.quantity as usize);
            let enough = |section| pool.iter().filter(|place| place.section == section).count() >= wish.quantity as usize;
            let fallback = (0..2).find(|&section| enough(section)).map_or((6, 0, 0, 0, 0), |at| (5, at, 0, 0, 0));
            prop_assert_eq!(rank(&pool, &choice), best.map_or(fallback, |best| best.min(fallback)));
        }
    }

    #[test]
    fn alternatives_are_free_disjoint_and_of_the_size(
        (map, seats) in house(12, 140),
        lost in vec(any::<prop::sample::Index>(), 1..5),
        quantity in 1u32..12,
        released: bool,
    ) {
        let lost: Vec<_> = lost.iter().map(|at| SeatId(u32::try_from(at.index(map.positions() as usize)).unwrap())).collect();
        let offers = alternatives(&map, &seats, &lost, quantity, released);
        let access = released || lost.iter().any(|&seat| map.is_reserved_for_access(seat));
        let all: Vec<_> = offers.iter().flatten().collect();
        prop_assert_eq!(all.iter().collect::<BTreeSet<_>>().len(), all.len());
        prop_assert!(offers.iter().all(|offer| offer.len() == quantity as usize));
        prop_assert!(all.iter().all(|&&seat| seats.state(seat) == SeatState::Available));
        prop_assert!(access || all.iter().all(|&&seat| !map.is_reserved_for_access(seat)));
        let wish = BestAvailable { accessible: access, ..BestAvailable::default() };
        let free = pool(&map, &seats, &wish, released).len();
        prop_assert_eq!(offers.len(), (free / quantity as usize).min(3));
    }
}
