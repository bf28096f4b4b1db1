//! Everything that clients were told, in the order in which they heard it, and what of it cannot be true together.

use super::accepted::Accepted;
use super::booking::{Booking, Told};
use super::bookings::Bookings;
use super::room::Room;
use super::seats::{Holders, Seat};
use crate::client::Response;
use crate::stage::Stage;
use std::time::{Duration, Instant};

/// Violations that are kept in full; there is no need for more to know that something is wrong.
const VIOLATIONS_KEPT: usize = 20;
/// Answers of 202, and exchanges, that are kept to be asked about: the service remembers no more either.
const ACCEPTED_KEPT: usize = 65_536;

/// Bookings that there is room for from the beginning, more than two minutes of 10,000 a second need. Room for the largest
/// run would be gigabytes.
const BOOKINGS_AT_FIRST_MAX: usize = 2_000_000;
/// Seats of a booking, or a little more in the usual mix: there is room for as many bookings.
const SEATS_OF_BOOKING: usize = 2;

/// Something that must never be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// What, and of which booking or seat.
    pub what: String,
    /// What clients were told about that seat, in the order in which they heard it.
    pub history: Vec<String>,
}

/// Whose time it is that holds end by.
enum Clock {
    /// This machine's, since the run began.
    Wall(Instant),
    /// Whatever was set last.
    Set(Duration),
}

/// What clients were told.
pub struct Journal {
    clock: Clock,
    hold: Duration,
    label: fn(u32) -> String,
    bookings: Bookings,
    holders: Holders,
    room: Room,
    sold_seats: u64,
    violations: Vec<Violation>,
    /// All violations, those that are not kept included.
    pub violations_count: u64,
    accepted: Vec<Accepted>,
    unknown_exchanges: Vec<u32>,
    /// Exchanges of which nobody knows yet whether they took place, those that are not kept included.
    pub unknown_exchanges_count: u64,
    /// Answers of 202, those that are not kept included.
    pub accepted_count: u64,
}

impl Journal {
    /// Of sales of `events` with `seats` each, which hold seats for `hold`.
    #[must_use]
    pub fn new(hold: Duration, events: usize, seats: u32) -> Self {
        // Beforehand: what grows in mid-run moves everything, and holds up the client for as long as it is measured.
        let bookings = (events * seats as usize / SEATS_OF_BOOKING).min(BOOKINGS_AT_FIRST_MAX);
        Self {
            clock: Clock::Wall(Instant::now()),
            room: Room::new(events, seats),
            hold,
            label: Stage::label,
            bookings: Bookings::with_capacity(bookings),
            holders: Holders::new(events, seats),
            sold_seats: 0,
            violations: Vec::new(),
            violations_count: 0,
            accepted: Vec::new(),
            unknown_exchanges: Vec::new(),
            unknown_exchanges_count: 0,
            accepted_count: 0,
        }
    }

    /// Of sales whose time is told, and whose seats have no labels but their positions.
    pub(crate) fn with_set_clock(events: usize, seats: u32) -> Self {
        let clock = Clock::Set(Duration::ZERO);
        Self { clock, label: |position| position.to_string(), ..Self::new(Duration::ZERO, events, seats) }
    }

    /// It is that late now.
    pub(crate) fn set_clock(&mut self, now: Duration) {
        self.clock = Clock::Set(now);
    }

    fn now(&self) -> Duration {
        match self.clock {
            Clock::Wall(began) => began.elapsed(),
            Clock::Set(now) => now,
        }
    }

    /// All bookings that somebody was told of, the first told first.
    #[must_use]
    pub fn bookings(&self) -> &[Booking] {
        self.bookings.all()
    }

    /// What must never be, and was; the first ones.
    #[must_use]
    pub fn violations(&self) -> &[Violation] {
        &self.violations
    }

    /// Seats of an event are asked for.
    pub fn asked(&mut self, event: usize) {
        self.room.asked(event);
    }

    /// That was answered, or never will be.
    pub fn answered(&mut self, event: usize, is_known: bool) {
        self.room.answered(event, is_known);
    }

    /// 409: as many of the best seats as `quantity` were refused for want of seats.
    pub fn none_left(&mut self, event: usize, quantity: u32) {
        if self.room.had(event, quantity) {
            let most = self.room.most_taken(event);
            let what =
                format!("event {event}: {quantity} of the best seats refused, though at most {most} were ever taken");
            self.violation(what, None);
        }
    }

    /// Whether seats may be taken of which nobody was told: their request was not answered, or with 202.
    pub(super) fn may_have_untold(&self, event: u32) -> bool {
        self.room.has_unknown(event)
    }

    /// 201: these seats are held.
    pub fn booked(&mut self, event: usize, buyer: u32, id: &str, labels: &[String]) {
        let seats = self.positions(id, labels);
        self.booked_until(event, buyer, id, seats, self.now() + self.hold);
    }

    /// What was answered with 202 has become a booking.
    pub(super) fn made(&mut self, accepted: &Accepted, labels: &[String]) {
        let seats = self.positions(&accepted.id, labels);
        let (event, ends_at) = (accepted.event as usize, accepted.since + self.hold);
        self.booked_until(event, accepted.buyer, &accepted.id, seats, ends_at);
    }

    /// Positions of an event are held until then.
    pub(crate) fn booked_until(&mut self, event: usize, buyer: u32, id: &str, seats: Vec<u32>, ends_at: Duration) {
        let event = u32::try_from(event).expect("events are few");
        let (index, is_new) = self.bookings.push(Booking {
            id: id.into(),
            event,
            buyer,
            seats: seats.clone(),
            told: Told::Held,
            is_leaving: false,
            is_paying: false,
            ends_at,
        });
        if !is_new {
            self.violation(format!("booking {id} was made twice"), None);
        }
        self.take(index, &seats);
    }

    /// An exchange was answered: these seats instead of those before.
    pub fn exchanged(&mut self, id: &str, labels: &[String]) {
        let seats = self.positions(id, labels);
        self.moved(id, seats);
    }

    /// These positions instead of those before.
    pub(crate) fn moved(&mut self, id: &str, seats: Vec<u32>) {
        let Some(index) = self.place(id) else { return };
        self.leave(index);
        let booking = &mut self.bookings[index];
        (booking.seats, booking.is_leaving) = (seats.clone(), false);
        self.take(index, &seats);
    }

    /// The hold ends then.
    pub(crate) fn ends_at(&mut self, id: &str, ends_at: Duration) {
        self.change(id, |booking| booking.ends_at = ends_at);
    }

    /// A payment is asked for.
    pub fn paying(&mut self, id: &str) {
        self.change(id, |booking| booking.is_paying = true);
    }

    /// It is paid for.
    pub fn paid(&mut self, id: &str) {
        let Some(index) = self.place(id) else { return };
        let booking = &mut self.bookings[index];
        booking.told = Told::Paid;
        self.sold_seats += booking.seats.len() as u64;
        // Where a change was left open, nobody knows which seats are its own.
        if !booking.is_leaving {
            let (event, mut seats) = (booking.event, booking.seats.clone());
            seats.retain(|&position| self.holders.of((event, position)) != Some(index));
            self.take(index, &seats);
        }
    }

    /// Seats that somebody was told are sold, held, and neither.
    #[must_use]
    pub fn seats(&self) -> [u64; 3] {
        let taken = self.room.taken_seats();
        [self.sold_seats, taken.saturating_sub(self.sold_seats), self.room.seats_of_all().saturating_sub(taken)]
    }

    /// The seats are about to be given back or changed.
    pub fn leaving(&mut self, id: &str) {
        self.change(id, |booking| booking.is_leaving = true);
    }

    /// They were not, after all.
    pub fn stays(&mut self, id: &str) {
        self.change(id, |booking| booking.is_leaving = false);
    }

    /// They were given back.
    pub fn gone(&mut self, id: &str) {
        let Some(index) = self.place(id) else { return };
        self.leave(index);
        self.bookings[index].told = Told::Gone;
    }

    /// 202: if it becomes a booking, it is `id`.
    pub fn accepted(&mut self, event: usize, buyer: u32, id: Box<str>) {
        self.accepted_count += 1;
        if self.accepted.len() < ACCEPTED_KEPT {
            let event = u32::try_from(event).expect("events are few");
            self.accepted.push(Accepted { id, event, buyer, since: self.now() });
        }
    }

    /// Answers of 202 that can be asked about, to be settled one by one.
    pub(super) fn take_accepted(&mut self) -> Vec<Accepted> {
        std::mem::take(&mut self.accepted)
    }

    /// An exchange was answered with 202, or in a way that leaves open whether it took place.
    pub fn exchange_unknown(&mut self, id: &str) {
        self.unknown_exchanges_count += 1;
        if let Some(place) = self.place(id).filter(|_| self.unknown_exchanges.len() < ACCEPTED_KEPT) {
            self.unknown_exchanges.push(place);
        }
    }

    /// The bookings whose exchanges can be asked about, as they were told before.
    pub(super) fn take_unknown_exchanges(&mut self) -> Vec<Booking> {
        let places = std::mem::take(&mut self.unknown_exchanges);
        places.into_iter().map(|place| self.bookings[place].clone()).collect()
    }

    /// It is known what became of an answer of 202, or of an exchange.
    pub(super) fn settled(&mut self, event: u32) {
        self.room.settled(event);
    }

    /// Where a booking stands among all of them.
    pub(super) fn place(&self, id: &str) -> Option<u32> {
        self.bookings.place(id)
    }

    /// 201 or 202 with a body that is no booking.
    pub fn unreadable(&mut self) {
        self.violation("a 201 or 202 without a booking".to_owned(), None);
    }

    /// The same request, with the same key, was answered twice.
    pub fn repeated(&mut self, first: &Response, again: &Response) {
        // What was not known the first time may be the second time.
        let both_answer = |response: &Response| matches!(response.status, 200 | 201 | 409);
        if both_answer(first) && both_answer(again) && !first.says_the_same(again) {
            self.violation(format!("one key, two answers: {first} and {again}"), None);
        }
    }

    pub(super) fn violation(&mut self, what: String, seat: Option<Seat>) {
        self.violations_count += 1;
        if self.violations.len() < VIOLATIONS_KEPT {
            let history = seat.map(|seat| self.history(seat)).unwrap_or_default();
            self.violations.push(Violation { what, history });
        }
    }

    /// Whether a booking's seats may be somebody else's by now.
    pub(super) fn may_have_left(&self, booking: &Booking) -> bool {
        // The hold follows a payment's own deadline, of which nobody was told: it is doubted again once it is paid for.
        let is_over = booking.told == Told::Held && (booking.is_paying || self.now() >= booking.ends_at);
        booking.is_leaving || booking.told == Told::Gone || is_over
    }

    pub(super) fn holder(&self, seat: Seat) -> Option<&Booking> {
        self.holders.of(seat).map(|index| &self.bookings[index])
    }

    /// Holds a booking as it is shown against what was told of it.
    pub(crate) fn shown(&mut self, booking: &Booking, status: &str, mut seats: Vec<u32>) {
        let is_as_told = match booking.told {
            Told::Paid => status == "completed" || booking.is_leaving,
            Told::Gone => status == "cancelled",
            Told::Held if self.may_have_left(booking) || booking.is_paying => true,
            Told::Held => status == "pending_payment",
        };
        let mut told = booking.seats.clone();
        seats.sort_unstable();
        told.sort_unstable();
        if !is_as_told || (seats != told && !booking.is_leaving) {
            let seats: Vec<_> = seats.into_iter().map(self.label).collect();
            self.violation(format!("told: {booking}; shown: {status} with {seats:?}"), None);
        }
    }

    /// Holds a seat as it is shown against its holder.
    pub(crate) fn seat_shown(&mut self, seat: Seat, state: &str) {
        let is_taken = matches!(state, "held" | "sold");
        let wrong = match self.holder(seat) {
            Some(holder) if !is_taken && !self.may_have_left(holder) => format!("told: {holder}"),
            None if is_taken && !self.may_have_untold(seat.0) => "nobody was told".to_owned(),
            _ => return,
        };
        let label = (self.label)(seat.1);
        self.violation(format!("event {}, seat {label} is {state}; {wrong}", seat.0), Some(seat));
    }

    fn take(&mut self, index: u32, seats: &[u32]) {
        let event = self.bookings[index].event;
        for &position in seats {
            if !self.holders.has((event, position)) {
                let (label, id) = ((self.label)(position), &self.bookings[index].id);
                self.violation(format!("event {event}, seat {label}: given to {id}, but there is no such seat"), None);
                continue;
            }
            let Some(before) = self.holders.take((event, position), index) else {
                self.room.taken(event, 1);
                continue;
            };
            let before = &self.bookings[before];
            if !self.may_have_left(before) {
                let (label, id, other) = ((self.label)(position), &self.bookings[index].id, &before.id);
                let what = format!("event {event}, seat {label}: given to {id} while {other} has it");
                self.violation(what, Some((event, position)));
            }
        }
    }

    fn leave(&mut self, index: u32) {
        let booking = &self.bookings[index];
        for &position in &booking.seats {
            if self.holders.leave((booking.event, position), index) {
                self.room.left(booking.event, 1);
            }
        }
    }

    fn positions(&mut self, id: &str, labels: &[String]) -> Vec<u32> {
        let seats: Vec<u32> = labels.iter().filter_map(|label| Stage::position(label)).collect();
        if seats.len() != labels.len() || seats.is_empty() {
            self.violation(format!("booking {id} has seats that do not exist: {labels:?}"), None);
        }
        seats
    }

    fn change(&mut self, id: &str, change: impl FnOnce(&mut Booking)) {
        if let Some(index) = self.place(id) {
            change(&mut self.bookings[index]);
        }
    }

    fn history(&self, (event, position): Seat) -> Vec<String> {
        let had_it =
            self.bookings().iter().filter(|booking| booking.event == event && booking.seats.contains(&position));
        had_it.map(ToString::to_string).collect()
    }
}
