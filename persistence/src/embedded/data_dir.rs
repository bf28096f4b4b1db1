//! The directory that all embedded backends share: locked, and of a known format.

use super::files;
use serde::{Deserialize, Serialize};
use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The format of data directories that this build writes, and the only one it reads.
const FORMAT: u32 = 1;
const LOCK_FILE: &str = "lock";
const LAYOUT_FILE: &str = "layout.json";

/// Why a data directory could not be opened.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OpenError {
    /// Another process works on it.
    #[error("{}: another process is using this data directory; stop it, or choose another directory", path.display())]
    InUse {
        /// The directory.
        path: PathBuf,
    },
    /// The file system refused.
    #[error("{}: {cause}; check that it is there, belongs to the user that runs this, and has room", path.display())]
    Io {
        /// The file or directory.
        path: PathBuf,
        /// In the system's words.
        cause: String,
    },
    /// What is kept there was split into another number of partitions.
    #[error("{}: holds {stored} partitions, {asked} are asked for; the number cannot change: ask for {stored}", path.display())]
    OtherPartitions {
        /// The directory.
        path: PathBuf,
        /// How many it has.
        stored: u16,
        /// How many were asked for.
        asked: u16,
    },
    /// Another build has been here.
    #[error("{}: format {found} is not known, this build reads format {FORMAT}: run a build that knows it", path.display())]
    UnknownFormat {
        /// The file that says so.
        path: PathBuf,
        /// The format it names.
        found: u32,
    },
    /// The file that describes the directory cannot be read.
    #[error("{}: damaged: {problem}; put the file back from a backup", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        problem: String,
    },
}

/// What the directory says of itself.
#[derive(Debug, Serialize, Deserialize)]
struct Layout {
    format: u32,
    partitions: u16,
}

/// Only the format, so that it can be told even when the rest reads differently.
#[derive(Debug, Deserialize)]
struct LayoutFormat {
    format: u32,
}

/// An open data directory. Clones share the lock; it is let go with the last of them.
#[derive(Clone, Debug)]
pub struct DataDir(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    path: PathBuf,
    lock: File,
}

impl DataDir {
    /// Opens `path`, making it if need be, for this process alone.
    ///
    /// # Errors
    /// `InUse` when another process has it; else what the file system says.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, OpenError> {
        let path = path.as_ref().to_path_buf();
        std::fs::create_dir_all(&path).map_err(|error| io(&path, &error))?;
        let lock_path = path.join(LOCK_FILE);
        let lock = File::options().create(true).truncate(false).write(true).open(&lock_path);
        let lock = lock.map_err(|error| io(&lock_path, &error))?;
        match lock.try_lock() {
            Ok(()) => Ok(Self(Arc::new(Inner { path, lock }))),
            Err(TryLockError::WouldBlock) => Err(OpenError::InUse { path }),
            Err(TryLockError::Error(error)) => Err(io(&lock_path, &error)),
        }
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.0.path
    }

    /// The number of partitions that the directory was made for; a new one remembers `asked`.
    ///
    /// # Errors
    /// `OtherPartitions` when it is another than `asked`, `UnknownFormat` or `Damaged` when it cannot be told.
    pub fn partitions(&self, asked: u16) -> Result<u16, OpenError> {
        let path = self.path().join(LAYOUT_FILE);
        let bytes = match std::fs::read(&path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return self.remember(&path, asked),
            Err(error) => return Err(io(&path, &error)),
        };
        let damaged = |error: serde_json::Error| OpenError::Damaged { path: path.clone(), problem: error.to_string() };
        let LayoutFormat { format } = serde_json::from_slice(&bytes).map_err(damaged)?;
        if format != FORMAT {
            return Err(OpenError::UnknownFormat { path, found: format });
        }
        let Layout { partitions: stored, .. } = serde_json::from_slice(&bytes).map_err(damaged)?;
        if stored == asked {
            return Ok(stored);
        }
        Err(OpenError::OtherPartitions { path: self.path().to_path_buf(), stored, asked })
    }

    fn remember(&self, path: &Path, partitions: u16) -> Result<u16, OpenError> {
        let layout = serde_json::to_vec(&Layout { format: FORMAT, partitions }).expect("numbers always encode");
        files::replace(path, &layout).map_err(|error| io(path, &error))?;
        Ok(partitions)
    }

    /// A directory in this one, made if need be.
    pub(super) fn subdirectory(&self, name: &str) -> std::io::Result<PathBuf> {
        let path = self.path().join(name);
        if !path.is_dir() {
            std::fs::create_dir_all(&path)?;
            files::sync_directory(path.parent().expect("it is in this directory"))?;
            files::sync_directory(self.path())?;
        }
        Ok(path)
    }
}

impl Drop for Inner {
    /// Closing the file would do, if no child process had it open until it has become another program.
    fn drop(&mut self) {
        if let Err(error) = self.lock.unlock() {
            tracing::warn!(path = %self.path.display(), %error, "the data directory was not unlocked");
        }
    }
}

fn io(path: &Path, error: &std::io::Error) -> OpenError {
    OpenError::Io { path: path.to_path_buf(), cause: error.to_string() }
}
