//! Where reports go: room is set aside before the run, and a report is there whole or not at all.

use crate::whole_file::WholeFile;
use std::fs::File;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Bytes that a report has whatever happens: its style, its plots, its violations.
const BYTES: u64 = 2 << 20;
/// Bytes that each second of a run adds.
const BYTES_PER_SECOND: u64 = 512;

/// A directory with room for reports, which is taken until they are written.
pub struct Room {
    directory: PathBuf,
    /// It has no name: whatever ends the run, nothing stays behind.
    taken: File,
}

impl Room {
    /// Takes the room that the reports of a run of `duration` need.
    ///
    /// # Errors
    /// When the directory cannot be written, or has too little room.
    pub fn take(directory: &Path, duration: Duration) -> io::Result<Self> {
        let taken = tempfile::tempfile_in(directory)?;
        let bytes = BYTES + duration.as_secs().saturating_mul(BYTES_PER_SECOND);
        match rustix::fs::fallocate(&taken, rustix::fs::FallocateFlags::empty(), 0, bytes) {
            // Not every file system can set room aside; there is still the way to write and see.
            Ok(()) | Err(rustix::io::Errno::OPNOTSUPP) => Ok(Self { directory: directory.to_owned(), taken }),
            Err(error) => Err(error.into()),
        }
    }

    /// Writes the reports, each under its name, and says where they are.
    ///
    /// # Errors
    /// When one cannot be written; then those that were there before are there still.
    pub fn fill(self, reports: &[(&str, String)]) -> io::Result<Vec<PathBuf>> {
        drop(self.taken);
        let mut written = Vec::with_capacity(reports.len());
        for (name, text) in reports {
            let mut file = WholeFile::new_in(&self.directory)?;
            file.write_all(text.as_bytes())?;
            file.sync()?;
            written.push((file, self.directory.join(name)));
        }
        let mut paths = Vec::with_capacity(reports.len());
        for (file, path) in written {
            file.keep(&path)?;
            paths.push(path);
        }
        Ok(paths)
    }
}

#[cfg(test)]
mod tests {
    use super::Room;
    use std::time::Duration;

    #[test]
    fn reports_replace_those_before() {
        let directory = tempfile::tempdir().unwrap();
        for text in ["one", "two"] {
            let room = Room::take(directory.path(), Duration::from_secs(1)).unwrap();
            let written = room.fill(&[("a", text.to_owned()), ("b", String::new())]).unwrap();
            assert_eq!(written, [directory.path().join("a"), directory.path().join("b")]);
            assert_eq!(std::fs::read_to_string(&written[0]).unwrap(), text);
        }
        assert_eq!(std::fs::read_dir(directory.path()).unwrap().count(), 2, "nothing else stays behind");
    }
}
