//! Opens what a process before this one wrote: every segment is read once, from the oldest to the last.

use super::error::{LogError, TornTail};
use super::scan::{self, Cursor};
use super::segment::{Segment, segment_path, sequence_of};
use super::trim::Trims;
use crate::embedded::files;
use rowlock_engine::ids::TimeMs;
use std::collections::VecDeque;
use std::fs::File;
use std::io::Read;
use std::path::Path;
use std::sync::Arc;

/// What was found.
#[derive(Debug)]
pub struct Recovered {
    /// Empty in a new directory.
    pub segments: VecDeque<Arc<Segment>>,
    /// Where every partition goes on.
    pub cursor: Cursor,
    pub torn: Option<TornTail>,
}

/// Reads the segments in `directory`, and cuts off a torn last write.
pub fn recover(directory: &Path, partitions: u16, trims: &Trims) -> Result<Recovered, LogError> {
    files::delete_unfinished(directory).map_err(|error| LogError::io(directory, &error))?;
    let sequences = sequences(directory)?;
    let next = vec![0; usize::from(partitions)];
    let mut cursor = Cursor { sequence: *sequences.first().unwrap_or(&0), next, stamp: TimeMs(0) };
    let (mut segments, mut torn, mut content) = (VecDeque::new(), None, Vec::new());
    for sequence in &sequences {
        let path = segment_path(directory, cursor.sequence);
        if *sequence != cursor.sequence {
            return Err(LogError::MissingSegment { path });
        }
        read(&path, &mut content)?;
        let header = scan::header(&path, &content, *sequence, partitions)?;
        if segments.is_empty() {
            begins_where_trimmed(directory, &header.next, *sequence, trims)?;
            cursor.next.clone_from(&header.next);
        }
        let segment = Segment::new(path, header);
        torn = scan::groups(&segment, &content, &mut cursor, sequences.last() == Some(sequence))?;
        segments.push_back(Arc::new(segment));
        cursor.sequence += 1;
    }
    ends_behind_trims(directory, &cursor, trims)?;
    if let Some(torn) = &torn {
        cut(torn)?;
    }
    Ok(Recovered { segments, cursor, torn })
}

fn sequences(directory: &Path) -> Result<Vec<u64>, LogError> {
    let entries = std::fs::read_dir(directory).and_then(|entries| entries.collect::<Result<Vec<_>, _>>());
    let entries = entries.map_err(|error| LogError::io(directory, &error))?;
    let mut sequences: Vec<u64> = entries.iter().filter_map(|entry| sequence_of(&entry.path())).collect();
    sequences.sort_unstable();
    Ok(sequences)
}

fn read(path: &Path, content: &mut Vec<u8>) -> Result<(), LogError> {
    content.clear();
    let read = File::open(path).and_then(|mut file| file.read_to_end(content));
    read.map(|_| ()).map_err(|error| LogError::io(path, &error))
}

/// What comes before the first segment must have been trimmed.
fn begins_where_trimmed(directory: &Path, first: &[u64], sequence: u64, trims: &Trims) -> Result<(), LogError> {
    if first.iter().zip(trims.all()).all(|(first, before)| *first <= before) {
        return Ok(());
    }
    Err(LogError::MissingSegment { path: segment_path(directory, sequence.saturating_sub(1)) })
}

/// Nobody trims what was never written: the last segments must be there.
fn ends_behind_trims(directory: &Path, cursor: &Cursor, trims: &Trims) -> Result<(), LogError> {
    if cursor.next.iter().zip(trims.all()).all(|(next, before)| before <= *next) {
        return Ok(());
    }
    Err(LogError::MissingSegment { path: segment_path(directory, cursor.sequence) })
}

/// Cuts a torn write off durably, so that the next group begins where it began.
fn cut(torn: &TornTail) -> Result<(), LogError> {
    tracing::warn!(
        path = %torn.path.display(), position = torn.position, bytes = torn.bytes,
        "the last write to the log was cut short by a crash; nothing of it was acknowledged, it is cut off"
    );
    let cut = File::options().write(true).open(&torn.path).and_then(|file| {
        file.set_len(torn.position)?;
        file.sync_all()
    });
    cut.map_err(|error| LogError::io(&torn.path, &error))
}
