//! A booking, as somebody was told of it.

use crate::stage::Stage;
use std::fmt;
use std::time::Duration;

/// What was heard of a booking last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Told {
    /// Its seats are held until the deadline.
    Held,
    /// It is paid for.
    Paid,
    /// It was given up.
    Gone,
}

/// A booking that somebody was told of.
#[derive(Clone, Debug)]
pub struct Booking {
    /// Its id, as the service writes it.
    pub id: Box<str>,
    /// From 0.
    pub event: u32,
    /// Whose it is, from 0.
    pub buyer: u32,
    /// Positions of its seats, from 0.
    pub seats: Vec<u32>,
    /// What was heard last.
    pub told: Told,
    /// Whether a request is under way after which other seats, or none, may be its own.
    pub is_leaving: bool,
    /// Whether a payment was asked for; it moves the deadline.
    pub is_paying: bool,
    /// When its hold ends, unless it is paid for.
    pub ends_at: Duration,
}

impl fmt::Display for Booking {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seats: Vec<_> = self.seats.iter().map(|&position| Stage::label(position)).collect();
        write!(f, "booking {} of buyer {}: {:?}, seats {}", self.id, self.buyer, self.told, seats.join(", "))?;
        if self.is_leaving {
            f.write_str(", a change under way")?;
        }
        Ok(())
    }
}
