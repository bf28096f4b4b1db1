//! SQLite's error codes, in words for whoever runs the service.

use super::ACQUIRE_LIMIT;
use crate::sql::error::DbError;
use sqlx::migrate::MigrateError;
use std::path::Path;

// Primary result codes, https://www.sqlite.org/rescode.html; the extended ones have them in their low byte.
const READONLY: u32 = 8;
const CORRUPT: u32 = 11;
const FULL: u32 = 13;
const CANTOPEN: u32 = 14;
const NOTADB: u32 = 26;

pub(super) fn describe(path: &Path, error: &sqlx::Error) -> DbError {
    let path = path.to_path_buf();
    let cause = error.to_string();
    if matches!(error, sqlx::Error::PoolTimedOut) {
        return DbError::TimedOut { path, limit: ACQUIRE_LIMIT };
    }
    match primary_code(error) {
        Some(READONLY) => DbError::NotWritable { path, cause },
        Some(CORRUPT | NOTADB) => DbError::Damaged { path, cause },
        Some(FULL) => DbError::NoSpace { path },
        Some(CANTOPEN) => DbError::CannotOpen { path, cause },
        _ => DbError::Backend { path, cause },
    }
}

pub(super) fn of_migration(path: &Path, error: MigrateError) -> DbError {
    match error {
        MigrateError::VersionMissing(version) => DbError::Newer { path: path.to_path_buf(), version },
        MigrateError::VersionMismatch(version) => DbError::Foreign { path: path.to_path_buf(), version },
        MigrateError::Execute(error) | MigrateError::ExecuteMigration(error, _) => describe(path, &error),
        other => DbError::Backend { path: path.to_path_buf(), cause: other.to_string() },
    }
}

fn primary_code(error: &sqlx::Error) -> Option<u32> {
    let code: u32 = error.as_database_error()?.code()?.parse().ok()?;
    Some(code & 0xff)
}
