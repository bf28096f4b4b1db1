//! Who calls: people by token, programs by key.

mod api_keys;
mod caller;
mod passwords;
mod program;
mod tokens;

pub use api_keys::{ApiKeys, NewKey, hash_key, new_key};
pub use caller::{Buyer, COOKIE, Caller, Seller};
pub use passwords::Passwords;
pub use program::Program;
pub use tokens::{TOKEN_SECONDS, Tokens};

use rowlock_persistence::sql::Database;

/// Everything that it takes to know a caller.
pub struct Auth {
    /// Signs and checks tokens.
    pub tokens: Tokens,
    /// Hashes and checks passwords.
    pub passwords: Passwords,
    /// Checks programs' keys.
    pub keys: ApiKeys,
}

impl Auth {
    /// With tokens signed by `secret`, at least 32 bytes.
    #[must_use]
    pub fn new(secret: &[u8], database: Database) -> Self {
        Self { tokens: Tokens::new(secret), passwords: Passwords::default(), keys: ApiKeys::new(database) }
    }
}
