//! Events as the database has them, kept for a moment: everybody looks at the same few when a sale opens.

use dashmap::DashMap;
use foldhash::fast::RandomState;
use rowlock_engine::ids::EventId;
use rowlock_persistence::sql::{Database, DbError, EventRow};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// How old a row may be, where another process has changed it.
const FRESH: Duration = Duration::from_secs(1);
/// Rows that are kept, each of up to some 40 KB; others are asked for each time.
const ROWS_MAX: usize = 1_000;

/// Rows of events that somebody has just looked at.
pub struct EventRows {
    database: Database,
    kept: DashMap<EventId, (Instant, EventRow), RandomState>,
    /// Counts what this process has changed, so that no row is kept that was read before and comes in after.
    changes: AtomicU64,
}

impl EventRows {
    /// None; asks `database`.
    #[must_use]
    pub fn new(database: Database) -> Self {
        Self { database, kept: DashMap::default(), changes: AtomicU64::new(0) }
    }

    /// One event, with what this process has changed, and what others have up to a second ago.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn row(&self, id: EventId) -> Result<Option<EventRow>, DbError> {
        if let Some(kept) = self.kept.get(&id).filter(|kept| kept.0.elapsed() < FRESH) {
            return Ok(Some(kept.1.clone()));
        }
        let (since, changes) = (Instant::now(), self.changes.load(Ordering::Acquire));
        let Some(row) = self.database.event(id).await? else { return Ok(None) };
        self.keep(id, since, changes, &row);
        Ok(Some(row))
    }

    fn keep(&self, id: EventId, since: Instant, changes: u64, row: &EventRow) {
        if self.kept.len() >= ROWS_MAX {
            self.kept.retain(|_, kept| kept.0.elapsed() < FRESH);
        }
        if self.kept.len() < ROWS_MAX {
            // The lock that a change takes once it is counted.
            let place = self.kept.entry(id);
            if self.changes.load(Ordering::Acquire) == changes {
                place.insert((since, row.clone()));
            }
        }
    }

    /// An event was changed.
    pub fn changed(&self, id: EventId) {
        self.changes.fetch_add(1, Ordering::AcqRel);
        self.kept.remove(&id);
    }
}
