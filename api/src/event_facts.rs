//! What never changes of an event, so that no booking has to ask the database.

use dashmap::DashMap;
use foldhash::fast::RandomState;
use rowlock_engine::ids::{EventId, PartitionId};
use rowlock_persistence::sql::{Database, DbError, UserId};
use std::sync::Arc;

/// Events that are remembered before all are forgotten.
const EVENTS_MAX: usize = 100_000;

/// What never changes of an event.
#[derive(Clone, Debug)]
pub struct EventFacts {
    /// Whose event it is.
    pub seller: UserId,
    /// ISO 4217.
    pub currency: Arc<str>,
    /// The partition that has it.
    pub partition: PartitionId,
}

/// Facts of events that somebody has asked for.
pub struct EventFactsCache {
    database: Database,
    known: DashMap<EventId, EventFacts, RandomState>,
}

impl EventFactsCache {
    /// Empty; asks `database`.
    #[must_use]
    pub fn new(database: Database) -> Self {
        Self { database, known: DashMap::default() }
    }

    /// The facts of one event; `None` when there is no such event.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn facts(&self, id: EventId) -> Result<Option<EventFacts>, DbError> {
        if let Some(facts) = self.known.get(&id) {
            return Ok(Some(facts.clone()));
        }
        let Some(row) = self.database.event(id).await? else { return Ok(None) };
        let facts = EventFacts { seller: row.seller, currency: row.currency.into(), partition: row.partition };
        if self.known.len() >= EVENTS_MAX {
            self.known.clear();
        }
        self.known.insert(id, facts.clone());
        Ok(Some(facts))
    }
}
