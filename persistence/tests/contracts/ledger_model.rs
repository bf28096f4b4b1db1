//! A ledger against a model of it: whatever is delivered, twice, late or after a crash, is written once.

use crate::ledger::{Backend, P, at};
use crate::outcomes::{booking_id, cancelled, confirmed, exchanged, places, reserved, seats, time_of};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use rowlock_engine::booking::{Allocation, Status};
use rowlock_engine::ids::TimeMs;
use rowlock_engine::outcome::Outcome;
use rowlock_engine::ports::{Ledger, LedgerError};
use std::collections::BTreeMap;

const CASES: u32 = 48;

/// One outcome to come; bookings are named by how long ago they were sold.
#[derive(Clone, Debug)]
enum Step {
    Noise,
    GiveBackHeld,
    Sell { tickets: u32, area: bool },
    Exchange { which: usize, tickets: u32 },
    Cancel { which: usize },
}

/// One attempt to record: `behind` outcomes before the position or beyond it, and perhaps a crash after it.
#[derive(Clone, Debug)]
struct Delivery {
    shift: i64,
    length: usize,
    restart: bool,
}

/// What the ledger should say of a booking.
#[derive(Clone, Debug, PartialEq)]
struct Sold {
    allocation: Allocation,
    status: Status,
    confirmed_at: TimeMs,
    cancelled_at: Option<TimeMs>,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        2 => Just(Step::Noise),
        1 => Just(Step::GiveBackHeld),
        5 => (1..5_u32, any::<bool>()).prop_map(|(tickets, area)| Step::Sell { tickets, area }),
        2 => (0..8_usize, 1..5_u32).prop_map(|(which, tickets)| Step::Exchange { which, tickets }),
        2 => (0..8_usize).prop_map(|which| Step::Cancel { which }),
    ]
}

fn delivery() -> impl Strategy<Value = Delivery> {
    let shift = prop_oneof![4 => Just(0), 1 => -10..10_i64];
    (shift, 1..30_usize, prop::bool::weighted(0.15)).prop_map(|(shift, length, restart)| Delivery {
        shift,
        length,
        restart,
    })
}

fn allocation(number: u64, tickets: u32, area: bool) -> Allocation {
    let first = u32::try_from(number).unwrap() * 10;
    if area { places(tickets) } else { seats(&(first..first + tickets).collect::<Vec<_>>()) }
}

/// The outcomes of `steps`, and what they come to.
fn play(steps: &[Step]) -> (Vec<Outcome>, BTreeMap<u64, Sold>) {
    let mut model: BTreeMap<u64, Sold> = BTreeMap::new();
    let mut outcomes = Vec::new();
    for (number, step) in (1..).zip(steps) {
        let living: Vec<u64> =
            model.iter().rev().filter(|(_, sold)| sold.status == Status::Completed).map(|(n, _)| *n).collect();
        let outcome = match *step {
            Step::Sell { tickets, area } => {
                let allocation = allocation(number, tickets, area);
                let (confirmed_at, status) = (time_of(number), Status::Completed);
                let sold = Sold { allocation: allocation.clone(), status, confirmed_at, cancelled_at: None };
                model.insert(number, sold);
                confirmed(number, number, allocation)
            }
            Step::Exchange { which, tickets } if which < living.len() => {
                let allocation = allocation(number, tickets, false);
                model.get_mut(&living[which]).unwrap().allocation = allocation.clone();
                exchanged(number, living[which], allocation)
            }
            Step::Cancel { which } if which < living.len() => {
                let sold = model.get_mut(&living[which]).unwrap();
                (sold.status, sold.cancelled_at) = (Status::Cancelled, Some(time_of(number)));
                cancelled(number, living[which])
            }
            Step::GiveBackHeld => cancelled(number, number),
            _ => reserved(number, number),
        };
        outcomes.push(outcome);
    }
    (outcomes, model)
}

async fn deliver<B: Backend>(backend: &B, outcomes: &[Outcome], deliveries: &[Delivery]) -> B::Ledger {
    let mut ledger = backend.open().await;
    let mut position = 0_usize;
    let rest = Delivery { shift: 0, length: outcomes.len(), restart: true };
    for delivery in deliveries.iter().chain([&rest]) {
        let start = position.saturating_add_signed(isize::try_from(delivery.shift).unwrap()).min(outcomes.len());
        let end = (start + delivery.length).min(outcomes.len());
        let answer = ledger.record(P, at(start as u64), &outcomes[start..end]).await;
        if start == position {
            assert_eq!(answer, Ok(()));
            position = end;
        } else {
            let (expected, actual) = (at(start as u64), at(position as u64));
            assert_eq!(answer, Err(LedgerError::OutOfOrder { partition: P, expected, actual }));
        }
        if delivery.restart {
            B::close(ledger).await;
            ledger = backend.open().await;
            assert_eq!(ledger.position(P).await, Ok(at(position as u64)));
        }
    }
    ledger
}

async fn check<B: Backend>(steps: &[Step], deliveries: &[Delivery]) {
    let (outcomes, model) = play(steps);
    let backend = B::fresh().await;
    let ledger = deliver(&backend, &outcomes, deliveries).await;
    for (n, expected) in &model {
        let row = B::booking(&ledger, booking_id(*n)).await.expect("what was sold is in the ledger");
        assert_eq!(row.total_price, u64::from(expected.allocation.quantity()) * 2_500);
        let (allocation, status) = (row.allocation, row.status);
        let (confirmed_at, cancelled_at) = (row.confirmed_at, row.cancelled_at);
        assert_eq!(Sold { allocation, status, confirmed_at, cancelled_at }, *expected, "booking {n}");
    }
    let totals = B::totals(&ledger).await;
    assert_eq!(totals.completed + totals.cancelled, model.len() as u64);
    B::close(ledger).await;
}

pub fn every_sale_is_written_exactly_once<B: Backend>() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let config = Config { cases: CASES, failure_persistence: None, ..Config::default() };
    TestRunner::new(config)
        .run(&(vec(step(), 0..80), vec(delivery(), 0..12)), |(steps, deliveries)| {
            runtime.block_on(check::<B>(&steps, &deliveries));
            Ok(())
        })
        .unwrap();
}
