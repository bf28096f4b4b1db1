//! Answers that are given again when a request comes again.

use super::columns::{get_time, get_u64, time};
use super::group::{GroupWriter, WriteGroup};
use super::known_keys::{Entry, KnownKeys};
use super::{Database, failure, json};
use crate::sql::error::DbError;
use crate::sql::remembered::Remembered;
use rowlock_engine::ids::TimeMs;
use serde::Serialize;
use sqlx::sqlite::SqliteRow;
use sqlx::{FromRow, Row, SqliteConnection, SqlitePool};
use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};

const INSERT: &str = "
    INSERT INTO remembered_answers (sequence, request_key, fingerprint, status, body, created_at)
    SELECT value ->> 0, unhex(value ->> 1), value ->> 2, value ->> 3, value ->> 4, value ->> 5 FROM jsonb_each(?)";

/// The remembered answers: written in groups, and read only where there is one.
#[derive(Clone, Debug)]
pub(super) struct Answers {
    writer: GroupWriter<WriteAnswers>,
    known: Known,
}

/// Which keys have a row, and which: new ones, by far the most, need no database, and the rows no index by key.
#[derive(Clone, Debug)]
struct Known(Arc<Mutex<KnownKeys>>);

/// An answer to be remembered.
struct Answer {
    key: u128,
    answer: Remembered,
    at: TimeMs,
}

struct WriteAnswers {
    known: Known,
    next_sequence: i64,
    /// Rows that are not durable yet.
    pending: Vec<Entry>,
    /// Before which number rows are about to go.
    cut: Option<i64>,
}

impl Answers {
    pub(super) async fn open(pool: SqlitePool) -> Result<Self, sqlx::Error> {
        let select = "SELECT sequence, request_key, created_at FROM remembered_answers ORDER BY sequence";
        let rows = sqlx::query(select).fetch_all(&pool).await?;
        let entries: Vec<_> = rows.iter().map(entry).collect::<Result<_, _>>()?;
        let next_sequence = entries.last().map_or(1, |entry| entry.sequence + 1);
        let known = Known(Arc::new(Mutex::new(entries.into_iter().collect())));
        let write = WriteAnswers { known: known.clone(), next_sequence, pending: Vec::new(), cut: None };
        Ok(Self { writer: GroupWriter::start(pool, write), known })
    }
}

impl Database {
    /// Remembers the answer to the request with this key, and forgets what is too old or too much. If
    /// one is remembered already, that one stays.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn remember(&self, key: u128, answer: Remembered, now: TimeMs) -> Result<(), DbError> {
        let written = self.run(async { Ok(self.answers.writer.write(Answer { key, answer, at: now }).await) }).await?;
        written.map_err(|error| failure::describe(&self.path, &error))
    }

    /// The answer to the request with this key, for [`REMEMBERED_MS`] after it was given.
    ///
    /// # Errors
    /// When the database fails.
    ///
    /// [`REMEMBERED_MS`]: crate::sql::REMEMBERED_MS
    pub async fn recall(&self, key: u128, now: TimeMs) -> Result<Option<Remembered>, DbError> {
        let Some(sequence) = self.answers.known.with(|known| known.find(key, now)) else { return Ok(None) };
        let select = sqlx::query_as("SELECT fingerprint, status, body FROM remembered_answers WHERE sequence = ?")
            .bind(sequence)
            .fetch_optional(&self.readers);
        self.run(select).await
    }
}

impl Known {
    fn with<T>(&self, work: impl FnOnce(&mut KnownKeys) -> T) -> T {
        work(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl WriteGroup for WriteAnswers {
    type Change = Answer;
    type Done = ();

    async fn write(&mut self, connection: &mut SqliteConnection, group: &[Answer]) -> Result<Vec<()>, sqlx::Error> {
        let now = group.iter().map(|answer| answer.at).max().unwrap_or(TimeMs(0));
        self.cut = self.known.with(|known| known.cut(now, group.len()));
        if let Some(cut) = self.cut {
            let delete = "DELETE FROM remembered_answers WHERE sequence < ?";
            sqlx::query(delete).bind(cut).execute(&mut *connection).await?;
        }
        let mut keys = HashSet::new();
        let new = |answer: &&Answer| keys.insert(answer.key);
        let new: Vec<_> = group.iter().filter(new).filter(|answer| self.find(answer.key, now).is_none()).collect();
        self.pending.clear();
        for Answer { key, at, .. } in &new {
            self.pending.push(Entry { sequence: self.next_sequence, key: *key, at: *at });
            // A number is not used again, even if its row comes to nothing.
            self.next_sequence += 1;
        }
        let rows: Vec<_> = new.iter().zip(&self.pending).map(|(answer, entry)| row(answer, entry.sequence)).collect();
        sqlx::query(INSERT).bind(json(&rows)).execute(connection).await?;
        Ok(vec![(); group.len()])
    }

    fn committed(&mut self) {
        self.known.with(|known| {
            self.cut.take().into_iter().for_each(|cut| known.forget_before(cut));
            self.pending.drain(..).for_each(|entry| known.add(entry));
        });
    }
}

impl WriteAnswers {
    fn find(&self, key: u128, now: TimeMs) -> Option<i64> {
        self.known.with(|known| known.find(key, now))
    }
}

/// A row of `INSERT`, in its order.
fn row(answer: &Answer, sequence: i64) -> impl Serialize + '_ {
    let Answer { key, answer, at } = answer;
    let key = format!("{key:032x}");
    (sequence, key, answer.fingerprint.cast_signed(), answer.status, &answer.body, time(*at))
}

fn entry(row: &SqliteRow) -> Result<Entry, sqlx::Error> {
    let key: &[u8] = row.try_get("request_key")?;
    let key = key.try_into().map_err(|error| sqlx::Error::Decode(Box::new(error)))?;
    let at = get_time(row, "created_at")?;
    Ok(Entry { sequence: row.try_get("sequence")?, key: u128::from_be_bytes(key), at })
}

impl FromRow<'_, SqliteRow> for Remembered {
    fn from_row(row: &SqliteRow) -> Result<Self, sqlx::Error> {
        Ok(Self {
            fingerprint: get_u64(row, "fingerprint")?,
            status: row.try_get("status")?,
            body: row.try_get("body")?,
        })
    }
}
