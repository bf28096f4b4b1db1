//! The segment being written: room first, then one write and one sync for each group.

use super::header::SegmentHeader;
use super::segment::{Segment, segment_path};
use crate::embedded::files;
use rustix::fs::{FallocateFlags, fallocate};
use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::sync::Arc;

/// The file that groups are appended to.
#[derive(Debug)]
pub struct Active {
    pub segment: Arc<Segment>,
    file: File,
    /// Where the next group goes.
    position: usize,
    /// Up to where the disk has given its word that there is room.
    allocated: u64,
}

impl Active {
    /// Makes the segment that `header` begins, with its first room. Leaves nothing behind when it fails.
    pub fn create(directory: &Path, header: SegmentHeader, room: u64) -> io::Result<Self> {
        let path = segment_path(directory, header.sequence);
        let unfinished = files::unfinished(&path);
        let made = Self::prepare(&unfinished, &header.encode(), room);
        if made.is_err() {
            // The error to report is the first one.
            let _ = std::fs::remove_file(&unfinished);
        }
        let (file, allocated) = made?;
        files::finish(&unfinished, &path)?;
        let position = SegmentHeader::bytes_len(header.next.len());
        Ok(Self { segment: Arc::new(Segment::new(path, header)), file, position, allocated })
    }

    fn prepare(path: &Path, header: &[u8], room: u64) -> io::Result<(File, u64)> {
        let file = File::create(path)?;
        let allocated = header.len() as u64 + room;
        fallocate(&file, FallocateFlags::empty(), 0, allocated)?;
        file.write_all_at(header, 0)?;
        file.sync_all()?;
        Ok((file, allocated))
    }

    /// Goes on in a segment that was recovered.
    pub fn reopen(segment: Arc<Segment>) -> io::Result<Self> {
        let file = File::options().write(true).open(&segment.path)?;
        let (position, allocated) = (segment.end(), file.metadata()?.len());
        Ok(Self { segment, file, position, allocated })
    }

    pub fn position(&self) -> usize {
        self.position
    }

    /// What a group that goes there has to say of its place.
    pub fn place(&self) -> u64 {
        self.segment.place(self.position)
    }

    /// Whether no group has been written yet.
    pub fn is_empty(&self) -> bool {
        self.position == SegmentHeader::bytes_len(self.segment.header.next.len())
    }

    /// Makes sure that there is room for `len` bytes, and allocates `step` ahead where there is not.
    pub fn reserve(&mut self, len: usize, step: u64) -> io::Result<()> {
        let needed = (self.position + len) as u64;
        if needed <= self.allocated {
            return Ok(());
        }
        let ahead = self.extend((self.allocated + step).max(needed));
        match ahead {
            // The last of the room is still good for this group.
            Err(error) if files::is_no_space(&error) => self.extend(needed),
            ahead => ahead,
        }
    }

    fn extend(&mut self, to: u64) -> io::Result<()> {
        fallocate(&self.file, FallocateFlags::empty(), self.allocated, to - self.allocated)?;
        self.allocated = to;
        Ok(())
    }

    /// Writes a whole group and makes it durable. After an error nobody knows what is on the disk.
    pub fn write(&mut self, group: &[u8]) -> io::Result<()> {
        self.file.write_all_at(group, self.position as u64)?;
        self.file.sync_data()?;
        self.position += group.len();
        Ok(())
    }

    /// Gives back the room that was allocated ahead.
    pub fn give_back(&self) {
        if let Err(error) = self.file.set_len(self.position as u64) {
            tracing::warn!(path = %self.segment.path.display(), %error, "room allocated ahead was not given back");
        }
    }
}
