//! Faults become problems: the log gets all of it, the client nothing about the inside.

use super::Problem;
use crate::http::request_id;
use axum::http::StatusCode;
use rowlock_persistence::sql::DbError;
use std::fmt::Display;

/// When to try again after the database was slow.
const RETRY_SLOW_SECONDS: u64 = 1;
/// When to try again after the disk was full; somebody has to make room.
const RETRY_FULL_SECONDS: u64 = 10;

impl Problem {
    /// 500 `internal`; `fault` goes to the log with the request's id.
    pub fn internal(fault: &dyn Display) -> Self {
        let id = request_id();
        tracing::error!(request_id = %id, %fault, "a request failed");
        let detail = format!("The service failed; its log has the cause under request id {id}");
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", detail)
    }

    fn unavailable(code: &'static str, detail: &str, fault: &dyn Display, seconds: u64) -> Self {
        tracing::warn!(request_id = %request_id(), %fault, "a request was refused");
        Self::new(StatusCode::SERVICE_UNAVAILABLE, code, detail).retry_after(seconds)
    }
}

impl From<DbError> for Problem {
    fn from(error: DbError) -> Self {
        match error {
            DbError::EmailTaken => {
                Self::new(StatusCode::CONFLICT, "email_taken", "Another user has this e-mail address")
            }
            DbError::BadCursor => {
                Self::new(StatusCode::BAD_REQUEST, "bad_cursor", "Begin the list again, without a cursor")
            }
            DbError::NoSpace { .. } => {
                Self::unavailable("no_space", "The disk is full; nothing was lost", &error, RETRY_FULL_SECONDS)
            }
            DbError::TimedOut { .. } => {
                Self::unavailable("timeout", "The database took too long", &error, RETRY_SLOW_SECONDS)
            }
            DbError::CannotOpen { .. }
            | DbError::NotWritable { .. }
            | DbError::Damaged { .. }
            | DbError::Newer { .. }
            | DbError::Foreign { .. }
            | DbError::Backend { .. } => Self::internal(&error),
        }
    }
}
