//! Where and with what a run was made.

use serde::Serialize;

/// The machine and the build.
#[derive(Clone, Debug, Serialize)]
pub struct Machine {
    /// Name of the processor.
    pub processor: String,
    /// Cores that may be used.
    pub cores: usize,
    /// Memory in bytes.
    pub memory: u64,
    /// The simulator's version.
    pub version: &'static str,
    /// Whether it was optimised.
    pub is_optimised: bool,
}

impl Machine {
    /// This one, as far as Linux tells.
    #[must_use]
    pub fn this() -> Self {
        Self {
            processor: value("/proc/cpuinfo", "model name").unwrap_or_else(|| "unknown".to_owned()),
            cores: std::thread::available_parallelism().map_or(1, usize::from),
            memory: value("/proc/meminfo", "MemTotal").and_then(|text| kilobytes(&text)).unwrap_or(0) << 10,
            version: env!("CARGO_PKG_VERSION"),
            is_optimised: !cfg!(debug_assertions),
        }
    }
}

fn value(file: &str, name: &str) -> Option<String> {
    let text = std::fs::read_to_string(file).ok()?;
    let line = text.lines().find(|line| line.starts_with(name))?;
    Some(line.split_once(':')?.1.trim().to_owned())
}

fn kilobytes(text: &str) -> Option<u64> {
    text.strip_suffix(" kB")?.trim().parse().ok()
}
