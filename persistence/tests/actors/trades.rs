//! Bookings on their way from the log to the ledger.

use super::commands::{booking_id, confirm, open_sale, reserve};
use super::rig::{Life, P, PARTITIONS, Q, kind, options, outcomes, until};
use rowlock_engine::actors::PartitionState;
use rowlock_engine::ids::OutcomeNumber;
use rowlock_engine::outcome::BookingChangeKind::{Confirmed, Reserved};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_confirmed_reaches_the_ledger_and_nothing_else() {
    let directory = tempfile::tempdir().unwrap();
    let life = Life::start(directory.path(), options()).await;
    let mut reader = life.reader(P, 0).await;
    life.give(P, 0, open_sale()).await;
    for n in 1..=20 {
        life.give(P, n, reserve(n, None)).await;
    }
    for n in (1..=20).step_by(3) {
        life.give(P, 100 + n, confirm(n)).await;
    }
    let outcomes = outcomes(&mut reader, 28).await;
    for (number, outcome) in (1..).zip(&outcomes) {
        assert_eq!(outcome.number, OutcomeNumber(number));
    }
    let kinds: Vec<_> = outcomes[1..].iter().map(kind).collect();
    let reserved = (1..=20).map(|n| (Reserved, Some(n)));
    let confirmed = (1..=20).step_by(3).map(|n| (Confirmed, Some(100 + n)));
    assert_eq!(kinds, reserved.chain(confirmed).collect::<Vec<_>>());
    life.until_ledger_is_at(P, 28).await;
    for n in 1..=20 {
        let sold = life.ports.ledger.booking(booking_id(n)).await.unwrap();
        assert_eq!(sold.map(|row| row.partition), (n % 3 == 1).then_some(P), "booking {n}");
    }
    assert_eq!(life.ports.ledger.totals().await.unwrap().completed, 7);
    life.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn partitions_number_their_outcomes_each_for_itself() {
    let directory = tempfile::tempdir().unwrap();
    let life = Life::start(directory.path(), options()).await;
    for partition in [P, Q] {
        let mut reader = life.reader(partition, 0).await;
        life.give(partition, 0, open_sale()).await;
        life.give(partition, 1, reserve(1, None)).await;
        let numbers: Vec<_> = outcomes(&mut reader, 2).await.iter().map(|outcome| outcome.number.0).collect();
        assert_eq!(numbers, [1, 2]);
    }
    let statuses = life.running.statuses();
    until(async || statuses.serving() == usize::from(PARTITIONS)).await;
    assert!(statuses.all().values().all(PartitionState::is_serving));
    let statuses = statuses.clone();
    life.stop().await;
    assert_eq!(statuses.all().len(), 0, "nothing is owned any more");
}
