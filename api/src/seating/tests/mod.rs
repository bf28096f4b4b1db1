mod random;

use super::SeatingConfig;
use serde_json::{Value, json};

fn config(json: Value) -> SeatingConfig {
    serde_json::from_value(json).unwrap()
}

fn refused(json: Value) -> (String, String) {
    let error = config(json).spec().unwrap_err();
    (error.field, error.message)
}

fn section(subsections: Value) -> Value {
    json!({ "name": "A", "price": 1, "subsections": subsections })
}

/// Each config is refused for a field, with these words.
fn check(cases: &[(Value, &str, &str)]) {
    for (json, field, message) in cases {
        let (got, why) = refused(json.clone());
        assert_eq!(got, format!("seating_config.{field}"), "{json}: {why}");
        assert!(why.contains(message), "{json}: {why}");
    }
}

fn one(subsections: Value) -> Value {
    json!({ "sections": [section(subsections)] })
}

#[test]
fn what_is_wrong_with_the_short_form_is_named() {
    let short = |rows: u32, cols: u32, count: u32| {
        let sections = [section(json!(count))];
        json!({ "rows": rows, "cols": cols, "sections": sections })
    };
    check(&[
        (one(json!(2)), "sections[0].subsections", "needs `rows`"),
        (json!({ "rows": 2, "sections": [section(json!(2))] }), "sections[0].subsections", "needs `seats_per_row`"),
        (short(0, 5, 1), "rows", "must be from 1"),
        (short(5, 0, 1), "cols", "must be from 1"),
        (short(5, 1_001, 1), "cols", "must be from 1 to 1000"),
        (short(1_000, 1_000, 1), "cols", "at most 200000 seats"),
        (short(60_000, 1, 1), "rows", "must be from 1"),
        (short(2, 2, 0), "sections[0].subsections", "must not be empty"),
        (short(2, 2, 4_000_000_000), "sections[0].subsections", "at most 50000 subsections"),
        (short(2, 1, 50_000), "rows", "at most 50000 rows"),
        (json!({}), "sections", "neither a seat nor a place"),
    ]);
}

#[test]
fn what_is_wrong_with_a_subsection_is_named() {
    let subsection = |rows: Value, seats: u32| one(json!([{ "number": 1, "rows": rows, "seats_per_row": seats }]));
    check(&[
        (one(json!([{ "number": 1, "rows": 3 }])), "sections[0].subsections[0]", "needs `seats_per_row`"),
        (subsection(json!(0), 3), "sections[0].subsections[0].rows", "must be from 1"),
        (subsection(json!(3), 0), "sections[0].subsections[0].seats_per_row", "must be from 1"),
        (subsection(json!([]), 3), "sections[0].subsections[0].seats_per_row", "goes with a number"),
        (one(json!([{ "number": 0, "rows": 3, "seats_per_row": 3 }])), "sections[0].subsections[0].number", "rise"),
    ]);
}

/// Like rows are folded, and the right one is named nevertheless.
#[test]
fn what_is_wrong_with_a_row_is_named() {
    let rows =
        |rows: Value| one(json!([{ "number": 1, "rows": 1, "seats_per_row": 1 }, { "number": 2, "rows": rows }]));
    let like = |row: u32| json!({ "row": row, "seats": 5 });
    let third = |third: Value| rows(json!([like(1), like(2), third]));
    let path = |field: &str| format!("sections[0].subsections[1].rows[2].{field}");
    check(&[
        (rows(json!([])), "sections[0].subsections[1].rows", "must not be empty"),
        (third(json!({ "row": 3, "seats": 5, "missing": [6] })), &path("missing"), "no position 6"),
        (third(json!({ "row": 3, "seats": 5, "missing": [1], "accessible": [1] })), &path("accessible"), "twice"),
        (third(json!({ "row": 3, "seats": 5, "companion": [1, 1] })), &path("companion"), "twice"),
        (third(json!({ "row": 3, "seats": 0 })), &path("seats"), "must be from 1"),
        (third(like(2)), &path("row"), "rise"),
        (third(like(60_000)), &path("row"), "numbered up to"),
    ]);
}

#[test]
fn what_is_wrong_with_a_section_or_an_area_is_named() {
    let with = |section: Value| json!({ "rows": 2, "cols": 3, "sections": [section] });
    let areas = |areas: Vec<Value>| json!({ "general_admission": areas });
    let area = |name: &str, capacity: u32| json!({ "area": name, "price": 1, "capacity": capacity });
    let focal_point = json!({ "row": 3, "seat": 1 });
    check(&[
        (with(json!({ "name": "A-B", "price": 1, "subsections": 1 })), "sections[0].name", "must not contain '-'"),
        (with(json!({ "name": "A", "price": u64::MAX, "subsections": 1 })), "sections[0].price", "at most"),
        (
            with(json!({ "name": "A", "price": 1, "subsections": 1, "focal_point": focal_point })),
            "sections[0].focal_point",
            "no row",
        ),
        (areas(vec![area("", 1)]), "general_admission[0].area", "must have 1"),
        (areas(vec![area("F", 1), area("F", 1)]), "general_admission[1].area", "is taken"),
        (areas(vec![area("F", 0)]), "general_admission[0].capacity", "must be from 1"),
        (areas(vec![area("F", 1); 101]), "general_admission", "at most"),
    ]);
}

#[test]
fn what_cannot_be_read_is_named_by_its_place() {
    let rows = |row: Value| one(json!([{ "number": 1, "rows": [{ "row": 1, "seats": 5 }, row] }]));
    let cases = [
        (json!({ "sections": [], "general_admision": [] }), "general_admision", "unknown field"),
        (rows(json!({ "row": 2, "seats": 5, "mising": [3] })), "sections[0].subsections[0].rows[1].mising", "unknown"),
        (rows(json!({ "row": 2, "seats": -5 })), "sections[0].subsections[0].rows[1].seats", "invalid value"),
        (rows(json!({ "row": 2 })), "sections[0].subsections[0].rows[1]", "missing field `seats`"),
        (json!({ "sections": [section(json!("four"))] }), "sections[0].subsections", "how many there are"),
        (json!({ "sections": [section(json!(-4))] }), "sections[0].subsections", "how many there are"),
        (json!({ "sections": [section(json!(4_294_967_296_u64))] }), "sections[0].subsections", "how many there are"),
    ];
    for (json, path, message) in cases {
        let text = json.to_string();
        let error =
            serde_path_to_error::deserialize::<_, SeatingConfig>(&mut serde_json::Deserializer::from_str(&text));
        let error = error.unwrap_err();
        assert_eq!(error.path().to_string(), path, "{error}");
        assert!(error.to_string().contains(message), "{error}");
    }
}

/// Subsections are written out one by one: what many sections add up to has to be seen before that.
#[test]
fn subsections_are_counted_over_all_sections_before_they_are_made() {
    let half = |name: &str| json!({ "name": name, "price": 1, "subsections": 30_000 });
    let json = json!({ "rows": 1, "cols": 1, "sections": [half("A"), half("B"), half("C")] });
    let (field, message) = refused(json);
    assert_eq!(field, "seating_config.sections[1].subsections", "{message}");
}
