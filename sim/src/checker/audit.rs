//! After the run: does the service show what it has told?

use super::accepted::{settle, settle_exchanges};
use super::booking::Booking;
use crate::client::{Request, Response, Unanswered, Verb};
use crate::stage::{SEATS_PER_ROW, Stage};
use crate::visit::{BookingView, World};
use serde::Deserialize;
use std::collections::BTreeMap;

/// Questions under way at the same time.
pub(super) const QUESTIONS_MAX: usize = 256;

/// What was looked at.
#[derive(Clone, Copy, Debug, Default)]
pub struct Audit {
    /// Bookings that were asked for one by one.
    pub bookings: u64,
    /// Seats whose states were compared.
    pub seats: u64,
    /// Bookings that were answered with 202, and of which it is known now what became.
    pub settled: u64,
    /// Exchanges that were left open, and of which it is known now whether they took place.
    pub exchanged: u64,
    /// Questions that were not answered.
    pub unanswered: u64,
}

#[derive(Deserialize)]
struct SeatsView {
    counts: BTreeMap<String, u64>,
    sections: Vec<Section>,
}

#[derive(Deserialize)]
struct Section {
    subsections: Vec<Subsection>,
}

#[derive(Deserialize)]
struct Subsection {
    rows: Vec<Row>,
}

#[derive(Deserialize)]
struct Row {
    row: u32,
    seats: Vec<Option<String>>,
}

/// Asks for every event's seats and every booking that anybody was told of.
pub async fn audit(world: &World) -> Audit {
    // First: the seats of those that were made are no longer unexplained.
    let (settled, exchanged) = (settle(world).await, settle_exchanges(world).await);
    let mut audit = Audit { settled, exchanged, ..Audit::default() };
    for (event, id) in (0..).zip(&world.stage.events) {
        let request = Request::new(Verb::Get, &format!("/api/event/{id}/seats"), "", "", "");
        match read::<SeatsView>(world.client.send(request).await) {
            Some(view) => audit.seats += seats(world, event, &view),
            None => audit.unanswered += 1,
        }
    }
    let mut bookings: Vec<Booking> = world.journal.borrow().bookings().to_vec();
    while !bookings.is_empty() {
        let some = bookings.split_off(bookings.len().saturating_sub(QUESTIONS_MAX));
        let asked = some.iter().map(|booking| ask(world, booking));
        for (booking, view) in some.iter().zip(futures::future::join_all(asked).await) {
            match view {
                Some(view) => held(world, booking, &view),
                None => audit.unanswered += 1,
            }
            audit.bookings += 1;
        }
    }
    audit
}

async fn ask(world: &World, booking: &Booking) -> Option<Option<BookingView>> {
    let token = &world.stage.tokens[booking.buyer as usize];
    let path = format!("/api/booking/{}", booking.id);
    let answer = world.client.send(Request::new(Verb::Get, &path, token, "", "")).await;
    match answer {
        Ok(response) if response.status == 404 => Some(None),
        answer => read(answer).map(Some),
    }
}

pub(super) fn read<T: for<'a> Deserialize<'a>>(answer: Result<Response, Unanswered>) -> Option<T> {
    answer.ok().filter(Response::is_success)?.json().ok()
}

/// Holds a booking as it is shown against what was told of it.
fn held(world: &World, booking: &Booking, view: &Option<BookingView>) {
    let mut journal = world.journal.borrow_mut();
    let Some(view) = view else {
        return journal.violation(format!("acknowledged, and gone: {booking}"), None);
    };
    let seats = view.seats.iter().filter_map(|label| Stage::position(label)).collect();
    journal.shown(booking, &view.status, seats);
}

/// Holds an event's seats against their holders and its counts; says how many seats there were.
fn seats(world: &World, event: u32, view: &SeatsView) -> u64 {
    let mut journal = world.journal.borrow_mut();
    let mut counts: BTreeMap<String, u64> = BTreeMap::new();
    let mut total = 0;
    let rows = view.sections.iter().flat_map(|section| &section.subsections).flat_map(|subsection| &subsection.rows);
    for row in rows {
        for (seat, state) in (0..).zip(&row.seats) {
            let (position, state) = ((row.row - 1) * SEATS_PER_ROW + seat, state.as_deref().unwrap_or("missing"));
            *counts.entry(state.to_owned()).or_default() += 1;
            total += 1;
            journal.seat_shown((event, position), state);
        }
    }
    counts.insert("total".to_owned(), total);
    for (name, counted) in &view.counts {
        let shown = counts.get(name).copied().unwrap_or(0);
        if shown != *counted {
            journal.violation(format!("event {event} counts {counted} {name}, and shows {shown}"), None);
        }
    }
    total
}
