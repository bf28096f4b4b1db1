//! Answers that are given again when a request comes again.

use super::columns::{get_u64, time};
use super::group::{GroupWriter, WriteGroup};
use super::{Database, failure, json};
use crate::sql::error::DbError;
use crate::sql::remembered::{REMEMBERED_ANSWERS_MAX, REMEMBERED_MS, Remembered};
use rowlock_engine::ids::TimeMs;
use serde::Serialize;
use sqlx::sqlite::SqliteRow;
use sqlx::{FromRow, Row, SqliteConnection, SqlitePool};
use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};

/// Old answers that make way for a group, at most: more than a group has, so that they never become more.
const FORGOTTEN_MAX: u32 = 512;

const INSERT: &str = "
    INSERT INTO remembered_answers (request_key, fingerprint, status, body, created_at)
    SELECT unhex(value ->> 0), value ->> 1, value ->> 2, value ->> 3, value ->> 4 FROM json_each(?)
    WHERE true ON CONFLICT (request_key) DO NOTHING";
/// The first rows are the oldest.
const DELETE_OLD: &str = "
    DELETE FROM remembered_answers WHERE created_at <= ?
    AND sequence IN (SELECT sequence FROM remembered_answers ORDER BY sequence LIMIT ?) RETURNING request_key";
const DELETE_SURPLUS: &str = "
    DELETE FROM remembered_answers WHERE sequence <= (SELECT max(sequence) FROM remembered_answers) - ?
    RETURNING request_key";

/// The remembered answers: written in groups, and read only where there is one.
#[derive(Clone, Debug)]
pub(super) struct Answers {
    writer: GroupWriter<WriteAnswers>,
    keys: Keys,
}

/// The keys that may have a row, so that new ones, by far the most, ask no database. As many as there are rows,
/// and those of the group that is being written.
#[derive(Clone, Debug)]
struct Keys(Arc<Mutex<HashSet<u128>>>);

/// An answer to be remembered.
struct Answer {
    key: u128,
    answer: Remembered,
    at: TimeMs,
}

struct WriteAnswers {
    keys: Keys,
    /// Of rows that the group under way has removed.
    forgotten: Vec<u128>,
}

impl Answers {
    pub(super) async fn open(pool: SqlitePool) -> Result<Self, sqlx::Error> {
        let known = sqlx::query("SELECT request_key FROM remembered_answers").fetch_all(&pool).await?;
        let known = known.iter().map(key).collect::<Result<_, _>>()?;
        let keys = Keys(Arc::new(Mutex::new(known)));
        let writer = GroupWriter::start(pool, WriteAnswers { keys: keys.clone(), forgotten: Vec::new() });
        Ok(Self { writer, keys })
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
    pub async fn recall(&self, key: u128, now: TimeMs) -> Result<Option<Remembered>, DbError> {
        if !self.answers.keys.change(|keys| keys.contains(&key)) {
            return Ok(None);
        }
        let select = sqlx::query_as(
            "SELECT fingerprint, status, body FROM remembered_answers WHERE request_key = ? AND created_at > ?",
        )
        .bind(key.to_be_bytes().to_vec())
        .bind(too_old(now))
        .fetch_optional(&self.readers);
        self.run(select).await
    }
}

impl Keys {
    fn change<T>(&self, change: impl FnOnce(&mut HashSet<u128>) -> T) -> T {
        change(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl WriteGroup for WriteAnswers {
    type Change = Answer;
    type Done = ();

    async fn write(&mut self, connection: &mut SqliteConnection, group: &[Answer]) -> Result<Vec<()>, sqlx::Error> {
        let now = group.iter().map(|answer| answer.at).max().unwrap_or_default();
        let old = sqlx::query(DELETE_OLD).bind(too_old(now)).bind(FORGOTTEN_MAX).fetch_all(&mut *connection).await?;
        // Before the row can be there: whoever looks for one that is not there finds none.
        self.keys.change(|keys| keys.extend(group.iter().map(|answer| answer.key)));
        let rows: Vec<_> = group.iter().map(row).collect();
        sqlx::query(INSERT).bind(json(&rows)).execute(&mut *connection).await?;
        let surplus = sqlx::query(DELETE_SURPLUS).bind(REMEMBERED_ANSWERS_MAX).fetch_all(&mut *connection).await?;
        self.forgotten = old.iter().chain(&surplus).map(key).collect::<Result<_, _>>()?;
        let written: HashSet<_> = group.iter().map(|answer| answer.key).collect();
        self.forgotten.retain(|key| !written.contains(key));
        Ok(vec![(); group.len()])
    }

    fn committed(&mut self) {
        self.keys.change(|keys| {
            for key in self.forgotten.drain(..) {
                keys.remove(&key);
            }
        });
    }
}

/// A row of `INSERT`, in its order.
fn row(answer: &Answer) -> impl Serialize + '_ {
    let Answer { key, answer, at } = answer;
    (format!("{key:032x}"), answer.fingerprint.cast_signed(), answer.status, &answer.body, time(*at))
}

fn key(row: &SqliteRow) -> Result<u128, sqlx::Error> {
    let bytes: &[u8] = row.try_get("request_key")?;
    let bytes = bytes.try_into().map_err(|error| sqlx::Error::Decode(Box::new(error)))?;
    Ok(u128::from_be_bytes(bytes))
}

/// Answers given at this time or before are forgotten.
fn too_old(now: TimeMs) -> i64 {
    time(TimeMs(now.0.saturating_sub(REMEMBERED_MS)))
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
