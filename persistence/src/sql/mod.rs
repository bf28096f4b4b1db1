//! The ledger in SQL: users, events, confirmed bookings, and the service's few small memories.
//!
//! The record types here are common to every database; each database has a folder with all of its SQL.

mod api_key;
mod booking;
mod error;
mod event;
mod ledger_batch;
mod page;
mod remembered;
mod sqlite;
mod user;

pub use api_key::{API_KEYS_LISTED_MAX, ApiKey, ApiKeyId, NewApiKey};
pub use booking::{BookingFilter, LedgerBooking, LedgerTotals};
pub use error::DbError;
pub use event::{EventAmendment, EventFilter, EventRow, EventStatus, NewEvent};
pub use page::{PAGE_MAX, Page};
pub use remembered::{REMEMBERED_ANSWERS_MAX, REMEMBERED_MS, Remembered};
pub use sqlite::{Database, GroupWriter, WriteGroup, open_pools};
pub use user::{Credentials, NewUser, Role, User, UserId};
