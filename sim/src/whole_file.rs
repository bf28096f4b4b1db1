//! A file that is there whole or not at all.

use std::io::{self, BufWriter, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use tempfile::NamedTempFile;

/// As a file is made otherwise: whatever the umask leaves of it.
const READABLE: u32 = 0o666;

/// A file under another name, until everything is written.
pub struct WholeFile(BufWriter<NamedTempFile>);

impl WholeFile {
    /// In `directory`, where it stays if it is kept.
    ///
    /// # Errors
    /// When the directory cannot be written.
    pub fn new_in(directory: &Path) -> io::Result<Self> {
        let permissions = std::fs::Permissions::from_mode(READABLE);
        Ok(Self(BufWriter::new(tempfile::Builder::new().permissions(permissions).tempfile_in(directory)?)))
    }

    /// Makes sure that everything is on the disk; some file systems only find out here that they are full.
    ///
    /// # Errors
    /// When it is not.
    pub fn sync(&mut self) -> io::Result<()> {
        self.0.flush()?;
        self.0.get_ref().as_file().sync_all()
    }

    /// Gives it its name, in place of whatever had it.
    ///
    /// # Errors
    /// When it cannot have it; then it is gone, and what had the name is there still.
    pub fn keep(self, path: &Path) -> io::Result<()> {
        let file = self.0.into_inner().map_err(io::IntoInnerError::into_error)?;
        file.persist(path)?;
        Ok(())
    }
}

impl Write for WholeFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}
