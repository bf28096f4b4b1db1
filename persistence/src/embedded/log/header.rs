//! The header of a segment; see [`super::format`] for its place in the file.

use super::format::FORMAT;
use bytes::{Buf, BufMut};
use rowlock_engine::ids::TimeMs;

const MAGIC: &[u8; 8] = b"ROWLKLOG";

/// The beginning of a segment: where every partition stood when it was begun.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SegmentHeader {
    pub sequence: u64,
    pub stamp: TimeMs,
    pub next: Vec<u64>,
}

/// Why bytes are not a segment's header.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HeaderProblem {
    UnknownFormat(u32),
    Malformed { position: usize, problem: &'static str },
}

impl SegmentHeader {
    pub fn bytes_len(partitions: usize) -> usize {
        MAGIC.len() + 4 + 2 + 8 + 8 + 8 * partitions + 4
    }

    pub fn encode(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(Self::bytes_len(self.next.len()));
        bytes.put_slice(MAGIC);
        bytes.put_u32_le(FORMAT);
        bytes.put_u16_le(u16::try_from(self.next.len()).expect("partitions are numbered by u16"));
        bytes.put_u64_le(self.sequence);
        bytes.put_u64_le(self.stamp.0);
        self.next.iter().for_each(|next| bytes.put_u64_le(*next));
        let crc = crc32fast::hash(&bytes);
        bytes.put_u32_le(crc);
        bytes
    }

    pub fn decode(bytes: &[u8]) -> Result<Self, HeaderProblem> {
        let malformed = |position, problem| HeaderProblem::Malformed { position, problem };
        let mut rest = bytes;
        if rest.len() < Self::bytes_len(0) {
            return Err(malformed(bytes.len(), "the file ends within its header"));
        }
        if !rest.starts_with(MAGIC) {
            return Err(malformed(0, "this is no segment of the log"));
        }
        rest.advance(MAGIC.len());
        let format = rest.get_u32_le();
        if format != FORMAT {
            return Err(HeaderProblem::UnknownFormat(format));
        }
        let partitions = usize::from(rest.get_u16_le());
        let len = Self::bytes_len(partitions);
        if bytes.len() < len {
            return Err(malformed(MAGIC.len() + 4, "the header is longer than the file"));
        }
        let (sequence, stamp) = (rest.get_u64_le(), TimeMs(rest.get_u64_le()));
        let next = (0..partitions).map(|_| rest.get_u64_le()).collect();
        if rest.get_u32_le() != crc32fast::hash(&bytes[..len - 4]) {
            return Err(malformed(0, "the header's checksum does not agree"));
        }
        Ok(Self { sequence, stamp, next })
    }
}
