//! This build has the embedded backends only. Whoever asks for others must not get these in silence.

use super::ConfigError;

const CLUSTERED: [&str; 5] =
    ["KAFKA_BOOTSTRAP_SERVERS", "REDIS_SENTINELS", "REDIS_URL", "DATABASE_WRITER_URL", "DATABASE_READER_URL"];

pub(super) fn refuse_clustered(lookup: &dyn Fn(&str) -> Option<String>) -> Result<(), ConfigError> {
    let set = |name: &&str| lookup(name).is_some_and(|value| !value.is_empty());
    match CLUSTERED.into_iter().find(set) {
        None => Ok(()),
        Some(name) => Err(ConfigError {
            name: name.to_owned(),
            problem: "this build runs on its embedded backends only, in one process; unset it".to_owned(),
        }),
    }
}
