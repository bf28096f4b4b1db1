//! Writing a trace.

use super::blocks::Sink;
use super::{BLOCK_BYTES_MAX, Header, MAGIC, Problem, TraceError, VERSION, arrival};
use crate::plan::{Arrival, Intent, Plan};
use crate::whole_file::WholeFile;
use std::io::{self, Write};
use std::path::Path;
use std::time::Duration;

/// A block is written as soon as it may have no room for one more arrival.
const BLOCK_BYTES: usize = BLOCK_BYTES_MAX - 64;

/// How much was recorded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Recorded {
    /// Arrivals.
    pub arrivals: u64,
    /// Those of them that are booking requests.
    pub bookings: u64,
    /// Bytes of the file.
    pub bytes: u64,
}

/// Writes the traffic that `header` describes to `path`, whole or not at all.
///
/// # Errors
/// When it cannot be written; what was there before is there still.
pub fn record(path: &Path, header: &Header) -> Result<Recorded, TraceError> {
    let write = || {
        let directory = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let mut file = WholeFile::new_in(directory)?;
        let recorded = write(&mut file, header, Plan::new(header.plan.clone()))?;
        file.sync()?;
        file.keep(path)?;
        Ok(recorded)
    };
    write().map_err(|error: io::Error| Problem::Write(error).of(path))
}

/// Writes a trace of `arrivals`.
pub(super) fn write(to: impl Write, header: &Header, arrivals: impl Iterator<Item = Arrival>) -> io::Result<Recorded> {
    let mut sink = Sink::new(to);
    sink.put(MAGIC)?;
    sink.put(&VERSION.to_le_bytes())?;
    sink.block(&header.to_bytes())?;
    let (mut recorded, mut block, mut before) = (Recorded::default(), Vec::new(), Duration::ZERO);
    for arrival in arrivals {
        arrival::put(&mut block, &arrival, before);
        before = arrival.at;
        recorded.arrivals += 1;
        recorded.bookings += u64::from(arrival.intent != Intent::Browse);
        if block.len() > BLOCK_BYTES {
            sink.block(&block)?;
            block.clear();
        }
    }
    // An empty one is the end.
    if !block.is_empty() {
        sink.block(&block)?;
    }
    sink.block(&[])?;
    sink.put(&recorded.arrivals.to_le_bytes())?;
    sink.put(&recorded.bookings.to_le_bytes())?;
    recorded.bytes = sink.bytes + 4;
    sink.end()?;
    Ok(recorded)
}
