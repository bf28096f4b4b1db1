//! Payments, cancellations, late verdicts and crashes in any order: seats and money agree in the end.

use crate::SHORT;
use crate::process::{EVENT, Process, World};
use proptest::prelude::*;
use rowlock::payments::PaymentMethod::{self, SimApprove, SimDecline, SimLate, SimSlow, SimTwice};
use rowlock::payments::provider::MoneyState;
use rowlock::payments::{Answer, Paid};
use rowlock_engine::booking::{Booking, Status};
use rowlock_engine::ids::BookingId;
use std::sync::Arc;
use std::time::Duration;
use tokio::task::JoinHandle;

/// Pairs of seats that are fought for.
const PAIRS: u32 = 2;

#[derive(Clone, Debug)]
enum Step {
    Reserve {
        pair: u32,
        buyer: u64,
    },
    /// Of the bookings so far, the one at this index modulo their number.
    Pay {
        booking: usize,
        method: PaymentMethod,
        key: Option<u128>,
    },
    Cancel {
        booking: usize,
    },
    /// One of the three gates.
    Gate {
        gate: usize,
        open: bool,
    },
    Pass {
        ms: u64,
    },
    Crash,
}

fn step() -> impl Strategy<Value = Step> {
    let method = prop::sample::select(vec![SimApprove, SimApprove, SimDecline, SimSlow, SimLate, SimTwice]);
    let pay = (any::<usize>(), method, prop::option::of(0..2u128));
    prop_oneof![
        4 => (0..PAIRS, 1..3u64).prop_map(|(pair, buyer)| Step::Reserve { pair, buyer }),
        6 => pay.prop_map(|(booking, method, key)| Step::Pay { booking, method, key }),
        2 => any::<usize>().prop_map(|booking| Step::Cancel { booking }),
        2 => (0..3usize, any::<bool>()).prop_map(|(gate, open)| Step::Gate { gate, open }),
        3 => (1..400u64).prop_map(|ms| Step::Pass { ms }),
        1 => Just(Step::Crash),
    ]
}

/// What the buyers know.
#[derive(Default)]
struct Story {
    bookings: Vec<Booking>,
    paying: Vec<(BookingId, JoinHandle<Answer>)>,
    paid: Vec<(BookingId, Paid)>,
}

impl Story {
    async fn step(&mut self, world: &Arc<World>, step: &Step) {
        match *step {
            Step::Reserve { pair, buyer } => self.bookings.extend(world.reserve(buyer, pair).await),
            Step::Pay { booking, method, key } => {
                let Some(booking) = self.booking(booking) else { return };
                // A key is one booking's: the id is derived from both.
                let key = key.map(|key| booking.id.0.as_u128() ^ (key + 1));
                let paying = world.start_paying(&booking, method, key);
                self.paying.push((booking.id, paying));
            }
            Step::Cancel { booking } => {
                if let Some(booking) = self.booking(booking) {
                    // Refused when it has ended otherwise.
                    let _ = world.cancel(&booking).await;
                }
            }
            Step::Gate { gate, open } => {
                let provider = &world.provider;
                let gate = [&provider.notices, &provider.captures, &provider.returns][gate];
                if open { gate.open() } else { gate.close() }
            }
            // Time is part of the story: deadlines pass, the settlement comes by.
            Step::Pass { ms } => tokio::time::sleep(Duration::from_millis(ms)).await,
            Step::Crash => unreachable!("a process does not outlive its crash"),
        }
    }

    fn booking(&self, index: usize) -> Option<Booking> {
        (!self.bookings.is_empty()).then(|| self.bookings[index % self.bookings.len()].clone())
    }

    /// Waits for all answers.
    async fn answered(&mut self) {
        for (booking, paying) in self.paying.drain(..) {
            if let Ok(paid) = paying.await.unwrap() {
                self.paid.push((booking, paid));
            }
        }
    }

    /// Notes the answers that came before a crash.
    async fn cut_off(&mut self) {
        for (booking, paying) in self.paying.drain(..) {
            if paying.is_finished()
                && let Ok(paid) = paying.await.unwrap()
            {
                self.paid.push((booking, paid));
            }
        }
    }

    /// Every side agrees, and nobody was told anything else.
    async fn check(&self, world: &World) {
        let mut sold = 0;
        for booking in &self.bookings {
            let picture = world.settled(booking).await;
            sold += u32::from(picture.status == Status::Completed) * 2;
            for (_, paid) in self.paid.iter().filter(|(id, _)| *id == booking.id) {
                let payment = picture.payments.iter().find(|payment| payment.order.payment == paid.payment).unwrap();
                assert!(matches!(picture.status, Status::Completed | Status::Cancelled), "{picture:#?}");
                assert_ne!(payment.state, MoneyState::Declined, "{picture:#?}");
            }
        }
        for payment in world.provider.inner.books().page(None, 1_000).await.unwrap() {
            assert!(self.bookings.iter().any(|booking| booking.id == payment.order.booking), "{payment:?}");
        }
        let totals = world.boards.event(EVENT).unwrap().view().states.totals();
        assert_eq!(totals.sold, sold);
    }
}

fn tell(steps: &[Step]) {
    let dir = tempfile::tempdir().unwrap();
    let mut story = Story::default();
    for life in steps.split(|step| matches!(step, Step::Crash)) {
        let process = Process::start(dir.path(), SHORT);
        process.run(async |world| {
            for step in life {
                story.step(world, step).await;
            }
            story.cut_off().await;
        });
        process.die();
    }
    let process = Process::start(dir.path(), SHORT);
    process.run(async |world| {
        for booking in story.bookings.clone() {
            let paying = world.start_paying(&booking, SimTwice, Some(booking.id.0.as_u128() ^ 1));
            story.paying.push((booking.id, paying));
        }
        story.answered().await;
        story.check(world).await;
        world.payments.as_ref().unwrap().stop(Duration::from_secs(20)).await;
    });
    process.die();
    Process::start(dir.path(), SHORT).run(async |world| story.check(world).await);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, max_shrink_iters: 20, ..ProptestConfig::default() })]

    #[test]
    fn seats_and_money_agree_after_any_interleaving(steps in prop::collection::vec(step(), 4..24)) {
        tell(&steps);
    }
}
