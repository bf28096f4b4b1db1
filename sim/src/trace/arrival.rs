//! One arrival in bytes.

use super::Problem;
use crate::plan::{Arrival, Fate, Intent, PlanOptions, Wish};
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// Longest that somebody thinks.
const THINKING_MAX: Duration = Duration::from_secs(10 * 60);

const BROWSE: u8 = 0;
const NAMED: u8 = 4;
const RETRY: u8 = 8;
const FATE: u8 = 16;
const FATES: [Fate; 4] = [Fate::Pay, Fate::Abandon, Fate::Cancel, Fate::Exchange];

/// What every arrival has: microseconds since the one before, what for, buyer, event.
type Head = (u64, u8, u32, u32);

/// Appends `arrival`, which comes after one at `before`.
pub(super) fn put(bytes: &mut Vec<u8>, arrival: &Arrival, before: Duration) {
    let after = u64::try_from((arrival.at.saturating_sub(before)).as_micros()).expect("a run is short");
    let event = u32::try_from(arrival.event).expect("events are few");
    let mut head = |what: u8| append(bytes, &(after, what, arrival.buyer, event));
    let Intent::Book { wish, retry, fate, thinking } = arrival.intent else { return head(BROWSE) };
    let (quantity, named) = match wish {
        Wish::Best(quantity) => (quantity, None),
        Wish::Named { first, quantity } => (quantity, Some(first)),
    };
    let fate = FATES.iter().position(|known| *known == fate).expect("all are listed");
    let fate = u8::try_from(fate).expect("they are few");
    head(1 + (quantity - 1) + NAMED * u8::from(named.is_some()) + RETRY * u8::from(retry) + FATE * fate);
    if let Some(first) = named {
        append(bytes, &first);
    }
    append(bytes, &u64::try_from(thinking.as_millis()).expect("nobody thinks that long"));
}

fn append(bytes: &mut Vec<u8>, value: &impl Serialize) {
    postcard::to_io(value, bytes).expect("a vector takes what is written");
}

/// Takes the first arrival off `bytes`; the one before it was at `before`.
pub(super) fn take(bytes: &mut &[u8], before: Duration, plan: &PlanOptions) -> Result<Arrival, Problem> {
    let (after, what, buyer, event): Head = first(bytes)?;
    let at = before.saturating_add(Duration::from_micros(after));
    if at > plan.duration {
        return Err(Problem::Range(format!(
            "somebody arrives after {at:?}, and the run ends after {:?}",
            plan.duration
        )));
    }
    if buyer >= plan.buyers {
        return Err(Problem::Range(format!("buyer {buyer} of {}", plan.buyers)));
    }
    let event = event as usize;
    if event >= plan.events {
        return Err(Problem::Range(format!("event {event} of {}", plan.events)));
    }
    let intent = if what == BROWSE { Intent::Browse } else { book(what - 1, bytes, plan)? };
    Ok(Arrival { at, buyer, event, intent })
}

fn book(what: u8, bytes: &mut &[u8], plan: &PlanOptions) -> Result<Intent, Problem> {
    let quantity = what % NAMED + 1;
    let fate = FATES.get(usize::from(what / FATE)).ok_or(Problem::Damaged("an arrival for nothing that is known"))?;
    let wish = if what & NAMED == 0 {
        Wish::Best(quantity)
    } else {
        let first: u32 = first(bytes)?;
        if first.saturating_add(u32::from(quantity)) > plan.seats {
            return Err(Problem::Range(format!("{quantity} seats from position {first} on, of {}", plan.seats)));
        }
        Wish::Named { first, quantity }
    };
    let thinking = Duration::from_millis(first(bytes)?);
    if thinking > THINKING_MAX {
        return Err(Problem::Range(format!("somebody thinks for {thinking:?}")));
    }
    Ok(Intent::Book { wish, retry: what & RETRY != 0, fate: *fate, thinking })
}

fn first<'a, T: Deserialize<'a>>(bytes: &mut &'a [u8]) -> Result<T, Problem> {
    let (value, rest) = postcard::take_from_bytes(bytes).map_err(|_| Problem::Damaged("an arrival"))?;
    *bytes = rest;
    Ok(value)
}
