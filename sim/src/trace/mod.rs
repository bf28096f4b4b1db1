//! Traces: the traffic of a run in a file, so that two versions of the service meet the same buyers.
//!
//! # Format
//! | bytes | what |
//! |---|---|
//! | 8 | `ROWTRACE` |
//! | 2 | version, 1 |
//! | block | the options that the traffic was made with, and how long seats are held |
//! | blocks | arrivals, one after the other |
//! | 4 | 0: there are no more |
//! | 8, 8 | how many arrivals, and how many of them are booking requests |
//! | 4 | CRC-32 of everything before |
//!
//! A block is its length in 4 bytes, 1 to [`BLOCK_BYTES_MAX`], and as many bytes of postcard. Fixed numbers are
//! little-endian. An arrival is: microseconds since the one before; what it is for; the buyer; the event; for named
//! seats the first position; for bookings the milliseconds of thinking. All of these but the second, a byte, are
//! varints. The byte is 0 for a look, otherwise 1 + (quantity - 1) + 4 if named + 8 if sent again + 16 × fate, the fates
//! being pay, abandon, cancel, exchange. That comes to some eight bytes an arrival, most of them random.

mod arrival;
mod blocks;
pub mod command;
mod header;
mod read;
mod write;

pub use header::Header;
pub use read::{Replay, Trace};
pub use write::{Recorded, record};

use std::io;
use std::path::{Path, PathBuf};

/// What a trace begins with.
const MAGIC: &[u8; 8] = b"ROWTRACE";
/// Of this format.
const VERSION: u16 = 1;
/// Longest block.
pub const BLOCK_BYTES_MAX: usize = 64 << 10;

/// Why a trace cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("{}: {problem}", path.display())]
pub struct TraceError {
    path: PathBuf,
    problem: Problem,
}

/// What is wrong with it.
#[derive(Debug, thiserror::Error)]
pub enum Problem {
    /// The file system's problem.
    #[error("the trace cannot be read: {0}")]
    Read(io::Error),
    /// The file system's problem.
    #[error("the trace cannot be written: {0}")]
    Write(io::Error),
    /// Something else.
    #[error("not a trace")]
    NoTrace,
    /// Made by another version.
    #[error("a trace of version {0}; this simulator reads version {VERSION}")]
    Version(u16),
    /// It ends too early.
    #[error("the trace is truncated")]
    Truncated,
    /// It is not what was written.
    #[error("the trace is damaged: {0}")]
    Damaged(&'static str),
    /// What it says cannot be.
    #[error("the trace has what cannot be: {0}")]
    Range(String),
}

impl Problem {
    fn of(self, path: &Path) -> TraceError {
        TraceError { path: path.to_owned(), problem: self }
    }

    fn reading(error: io::Error) -> Self {
        if error.kind() == io::ErrorKind::UnexpectedEof { Self::Truncated } else { Self::Read(error) }
    }
}

#[cfg(test)]
mod tests;
