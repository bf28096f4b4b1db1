use super::{Config, ConfigError, LogFormat, Source, names};
use std::time::Duration;

fn read(variables: &[(&str, &str)]) -> Result<Config, ConfigError> {
    let find = |name: &str| variables.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned());
    Config::read(&find)
}

#[test]
fn everything_has_a_default() {
    let config = read(&[]).unwrap();
    assert_eq!(config.listen.to_string(), "127.0.0.1:8000");
    assert_eq!(config.data_dir.to_str(), Some("./data"));
    assert_eq!(config.jwt_secret, None);
    assert_eq!(config.booking_wait, Duration::from_secs(2));
    assert_eq!((config.partitions, config.rate_limit, config.login_rate_limit), (8, 200, 60));
    assert_eq!((config.payment_timeout, config.in_flight_max), (Duration::from_secs(30), 4_096));
    assert!(config.show().iter().all(|line| line.source == Source::Default));
    assert_eq!(read(&[("ROWLOCK_PARTITIONS", "")]).unwrap().partitions, 8, "an empty value is none");
}

#[test]
fn values_are_taken_and_shown_and_secrets_are_not() {
    let secret = "0123456789abcdef0123456789abcdef";
    let config = read(&[("ROWLOCK_LISTEN", "[::1]:9000"), ("ROWLOCK_LOG", "text"), ("JWT_SECRET", secret)]).unwrap();
    assert_eq!(config.listen.to_string(), "[::1]:9000");
    assert_eq!(config.log_format, LogFormat::Text);
    assert_eq!(config.jwt_secret.as_ref().unwrap().bytes(), secret.as_bytes());
    let lines: Vec<_> = config.show().iter().map(ToString::to_string).collect();
    assert!(lines.contains(&"ROWLOCK_LISTEN = [::1]:9000 (environment)".to_owned()), "{lines:?}");
    assert!(lines.contains(&"ROWLOCK_PARTITIONS = 8 (default)".to_owned()), "{lines:?}");
    assert!(lines.contains(&"JWT_SECRET = ******** (environment)".to_owned()), "{lines:?}");
    assert!(!format!("{config:?}").contains(secret));
}

#[test]
fn a_bad_value_is_named_with_what_is_wrong() {
    let cases = [
        ("ROWLOCK_LISTEN", "8000", "not an address and a port"),
        ("ROWLOCK_PARTITIONS", "0", "from 1 to 1024"),
        ("ROWLOCK_PARTITIONS", "eight", "not a whole number"),
        ("ROWLOCK_PARTITIONS", "70000", "from 1 to 1024"),
        ("BOOKING_WAIT_MS", "-1", "not a whole number"),
        ("BOOKING_WAIT_MS", "600001", "to 600000"),
        ("ROWLOCK_LOG", "xml", "neither text nor json"),
        ("ROWLOCK_LOG_FILTER", "rowlock=loud", "not a filter"),
        ("ROWLOCK_RATE_LIMIT", "1e3", "not a whole number"),
        ("ROWLOCK_LOGIN_RATE_LIMIT", "1000001", "to 1000000"),
        ("ROWLOCK_PAYMENT_TIMEOUT_MS", "0", "from 1"),
        ("ROWLOCK_IN_FLIGHT_MAX", "0", "from 1"),
        ("JWT_SECRET", "only-31-bytes-are-not-enough-xx", "31 bytes are too few"),
        ("KAFKA_BOOTSTRAP_SERVERS", "localhost:9092", "embedded backends only"),
        ("REDIS_SENTINELS", "localhost:26379", "embedded backends only"),
        ("REDIS_URL", "redis://localhost", "embedded backends only"),
        ("DATABASE_WRITER_URL", "postgresql://localhost", "embedded backends only"),
        ("DATABASE_READER_URL", "postgresql://localhost", "embedded backends only"),
    ];
    for (name, value, problem) in cases {
        let error = read(&[(name, value)]).unwrap_err();
        assert_eq!(error.name, name);
        assert!(error.problem.contains(problem), "{error}");
        assert!(!error.to_string().contains('\n'), "{error}");
    }
    let secret = read(&[("JWT_SECRET", "hunter2")]).unwrap_err().to_string();
    assert!(!secret.contains("hunter2"), "{secret}");
}

#[test]
fn a_name_with_the_prefix_that_is_not_known_is_refused() {
    let check = |names: &[&str]| names::refuse_unknown(names.iter().map(|name| (*name).to_owned()));
    assert_eq!(check(&["PATH", "ROWLOCK_LISTEN", "ROWLOCK_PARTITIONS"]), Ok(()));
    let error = check(&["ROWLOCK_LISTEN", "ROWLOCK_PORT"]).unwrap_err();
    assert_eq!(error.name, "ROWLOCK_PORT");
    assert!(error.problem.contains("ROWLOCK_LISTEN"), "{error}");
    let shown = read(&[]).unwrap();
    for line in shown.show().iter().filter(|line| line.name.starts_with("ROWLOCK_")) {
        assert_eq!(check(&[line.name]), Ok(()), "{}", line.name);
    }
}
