//! The SQL ledger: the contract of its port, and everything else that it keeps.
#![allow(clippy::unwrap_used, reason = "helpers of tests are tests")]

#[path = "contracts/ledger.rs"]
mod ledger;
#[path = "contracts/ledger_model.rs"]
mod ledger_model;
#[path = "contracts/outcomes.rs"]
mod outcomes;
#[path = "sql/mod.rs"]
mod sql;

use ledger::Backend;
use rowlock_engine::ids::BookingId;
use rowlock_persistence::sql::{Database, LedgerBooking, LedgerTotals};
use tempfile::TempDir;

struct Sqlite(TempDir);

impl Backend for Sqlite {
    type Ledger = Database;

    async fn fresh() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    async fn open(&self) -> Database {
        Database::open_sqlite(&self.0.path().join("ledger.db")).await.unwrap()
    }

    async fn close(database: Database) {
        database.close().await;
    }

    async fn booking(database: &Database, id: BookingId) -> Option<LedgerBooking> {
        database.booking(id).await.unwrap()
    }

    async fn totals(database: &Database) -> LedgerTotals {
        database.totals().await.unwrap()
    }
}

mod sqlite {
    use super::Sqlite;
    use crate::ledger::ledger_contract;

    ledger_contract! { Sqlite:
        a_batch_must_follow_the_position
        the_same_batch_is_taken_once
        a_gap_is_refused
        an_empty_batch_moves_nothing
        what_is_sold_is_written_whole
        what_is_not_sold_is_not_written
        exchanges_and_cancellations_change_the_row
        a_batch_that_fails_leaves_nothing
        the_position_outlives_the_process
        a_batch_may_be_very_large
        of_two_writers_one_wins
    }

    #[test]
    fn every_sale_is_written_exactly_once() {
        super::ledger_model::every_sale_is_written_exactly_once::<Sqlite>();
    }
}
