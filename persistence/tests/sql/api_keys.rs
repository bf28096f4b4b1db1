//! Keys of programs.

use super::fresh;
use rowlock_engine::ids::TimeMs;
use rowlock_persistence::sql::{ApiKey, ApiKeyId, DbError, NewApiKey};

fn new_key(hash: u8) -> NewApiKey {
    let prefix = format!("rk_{hash}");
    NewApiKey { name: "box office".into(), key_hash: [hash; 32], prefix, created_at: TimeMs(7) }
}

#[tokio::test]
async fn a_key_is_found_by_its_hash_until_it_is_revoked() {
    let (_directory, database) = fresh().await;
    let id = database.create_api_key(new_key(1)).await.unwrap();
    let key = ApiKey { id, name: "box office".into(), prefix: "rk_1".into(), created_at: TimeMs(7), revoked_at: None };
    assert_eq!(database.api_key_by_hash(&[1; 32]).await.unwrap(), Some(key.clone()));
    assert_eq!(database.api_key_by_hash(&[2; 32]).await.unwrap(), None);

    assert!(database.revoke_api_key(id, TimeMs(9)).await.unwrap());
    assert!(!database.revoke_api_key(id, TimeMs(10)).await.unwrap());
    assert!(!database.revoke_api_key(ApiKeyId(99), TimeMs(10)).await.unwrap());
    assert_eq!(database.api_key_by_hash(&[1; 32]).await.unwrap(), None);
    assert_eq!(database.list_api_keys().await.unwrap(), [ApiKey { revoked_at: Some(TimeMs(9)), ..key }]);
}

#[tokio::test]
async fn keys_are_listed_newest_first_and_kept_once() {
    let (_directory, database) = fresh().await;
    for hash in 1..=3 {
        database.create_api_key(new_key(hash)).await.unwrap();
    }
    let listed: Vec<_> = database.list_api_keys().await.unwrap().into_iter().map(|key| key.prefix).collect();
    assert_eq!(listed, ["rk_3", "rk_2", "rk_1"]);
    assert!(matches!(database.create_api_key(new_key(2)).await, Err(DbError::Backend { .. })));
}
