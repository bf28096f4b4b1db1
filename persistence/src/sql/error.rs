//! What can go wrong with the database, in words for whoever runs the service.

use std::path::PathBuf;
use std::time::Duration;

/// Why the database did not do what it was asked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DbError {
    /// Another user has this e-mail address.
    #[error("another user has this e-mail address")]
    EmailTaken,
    /// The cursor was not made by the list that it came back to.
    #[error("the cursor is not one that this list gave out")]
    BadCursor,
    /// The file cannot be opened or created.
    #[error("{}: cannot be opened: {cause}; check that its directory exists and belongs to the user that runs this", path.display())]
    CannotOpen {
        /// The database's file.
        path: PathBuf,
        /// In the database's words.
        cause: String,
    },
    /// The file can be read and not written.
    #[error("{}: cannot be written: {cause}; check the permissions of the file and its directory, and that the disk is not mounted read-only", path.display())]
    NotWritable {
        /// The database's file.
        path: PathBuf,
        /// In the database's words.
        cause: String,
    },
    /// The file is no database, or one that is damaged.
    #[error("{}: damaged, or not a SQLite database: {cause}; stop the service, keep the file, and put a backup in its place", path.display())]
    Damaged {
        /// The database's file.
        path: PathBuf,
        /// In the database's words.
        cause: String,
    },
    /// The disk is full.
    #[error("{}: no room on the disk; make room, nothing was lost", path.display())]
    NoSpace {
        /// The database's file.
        path: PathBuf,
    },
    /// A newer build has been here.
    #[error("{}: written by a newer build (it has migration {version}, which this build does not know); run that build, or put a backup from before it in place", path.display())]
    Newer {
        /// The database's file.
        path: PathBuf,
        /// The migration that is not known.
        version: i64,
    },
    /// A migration was applied that reads differently in this build.
    #[error("{}: made by another build (its migration {version} is not this build's); run the build that made it", path.display())]
    Foreign {
        /// The database's file.
        path: PathBuf,
        /// The migration that differs.
        version: i64,
    },
    /// No answer in time. A write may have been made all the same.
    #[error("{}: no answer within {limit:?}", path.display())]
    TimedOut {
        /// The database's file.
        path: PathBuf,
        /// How long was waited.
        limit: Duration,
    },
    /// Anything else.
    #[error("{}: {cause}", path.display())]
    Backend {
        /// The database's file.
        path: PathBuf,
        /// In the database's words.
        cause: String,
    },
}
