//! Consecutive rows that are alike become one run: halls have thousands of rows and few kinds.

use super::config::RowConfig;
use rowlock_engine::seat_map::spec::RowsSpec;

/// The rows as runs of like ones.
pub(super) fn folded(rows: &[RowConfig]) -> Vec<RowsSpec> {
    let mut runs: Vec<RowsSpec> = Vec::new();
    for row in rows {
        match runs.last_mut() {
            Some(run) if is_next(run, row) => run.count += 1,
            _ => runs.push(RowsSpec {
                first_row: row.row,
                count: 1,
                seats: row.seats,
                missing: row.missing.clone(),
                accessible: row.accessible.clone(),
                companion: row.companion.clone(),
            }),
        }
    }
    runs
}

fn is_next(run: &RowsSpec, row: &RowConfig) -> bool {
    run.first_row.checked_add(run.count) == Some(row.row)
        && run.seats == row.seats
        && run.missing == row.missing
        && run.accessible == row.accessible
        && run.companion == row.companion
}
