//! Configs at random.

use super::{config, section};
use crate::seating::{SeatingConfig, layout};
use proptest::collection::{btree_set, vec};
use proptest::prelude::*;
use rowlock_engine::ids::SeatId;
use rowlock_engine::seat_map::{SeatMap, SeatStates};
use serde_json::{Value, json};

fn row() -> impl Strategy<Value = Value> {
    let marks = |count| btree_set(1..14u32, 0..count);
    (1..9u32, 0..12u32, marks(3), marks(2)).prop_map(|(row, seats, missing, accessible)| {
        json!({ "row": row, "seats": seats, "missing": missing, "accessible": accessible })
    })
}

/// Numbers that are usual, at the edge, or far beyond.
fn number() -> impl Strategy<Value = u32> {
    prop_oneof![8 => 0..40u32, 1 => 990..1_010u32, 1 => 49_990..50_010u32, 1 => any::<u32>()]
}

fn subsections() -> impl Strategy<Value = Value> {
    let each = (
        1..4u32,
        prop_oneof![number().prop_map(|rows| json!(rows)), vec(row(), 0..5).prop_map(|rows| json!(rows))],
        proptest::option::of(number()),
    )
        .prop_map(|(number, rows, seats)| json!({ "number": number, "rows": rows, "seats_per_row": seats }));
    prop_oneof![number().prop_map(|count| json!(count)), vec(each, 0..3).prop_map(|each| json!(each))]
}

fn anything() -> impl Strategy<Value = Value> {
    let section = ("[A-C]{0,2}-?", any::<u64>(), subsections());
    let section = section.prop_map(
        |(name, price, subsections)| json!({ "name": name, "price": price >> 24, "subsections": subsections }),
    );
    let area =
        ("[A-F]", number()).prop_map(|(area, capacity)| json!({ "area": area, "price": 1, "capacity": capacity }));
    (number(), number(), vec(section, 0..3), vec(area, 0..3)).prop_map(|(rows, cols, sections, areas)| {
        json!({ "rows": rows, "cols": cols, "sections": sections, "general_admission": areas })
    })
}

proptest! {
    #[test]
    fn the_short_form_is_a_short_way_to_write_the_full_one(rows in 1..12u32, cols in 1..30u32, count in 1..6u32) {
        let each_row: Vec<_> = (1..=rows).map(|row| json!({ "row": row, "seats": cols })).collect();
        let full: Vec<_> = (1..=count).map(|number| json!({ "number": number, "rows": each_row })).collect();
        let middle = (1..=count).map(|number| json!({ "number": number, "rows": rows, "seats_per_row": cols }));
        let middle = middle.collect();
        let short = config(json!({ "rows": rows, "cols": cols, "sections": [section(json!(count))] })).spec().unwrap();
        for other in [full, middle] {
            prop_assert_eq!(&short, &config(json!({ "sections": [section(json!(other))] })).spec().unwrap());
        }
    }

    /// Whatever is sent, it is a map whose labels lead back to their seats, or an error that names a field.
    #[test]
    fn whatever_is_sent_is_a_map_or_an_error(json in anything()) {
        match config(json).spec() {
            Ok(spec) => {
                let map = SeatMap::build(spec).unwrap();
                prop_assert!(map.positions() <= 200_000);
                for seat in (0..map.positions()).map(SeatId).filter(|seat| seat.0 % 97 < 13) {
                    let expected = map.exists(seat).then_some(seat);
                    prop_assert_eq!(map.seat(&map.label(seat).to_string()), expected);
                }
                let shown = layout(&map, &SeatStates::new(&map));
                prop_assert_eq!(shown.0.len() + shown.1.len(), map.sections().len() + map.area_count());
            }
            Err(error) => prop_assert!(error.field.starts_with("seating_config."), "{}", error.field),
        }
    }

    /// What is kept in the database is read again when a draft is opened later.
    #[test]
    fn what_is_written_is_read_again(json in anything()) {
        let config = config(json);
        let text = serde_json::to_string(&config).unwrap();
        prop_assert_eq!(serde_json::from_str::<SeatingConfig>(&text).unwrap(), config);
    }
}
