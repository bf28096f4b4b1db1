//! The run itself: whoever arrives is let in at the scheduled instant, whether or not the service keeps up.

use crate::plan::Arrival;
use crate::tally::Second;
use crate::visit::World;
use std::rc::Rc;
use std::time::Duration;
use tokio::task::JoinSet;
use tokio::time::{Instant, interval_at, sleep_until, timeout};

/// Between the call and the first arrival.
const HEAD_START: Duration = Duration::from_millis(200);
/// Arrivals that are let in one after the other before the connections have their turn.
const ARRIVALS_AT_ONCE: usize = 32;
/// How long visits under way may take to end after the last arrival.
const LAST_VISITS_LIMIT: Duration = Duration::from_secs(60);

/// How much longer than the arrivals answers may take and still count as carried: what the last ones' latency comes to.
const LAST_ANSWERS: Duration = Duration::from_millis(100);

/// What a run was, as a whole.
#[derive(Clone, Copy, Debug)]
pub struct Driven {
    /// Visits that had not ended when the run was ended.
    pub unfinished: usize,
}

/// Lets everybody in, over `duration`, and waits until they have left.
pub async fn drive(world: &Rc<World>, arrivals: impl Iterator<Item = Arrival>, duration: Duration) -> Driven {
    let start = Instant::now() + HEAD_START;
    world.tally.borrow_mut().in_time_until = Some((start + duration + LAST_ANSWERS).into_std());
    let mut visits = JoinSet::new();
    for (number, arrival) in arrivals.enumerate() {
        let due = start + arrival.at;
        if due > Instant::now() {
            sleep_until(due).await;
        } else if number.is_multiple_of(ARRIVALS_AT_ONCE) {
            tokio::task::yield_now().await;
        }
        let late = u64::try_from(due.elapsed().as_micros()).unwrap_or(u64::MAX);
        world.tally.borrow_mut().late_us.saturating_record(late);
        let visited = world.clone();
        visits.spawn_local(async move { visited.visit(arrival, due.into_std()).await });
        while visits.try_join_next().is_some() {}
    }
    let all_left = async { while visits.join_next().await.is_some() {} };
    // Whoever is still there then is counted.
    let _ = timeout(LAST_VISITS_LIMIT, all_left).await;
    Driven { unfinished: visits.len() }
}

/// Ends every second of the run for ever, and shows it.
pub async fn watch(world: Rc<World>, resident: impl Fn() -> Option<u64>, show: impl Fn(usize, &Second, &World)) {
    let second = Duration::from_secs(1);
    let mut beat = interval_at(Instant::now() + HEAD_START + second, second);
    for number in 1.. {
        beat.tick().await;
        let seats = world.journal.borrow().seats();
        let ended = world.tally.borrow_mut().end_second(seats, resident()).clone();
        show(number, &ended, &world);
    }
}
