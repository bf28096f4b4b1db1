//! Tokens: JWT, HS256, checked without asking anybody.

use super::Caller;
use crate::http::time::now;
use crate::problem::Problem;
use dashmap::DashMap;
use foldhash::fast::RandomState;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use rowlock_persistence::sql::{Role, UserId};
use serde::{Deserialize, Serialize};

/// Tokens that are known to be good before all are forgotten.
const KNOWN_MAX: usize = 100_000;
/// How long a token is good for: 24 hours.
pub const TOKEN_SECONDS: u64 = 24 * 60 * 60;

/// Signs and checks tokens.
pub struct Tokens {
    sign: EncodingKey,
    check: DecodingKey,
    validation: Validation,
    /// Tokens whose signature was checked, and when they expire: looking one up costs a tenth of checking it.
    known: DashMap<Box<str>, (Caller, u64), RandomState>,
}

#[derive(Debug, Serialize, Deserialize)]
struct Claims {
    sub: String,
    role: Role,
    iat: u64,
    exp: u64,
}

impl Tokens {
    pub(super) fn new(secret: &[u8]) -> Self {
        let mut validation = Validation::new(Algorithm::HS256);
        validation.leeway = 0;
        validation.set_required_spec_claims(&["exp", "sub"]);
        let (sign, check) = (EncodingKey::from_secret(secret), DecodingKey::from_secret(secret));
        Self { sign, check, validation, known: DashMap::default() }
    }

    /// A token for this user, good for [`TOKEN_SECONDS`].
    ///
    /// # Panics
    /// Never: the claims are plain data.
    #[must_use]
    pub fn issue(&self, id: UserId, role: Role) -> String {
        let iat = now().0 / 1000;
        let claims = Claims { sub: id.to_string(), role, iat, exp: iat + TOKEN_SECONDS };
        jsonwebtoken::encode(&Header::new(Algorithm::HS256), &claims, &self.sign).expect("plain claims can be signed")
    }

    /// Whose token it is.
    ///
    /// # Errors
    /// 401 when it is not one of ours, or too old.
    pub fn check(&self, token: &str) -> Result<Caller, Problem> {
        if let Some(known) = self.known.get(token)
            && known.1 > now().0 / 1000
        {
            return Ok(known.0);
        }
        let checked = jsonwebtoken::decode::<Claims>(token, &self.check, &self.validation);
        let claims =
            checked.map_err(|error| Problem::unauthenticated(format!("the token is not good: {error}")))?.claims;
        let id = claims.sub.parse().map_err(|_| Problem::unauthenticated("the token names no user"))?;
        let caller = Caller { id: UserId(id), role: claims.role };
        if self.known.len() >= KNOWN_MAX {
            self.known.clear();
        }
        self.known.insert(token.into(), (caller, claims.exp));
        Ok(caller)
    }
}

#[cfg(test)]
mod tests {
    use super::{Claims, TOKEN_SECONDS, Tokens};
    use jsonwebtoken::{Algorithm, EncodingKey, Header};
    use rowlock_persistence::sql::{Role, UserId};

    const SECRET: &[u8] = b"0123456789abcdef0123456789abcdef";

    fn signed(algorithm: Algorithm, secret: &[u8], exp: u64) -> String {
        let claims = Claims { sub: "7".into(), role: Role::Admin, iat: 0, exp };
        jsonwebtoken::encode(&Header::new(algorithm), &claims, &EncodingKey::from_secret(secret)).unwrap()
    }

    #[test]
    fn a_token_names_its_user() {
        let tokens = Tokens::new(SECRET);
        let caller = tokens.check(&tokens.issue(UserId(7), Role::Seller)).unwrap();
        assert_eq!((caller.id, caller.role), (UserId(7), Role::Seller));
    }

    #[test]
    fn what_is_not_ours_is_refused() {
        let tokens = Tokens::new(SECRET);
        let good = tokens.issue(UserId(7), Role::Buyer);
        let later = crate::http::time::now().0 / 1000 + TOKEN_SECONDS;
        let (head, rest) = good.split_once('.').unwrap();
        let (_, signature) = rest.split_once('.').unwrap();
        let none = "eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0";
        let cases = [
            ("too old", signed(Algorithm::HS256, SECRET, 1)),
            ("another secret", signed(Algorithm::HS256, b"another secret, of thirty-two bytes", later)),
            ("another algorithm", signed(Algorithm::HS512, SECRET, later)),
            ("no algorithm", format!("{none}.{}.", good.split('.').nth(1).unwrap())),
            (
                "other claims",
                format!("{head}.{}.{signature}", signed(Algorithm::HS256, b"x", later).split('.').nth(1).unwrap()),
            ),
            ("nothing", String::new()),
        ];
        for (what, token) in cases {
            assert_eq!(tokens.check(&token).unwrap_err().code(), "unauthenticated", "{what}");
        }
        assert!(tokens.check(&signed(Algorithm::HS256, SECRET, later)).is_ok(), "the cases differ from a good one");
    }
}
