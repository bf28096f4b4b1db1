//! Keys that programs identify themselves with; only their hashes are kept.

use rowlock_engine::ids::TimeMs;
use serde::{Deserialize, Serialize};

/// Keys that a list has, at most, the newest first.
pub const API_KEYS_LISTED_MAX: u32 = 1_000;

/// A key's id, from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ApiKeyId(pub i64);

/// A key to be kept.
#[derive(Clone, Debug)]
pub struct NewApiKey {
    /// What it is for.
    pub name: String,
    /// The hash of the key.
    pub key_hash: [u8; 32],
    /// The beginning of the key, by which people recognize it.
    pub prefix: String,
    /// When it was made.
    pub created_at: TimeMs,
}

/// A key, without its hash.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApiKey {
    /// The id.
    pub id: ApiKeyId,
    /// What it is for.
    pub name: String,
    /// The beginning of the key.
    pub prefix: String,
    /// When it was made.
    pub created_at: TimeMs,
    /// When it was revoked.
    pub revoked_at: Option<TimeMs>,
}
