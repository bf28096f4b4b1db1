//! Every rule of a seat map with the field it names, labels there and back, and counts of states.
#![allow(clippy::unwrap_used)]

use proptest::collection::vec;
use proptest::prelude::*;
use rowlock_engine::ids::{AreaId, SeatId};
use rowlock_engine::limits::{
    AREA_CAPACITY_MAX, AREAS_MAX, NAME_BYTES_MAX, PRICE_MAX, ROWS_MAX, SEATS_PER_ROW_MAX, SECTIONS_MAX,
};
use rowlock_engine::seat_map::spec::{AreaSpec, FocalPoint, RowsSpec, SeatMapSpec, SectionSpec, SubsectionSpec};
use rowlock_engine::seat_map::{SeatLabel, SeatMap, SeatMapError, SeatState, SeatStates};
use std::sync::Arc;

fn rows(first_row: u32) -> RowsSpec {
    let (missing, accessible, companion) = (vec![3], vec![1], vec![2]);
    RowsSpec { first_row, count: 2, seats: 5, missing, accessible, companion }
}

fn section(name: &str) -> SectionSpec {
    let subsection = |number| SubsectionSpec { number, rows: vec![rows(1), rows(4)] };
    SectionSpec { name: name.into(), price: 10, focal_point: None, subsections: vec![subsection(1), subsection(3)] }
}

fn spec() -> SeatMapSpec {
    let area = AreaSpec { name: "Floor".into(), price: 5, capacity: 20 };
    SeatMapSpec { sections: vec![section("B"), section("A")], areas: vec![area] }
}

fn build(spec: SeatMapSpec) -> Result<SeatMap, SeatMapError> {
    SeatMap::build(Arc::new(spec))
}

type Change = fn(&mut SeatMapSpec);

fn row(spec: &mut SeatMapSpec) -> &mut RowsSpec {
    &mut spec.sections[1].subsections[1].rows[1]
}

const ROW: &str = "sections[1].subsections[1].rows[1]";

fn assert_refused(cases: &[(&str, Change)]) {
    for (field, change) in cases {
        let mut spec = spec();
        change(&mut spec);
        assert_eq!(build(spec).map(|_| ()).unwrap_err().field, *field);
    }
}

#[test]
fn the_map_that_the_others_break_is_fine() {
    assert_eq!(build(spec()).unwrap().positions(), 2 * 2 * 4 * 5);
}

#[test]
fn sections_and_areas_have_rules() {
    assert_refused(&[
        ("sections", |spec| spec.sections = vec![section("A"); SECTIONS_MAX + 1]),
        ("areas", |spec| spec.areas = vec![spec.areas[0].clone(); AREAS_MAX + 1]),
        ("sections", |spec| *spec = SeatMapSpec::default()),
        ("sections[1].name", |spec| spec.sections[1].name = "B".into()),
        ("sections[1].name", |spec| spec.sections[1].name = String::new()),
        ("sections[1].name", |spec| spec.sections[1].name = "n".repeat(NAME_BYTES_MAX + 1)),
        ("sections[1].name", |spec| spec.sections[1].name = "A-1".into()),
        ("sections[1].name", |spec| spec.sections[1].name = "A\n".into()),
        ("sections[1].price", |spec| spec.sections[1].price = PRICE_MAX + 1),
        ("sections[1].subsections", |spec| spec.sections[1].subsections.clear()),
        ("sections[1].focal_point", |spec| spec.sections[1].focal_point = Some(FocalPoint { row: 3, seat: 1 })),
        ("sections[1].focal_point", |spec| spec.sections[1].focal_point = Some(FocalPoint { row: 1, seat: 6 })),
        ("sections[1].focal_point", |spec| spec.sections[1].focal_point = Some(FocalPoint { row: 1, seat: 0 })),
        ("sections[1].focal_point", |spec| {
            spec.sections[1].focal_point = Some(FocalPoint { row: u32::MAX, seat: u32::MAX });
        }),
        ("areas[0].name", |spec| spec.areas[0].name = "A".into()),
        ("areas[0].price", |spec| spec.areas[0].price = PRICE_MAX + 1),
        ("areas[0].capacity", |spec| spec.areas[0].capacity = 0),
        ("areas[0].capacity", |spec| spec.areas[0].capacity = AREA_CAPACITY_MAX + 1),
    ]);
}

#[test]
fn subsections_and_rows_have_rules() {
    let field = |name: &str| format!("{ROW}.{name}");
    let cases: [(&str, Change); 15] = [
        ("first_row", |spec| row(spec).first_row = 2),
        ("first_row", |spec| row(spec).first_row = u32::MAX),
        ("count", |spec| row(spec).count = 0),
        ("count", |spec| row(spec).count = u32::MAX),
        ("count", |spec| row(spec).count = u32::try_from(ROWS_MAX).unwrap() - 4),
        ("seats", |spec| row(spec).seats = 0),
        ("seats", |spec| row(spec).seats = SEATS_PER_ROW_MAX + 1),
        ("seats", |spec| (row(spec).seats, row(spec).count) = (SEATS_PER_ROW_MAX, 200)),
        ("missing", |spec| row(spec).missing = vec![0]),
        ("missing", |spec| row(spec).missing = vec![6]),
        ("missing", |spec| row(spec).missing = vec![4, 4]),
        ("accessible", |spec| row(spec).accessible = vec![3]),
        ("accessible", |spec| row(spec).accessible = vec![u32::MAX]),
        ("companion", |spec| row(spec).companion = vec![1]),
        ("companion", |spec| row(spec).companion = vec![6]),
    ];
    for (name, change) in cases {
        assert_refused(&[(&field(name), change)]);
    }
    assert_refused(&[
        ("sections[1].subsections[0].number", |spec| spec.sections[1].subsections[0].number = 0),
        ("sections[1].subsections[1].number", |spec| spec.sections[1].subsections[1].number = 1),
        ("sections[1].subsections[1].rows", |spec| spec.sections[1].subsections[1].rows.clear()),
    ]);
}

#[test]
fn a_seat_is_found_by_the_label_it_has_and_by_no_other() {
    let map = build(spec()).unwrap();
    for seat in (0..map.positions()).map(SeatId) {
        let label = map.label(seat).to_string();
        assert_eq!(map.seat(&label), map.exists(seat).then_some(seat), "{label}");
    }
    assert_eq!(map.label(SeatId(0)).to_string(), "B-1-1-1");
    for label in
        ["B-1-1-01", "B-1-1-+1", "B-1-1-0", "B-1-1-6", "B-2-1-1", "B-1-3-1", "C-1-1-1", "B-1-1", "B-1-1-1-1", ""]
    {
        assert_eq!(map.seat(label), None, "{label}");
    }
}

fn state() -> impl Strategy<Value = SeatState> {
    prop::sample::select(vec![SeatState::Available, SeatState::Held, SeatState::Sold, SeatState::Blocked])
}

proptest! {
    #[test]
    fn a_label_is_read_as_it_was_written(section in "[^-]{1,8}", numbers in [1u32.., 1u32.., 1u32..]) {
        let [subsection, row, seat] = numbers;
        let label = SeatLabel { section: &section, subsection, row, seat };
        let text = label.to_string();
        prop_assert_eq!(SeatLabel::parse(&text), Some(label));
    }

    #[test]
    fn what_reads_as_a_label_is_written_so(text in "[A1-]{0,3}-[0-9+]{0,3}-[0-9]{0,3}-[0-9]{0,12}") {
        if let Some(label) = SeatLabel::parse(&text) {
            prop_assert_eq!(label.to_string(), text);
        }
    }

    #[test]
    fn counts_are_those_of_the_states(changes in vec((any::<prop::sample::Index>(), state()), 0..200), sold in 0u32..=20) {
        let map = build(spec()).unwrap();
        let mut states = SeatStates::new(&map);
        for (at, state) in changes {
            let seat = SeatId(u32::try_from(at.index(map.positions() as usize)).unwrap());
            if map.exists(seat) {
                let before = states.state(seat);
                prop_assert_eq!(states.set(&map, seat, state), before);
                prop_assert_eq!(states.state(seat), state);
            }
        }
        states.move_area(AreaId(0), SeatState::Available, SeatState::Sold, sold);
        for state in [SeatState::Available, SeatState::Held, SeatState::Sold, SeatState::Blocked] {
            let is_so = |seat: &SeatId| map.exists(*seat) && states.state(*seat) == state;
            let seats = (0..map.positions()).map(SeatId).filter(is_so).count();
            let in_subsections: u32 = (0..map.subsection_count()).map(|at| states.counts(at).of(state)).sum();
            prop_assert_eq!(in_subsections as usize, seats);
            prop_assert_eq!(states.totals().of(state), in_subsections + states.area_counts(AreaId(0)).of(state));
        }
        prop_assert!(states.fits(&map));
    }
}
