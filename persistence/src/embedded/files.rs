//! Files that are whole or not there, and the errors that mean a full disk.

use std::fs::File;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// The ending of files that are not finished; whoever finds one may delete it.
const UNFINISHED: &str = "unfinished";

/// Makes a change of a directory's entries durable.
pub fn sync_directory(path: &Path) -> io::Result<()> {
    File::open(path)?.sync_all()
}

/// Writes `bytes` durably to a new file at `path`; leaves nothing there when it fails. Its directory is not synced.
pub fn write_new(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let written = File::create(path).and_then(|mut file| {
        file.write_all(bytes)?;
        file.sync_all()
    });
    if written.is_err() {
        // The error to report is the first one.
        let _ = std::fs::remove_file(path);
    }
    written
}

/// Puts `bytes` durably in the place of the file at `path`, or leaves that file as it was.
pub fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let unfinished = unfinished(path);
    write_new(&unfinished, bytes)?;
    finish(&unfinished, path)
}

/// Where the file at `path` is written until it is whole.
pub fn unfinished(path: &Path) -> PathBuf {
    path.with_added_extension(UNFINISHED)
}

/// Gives a file that is whole its name, durably.
pub fn finish(unfinished: &Path, path: &Path) -> io::Result<()> {
    let finished = std::fs::rename(unfinished, path);
    if finished.is_err() {
        // The error to report is the first one.
        let _ = std::fs::remove_file(unfinished);
    }
    finished.and_then(|()| sync_directory(path.parent().expect("a file is in a directory")))
}

/// Deletes what a process that died left unfinished in `directory`.
pub fn delete_unfinished(directory: &Path) -> io::Result<()> {
    for entry in std::fs::read_dir(directory)? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == UNFINISHED) {
            std::fs::remove_file(path)?;
        }
    }
    Ok(())
}

/// Whether `error` says that there is no room, on the disk or within a quota.
pub fn is_no_space(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded)
}
