use super::{Books, Entry, Ledger, audit};
use crate::checker::Journal;
use crate::stage::Stage;
use sqlx::ConnectOptions;
use sqlx::sqlite::SqliteConnectOptions;
use std::cell::RefCell;
use std::time::Duration;

const ONE: &str = "00000000-0000-0000-0000-000000000001";
const TWO: &str = "00000000-0000-0000-0000-000000000002";

fn stage() -> Stage {
    Stage { events: vec![70, 71], seats: 200, tokens: Vec::new() }
}

/// Somebody has paid for the first two seats of the first event, and somebody holds the third.
fn journal() -> RefCell<Journal> {
    let mut journal = Journal::new(Duration::from_secs(600), 2, 200);
    journal.booked(0, 5, ONE, &["A-1-1-1".to_owned(), "A-1-1-2".to_owned()]);
    journal.paying(ONE);
    journal.paid(ONE);
    journal.booked(0, 6, TWO, &["A-1-1-3".to_owned()]);
    RefCell::new(journal)
}

fn entry() -> Entry {
    Entry { id: ONE.to_owned(), event: 70, buyer: Stage::buyer(5), seats: vec![1, 0], is_completed: true }
}

fn held() -> Entry {
    Entry { id: TWO.to_owned(), buyer: Stage::buyer(6), seats: vec![2], ..entry() }
}

fn found(journal: &RefCell<Journal>, entries: &[Entry]) -> String {
    let mut books = Books::new(&stage(), journal);
    entries.iter().for_each(|entry| books.hold(entry));
    assert_eq!(books.end(), entries.len() as u64);
    let journal = journal.borrow();
    let whats: Vec<_> = journal.violations().iter().map(|violation| violation.what.as_str()).collect();
    whats.join("\n")
}

#[test]
fn a_ledger_that_has_what_was_told_is_right() {
    assert_eq!(found(&journal(), &[entry()]), "");
    // Whether a payment that was never answered was taken, nobody can say.
    let paying = journal();
    paying.borrow_mut().paying(TWO);
    assert_eq!(found(&paying, &[entry(), held()]), "");
    assert_eq!(found(&paying, &[entry()]), "");
}

#[test]
fn whatever_differs_is_found() {
    for (entries, expected) in [
        (vec![], "paid, and not in the ledger: booking 00000000-0000-0000-0000-000000000001"),
        (vec![entry(), entry()], "2 times in the ledger"),
        (vec![entry(), held()], "nobody has paid for it"),
        (vec![entry(), Entry { id: "another".to_owned(), seats: vec![9], ..entry() }], "nobody was told of it"),
        (vec![Entry { event: 71, ..entry() }], "of another event"),
        (vec![Entry { event: 9, ..entry() }], "of another event"),
        (vec![Entry { buyer: 5, ..entry() }], "of another buyer"),
        (vec![Entry { is_completed: false, ..entry() }], "cancelled"),
        (vec![Entry { seats: vec![0, 2], ..entry() }], "other seats"),
        (vec![Entry { seats: vec![], ..entry() }], "other seats"),
        (vec![Entry { seats: vec![0, 900], ..entry() }], "does not exist"),
    ] {
        let found = found(&journal(), &entries);
        assert!(found.contains(expected), "{entries:?}: {found}");
    }
}

#[test]
fn a_seat_that_is_sold_twice_is_found_with_its_history() {
    let journal = journal();
    journal.borrow_mut().paying(TWO);
    journal.borrow_mut().leaving(TWO);
    let found = found(&journal, &[entry(), Entry { seats: vec![1], ..held() }]);
    assert_eq!(found, format!("event 0, seat A-1-1-2 is sold twice in the ledger, last to {TWO}"));
    assert_eq!(journal.borrow().violations()[0].history.len(), 1);
}

#[tokio::test]
async fn the_file_is_read_as_the_service_writes_it() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("ledger.db");
    let missing = audit(&path, &stage(), &journal()).await;
    assert!(matches!(missing, Ledger::Unreadable(_)), "{missing:?}");
    let mut connection = SqliteConnectOptions::new().filename(&path).create_if_missing(true).connect().await.unwrap();
    let table = "CREATE TABLE bookings (id BLOB PRIMARY KEY, event_id, buyer_id, seats, status)";
    sqlx::query(table).execute(&mut connection).await.unwrap();
    let before = journal();
    assert_eq!(audit(&path, &stage(), &before).await, Ledger::Compared(0));
    assert_eq!(before.borrow().violations_count, 1);
    let insert = "INSERT INTO bookings VALUES (x'00000000000000000000000000000001', 70, ?, '[0,1]', 'completed')";
    sqlx::query(insert).bind(Stage::buyer(5).cast_signed()).execute(&mut connection).await.unwrap();
    let after = journal();
    assert_eq!(audit(&path, &stage(), &after).await, Ledger::Compared(1));
    assert_eq!(after.borrow().violations_count, 0, "{:?}", after.borrow().violations());
}
