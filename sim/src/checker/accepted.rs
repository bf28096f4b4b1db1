//! After the run: what became of the bookings that were answered with 202, and of exchanges that were left open?

use super::Journal;
use super::audit::{QUESTIONS_MAX, read};
use super::booking::{Booking, Told};
use crate::client::{Request, Verb};
use crate::stage::Stage;
use crate::visit::World;
use serde::Deserialize;
use std::time::{Duration, Instant};

/// How long those that are still under way may take.
const UNDER_WAY_LIMIT: Duration = Duration::from_secs(5);
/// Pause before they are asked for again.
const UNDER_WAY_POLL: Duration = Duration::from_millis(200);

/// A booking that was answered with 202.
#[derive(Clone, Debug)]
pub struct Accepted {
    /// The id that it would have.
    pub id: Box<str>,
    /// From 0.
    pub event: u32,
    /// Who asked, from 0.
    pub buyer: u32,
    /// When that was answered, since the run began; its hold begins later if anything.
    pub since: Duration,
}

/// What is shown of one.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Shown {
    pub status: String,
    #[serde(default)]
    pub seats: Vec<String>,
}

/// Asks for each of them until it is known, and tells the journal; says how many are.
pub(super) async fn settle(world: &World) -> u64 {
    let (since, mut settled) = (Instant::now(), 0);
    let mut open = world.journal.borrow_mut().take_accepted();
    loop {
        let mut still_open = Vec::new();
        for some in open.chunks(QUESTIONS_MAX) {
            let shown =
                futures::future::join_all(some.iter().map(|accepted| ask(world, accepted.buyer, &accepted.id))).await;
            for (accepted, shown) in some.iter().zip(shown) {
                match shown {
                    Some(shown) if tell(&mut world.journal.borrow_mut(), accepted, &shown) => settled += 1,
                    _ => still_open.push(accepted.clone()),
                }
            }
        }
        if still_open.is_empty() || since.elapsed() > UNDER_WAY_LIMIT {
            return settled;
        }
        open = still_open;
        tokio::time::sleep(UNDER_WAY_POLL).await;
    }
}

/// Asks for the bookings whose exchanges were left open; says of how many it is known whether they took place.
pub(super) async fn settle_exchanges(world: &World) -> u64 {
    let (open, mut settled) = (world.journal.borrow_mut().take_unknown_exchanges(), 0);
    for some in open.chunks(QUESTIONS_MAX) {
        let shown = futures::future::join_all(some.iter().map(|before| ask(world, before.buyer, &before.id))).await;
        for (before, shown) in some.iter().zip(shown) {
            let shown = shown.filter(|shown| matches!(shown.status.as_str(), "pending_payment" | "completed"));
            settled +=
                u64::from(shown.is_some_and(|shown| tell_exchange(&mut world.journal.borrow_mut(), before, &shown)));
        }
    }
    settled
}

/// Tells the journal which seats it has now; false while the exchange may still be under way.
pub(super) fn tell_exchange(journal: &mut Journal, before: &Booking, shown: &Shown) -> bool {
    let is_as_before = shown.seats.len() == before.seats.len()
        && before.seats.iter().all(|position| shown.seats.contains(&Stage::label(*position)));
    // Whatever was paid for after it was decided after it too: they stand in the same log.
    if is_as_before && before.told != Told::Paid {
        return false;
    }
    journal.exchanged(&before.id, &shown.seats);
    journal.settled(before.event);
    true
}

async fn ask(world: &World, buyer: u32, id: &str) -> Option<Shown> {
    let token = &world.stage.tokens[buyer as usize];
    let path = format!("/api/booking/{id}");
    read(world.client.send(Request::new(Verb::Get, &path, token, "", "")).await)
}

/// Tells the journal what is shown; false while that is still open.
pub(super) fn tell(journal: &mut Journal, accepted: &Accepted, shown: &Shown) -> bool {
    match shown.status.as_str() {
        "processing" => return false,
        "pending_payment" => journal.made(accepted, &shown.seats),
        // Nobody had its id: only a deadline can have ended it.
        "refused" | "expired" => {}
        other => journal.violation(format!("booking {}, answered with 202, is {other}", accepted.id), None),
    }
    journal.settled(accepted.event);
    true
}
