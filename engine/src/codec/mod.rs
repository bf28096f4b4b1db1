//! Records of the logs as bytes: protobuf, by `proto/rowlock.proto`, with a format number in each.

mod booking;
mod command;
mod digest;
mod outcome;
mod refusal;
mod sale;
mod scalars;

pub use command::{decode_command, encode_command};
pub(crate) use digest::digest;
pub use outcome::{decode_outcome, encode_outcome};

/// The format that this build writes, and the only one it reads.
pub const RECORD_FORMAT: u32 = 1;

#[allow(missing_docs, clippy::all)]
pub(crate) mod wire {
    include!(concat!(env!("OUT_DIR"), "/rowlock.v1.rs"));
}

/// Why bytes are not a record.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DecodeError {
    /// Written by a build that this one does not understand.
    #[error("record format {found} is not known, this build reads format {RECORD_FORMAT}: run a build that knows it")]
    UnknownFormat {
        /// The format in the record.
        found: u32,
    },
    /// Not protobuf, or not of this schema.
    #[error("not a record: {0}")]
    Malformed(String),
    /// A part that must be there is not.
    #[error("{0} is missing")]
    Missing(&'static str),
    /// A value out of its range.
    #[error("{field} is out of range: {value}")]
    OutOfRange {
        /// Which field.
        field: &'static str,
        /// What stood there.
        value: u64,
    },
}

impl From<prost::DecodeError> for DecodeError {
    fn from(error: prost::DecodeError) -> Self {
        Self::Malformed(error.to_string())
    }
}

fn check_format(found: u32) -> Result<(), DecodeError> {
    if found == RECORD_FORMAT { Ok(()) } else { Err(DecodeError::UnknownFormat { found }) }
}
