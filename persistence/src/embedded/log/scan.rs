//! Reads one segment from end to end: is everything there that was durable?

use super::error::{LogError, TornTail};
use super::format::{Found, Group, find_group, next_candidate, place};
use super::header::{HeaderProblem, SegmentHeader};
use super::segment::Segment;
use rowlock_engine::ids::TimeMs;
use std::path::Path;

/// Zeros are compared in pieces of this many bytes.
const ZEROS: [u8; 4096] = [0; 4096];

/// Where every partition stands, from segment to segment.
#[derive(Clone, Debug)]
pub struct Cursor {
    pub sequence: u64,
    pub next: Vec<u64>,
    pub stamp: TimeMs,
}

/// Checks the header of the segment in `bytes` against the one before.
pub fn header(path: &Path, bytes: &[u8], sequence: u64, partitions: u16) -> Result<SegmentHeader, LogError> {
    let header = SegmentHeader::decode(bytes).map_err(|problem| match problem {
        HeaderProblem::UnknownFormat(found) => LogError::UnknownFormat { path: path.to_path_buf(), found },
        HeaderProblem::Malformed { position, problem } => LogError::damaged(path, position, problem),
    })?;
    let stored = u16::try_from(header.next.len()).expect("read from a u16");
    if stored != partitions {
        return Err(LogError::OtherPartitions { path: path.to_path_buf(), stored, asked: partitions });
    }
    if header.sequence != sequence {
        let problem = format!("this is segment {}, under another's name", header.sequence);
        return Err(LogError::damaged(path, 0, problem));
    }
    Ok(header)
}

/// Walks over the groups of `segment`, whose content is `bytes`, moving `cursor` along and filling the index.
///
/// # Errors
/// `Damaged` where anything but the last write of the last segment is not whole.
pub fn groups(
    segment: &Segment,
    bytes: &[u8],
    cursor: &mut Cursor,
    is_last: bool,
) -> Result<Option<TornTail>, LogError> {
    let mut position = SegmentHeader::bytes_len(cursor.next.len());
    if segment.header.next != cursor.next {
        let problem = "its first offsets are not those that follow the segment before".to_owned();
        return Err(LogError::damaged(&segment.path, 0, problem));
    }
    cursor.stamp = cursor.stamp.max(segment.header.stamp);
    loop {
        match find_group(&bytes[position..], segment.place(position)) {
            Found::Group(group) => {
                follow(&segment.path, position, &group, cursor)?;
                position += group.bytes_len();
                segment.grow(position, &cursor.next);
            }
            Found::Bad(_) if is_zero(&bytes[position..]) => return Ok(None),
            Found::Bad(problem) => return torn_or_damaged(segment, bytes, position, problem, is_last),
        }
    }
}

/// Moves the cursor over one group.
fn follow(path: &Path, position: usize, group: &Group<'_>, cursor: &mut Cursor) -> Result<(), LogError> {
    for section in group.sections() {
        let section = section.ok_or_else(|| LogError::damaged(path, position, "the group's parts exceed it"))?;
        let next = cursor.next.get_mut(usize::from(section.partition)).ok_or_else(|| {
            LogError::damaged(path, position, format!("it has records of partition {}", section.partition))
        })?;
        if section.first != *next {
            let partition = section.partition;
            let problem = format!("record {} of partition {partition} stands where {next} is due", section.first);
            return Err(LogError::damaged(path, position, problem));
        }
        *next += u64::from(section.records);
    }
    cursor.stamp = cursor.stamp.max(group.stamp);
    Ok(())
}

/// A last write that was cut short leaves no whole group behind it; anything else is damage.
fn torn_or_damaged(
    segment: &Segment,
    bytes: &[u8],
    position: usize,
    problem: &str,
    is_last: bool,
) -> Result<Option<TornTail>, LogError> {
    if !is_last {
        let problem = format!("{problem}, and a later segment follows");
        return Err(LogError::damaged(&segment.path, position, problem));
    }
    let mut from = position + 1;
    while let Some(at) = next_candidate(bytes, from) {
        if let Found::Group(_) = find_group(&bytes[at..], place(segment.header.sequence, at)) {
            let problem = format!("{problem}, and a whole group follows at byte {at}");
            return Err(LogError::damaged(&segment.path, position, problem));
        }
        from = at + 1;
    }
    let written = bytes.iter().rposition(|byte| *byte != 0).map_or(position, |last| last + 1);
    let bytes = (written - position) as u64;
    Ok(Some(TornTail { path: segment.path.clone(), position: position as u64, bytes }))
}

fn is_zero(bytes: &[u8]) -> bool {
    bytes.chunks(ZEROS.len()).all(|chunk| chunk == &ZEROS[..chunk.len()])
}
