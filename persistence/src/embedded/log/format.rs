//! How segments look on disk. All numbers are little-endian.
//!
//! ```text
//! segment  = header, group*, zeros of the space allocated ahead
//! header   = "ROWLKLOG", format u32, partitions u16, sequence u64, stamp u64, next offset u64 per partition, crc u32
//! group    = magic u32, crc u32 of all that follows, body bytes u32, sections u32, position u64, stamp u64, body
//! body     = section*, one per partition that has records in the group
//! section  = partition u16, records u32, payload bytes u32 (lengths included), first offset u64, (length u32, payload)*
//! ```
//! A group is what one sync made durable: it is there as a whole or not at all. Its position (segment and byte)
//! makes sure that bytes which only look like a group are not taken for one. A log that was closed ends with a group
//! without sections.

use bytes::{Buf, BufMut};
use rowlock_engine::ids::TimeMs;

/// The format of segments that this build writes, and the only one it reads.
pub const FORMAT: u32 = 1;
const GROUP_MAGIC: u32 = 0x9D4F_B1E7;
/// Bytes of a group before its body.
pub const GROUP_HEADER_BYTES: usize = 32;
/// Bytes of a section before its records.
pub const SECTION_HEADER_BYTES: usize = 18;
/// Bytes before each payload.
pub const RECORD_HEADER_BYTES: usize = 4;
/// Where the part of a group begins that its checksum covers.
const GROUP_CHECKED_FROM: usize = 8;

/// Where a group is: part of its own header.
pub fn place(sequence: u64, position: usize) -> u64 {
    sequence << 32 | position as u64
}

/// Leaves room for the header of a group in an empty `buffer`.
pub fn begin_group(buffer: &mut Vec<u8>) {
    buffer.resize(GROUP_HEADER_BYTES, 0);
}

/// Appends one partition's records to the group in `buffer`.
pub fn put_section<'a>(
    buffer: &mut Vec<u8>,
    partition: u16,
    first_offset: u64,
    payloads: impl Iterator<Item = &'a [u8]>,
) {
    let start = buffer.len();
    buffer.resize(start + SECTION_HEADER_BYTES, 0);
    let mut records = 0;
    for payload in payloads {
        buffer.put_u32_le(u32::try_from(payload.len()).expect("records are capped"));
        buffer.put_slice(payload);
        records += 1;
    }
    let bytes = u32::try_from(buffer.len() - start - SECTION_HEADER_BYTES).expect("groups are capped");
    let mut header = &mut buffer[start..start + SECTION_HEADER_BYTES];
    header.put_u16_le(partition);
    header.put_u32_le(records);
    header.put_u32_le(bytes);
    header.put_u64_le(first_offset);
}

/// Completes the group in `buffer`: it is to be written at `place`.
pub fn finish_group(buffer: &mut [u8], sections: u32, place: u64, stamp: TimeMs) {
    let body = u32::try_from(buffer.len() - GROUP_HEADER_BYTES).expect("groups are capped");
    let mut header = &mut buffer[GROUP_CHECKED_FROM..GROUP_HEADER_BYTES];
    header.put_u32_le(body);
    header.put_u32_le(sections);
    header.put_u64_le(place);
    header.put_u64_le(stamp.0);
    let crc = crc32fast::hash(&buffer[GROUP_CHECKED_FROM..]);
    let mut header = &mut buffer[..GROUP_CHECKED_FROM];
    header.put_u32_le(GROUP_MAGIC);
    header.put_u32_le(crc);
}

/// A group whose checksum agrees.
#[derive(Clone, Copy, Debug)]
pub struct Group<'a> {
    pub stamp: TimeMs,
    pub sections: u32,
    pub body: &'a [u8],
}

impl Group<'_> {
    /// All its bytes.
    pub fn bytes_len(&self) -> usize {
        GROUP_HEADER_BYTES + self.body.len()
    }
}

/// What stands where a group is expected.
#[derive(Debug)]
pub enum Found<'a> {
    Group(Group<'a>),
    /// No group, and why not.
    Bad(&'static str),
}

/// How long the whole group is that begins with `header`, if that is one.
pub fn group_len(header: &[u8]) -> Option<usize> {
    let mut rest = header.get(..GROUP_HEADER_BYTES)?;
    if rest.get_u32_le() != GROUP_MAGIC {
        return None;
    }
    rest.advance(4);
    Some(GROUP_HEADER_BYTES + rest.get_u32_le() as usize)
}

/// Looks at the beginning of `bytes`, which stands at `place` in the log.
pub fn find_group(bytes: &[u8], place: u64) -> Found<'_> {
    let Some(len) = group_len(bytes) else {
        return Found::Bad(if bytes.len() < GROUP_HEADER_BYTES { "the file ends" } else { "no group begins here" });
    };
    let Some(group) = bytes.get(..len) else {
        return Found::Bad("a group begins here and the file ends before it does");
    };
    let mut rest = &group[4..];
    if rest.get_u32_le() != crc32fast::hash(&group[GROUP_CHECKED_FROM..]) {
        return Found::Bad("a group begins here and its checksum does not agree");
    }
    rest.advance(4);
    let sections = rest.get_u32_le();
    if rest.get_u64_le() != place {
        return Found::Bad("a group stands here that was written elsewhere");
    }
    let stamp = TimeMs(rest.get_u64_le());
    Found::Group(Group { stamp, sections, body: rest })
}

/// Where the next group may begin at or after `from`: its first byte is that of a group.
pub fn next_candidate(bytes: &[u8], from: usize) -> Option<usize> {
    let magic = GROUP_MAGIC.to_le_bytes();
    bytes.get(from..)?.windows(magic.len()).position(|window| window == magic).map(|at| from + at)
}

/// One partition's records in a group.
#[derive(Clone, Copy, Debug)]
pub struct Section<'a> {
    pub partition: u16,
    pub first: u64,
    pub records: u32,
    pub bytes: &'a [u8],
}

impl Group<'_> {
    /// Its sections; `None` stands for one that contradicts the group's length.
    pub fn sections(&self) -> impl Iterator<Item = Option<Section<'_>>> {
        let mut rest = self.body;
        (0..self.sections).map(move |_| {
            let mut header = rest.split_off(..SECTION_HEADER_BYTES)?;
            let (partition, records) = (header.get_u16_le(), header.get_u32_le());
            let (len, first) = (header.get_u32_le() as usize, header.get_u64_le());
            Some(Section { partition, first, records, bytes: rest.split_off(..len)? })
        })
    }
}
