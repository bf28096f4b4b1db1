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

    /// The key that a program sent.
    ///
    /// # Errors
    /// 401 when it is none, or revoked for more than [`KEY_TRUSTED`].
    pub async fn check(&self, secret: &str) -> Result<ApiKeyId, Problem> {
        let hash = hash_key(secret);
        if let Some(known) = self.trusted.get(&hash)
            && known.1.elapsed() < KEY_TRUSTED
        {
            return Ok(known.0);
        }
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
