//! One booking of the ledger after the other, held against the journal and against those before.

use crate::checker::Journal;
use crate::checker::booking::{Booking, Told};
use crate::stage::Stage;
use std::cell::RefCell;
use std::collections::HashMap;

/// A booking as the ledger has it.
#[derive(Clone, Debug)]
pub struct Entry {
    /// Its id, as the service writes it elsewhere.
    pub id: String,
    /// The service's number of the event.
    pub event: u64,
    /// The service's number of the buyer.
    pub buyer: u64,
    /// Positions of its seats, from 0.
    pub seats: Vec<u32>,
    /// Whether it was not cancelled since.
    pub is_completed: bool,
}

/// What was held against the journal so far.
pub struct Books<'a> {
    journal: &'a RefCell<Journal>,
    /// Events of the run by the service's numbers.
    events: HashMap<u64, u32>,
    seats: usize,
    /// How often each of the journal's bookings was there.
    seen: Vec<u8>,
    /// A bit for each seat that is sold, by event.
    sold: Vec<Vec<u64>>,
    compared: u64,
}

impl<'a> Books<'a> {
    pub fn new(stage: &Stage, journal: &'a RefCell<Journal>) -> Self {
        let events: HashMap<u64, u32> = stage.events.iter().copied().zip(0..).collect();
        let (seen, sold) = (vec![0; journal.borrow().bookings().len()], vec![Vec::new(); events.len()]);
        Self { journal, events, seats: stage.seats as usize, seen, sold, compared: 0 }
    }

    /// Holds one booking against what was told, and against those before it.
    pub fn hold(&mut self, entry: &Entry) {
        self.compared += 1;
        let mut journal = self.journal.borrow_mut();
        let event = self.events.get(&entry.event).copied();
        let told = journal.place(&entry.id);
        if let Some(place) = told {
            let seen = &mut self.seen[place as usize];
            *seen = seen.saturating_add(1);
        }
        let booking = told.map(|place| &journal.bookings()[place as usize]);
        if let Some(wrong) = wrong(entry, event, booking) {
            let what = format!("the ledger has booking {} of buyer {}: {wrong}", entry.id, entry.buyer);
            journal.violation(what, None);
        }
        drop(journal);
        if let Some(event) = event.filter(|_| entry.is_completed) {
            self.sell(event, entry);
        }
    }

    fn sell(&mut self, event: u32, entry: &Entry) {
        let sold = &mut self.sold[event as usize];
        sold.resize(self.seats.div_ceil(64), 0);
        for &position in &entry.seats {
            let (word, bit) = (position as usize / 64, 1u64 << (position % 64));
            let wrong = match sold.get_mut(word) {
                Some(bits) if *bits & bit == 0 => {
                    *bits |= bit;
                    continue;
                }
                Some(_) => "is sold twice in the ledger",
                None => "is sold in the ledger, and does not exist",
            };
            let what = format!("event {event}, seat {} {wrong}, last to {}", Stage::label(position), entry.id);
            self.journal.borrow_mut().violation(what, Some((event, position)));
        }
    }

    /// Misses what was paid and is not there; says how many bookings were.
    pub fn end(self) -> u64 {
        let missed = |(booking, seen): (&Booking, &u8)| match (booking.told, seen) {
            (Told::Paid, 0) => Some(format!("paid, and not in the ledger: {booking}")),
            (_, 2..) => Some(format!("{seen} times in the ledger: {booking}")),
            _ => None,
        };
        let mut journal = self.journal.borrow_mut();
        let missed: Vec<_> = journal.bookings().iter().zip(&self.seen).filter_map(missed).collect();
        for what in missed {
            journal.violation(what, None);
        }
        self.compared
    }
}

/// What is wrong with an entry, `event` and `booking` being what it speaks of.
fn wrong(entry: &Entry, event: Option<u32>, booking: Option<&Booking>) -> Option<String> {
    // Whoever does not know a booking's id cannot pay for it.
    let Some(booking) = booking else { return Some("nobody was told of it".to_owned()) };
    let mut told = booking.seats.clone();
    let mut sold = entry.seats.clone();
    told.sort_unstable();
    sold.sort_unstable();
    let wrong = match booking.told {
        _ if event != Some(booking.event) => "of another event",
        _ if entry.buyer != Stage::buyer(booking.buyer) => "of another buyer",
        Told::Held | Told::Gone if !booking.is_paying => "nobody has paid for it",
        // Seats are given back before a payment only: none of those that were paid for is cancelled.
        Told::Paid if !entry.is_completed => "cancelled",
        _ if told != sold && !booking.is_leaving => "other seats",
        _ => return None,
    };
    Some(format!("{wrong}; told: {booking}"))
}
