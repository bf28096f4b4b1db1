//! Passwords: argon2id, off the runtime's threads, few at a time.

use crate::problem::Problem;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, PasswordHash, Version};
use std::sync::{Arc, LazyLock};
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Passwords that are hashed at once: each takes a core and 19 MiB.
const HASHING_MAX: usize = 2;
/// Requests that wait for their turn.
const WAITING_MAX: usize = 64;
/// How long a request waits for its turn.
const TURN_LIMIT: Duration = Duration::from_secs(5);
/// What OWASP's cheat sheet recommends for argon2id: 19 MiB, 2 passes, 1 lane.
const MEMORY_KIB: u32 = 19 * 1024;
const PASSES: u32 = 2;
const SALT_BYTES: usize = 16;

/// What an unknown e-mail's password is checked against, so that it takes as long as a wrong one.
static NOBODY: LazyLock<String> = LazyLock::new(|| hash_now("the password of nobody"));

/// Hashes and checks passwords.
pub struct Passwords {
    /// One for whoever hashes or waits.
    places: Semaphore,
    turns: Arc<Semaphore>,
}

impl Default for Passwords {
    fn default() -> Self {
        let turns = Arc::new(Semaphore::new(HASHING_MAX));
        Self { places: Semaphore::new(HASHING_MAX + WAITING_MAX), turns }
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
        let overloaded = || Problem::overloaded("too many people are signing in");
        let _place = self.places.try_acquire().map_err(|_| overloaded())?;
        let turn = tokio::time::timeout(TURN_LIMIT, self.turns.clone().acquire_owned()).await;
        let turn: OwnedSemaphorePermit = turn.map_err(|_| overloaded())?.expect("the semaphore is never closed");
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
    use super::{HASHING_MAX, Passwords, WAITING_MAX};
    use futures::future::join_all;

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
    #[tokio::test]
    async fn no_more_wait_than_may() {
        let passwords = Passwords::default();
        let turns = passwords.turns.clone().acquire_many_owned(HASHING_MAX as u32).await.unwrap();
        let all = join_all((0..HASHING_MAX + WAITING_MAX).map(|_| passwords.in_turn(|| ())));
        let one_more = async {
            let refused = passwords.hash("one more".into()).await.unwrap_err();
            drop(turns);
            refused
        };
        let (waited, refused) = futures::join!(all, one_more);
        assert_eq!(refused.code(), "overloaded");
        assert!(waited.iter().all(Result::is_ok), "{waited:?}");
    }
}
