//! How far each partition may be forgotten, remembered over restarts.

use super::error::LogError;
use super::segment::Segments;
use crate::embedded::files;
use bytes::{Buf, BufMut};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

const FILE: &str = "trimmed";
const MAGIC: &[u8; 8] = b"ROWLTRIM";

/// The first offset of every partition that is still wanted.
#[derive(Debug)]
pub struct Trims {
    directory: PathBuf,
    before: Mutex<Vec<u64>>,
    /// Held while the file and the segments change.
    changing: Mutex<()>,
}

impl Trims {
    /// Reads what is remembered in `directory`: nothing trimmed, where nothing is.
    pub fn open(directory: &Path, partitions: u16) -> Result<Self, LogError> {
        let path = directory.join(FILE);
        let before = match std::fs::read(&path) {
            Ok(bytes) => decode(&bytes, partitions)
                .ok_or_else(|| LogError::damaged(&path, 0, "these are not the points where the log was trimmed"))?,
            Err(error) if error.kind() == io::ErrorKind::NotFound => vec![0; usize::from(partitions)],
            Err(error) => return Err(LogError::io(&path, &error)),
        };
        Ok(Self { directory: directory.to_path_buf(), before: Mutex::new(before), changing: Mutex::new(()) })
    }

    /// The first offset of `partition` that may be read.
    pub fn before(&self, partition: usize) -> u64 {
        self.before.lock().unwrap_or_else(PoisonError::into_inner)[partition]
    }

    pub fn all(&self) -> Vec<u64> {
        self.before.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Remembers durably that `partition` is not wanted before `offset`, then deletes segments that nobody wants.
    pub fn trim(&self, segments: &Segments, partition: usize, offset: u64) -> io::Result<()> {
        let _changing = self.changing.lock().unwrap_or_else(PoisonError::into_inner);
        let mut before = self.all();
        if offset > before[partition] {
            before[partition] = offset;
            files::replace(&self.directory.join(FILE), &encode(&before))?;
            (*self.before.lock().unwrap_or_else(PoisonError::into_inner)).clone_from(&before);
        }
        while let Some(oldest) = segments.oldest_before(&before) {
            // Readers must not find a file gone whose records they may still ask for.
            segments.remove_oldest();
            std::fs::remove_file(&oldest.path)?;
            // One by one: after a crash, the oldest ones may be missing, never one between others.
            files::sync_directory(&self.directory)?;
        }
        Ok(())
    }
}

fn encode(before: &[u64]) -> Vec<u8> {
    let mut bytes = Vec::new();
    bytes.put_slice(MAGIC);
    before.iter().for_each(|offset| bytes.put_u64_le(*offset));
    let crc = crc32fast::hash(&bytes);
    bytes.put_u32_le(crc);
    bytes
}

fn decode(bytes: &[u8], partitions: u16) -> Option<Vec<u64>> {
    let (content, mut crc) = bytes.split_at_checked(bytes.len().checked_sub(4)?)?;
    let mut offsets = content.strip_prefix(MAGIC)?;
    let is_whole = crc.get_u32_le() == crc32fast::hash(content) && offsets.len() == 8 * usize::from(partitions);
    is_whole.then(|| (0..partitions).map(|_| offsets.get_u64_le()).collect())
}
