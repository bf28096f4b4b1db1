//! Whom a limit counts.

use rowlock_persistence::sql::{ApiKeyId, UserId};
use std::net::{IpAddr, Ipv6Addr};

/// The low half of an IPv6 address, which one subscriber picks at will.
const IPV6_HOST_BITS: u32 = 64;

/// Whom a limit counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CallerKey {
    /// Somebody whose token was checked.
    User(UserId),
    /// A program whose key was checked.
    Program(ApiKeyId),
    /// Anybody else, whatever they claim to be.
    Address(IpAddr),
    /// Several who share a limit, because there are too many to tell apart.
    Crowd(u16),
}

impl From<IpAddr> for CallerKey {
    fn from(address: IpAddr) -> Self {
        Self::Address(match address.to_canonical() {
            IpAddr::V6(v6) => Ipv6Addr::from_bits(v6.to_bits() >> IPV6_HOST_BITS << IPV6_HOST_BITS).into(),
            v4 @ IpAddr::V4(_) => v4,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::CallerKey;
    use std::net::IpAddr;

    #[test]
    fn a_subscriber_is_one_caller() {
        let key = |text: &str| CallerKey::from(text.parse::<IpAddr>().unwrap());
        assert_eq!(key("2001:db8::1"), key("2001:db8::ffff:1"));
        assert_ne!(key("2001:db8::1"), key("2001:db8:0:1::1"));
        assert_ne!(key("192.0.2.1"), key("192.0.2.2"));
        assert_eq!(key("192.0.2.1"), key("::ffff:192.0.2.1"));
    }
}
