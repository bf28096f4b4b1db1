//! Which segments there are, and where in them a partition's records begin.

use super::format::place;
use super::header::SegmentHeader;
use std::collections::VecDeque;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

/// Bytes of a segment between two entries of its index.
pub const INDEX_STEP: usize = 1 << 20;
/// The ending of segments.
const EXTENSION: &str = "log";

/// One file of the log, as readers see it: only what is durable.
#[derive(Debug)]
pub struct Segment {
    pub path: PathBuf,
    pub header: SegmentHeader,
    durable: Mutex<Durable>,
}

/// What grows while a segment is written.
#[derive(Debug, Default)]
struct Durable {
    end: usize,
    index: Vec<IndexEntry>,
}

/// The next offset of every partition at one position.
#[derive(Debug)]
struct IndexEntry {
    position: usize,
    next: Box<[u64]>,
}

impl Segment {
    pub fn new(path: PathBuf, header: SegmentHeader) -> Self {
        let durable = Durable { end: SegmentHeader::bytes_len(header.next.len()), index: Vec::new() };
        Self { path, header, durable: Mutex::new(durable) }
    }

    /// Where the durable groups end.
    pub fn end(&self) -> usize {
        self.durable.lock().unwrap_or_else(PoisonError::into_inner).end
    }

    /// Notes that groups up to `end` are durable; `next` are the offsets that follow them.
    pub fn grow(&self, end: usize, next: &[u64]) {
        let mut durable = self.durable.lock().unwrap_or_else(PoisonError::into_inner);
        durable.end = end;
        let indexed = durable.index.last().map_or(0, |entry| entry.position);
        if end - indexed >= INDEX_STEP {
            durable.index.push(IndexEntry { position: end, next: next.into() });
        }
    }

    /// Where to begin to look for the record at `offset`, at the latest.
    pub fn position_before(&self, partition: usize, offset: u64) -> usize {
        let durable = self.durable.lock().unwrap_or_else(PoisonError::into_inner);
        let after = durable.index.partition_point(|entry| entry.next[partition] <= offset);
        match after.checked_sub(1) {
            Some(at) => durable.index[at].position,
            None => SegmentHeader::bytes_len(self.header.next.len()),
        }
    }

    /// What a group at `position` has to say of its own place.
    pub fn place(&self, position: usize) -> u64 {
        place(self.header.sequence, position)
    }
}

/// All segments, oldest first; the last is the one being written. Never empty.
#[derive(Debug)]
pub struct Segments(Mutex<VecDeque<Arc<Segment>>>);

impl Segments {
    pub fn new(segments: VecDeque<Arc<Segment>>) -> Self {
        Self(Mutex::new(segments))
    }

    pub fn push(&self, segment: Arc<Segment>) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push_back(segment);
    }

    /// The segment that has the record at `offset`, and the one after it; `None` when it was deleted.
    pub fn find(&self, partition: usize, offset: u64) -> Option<Arc<Segment>> {
        let segments = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let after = segments.partition_point(|segment| segment.header.next[partition] <= offset);
        after.checked_sub(1).map(|at| segments[at].clone())
    }

    /// The segment after the one with this number.
    pub fn following(&self, sequence: u64) -> Option<Arc<Segment>> {
        let segments = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        segments.iter().find(|segment| segment.header.sequence > sequence).cloned()
    }

    /// The oldest segment, if all of its records are before `trimmed`.
    pub fn oldest_before(&self, trimmed: &[u64]) -> Option<Arc<Segment>> {
        let segments = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let next = segments.get(1)?;
        let is_over = next.header.next.iter().zip(trimmed).all(|(end, before)| end <= before);
        is_over.then(|| segments[0].clone())
    }

    /// Takes the oldest one away.
    pub fn remove_oldest(&self) {
        let mut segments = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        assert!(segments.len() > 1, "the segment being written is never removed");
        segments.pop_front();
    }
}

/// The file of the segment with this number.
pub fn segment_path(directory: &Path, sequence: u64) -> PathBuf {
    directory.join(format!("{sequence:010}.{EXTENSION}"))
}

/// The number in a segment's name; `None` for other files.
pub fn sequence_of(path: &Path) -> Option<u64> {
    let is_segment = path.extension().is_some_and(|extension| extension == EXTENSION);
    is_segment.then(|| path.file_stem()?.to_str()?.parse().ok()).flatten()
}
