//! Programs' keys: 32 random bytes, shown once, kept as their SHA-256.

use crate::problem::Problem;
use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use dashmap::DashMap;
use rowlock_persistence::sql::{ApiKeyId, Database};
use std::time::{Duration, Instant};

/// How long a key that was looked up is taken for good: revoking one takes as long to be seen everywhere.
pub const KEY_TRUSTED: Duration = Duration::from_secs(10);
/// Keys that are remembered before all are forgotten.
const KEYS_MAX: usize = 10_000;
/// Characters by which people recognize a key.
const PREFIX_CHARACTERS: usize = 10;

/// A key that was just made.
pub struct NewKey {
    /// What the program sends; it is never shown again.
    pub secret: String,
    /// Its beginning.
    pub prefix: String,
    /// What is kept of it.
    pub hash: [u8; 32],
}

/// Makes a key.
#[must_use]
pub fn new_key() -> NewKey {
    let secret = format!("rk_{}", URL_SAFE_NO_PAD.encode(rand::random::<[u8; 32]>()));
    NewKey { prefix: secret[..PREFIX_CHARACTERS].to_owned(), hash: hash_key(&secret), secret }
}

/// What is kept of a key. It is random, so that a plain hash gives nothing away.
///
/// # Panics
/// Never: SHA-256 has 32 bytes.
#[must_use]
pub fn hash_key(secret: &str) -> [u8; 32] {
    digest(&SHA256, secret.as_bytes()).as_ref().try_into().expect("SHA-256 has 32 bytes")
}

/// Checks keys, asking the database about each only now and then.
pub struct ApiKeys {
    database: Database,
    trusted: DashMap<[u8; 32], (ApiKeyId, Instant)>,
}

impl ApiKeys {
    pub(super) fn new(database: Database) -> Self {
        Self { database, trusted: DashMap::new() }
    }

    /// The key, if it was found good within [`KEY_TRUSTED`].
    pub(super) fn recall(&self, secret: &str) -> Option<ApiKeyId> {
        let known = self.trusted.get(&hash_key(secret))?;
        (known.1.elapsed() < KEY_TRUSTED).then_some(known.0)
    }

    /// The key that a program sent.
    ///
    /// # Errors
    /// 401 when it is none, or revoked for more than [`KEY_TRUSTED`].
    pub async fn check(&self, secret: &str) -> Result<ApiKeyId, Problem> {
        if let Some(known) = self.recall(secret) {
            return Ok(known);
        }
        let hash = hash_key(secret);
        self.trusted.remove(&hash);
        let key = self.database.api_key_by_hash(&hash).await?;
        let key = key.ok_or_else(|| Problem::unauthenticated("the key is not known, or was revoked"))?;
        if self.trusted.len() >= KEYS_MAX {
            self.trusted.clear();
        }
        self.trusted.insert(hash, (key.id, Instant::now()));
        Ok(key.id)
    }
}

#[cfg(test)]
mod tests {
    use super::{ApiKeys, KEY_TRUSTED, hash_key, new_key};
    use crate::http::time::now;
    use rowlock_persistence::sql::{Database, NewApiKey};
    use std::time::Instant;

    async fn database() -> (tempfile::TempDir, Database) {
        let directory = tempfile::tempdir().unwrap();
        let database = Database::open_sqlite(&directory.path().join("ledger.db")).await.unwrap();
        (directory, database)
    }

    #[tokio::test]
    async fn a_key_is_good_until_its_revocation_is_seen() {
        let (_directory, database) = database().await;
        let key = new_key();
        assert_eq!((key.secret.len(), &key.secret[..3]), (46, "rk_"));
        let new = NewApiKey { name: "partner".into(), key_hash: key.hash, prefix: key.prefix, created_at: now() };
        let id = database.create_api_key(new).await.unwrap();
        let keys = ApiKeys::new(database.clone());
        assert_eq!(keys.recall(&key.secret), None);
        assert_eq!(keys.check(&key.secret).await.unwrap(), id);
        assert_eq!(keys.recall(&key.secret), Some(id));

        assert!(database.revoke_api_key(id, now()).await.unwrap());
        assert_eq!(keys.check(&key.secret).await.unwrap(), id, "not seen yet");
        let long_ago = Instant::now().checked_sub(KEY_TRUSTED).unwrap();
        keys.trusted.insert(hash_key(&key.secret), (id, long_ago));
        assert_eq!(keys.check(&key.secret).await.unwrap_err().code(), "unauthenticated");
        assert!(keys.trusted.is_empty());
    }

    #[tokio::test]
    async fn what_is_no_key_is_not_remembered() {
        let (_directory, database) = database().await;
        let keys = ApiKeys::new(database);
        for bad in ["", "rk_", new_key().secret.as_str()] {
            assert_eq!(keys.check(bad).await.unwrap_err().code(), "unauthenticated", "{bad}");
        }
        assert!(keys.trusted.is_empty());
    }
}
