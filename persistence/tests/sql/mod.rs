//! What the database keeps besides the ledger, and how it behaves when its file is not well.

mod api_keys;
mod bookings;
mod events;
mod file;
mod memory;
mod users;

use rowlock_engine::ids::TimeMs;
use rowlock_persistence::sql::{Database, NewUser, Role, User};
use tempfile::TempDir;

/// A database of its own; the directory goes when the test ends.
async fn fresh() -> (TempDir, Database) {
    let directory = tempfile::tempdir().unwrap();
    let database = Database::open_sqlite(&directory.path().join("ledger.db")).await.unwrap();
    (directory, database)
}

fn new_user(email: &str, role: Role) -> NewUser {
    NewUser {
        email: email.into(),
        name: "Ada".into(),
        password_hash: "$argon2id$…".into(),
        role,
        created_at: TimeMs(1_700_000_000_000),
    }
}

async fn seller(database: &Database) -> User {
    database.create_user(new_user("seller@example.org", Role::Seller)).await.unwrap()
}
