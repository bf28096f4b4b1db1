//! Log lines, to stderr.

use crate::config::{Config, LogFormat};
use tracing_subscriber::EnvFilter;

/// Starts to write log lines, once a process.
pub(super) fn install(config: &Config) {
    let filter = EnvFilter::new(&config.log_filter);
    let lines = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    let installed = match config.log_format {
        LogFormat::Text => lines.try_init(),
        LogFormat::Json => lines.json().flatten_event(true).try_init(),
    };
    installed.expect("nothing else writes log lines");
}
