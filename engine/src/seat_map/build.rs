//! From a seller's description to a layout; every rule and cap of a seat map is checked here.

use crate::limits::{
    AREA_CAPACITY_MAX, AREAS_MAX, NAME_BYTES_MAX, PRICE_MAX, ROWS_MAX, SEATS_PER_EVENT_MAX, SEATS_PER_ROW_MAX,
    SECTIONS_MAX,
};
use crate::seat_map::map::{Focus, Row, SeatMap, SeatMapError, Section, Subsection};
use crate::seat_map::spec::{RowsSpec, SeatMapSpec, SectionSpec, SubsectionSpec};
use std::collections::BTreeSet;
use std::sync::Arc;

// Rows and subsections are kept as 16-bit numbers.
const _: () = assert!(ROWS_MAX <= u16::MAX as usize);
const _: () = assert!(SECTIONS_MAX <= u16::MAX as usize);
const _: () = assert!(AREAS_MAX <= u16::MAX as usize);
const _: () = assert!(2 * SEATS_PER_ROW_MAX < u16::MAX as u32);

type Checked = Result<(), SeatMapError>;

fn check(holds: bool, field: &dyn Fn() -> String, problem: impl FnOnce() -> String) -> Checked {
    if holds { Ok(()) } else { Err(SeatMapError { field: field(), problem: problem() }) }
}

/// A number that caps keep small.
fn short(number: u32) -> u16 {
    u16::try_from(number).expect("checked against its cap")
}

fn index(length: usize) -> u32 {
    u32::try_from(length).expect("checked against its cap")
}

pub(super) fn build(spec: Arc<SeatMapSpec>) -> Result<SeatMap, SeatMapError> {
    let mut map = SeatMap {
        spec: Arc::clone(&spec),
        sections: Vec::with_capacity(spec.sections.len().min(SECTIONS_MAX)),
        subsections: Vec::new(),
        rows: Vec::new(),
        row_of: Vec::new(),
        present: Vec::new(),
        access: Vec::new(),
        access_rows: Vec::new(),
        by_name: Vec::new(),
    };
    let (sections, areas) = (spec.sections.len(), spec.areas.len());
    check(sections <= SECTIONS_MAX, &|| "sections".into(), || format!("at most {SECTIONS_MAX}"))?;
    check(areas <= AREAS_MAX, &|| "areas".into(), || format!("at most {AREAS_MAX}"))?;
    let mut names = BTreeSet::new();
    for (at, section) in spec.sections.iter().enumerate() {
        let path = format!("sections[{at}]");
        check_name(&mut names, &section.name, &|| format!("{path}.name"))?;
        check_price(section.price, &path)?;
        add_section(&mut map, section, &path)?;
    }
    for (at, area) in spec.areas.iter().enumerate() {
        let path = format!("areas[{at}]");
        check_name(&mut names, &area.name, &|| format!("{path}.name"))?;
        check_price(area.price, &path)?;
        let fits = (1..=AREA_CAPACITY_MAX).contains(&area.capacity);
        check(fits, &|| format!("{path}.capacity"), || format!("must be from 1 to {AREA_CAPACITY_MAX}"))?;
    }
    let empty = areas == 0 && map.present.iter().all(|&word| word == 0);
    check(!empty, &|| "sections".into(), || "the map has neither a seat nor a place".into())?;
    finish(&mut map);
    Ok(map)
}

/// The indices that need all rows and sections.
fn finish(map: &mut SeatMap) {
    map.by_name = (0..short(index(map.sections.len()))).collect();
    let sections = &map.spec.sections;
    map.by_name.sort_by_key(|&section| &sections[usize::from(section)].name);
    map.access_rows = vec![0; map.rows.len().div_ceil(64)];
    for (at, row) in map.rows.iter().enumerate() {
        map.access_rows[at / 64] |= u64::from(row.has_access) << (at % 64);
    }
    map.rows.shrink_to_fit();
    map.row_of.shrink_to_fit();
}

fn check_name<'a>(names: &mut BTreeSet<&'a str>, name: &'a str, field: &dyn Fn() -> String) -> Checked {
    let fits = (1..=NAME_BYTES_MAX).contains(&name.len());
    check(fits, field, || format!("must have 1 to {NAME_BYTES_MAX} bytes"))?;
    check(!name.contains('-'), field, || "must not contain '-'".into())?;
    check(!name.contains(char::is_control), field, || "must not contain control characters".into())?;
    check(names.insert(name), field, || format!("{name:?} is taken"))
}

fn check_price(price: u64, path: &str) -> Checked {
    check(price <= PRICE_MAX, &|| format!("{path}.price"), || format!("at most {PRICE_MAX}"))
}

fn add_section(map: &mut SeatMap, spec: &SectionSpec, path: &str) -> Checked {
    let (subsections, rows) = (index(map.subsections.len()), index(map.rows.len()));
    let some = !spec.subsections.is_empty();
    check(some, &|| format!("{path}.subsections"), || "must not be empty".into())?;
    let mut last = 0;
    for (at, subsection) in spec.subsections.iter().enumerate() {
        let path = format!("{path}.subsections[{at}]");
        let rises = subsection.number > last;
        check(rises, &|| format!("{path}.number"), || "numbers start at 1 and rise".into())?;
        last = subsection.number;
        add_subsection(map, spec, subsection, &path)?;
    }
    let rows = rows..index(map.rows.len());
    if let Some(focal) = spec.focal_point {
        let within = map.rows[rows.start as usize..]
            .iter()
            .any(|row| u32::from(row.number) == focal.row && (1..=u32::from(row.seats)).contains(&focal.seat));
        check(within, &|| format!("{path}.focal_point"), || "no row of the section has this place".into())?;
    }
    map.sections.push(Section { price: spec.price, subsections: subsections..index(map.subsections.len()), rows });
    Ok(())
}

fn add_subsection(map: &mut SeatMap, section: &SectionSpec, spec: &SubsectionSpec, path: &str) -> Checked {
    check(!spec.rows.is_empty(), &|| format!("{path}.rows"), || "must not be empty".into())?;
    let first = index(map.rows.len());
    let mut last = 0;
    for (at, rows) in spec.rows.iter().enumerate() {
        let path = format!("{path}.rows[{at}]");
        check(rows.first_row > last, &|| format!("{path}.first_row"), || "numbers start at 1 and rise".into())?;
        add_rows(map, rows, &path)?;
        last = rows.first_row + rows.count - 1;
    }
    let front = map.rows[first as usize];
    let focus = match section.focal_point {
        // A focal point out of bounds is reported once the section's rows are all there.
        Some(focal) => {
            Focus { row: focal.row.try_into().unwrap_or(0), seat_twice: short(focal.seat.min(SEATS_PER_ROW_MAX) * 2) }
        }
        None => Focus { row: front.number, seat_twice: front.seats + 1 },
    };
    let section = short(index(map.sections.len()));
    map.subsections.push(Subsection { section, number: spec.number, rows: first..index(map.rows.len()), focus });
    Ok(())
}

fn add_rows(map: &mut SeatMap, spec: &RowsSpec, path: &str) -> Checked {
    let (rows_max, seats_max) = (index(ROWS_MAX), u64::from(SEATS_PER_EVENT_MAX));
    check((1..=rows_max).contains(&spec.count), &|| format!("{path}.count"), || {
        format!("must be from 1 to {rows_max}")
    })?;
    let numbered = spec.first_row <= rows_max - (spec.count - 1);
    check(numbered, &|| format!("{path}.first_row"), || format!("rows are numbered up to {rows_max}"))?;
    let all = map.rows.len() + spec.count as usize;
    check(all <= ROWS_MAX, &|| format!("{path}.count"), || format!("an event has at most {ROWS_MAX} rows"))?;
    let fits = (1..=SEATS_PER_ROW_MAX).contains(&spec.seats);
    check(fits, &|| format!("{path}.seats"), || format!("must be from 1 to {SEATS_PER_ROW_MAX}"))?;
    let positions = map.row_of.len() as u64 + u64::from(spec.seats) * u64::from(spec.count);
    check(positions <= seats_max, &|| format!("{path}.seats"), || format!("an event has at most {seats_max} seats"))?;

    let mut taken = vec![0; spec.seats.div_ceil(64) as usize];
    mark(&mut taken, &spec.missing, spec.seats, &|| format!("{path}.missing"))?;
    let present = whole_row(spec.seats).zip(&taken).map(|(all, missing)| all & !missing).collect::<Vec<_>>();
    let missing = taken.clone();
    mark(&mut taken, &spec.accessible, spec.seats, &|| format!("{path}.accessible"))?;
    mark(&mut taken, &spec.companion, spec.seats, &|| format!("{path}.companion"))?;
    let access = taken.iter().zip(&missing).map(|(taken, missing)| taken & !missing).collect::<Vec<_>>();
    for number in spec.first_row..spec.first_row + spec.count {
        push_row(map, number, spec.seats, &present, &access);
    }
    Ok(())
}

fn push_row(map: &mut SeatMap, number: u32, seats: u32, present: &[u64], access: &[u64]) {
    let row = Row {
        first: index(map.row_of.len()),
        word: index(map.present.len()),
        number: short(number),
        seats: short(seats),
        subsection: short(index(map.subsections.len())),
        has_access: access.iter().any(|&word| word != 0),
    };
    map.row_of.resize(map.row_of.len() + seats as usize, short(index(map.rows.len())));
    map.rows.push(row);
    map.present.extend(present);
    map.access.extend(access);
}

/// The words of a row of which no seat is missing.
fn whole_row(seats: u32) -> impl Iterator<Item = u64> {
    (0..seats.div_ceil(64)).map(move |at| if seats >= (at + 1) * 64 { u64::MAX } else { (1 << (seats % 64)) - 1 })
}

/// Marks positions, each of which must be in the row and not marked yet.
fn mark(taken: &mut [u64], positions: &[u32], seats: u32, field: &dyn Fn() -> String) -> Checked {
    for &position in positions {
        check((1..=seats).contains(&position), field, || format!("the row has no position {position}"))?;
        let (word, bit) = ((position - 1) as usize / 64, 1 << ((position - 1) % 64));
        check(taken[word] & bit == 0, field, || format!("position {position} is marked twice"))?;
        taken[word] |= bit;
    }
    Ok(())
}
