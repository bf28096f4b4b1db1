//! The log as the engine sees it: opened, appended to, read, trimmed, closed.

use super::active::Active;
use super::error::{LogError, TornTail};
use super::header::SegmentHeader;
use super::options::{LogOptions, RECORD_BYTES_MAX};
use super::pending::{Append, Pending};
use super::reader::LocalReader;
use super::recover::{Recovered, recover};
use super::segment::Segments;
use super::shared::Shared;
use super::tail::Tail;
use super::trim::Trims;
use super::writer::Writer;
use crate::embedded::DataDir;
use bytes::Bytes;
use crossbeam_channel::{Sender, TrySendError, bounded};
use rowlock_engine::ids::{Offset, PartitionId};
use rowlock_engine::ports::{AppendDone, AppendError, CommandAppender, CommandLog, ReadError};
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError, RwLock};
use std::thread::JoinHandle;

const DIRECTORY: &str = "log";

/// The command log of one process, in its data directory. Clones share it; the last one closes it.
#[derive(Clone, Debug)]
pub struct LocalLog(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    shared: Arc<Shared>,
    /// `None` once the log is closed: then no more records can slip behind the writer's last look.
    queue: RwLock<Option<Sender<Append>>>,
    writer: Mutex<Option<JoinHandle<()>>>,
    torn: Option<TornTail>,
    _data_dir: DataDir,
}

impl LocalLog {
    /// Opens the log in `data_dir`, or makes it. Reads all of it once, to be sure that it is whole: this blocks.
    ///
    /// # Errors
    /// `LogError`: what is wrong, where, and what to do.
    pub fn open(data_dir: &DataDir, partitions: u16, options: LogOptions) -> Result<Self, LogError> {
        let directory = data_dir.subdirectory(DIRECTORY).map_err(|error| LogError::io(data_dir.path(), &error))?;
        let trims = Trims::open(&directory, partitions)?;
        let Recovered { mut segments, cursor, torn } = recover(&directory, partitions, &trims)?;
        let active = match segments.back() {
            Some(last) => Active::reopen(last.clone()).map_err(|error| LogError::io(&last.path, &error))?,
            None => {
                let header = SegmentHeader { sequence: 0, stamp: cursor.stamp, next: cursor.next.clone() };
                let created = Active::create(&directory, header, options.allocate_bytes);
                created.map_err(|error| LogError::io(&directory, &error))?
            }
        };
        if segments.is_empty() {
            segments.push_back(active.segment.clone());
        }
        let shared = Arc::new(Shared {
            options,
            segments: Segments::new(segments),
            trims,
            tails: cursor.next.iter().map(|end| Tail::new(*end)).collect(),
            queued_bytes: AtomicUsize::new(0),
            failure: OnceLock::new(),
        });
        let (queue, receiver) = bounded(options.queue_records_max);
        let writer = Writer {
            shared: shared.clone(),
            queue: receiver,
            directory: directory.clone(),
            active,
            pending: Pending::new(cursor.next.len()),
            next: cursor.next,
            stamp: cursor.stamp,
            buffer: Vec::new(),
            unsealed: false,
            is_disk_full: false,
            last_records: 0,
        };
        let writer = spawn(writer, &directory)?;
        let (queue, writer) = (RwLock::new(Some(queue)), Mutex::new(Some(writer)));
        Ok(Self(Arc::new(Inner { shared, queue, writer, torn, _data_dir: data_dir.clone() })))
    }

    /// The torn last write that opening the log cut off.
    #[must_use]
    pub fn recovered(&self) -> Option<&TornTail> {
        self.0.torn.as_ref()
    }

    /// Why the log takes no more records in this process, when the disk failed it.
    #[must_use]
    pub fn failure(&self) -> Option<&str> {
        self.0.shared.failure.get().map(String::as_str)
    }

    /// Takes no more records, writes those that are queued, and waits until they are durable: this blocks.
    /// Readers get what is there, then an error.
    pub fn close(&self) {
        self.0.close();
    }

    fn end_of(&self, partition: PartitionId) -> u64 {
        self.0.shared.tail(partition).end()
    }
}

impl Inner {
    fn close(&self) {
        self.queue.write().unwrap_or_else(PoisonError::into_inner).take();
        let writer = self.writer.lock().unwrap_or_else(PoisonError::into_inner).take();
        // The last clone may be dropped by a callback, which runs on the writer: it ends by itself.
        let Some(writer) = writer.filter(|writer| writer.thread().id() != std::thread::current().id()) else { return };
        if writer.join().is_err() {
            tracing::error!("the log's writer panicked");
        }
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        self.close();
    }
}

fn spawn(writer: Writer, directory: &Path) -> Result<JoinHandle<()>, LogError> {
    let thread = std::thread::Builder::new().name("log-writer".to_owned());
    thread.spawn(move || writer.run()).map_err(|error| LogError::io(directory, &error))
}

impl CommandAppender for LocalLog {
    /// # Panics
    /// When the log has no such partition, or the record is longer than [`RECORD_BYTES_MAX`].
    fn append(&self, partition: PartitionId, payload: Bytes, done: AppendDone) -> Result<(), AppendError> {
        let shared = &self.0.shared;
        assert!(usize::from(partition.0) < shared.tails.len(), "the log has no partition {partition}");
        assert!(payload.len() <= RECORD_BYTES_MAX, "a record of {} bytes is longer than any may be", payload.len());
        let queue = self.0.queue.read().unwrap_or_else(PoisonError::into_inner);
        let Some(queue) = queue.as_ref() else { return Err(AppendError::Closed("it was closed".to_owned())) };
        if let Some(reason) = shared.failure.get() {
            return Err(AppendError::Closed(reason.clone()));
        }
        let bytes = payload.len();
        if shared.queued_bytes.fetch_add(bytes, Ordering::Relaxed) + bytes > shared.options.queue_bytes_max {
            shared.queued_bytes.fetch_sub(bytes, Ordering::Relaxed);
            return Err(AppendError::QueueFull);
        }
        queue.try_send(Append { partition: partition.0, payload, done }).map_err(|error| {
            shared.queued_bytes.fetch_sub(bytes, Ordering::Relaxed);
            match error {
                TrySendError::Full(_) => AppendError::QueueFull,
                TrySendError::Disconnected(_) => {
                    AppendError::Closed("its writer is gone: restart the service".to_owned())
                }
            }
        })
    }
}

impl CommandLog for LocalLog {
    type Reader = LocalReader;

    async fn reader(&self, partition: PartitionId, from: Offset) -> Result<LocalReader, ReadError> {
        self.0.shared.check_trimmed(partition, from.0)?;
        Ok(LocalReader::new(self.0.shared.clone(), partition, from.0))
    }

    async fn end(&self, partition: PartitionId) -> Result<Offset, ReadError> {
        Ok(Offset(self.end_of(partition)))
    }

    async fn trim(&self, partition: PartitionId, before: Offset) -> Result<(), ReadError> {
        let (shared, before) = (self.0.shared.clone(), before.0.min(self.end_of(partition)));
        let trimmed =
            tokio::task::spawn_blocking(move || shared.trims.trim(&shared.segments, usize::from(partition.0), before));
        let trimmed = trimmed.await.map_err(|error| ReadError::Backend(format!("trimming the log: {error}")))?;
        trimmed.map_err(|error| ReadError::Backend(format!("trimming the log: {error}")))
    }
}
