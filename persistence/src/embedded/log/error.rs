//! Why the local log could not be opened, in words for whoever runs the service.

use super::format::FORMAT;
use std::path::{Path, PathBuf};

/// Why the local log could not be opened.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LogError {
    /// The file system refused.
    #[error("{}: {cause}; check that it is there, belongs to the user that runs this, and has room", path.display())]
    Io {
        /// The file or directory.
        path: PathBuf,
        /// In the system's words.
        cause: String,
    },
    /// Bytes that were durable are not what was written.
    #[error(
        "{}: damaged at byte {position}: {problem}. Records are lost or changed, so the log is not opened: keep this \
         directory as it is, check the disk, and put the whole data directory back from one backup", path.display()
    )]
    Damaged {
        /// The segment.
        path: PathBuf,
        /// Where in it.
        position: u64,
        /// What was found there.
        problem: String,
    },
    /// Another build wrote it.
    #[error("{}: log format {found} at byte 8 is not known, this build reads format {FORMAT}: run a build that knows it", path.display())]
    UnknownFormat {
        /// The segment.
        path: PathBuf,
        /// The format it names.
        found: u32,
    },
    /// A segment that should be there is not.
    #[error(
        "{}: this segment is missing, though records in it were not trimmed. Put the file back, or the whole data \
         directory from one backup", path.display()
    )]
    MissingSegment {
        /// Where it should be.
        path: PathBuf,
    },
    /// The log was written for another number of partitions.
    #[error("{}: written for {stored} partitions, {asked} are asked for: ask for {stored}", path.display())]
    OtherPartitions {
        /// The segment.
        path: PathBuf,
        /// How many it has.
        stored: u16,
        /// How many were asked for.
        asked: u16,
    },
}

impl LogError {
    pub(super) fn io(path: &Path, error: &std::io::Error) -> Self {
        Self::Io { path: path.to_path_buf(), cause: error.to_string() }
    }

    pub(super) fn damaged(path: &Path, position: usize, problem: impl Into<String>) -> Self {
        Self::Damaged { path: path.to_path_buf(), position: position as u64, problem: problem.into() }
    }
}

/// A last write that was cut short by a crash: none of it was acknowledged, and it was cut off.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TornTail {
    /// The segment.
    pub path: PathBuf,
    /// Where the write began.
    pub position: u64,
    /// Bytes that were cut off.
    pub bytes: u64,
}
