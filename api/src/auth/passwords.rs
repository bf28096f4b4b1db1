//! Passwords: argon2id, off the runtime's threads, few at a time.

use crate::problem::Problem;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, PasswordHash, Version};
use std::sync::{Arc, LazyLock};
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Passwords that are hashed at once: each takes a core and 19 MiB.
const HASHING_MAX: usize = 2;
/// How long a request waits for its turn.
const TURN_LIMIT: Duration = Duration::from_secs(5);
/// What OWASP's cheat sheet recommends for argon2id: 19 MiB, 2 passes, 1 lane.
const MEMORY_KIB: u32 = 19 * 1024;
const PASSES: u32 = 2;
const SALT_BYTES: usize = 16;

/// What an unknown e-mail's password is checked against, so that it takes as long as a wrong one.
static NOBODY: LazyLock<String> = LazyLock::new(|| hash_now("the password of nobody"));

/// Hashes and checks passwords.
pub struct Passwords(Arc<Semaphore>);

impl Default for Passwords {
    fn default() -> Self {
        Self(Arc::new(Semaphore::new(HASHING_MAX)))
    }
}

impl Passwords {
    /// The hash of a password, with its salt and parameters.
    ///
    /// # Errors
    /// 503 when too many passwords are being hashed.
    pub async fn hash(&self, password: String) -> Result<String, Problem> {
        self.in_turn(move || hash_now(&password)).await
    }

    /// Whether `password` has this hash; of nobody, never, and not sooner either.
    ///
    /// # Errors
    /// 503 when too many passwords are being hashed.
    pub async fn verify(&self, password: String, hash: Option<String>) -> Result<bool, Problem> {
        self.in_turn(move || {
            let known = hash.is_some();
            let hash = hash.unwrap_or_else(|| NOBODY.clone());
            let parsed = PasswordHash::new(&hash);
            known & parsed.is_ok_and(|parsed| argon2().verify_password(password.as_bytes(), &parsed).is_ok())
        })
        .await
    }

    async fn in_turn<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T, Problem> {
        let turn: OwnedSemaphorePermit = match tokio::time::timeout(TURN_LIMIT, self.0.clone().acquire_owned()).await {
            Ok(turn) => turn.expect("the semaphore is never closed"),
            Err(_) => return Err(Problem::overloaded("too many people are signing in")),
        };
        let done = tokio::task::spawn_blocking(move || {
            let _turn = turn;
            work()
        });
        done.await.map_err(|error| Problem::internal(&error))
    }
}

fn argon2() -> Argon2<'static> {
    let params = Params::new(MEMORY_KIB, PASSES, 1, None).expect("the parameters are within argon2's bounds");
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
}

fn hash_now(password: &str) -> String {
    let salt: [u8; SALT_BYTES] = rand::random();
    let hash = argon2().hash_password_with_salt(password.as_bytes(), &salt);
    hash.expect("password and salt are within argon2's bounds").to_string()
}

#[cfg(test)]
mod tests {
    use super::Passwords;

    #[tokio::test]
    async fn only_the_right_password_has_the_hash() {
        let passwords = Passwords::default();
        let hash = passwords.hash("correct horse".into()).await.unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
        assert_ne!(hash, passwords.hash("correct horse".into()).await.unwrap(), "the salt differs");
        for (password, hash, expected) in [
            ("correct horse", Some(hash.clone()), true),
            ("wrong horse", Some(hash), false),
            ("the password of nobody", None, false),
            ("correct horse", Some("not a hash".into()), false),
        ] {
            assert_eq!(passwords.verify(password.into(), hash.clone()).await.unwrap(), expected, "{password} {hash:?}");
        }
    }
}
