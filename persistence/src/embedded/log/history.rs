//! Reads records from files, for readers that are behind the tail.

use super::format::{Found, GROUP_HEADER_BYTES, Group, RECORD_HEADER_BYTES, Section, find_group, group_len};
use super::segment::Segment;
use super::shared::Shared;
use bytes::{Buf, Bytes};
use rowlock_engine::ids::{Offset, PartitionId};
use rowlock_engine::ports::{ReadError, Record};
use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;
use std::sync::Arc;

/// Bytes that are read from a segment at a time, unless a group is longer.
const READ_BYTES: usize = 1 << 20;

/// A place in the files where a reader goes on.
#[derive(Clone, Debug)]
pub struct Place {
    segment: Arc<Segment>,
    file: Arc<File>,
    position: usize,
}

/// Records on their way to a reader.
struct Batch {
    partition: PartitionId,
    next: u64,
    records: Vec<Record>,
    records_max: usize,
    bytes_left: usize,
}

/// The records of `partition` from `from` on that the files have, capped, and where to go on.
pub fn read(
    shared: &Shared,
    partition: PartitionId,
    from: u64,
    place: Option<Place>,
) -> Result<(Vec<Record>, Place), ReadError> {
    let (records_max, bytes_left) = (shared.options.batch_records_max, shared.options.batch_bytes_max);
    let mut batch = Batch { partition, next: from, records: Vec::new(), records_max, bytes_left };
    let mut place = match place {
        Some(place) => place,
        None => find(shared, partition, from)?,
    };
    while !batch.is_full() {
        if place.position < place.segment.end() {
            read_some(&mut place, &mut batch)?;
        } else if let Some(segment) = shared.segments.following(place.segment.header.sequence) {
            let position = segment.position_before(usize::from(partition.0), batch.next);
            place = open(shared, segment, position, partition, from)?;
        } else {
            break;
        }
    }
    if batch.records.is_empty() {
        shared.check_trimmed(partition, from)?;
        return Err(ReadError::Backend(format!("partition {partition}: record {from} is in no file of the log")));
    }
    Ok((batch.records, place))
}

fn find(shared: &Shared, partition: PartitionId, from: u64) -> Result<Place, ReadError> {
    let at = usize::from(partition.0);
    let Some(segment) = shared.segments.find(at, from) else {
        let first = shared.trims.before(at);
        return Err(ReadError::Trimmed { partition, asked: from, first });
    };
    let position = segment.position_before(at, from);
    open(shared, segment, position, partition, from)
}

fn open(
    shared: &Shared,
    segment: Arc<Segment>,
    position: usize,
    partition: PartitionId,
    from: u64,
) -> Result<Place, ReadError> {
    match File::open(&segment.path) {
        Ok(file) => Ok(Place { segment, file: Arc::new(file), position }),
        Err(error) => {
            // Between the look and the opening it may have been trimmed.
            shared.check_trimmed(partition, from)?;
            Err(ReadError::Backend(format!("{}: {error}", segment.path.display())))
        }
    }
}

/// Reads a piece of the segment and takes the partition's records from it.
fn read_some(place: &mut Place, batch: &mut Batch) -> Result<(), ReadError> {
    let piece = read_piece(place).map_err(|error| place.problem(&error.to_string()))?;
    let mut position = 0;
    while position < piece.len() && !batch.is_full() {
        // The last group of a piece may be cut; the next piece begins with it.
        let is_whole = group_len(&piece[position..]).is_some_and(|len| position + len <= piece.len());
        if position > 0 && !is_whole {
            break;
        }
        let group = match find_group(&piece[position..], place.segment.place(place.position)) {
            Found::Group(group) => group,
            Found::Bad(problem) => return Err(place.problem(problem)),
        };
        if batch.take(&group).ok_or_else(|| place.problem("a group's parts contradict each other"))? {
            position += group.bytes_len();
            place.position += group.bytes_len();
        }
    }
    Ok(())
}

/// At least one whole group from where `place` is.
fn read_piece(place: &Place) -> io::Result<Vec<u8>> {
    let left = place.segment.end() - place.position;
    let mut piece = vec![0; left.min(READ_BYTES)];
    place.file.read_exact_at(&mut piece, place.position as u64)?;
    let first = group_len(piece.get(..GROUP_HEADER_BYTES).unwrap_or_default()).unwrap_or(0).min(left);
    if first > piece.len() {
        let read = piece.len();
        piece.resize(first, 0);
        place.file.read_exact_at(&mut piece[read..], (place.position + read) as u64)?;
    }
    Ok(piece)
}

impl Place {
    fn problem(&self, problem: &str) -> ReadError {
        ReadError::Backend(format!("{}: at byte {}: {problem}", self.segment.path.display(), self.position))
    }
}

impl Batch {
    fn is_full(&self) -> bool {
        self.records.len() >= self.records_max || self.bytes_left == 0
    }

    /// Takes what the group has for this batch. `Some(true)` when nothing is left in it, `None` when it is malformed.
    fn take(&mut self, group: &Group<'_>) -> Option<bool> {
        for section in group.sections() {
            let section = section?;
            if section.partition == self.partition.0 {
                return self.take_section(group, &section);
            }
        }
        Some(true)
    }

    fn take_section(&mut self, group: &Group<'_>, section: &Section<'_>) -> Option<bool> {
        let end = section.first + u64::from(section.records);
        if end <= self.next {
            return Some(true);
        }
        let mut rest = Bytes::copy_from_slice(section.bytes);
        for offset in section.first..end {
            if rest.len() < RECORD_HEADER_BYTES {
                return None;
            }
            let len = rest.get_u32_le() as usize;
            if rest.len() < len {
                return None;
            }
            let payload = rest.split_to(len);
            if offset < self.next {
                continue;
            }
            if self.is_full() {
                return Some(false);
            }
            self.bytes_left = self.bytes_left.saturating_sub(len);
            self.records.push(Record { offset: Offset(offset), at: group.stamp, payload });
            self.next = offset + 1;
        }
        Some(true)
    }
}
