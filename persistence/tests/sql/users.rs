//! Users.

use super::{fresh, new_user};
use rowlock_persistence::sql::{DbError, Role, UserId};

#[tokio::test]
async fn a_user_is_found_by_address_in_any_case_and_by_id() {
    let (_directory, database) = fresh().await;
    let user = database.create_user(new_user("Ada@Example.org", Role::Seller)).await.unwrap();
    assert_eq!((user.email.as_str(), user.role), ("ada@example.org", Role::Seller));
    let found = database.user_by_email("ADA@example.ORG").await.unwrap().unwrap();
    assert_eq!((&found.user, found.password_hash.as_str()), (&user, "$argon2id$…"));
    assert_eq!(database.user(user.id).await.unwrap(), Some(user));
    assert!(database.user_by_email("nobody@example.org").await.unwrap().is_none());
    assert_eq!(database.user(UserId(99)).await.unwrap(), None);
}

#[tokio::test]
async fn an_address_belongs_to_one_user_whatever_its_case() {
    let (_directory, database) = fresh().await;
    database.create_user(new_user("ada@example.org", Role::Buyer)).await.unwrap();
    let second = database.create_user(new_user("ADA@EXAMPLE.ORG", Role::Seller)).await;
    assert_eq!(second, Err(DbError::EmailTaken));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_many_who_want_one_address_one_gets_it() {
    let (_directory, database) = fresh().await;
    let racers: Vec<_> = (0..16)
        .map(|_| {
            let database = database.clone();
            tokio::spawn(async move { database.create_user(new_user("ada@example.org", Role::Buyer)).await })
        })
        .collect();
    let mut won = 0;
    for racer in racers {
        match racer.await.unwrap() {
            Ok(_) => won += 1,
            Err(error) => assert_eq!(error, DbError::EmailTaken),
        }
    }
    assert_eq!(won, 1);
}
