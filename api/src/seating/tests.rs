use super::SeatingConfig;
use proptest::prelude::*;
use rowlock_engine::ids::SeatId;
use rowlock_engine::seat_map::SeatMap;
use serde_json::{Value, json};

fn config(json: Value) -> SeatingConfig {
    serde_json::from_value(json).unwrap()
}

fn refused(json: Value) -> (String, String) {
    let error = config(json).spec().unwrap_err();
    (error.field, error.message)
}

#[test]
fn short_and_full_describe_the_same_seats() {
    let row = |row: u32| json!({ "row": row, "seats": 20 });
    let rows: Vec<_> = (1..=10).map(row).collect();
    let full: Vec<_> = (1..=4).map(|number| json!({ "number": number, "rows": rows })).collect();
    let middle: Vec<_> = (1..=4).map(|number| json!({ "number": number, "rows": 10, "seats_per_row": 20 })).collect();
    let short =
        config(json!({ "rows": 10, "cols": 20, "sections": [{ "name": "A", "price": 3000, "subsections": 4 }] }));
    for other in [full, middle] {
        let other = config(json!({ "sections": [{ "name": "A", "price": 3000, "subsections": other }] }));
        assert_eq!(short.spec().unwrap(), other.spec().unwrap());
    }
}

#[test]
fn what_is_wrong_is_named_by_its_place_in_the_body() {
    let section = |subsections: Value| json!({ "sections": [{ "name": "A", "price": 1, "subsections": subsections }] });
    let rows = json!([{ "row": 1, "seats": 5 }, { "row": 2, "seats": 5 }, { "row": 3, "seats": 5, "missing": [6] }]);
    let cases = [
        (section(json!(2)), "seating_config.sections[0].subsections", "needs `rows`"),
        (section(json!([{ "number": 1, "rows": 3 }])), "seating_config.sections[0].subsections[0]", "needs `cols`"),
        (
            section(json!([{ "number": 1, "rows": rows }])),
            "seating_config.sections[0].subsections[0].rows[2].missing",
            "",
        ),
        (
            section(json!([{ "number": 1, "rows": [], "seats_per_row": 3 }])),
            "seating_config.sections[0].subsections[0].seats_per_row",
            "",
        ),
        (section(json!(4_000_000_000_u32)), "seating_config.sections[0].subsections", "at most"),
        (
            json!({ "rows": 1000, "cols": 1000, "sections": [{ "name": "A", "price": 1, "subsections": 1 }] }),
            "seating_config.sections[0].subsections[0].rows[0].seats",
            "",
        ),
        (
            json!({ "general_admission": [{ "area": "", "price": 1, "capacity": 1 }] }),
            "seating_config.general_admission[0].area",
            "",
        ),
        (json!({}), "seating_config.sections", ""),
    ];
    for (json, field, message) in cases {
        let (got, why) = refused(json.clone());
        assert_eq!(got, field, "{json}: {why}");
        assert!(why.contains(message), "{json}: {why}");
    }
}

#[test]
fn unknown_fields_are_errors() {
    let misspelt = json!({ "sections": [], "general_admision": [] });
    assert!(serde_json::from_value::<SeatingConfig>(misspelt).is_err());
}

fn row() -> impl Strategy<Value = Value> {
    (1..4u32, 1..12u32, proptest::collection::btree_set(1..14u32, 0..3))
        .prop_map(|(row, seats, missing)| json!({ "row": row, "seats": seats, "missing": missing }))
}

proptest! {
    /// Whatever is sent, it is a map whose labels lead back to their seats, or an error.
    #[test]
    fn labels_lead_back_to_their_seats(rows in proptest::collection::vec(row(), 0..5), more in 0..3u32) {
        let json = json!({
            "rows": more, "cols": 7,
            "sections": [
                { "name": "A", "price": 1, "subsections": [{ "number": 1, "rows": rows }] },
                { "name": "B b", "price": 2, "subsections": more },
            ],
        });
        if let Ok(spec) = config(json).spec() {
            let map = SeatMap::build(spec).unwrap();
            for seat in (0..map.positions()).map(SeatId) {
                let expected = map.exists(seat).then_some(seat);
                prop_assert_eq!(map.seat(&map.label(seat).to_string()), expected);
            }
        }
    }
}
