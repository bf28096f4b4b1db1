//! Words of bits and the index of free seats, against plain loops.

use super::bits;
use super::free::{Fit, FreeSeats, Pool};
use super::map::SeatMap;
use super::spec::{RowsSpec, SeatMapSpec, SectionSpec, SubsectionSpec};
use crate::ids::SeatId;
use proptest::collection::vec;
use proptest::prelude::*;
use std::sync::Arc;

/// Words with long runs as well as short ones.
fn word() -> impl Strategy<Value = u64> {
    prop_oneof![
        4 => any::<u64>(),
        4 => any::<(u64, u64)>().prop_map(|(left, right)| left | right),
        1 => Just(0),
        2 => Just(u64::MAX),
        2 => (0u32..64, 0u32..64).prop_map(|(up, down)| u64::MAX << up & u64::MAX >> down),
    ]
}

fn flags(words: &[u64]) -> Vec<bool> {
    words.iter().flat_map(|word| (0..64).map(move |bit| word >> bit & 1 == 1)).collect()
}

/// (first, length) of every run.
fn runs(flags: &[bool]) -> Vec<(u32, u32)> {
    let mut at = 0;
    let mut runs = Vec::new();
    for run in flags.chunk_by(|left, right| left == right) {
        let length = u32::try_from(run.len()).unwrap();
        if run[0] {
            runs.push((at, length));
        }
        at += length;
    }
    runs
}

fn longest(flags: &[bool]) -> u32 {
    runs(flags).iter().map(|run| run.1).max().unwrap_or(0)
}

/// Where a group may start in a run so that no single place is left beside it.
fn is_snug((first, length): (u32, u32), at: u32, size: u32) -> bool {
    at - first != 1 && first + length - at - size != 1
}

fn bits_of(places: impl Iterator<Item = u32>) -> u64 {
    places.filter(|place| (64..128).contains(place)).fold(0, |word, place| word | 1 << (place - 64))
}

proptest! {
    #[test]
    fn runs_are_those_of_a_plain_loop(words in vec(word(), 0..5)) {
        let flags = flags(&words);
        let mut found = Vec::new();
        bits::each_run(words.iter().copied(), |first, length| found.push((first, length)));
        prop_assert_eq!(found, runs(&flags));
        prop_assert_eq!(bits::longest(words.iter().copied()), longest(&flags));
        for (word, flags) in words.iter().zip(flags.chunks(64)) {
            prop_assert_eq!(bits::longest_in_word(*word), longest(flags));
        }
    }

    #[test]
    fn starts_are_those_of_a_plain_loop(words in [word(), word(), word()], size in 1..=bits::GROUP_MAX) {
        let flags = flags(&words);
        let starts = |(first, length): (u32, u32)| (first..(first + length + 1).saturating_sub(size)).map(move |at| ((first, length), at));
        let all: Vec<_> = runs(&flags).into_iter().flat_map(starts).collect();
        let snug = all.iter().filter(|(run, at)| is_snug(*run, *at, size));
        let expected = (bits_of(all.iter().map(|start| start.1)), bits_of(snug.map(|start| start.1)));
        prop_assert_eq!(bits::starts(words[0], words[1], words[2], size), expected);
        let any = (64..128).filter(|&at| flags[at as usize..(at + size) as usize].contains(&true));
        prop_assert_eq!(bits::starts_with_any(words[1], words[2], size), bits_of(any));
    }

    #[test]
    fn the_nearest_bit_is_that_of_a_plain_loop(word in word(), twice in -200i32..300) {
        let nearest = (0..64u32).filter(|bit| word >> bit & 1 == 1).min_by_key(|&bit| (2 * bit.cast_signed() - twice).abs());
        prop_assert_eq!(bits::nearest(word, twice), nearest);
    }

    #[test]
    fn the_next_and_previous_ones_are_those_of_a_plain_loop(
        words in vec(prop_oneof![word(), Just(0)], 1..4), from in 0usize..192, end in 0usize..192,
    ) {
        let flags = flags(&words);
        let (from, end) = (from.min(flags.len()), end.min(flags.len()));
        let ones = || (from..end).filter(|&at| flags[at]);
        prop_assert_eq!(bits::next_one(|at| words[at], from, end), ones().next());
        prop_assert_eq!(bits::previous_one(|at| words[at], from, end), ones().next_back());
    }
}

/// Rows of one or two words, more of them than one word of the index has bits.
fn house(seats: u32, accessible: Vec<u32>, count: u32) -> SeatMap {
    let row = |first_row, count, accessible| RowsSpec {
        first_row,
        count,
        seats,
        missing: vec![4],
        accessible,
        companion: Vec::new(),
    };
    let rows = vec![row(1, count, accessible), row(count + 1, 3, Vec::new())];
    let section = SectionSpec {
        name: "A".into(),
        price: 1,
        focal_point: None,
        subsections: vec![SubsectionSpec { number: 1, rows }],
    };
    SeatMap::build(Arc::new(SeatMapSpec { sections: vec![section], areas: Vec::new() })).unwrap()
}

fn rows_that_seat(map: &SeatMap, free: &FreeSeats, pool: Pool, fit: Fit, size: u32) -> Vec<usize> {
    let seats = |row: usize| {
        let words: Vec<_> = free.row_words(map, pool, map.rows[row]).collect();
        let fits = |run: (u32, u32)| run.1 >= size && (fit == Fit::Any || run.1 == size || run.1 >= size + 2);
        runs(&flags(&words)).into_iter().any(fits)
    };
    (0..map.rows.len()).filter(|&row| seats(row)).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_index_follows_every_change(
        seats in 5u32..90,
        accessible in prop_oneof![Just(vec![]), Just(vec![2, 5])],
        count in 1u32..70,
        changes in vec(any::<prop::sample::Index>(), 1..400),
    ) {
        let map = house(seats, accessible, count);
        let mut is_free = vec![true; map.positions() as usize];
        let mut free = FreeSeats::new(&map, |_| true);
        for change in changes {
            let at = change.index(is_free.len());
            let seat = SeatId(u32::try_from(at).unwrap());
            if map.exists(seat) {
                is_free[at] = !is_free[at];
                free.set(&map, seat, is_free[at]);
            }
        }
        prop_assert_eq!(&free, &FreeSeats::new(&map, |seat| is_free[seat.0 as usize]));
        for (pool, size) in [Pool::Ordinary, Pool::All].into_iter().flat_map(|pool| (1..=10).map(move |size| (pool, size))) {
            for fit in [Fit::Any, Fit::Snug] {
                // Beyond the index's levels a row that can only seat the group otherwise may be named.
                let known = if size > 8 { Fit::Any } else { fit };
                let expected = rows_that_seat(&map, &free, pool, known, size);
                let all = 0..map.rows.len();
                let next = |from: usize| free.next_row(&map, pool, fit, size, from..all.end);
                let found: Vec<_> = std::iter::successors(next(0), |&row| next(row + 1)).collect();
                prop_assert_eq!(&found, &expected);
                let previous = |end: usize| free.previous_row(&map, pool, fit, size, 0..end);
                let mut back: Vec<_> = std::iter::successors(previous(all.end), |&row| previous(row)).collect();
                back.reverse();
                prop_assert_eq!(back, expected);
            }
        }
    }
}
