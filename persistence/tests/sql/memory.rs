//! Remembered answers and settings.

use super::fresh;
use rowlock_engine::ids::TimeMs;
use rowlock_persistence::sql::{REMEMBERED_ANSWERS_MAX, REMEMBERED_MS, Remembered};
use sqlx::{Connection, SqliteConnection};

const NOON: u64 = 1_700_000_000_000;

fn answer(fingerprint: u64) -> Remembered {
    Remembered { fingerprint, status: 201, body: r#"{"id":1}"#.into() }
}

#[tokio::test]
async fn the_first_answer_is_given_again() {
    let (_directory, database) = fresh().await;
    let key = u128::MAX - 5;
    assert_eq!(database.recall(key, TimeMs(NOON)).await.unwrap(), None);
    database.remember(key, answer(u64::MAX), TimeMs(NOON)).await.unwrap();
    database.remember(key, answer(2), TimeMs(NOON + 1)).await.unwrap();
    assert_eq!(database.recall(key, TimeMs(NOON + 2)).await.unwrap(), Some(answer(u64::MAX)));
    assert_eq!(database.recall(key + 1, TimeMs(NOON)).await.unwrap(), None);
}

#[tokio::test]
async fn an_answer_is_forgotten_after_a_day() {
    let (_directory, database) = fresh().await;
    database.remember(1, answer(1), TimeMs(NOON)).await.unwrap();
    let last = TimeMs(NOON + REMEMBERED_MS - 1);
    assert_eq!(database.recall(1, last).await.unwrap(), Some(answer(1)));
    assert_eq!(database.recall(1, last.plus_ms(1)).await.unwrap(), None);
    // The key can be used for something else then, and the old answer is gone for good.
    database.remember(1, answer(2), last.plus_ms(1)).await.unwrap();
    assert_eq!(database.recall(1, TimeMs(NOON)).await.unwrap(), Some(answer(2)));
}

#[tokio::test]
async fn a_setting_is_written_once() {
    let (_directory, database) = fresh().await;
    assert_eq!(database.setting("demo_event").await.unwrap(), None);
    assert_eq!(database.put_setting_if_absent("demo_event", "7").await.unwrap(), "7");
    assert_eq!(database.put_setting_if_absent("demo_event", "8").await.unwrap(), "7");
    assert_eq!(database.setting("demo_event").await.unwrap().as_deref(), Some("7"));
}

#[tokio::test]
async fn the_oldest_answers_make_room() {
    let (directory, database) = fresh().await;
    database.remember(1, answer(1), TimeMs(NOON)).await.unwrap();
    database.remember(2, answer(2), TimeMs(NOON)).await.unwrap();
    let others = REMEMBERED_ANSWERS_MAX - 2;
    let path = directory.path().join("ledger.db");
    let mut connection = SqliteConnection::connect(&format!("sqlite://{}", path.display())).await.unwrap();
    sqlx::query("UPDATE sqlite_sequence SET seq = seq + ? WHERE name = 'remembered_answers'")
        .bind(others)
        .execute(&mut connection)
        .await
        .unwrap();
    database.remember(3, answer(3), TimeMs(NOON)).await.unwrap();
    assert_eq!(database.recall(1, TimeMs(NOON)).await.unwrap(), None);
    assert_eq!(database.recall(2, TimeMs(NOON)).await.unwrap(), Some(answer(2)));
}
