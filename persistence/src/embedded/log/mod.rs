//! The command log in files: many records, one sync.

mod active;
mod error;
mod format;
mod header;
mod history;
mod local;
mod options;
mod pending;
mod reader;
mod recover;
mod scan;
mod segment;
mod shared;
mod tail;
mod trim;
mod writer;

pub use error::{LogError, TornTail};
pub use local::LocalLog;
pub use options::{
    ALLOCATE_BYTES, BATCH_BYTES_MAX, BATCH_RECORDS_MAX, GROUP_BYTES_MAX, GROUP_RECORDS_MAX, LogOptions,
    QUEUE_BYTES_MAX, QUEUE_RECORDS_MAX, RECORD_BYTES_MAX, SEGMENT_BYTES, TAIL_BYTES_MAX,
};
pub use reader::LocalReader;
