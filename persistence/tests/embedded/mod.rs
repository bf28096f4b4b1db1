//! What only the embedded backends promise.

mod bus;
mod checkpoint_files;
mod damage;
mod failing_disk;
mod full_disk;
mod kill;
mod lock;
mod log_model;
mod queue;
mod segments;
mod speed;
mod torn;

use crate::command_log::PARTITIONS;
use rowlock_persistence::embedded::{DataDir, LocalLog, LogOptions};
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// A log with small segments, so that a few records make many.
pub fn small() -> LogOptions {
    LogOptions {
        segment_bytes: 2_048,
        allocate_bytes: 1_024,
        tail_bytes_max: 1_024,
        batch_records_max: 7,
        batch_bytes_max: 512,
        ..LogOptions::default()
    }
}

/// One segment that is not outgrown, little of it allocated ahead.
fn one_segment() -> LogOptions {
    LogOptions { allocate_bytes: 4_096, ..LogOptions::default() }
}

pub fn open(path: &Path, options: LogOptions) -> LocalLog {
    LocalLog::open(&DataDir::open(path).unwrap(), PARTITIONS, options).unwrap()
}

/// The segments in `path`, oldest first.
fn segments(path: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(path.join("log")).unwrap().map(|entry| entry.unwrap().path());
    let mut segments: Vec<_> = entries.filter(|path| path.extension().is_some_and(|it| it == "log")).collect();
    segments.sort();
    segments
}

/// A copy of what a crash would leave of the log that is in `path`.
fn crashed(path: &Path) -> TempDir {
    let copy = tempfile::tempdir().unwrap();
    std::fs::create_dir(copy.path().join("log")).unwrap();
    for entry in std::fs::read_dir(path.join("log")).unwrap() {
        let entry = entry.unwrap();
        std::fs::copy(entry.path(), copy.path().join("log").join(entry.file_name())).unwrap();
    }
    copy
}
