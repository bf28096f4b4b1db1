//! The embedded backends: the contracts of their ports, and what else they promise.
#![allow(clippy::unwrap_used, reason = "helpers of tests are tests")]

#[path = "contracts/checkpoint_store.rs"]
mod checkpoint_store;
#[path = "contracts/command_log.rs"]
mod command_log;
#[path = "embedded/mod.rs"]
mod embedded;
#[path = "contracts/log_steps.rs"]
mod log_steps;
#[path = "contracts/outcome_log.rs"]
mod outcome_log;
#[allow(dead_code, reason = "the ledger's tests use all of it")]
#[path = "contracts/outcomes.rs"]
mod outcomes;

use command_log::PARTITIONS;
use rowlock_persistence::embedded::{DataDir, LocalCheckpoints, LocalLog, LogOptions, OutcomeBus, OutcomeBusOptions};
use tempfile::TempDir;

/// The local log, with the sizes that it is used with.
struct Local(TempDir);

impl command_log::Backend for Local {
    type Log = LocalLog;

    async fn fresh() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    async fn open(&self) -> LocalLog {
        embedded::open(self.0.path(), LogOptions::default())
    }

    async fn close(log: LocalLog) {
        log.close();
    }
}

/// The local log in small segments.
struct LocalSmall(TempDir);

impl command_log::Backend for LocalSmall {
    type Log = LocalLog;

    async fn fresh() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    async fn open(&self) -> LocalLog {
        embedded::open(self.0.path(), embedded::small())
    }

    async fn close(log: LocalLog) {
        log.close();
    }
}

impl outcome_log::Backend for OutcomeBus {
    type Log = OutcomeBus;

    async fn fresh() -> OutcomeBus {
        Self::new(PARTITIONS, OutcomeBusOptions::default())
    }
}

impl checkpoint_store::Backend for Local {
    type Store = LocalCheckpoints;

    async fn fresh() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    async fn open(&self) -> LocalCheckpoints {
        LocalCheckpoints::open(&DataDir::open(self.0.path()).unwrap(), PARTITIONS).unwrap()
    }
}

macro_rules! on_local_logs {
    ($($module:ident: $backend:ty;)*) => {
        $(mod $module {
            crate::command_log::command_log_contract! { $backend:
                offsets_count_from_zero_in_each_partition
                a_reader_gets_what_was_there_and_what_comes
                a_reader_begins_where_it_is_told
                a_reader_at_the_end_waits
                giving_up_a_read_loses_nothing
                what_was_acknowledged_outlives_the_process
                stamps_never_go_back
                records_of_any_size_come_back
                many_callers_get_one_order
                an_acknowledged_record_can_be_read_at_once
                trimmed_records_are_refused
                offsets_go_on_when_everything_was_trimmed
            }
        })*
    };
}

on_local_logs! {
    local_log: crate::Local;
    local_log_in_small_segments: crate::LocalSmall;
}

mod bus {
    crate::outcome_log::outcome_log_contract! { rowlock_persistence::embedded::OutcomeBus:
        every_reader_gets_every_outcome_in_order
        a_reader_begins_after_what_it_has_seen
        a_reader_ahead_of_everything_waits
        what_is_known_is_dropped
        two_hashes_for_one_number_are_noticed
        a_gap_is_refused
        giving_up_a_read_loses_nothing
    }
}

mod local_checkpoints {
    crate::checkpoint_store::checkpoint_store_contract! { crate::Local:
        at_first_there_is_none
        what_is_saved_comes_back_whole
        unchanged_events_are_carried_along
        events_that_are_no_more_are_left_out
        a_checkpoint_never_goes_back
        a_chunk_that_is_not_there_is_asked_for
        a_chunk_that_is_too_old_is_asked_for
        the_one_before_is_kept
    }
}
