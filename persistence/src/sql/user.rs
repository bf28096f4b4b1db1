//! People who sign in.

use rowlock_engine::ids::{BuyerId, TimeMs};
use serde::{Deserialize, Serialize};
use std::fmt;

/// A user's id, from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct UserId(pub i64);

impl UserId {
    /// The user as the engine knows a buyer.
    #[must_use]
    pub fn as_buyer(self) -> BuyerId {
        BuyerId(self.0.cast_unsigned())
    }
}

impl fmt::Display for UserId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// What a user may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Books seats.
    Buyer,
    /// Sells events.
    Seller,
    /// Runs the service.
    Admin,
}

impl Role {
    /// The name that the HTTP contract and the database use.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Buyer => "buyer",
            Self::Seller => "seller",
            Self::Admin => "admin",
        }
    }

    pub(crate) fn parse(name: &str) -> Option<Self> {
        [Self::Buyer, Self::Seller, Self::Admin].into_iter().find(|role| role.as_str() == name)
    }
}

/// A user to be made.
pub struct NewUser {
    /// Stored in lower case; two addresses that differ only in case are one.
    pub email: String,
    /// How the user is addressed.
    pub name: String,
    /// The password, hashed.
    pub password_hash: String,
    /// What the user may do.
    pub role: Role,
    /// When the user was made.
    pub created_at: TimeMs,
}

/// A user, without the password.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct User {
    /// The id.
    pub id: UserId,
    /// In lower case.
    pub email: String,
    /// How the user is addressed.
    pub name: String,
    /// What the user may do.
    pub role: Role,
}

/// A user with the hash that a password is checked against; neither printed nor serialized.
#[derive(Clone)]
pub struct Credentials {
    /// The user.
    pub user: User,
    /// The password, hashed.
    pub password_hash: String,
}
