//! Engine numbers in columns: SQLite's integers are signed, so all 64 bits are kept and the sign means nothing.

use rowlock_engine::ids::TimeMs;
use sqlx::Row;
use sqlx::sqlite::SqliteRow;

/// Where a column has text that no build of this version writes.
pub(super) fn unreadable(column: &str, text: &str) -> sqlx::Error {
    sqlx::Error::ColumnDecode { index: column.to_owned(), source: format!("{text:?} is not known").into() }
}

pub(super) fn time(at: TimeMs) -> i64 {
    at.0.cast_signed()
}

pub(super) fn get_u64(row: &SqliteRow, column: &str) -> Result<u64, sqlx::Error> {
    Ok(row.try_get::<i64, _>(column)?.cast_unsigned())
}

pub(super) fn get_time(row: &SqliteRow, column: &str) -> Result<TimeMs, sqlx::Error> {
    get_u64(row, column).map(TimeMs)
}

pub(super) fn get_time_if_any(row: &SqliteRow, column: &str) -> Result<Option<TimeMs>, sqlx::Error> {
    Ok(row.try_get::<Option<i64>, _>(column)?.map(|at| TimeMs(at.cast_unsigned())))
}
