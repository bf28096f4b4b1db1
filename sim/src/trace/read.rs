//! Reading a trace: once to see that it is whole, and once more while the run goes on.

use super::blocks::Source;
use super::{Header, MAGIC, Problem, TraceError, VERSION, arrival};
use crate::plan::{Arrival, Intent};
use std::fs::File;
use std::io::{BufReader, Read, Seek};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// A trace that was read to its end once, and is whole.
pub struct Trace {
    /// What it was made with.
    pub header: Header,
    /// Booking requests in it.
    pub bookings: u64,
    path: PathBuf,
    file: File,
}

/// The arrivals of a trace. Those of a trace that changes meanwhile end where it can no longer be read.
pub struct Replay {
    arrivals: Arrivals<BufReader<File>>,
    speed: f64,
    path: PathBuf,
    problem: Option<Problem>,
}

/// The arrivals of a trace as it is read, each one checked.
pub(super) struct Arrivals<R> {
    source: Source<R>,
    pub header: Header,
    block: Vec<u8>,
    /// How much of the block was taken.
    taken: usize,
    before: Duration,
    arrivals: u64,
    pub bookings: u64,
    has_ended: bool,
}

impl Trace {
    /// Reads the trace in the file at `path` to its end.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn open(path: &Path) -> Result<Self, TraceError> {
        Self::check(path).map_err(|problem| problem.of(path))
    }

    fn check(path: &Path) -> Result<Self, Problem> {
        let file = File::open(path).map_err(Problem::Read)?;
        let mut arrivals = Arrivals::read(BufReader::new(file.try_clone().map_err(Problem::Read)?))?;
        while arrivals.next()?.is_some() {}
        let Arrivals { header, bookings, .. } = arrivals;
        Ok(Self { header, bookings, path: path.to_owned(), file })
    }

    /// Its arrivals, `speed` times as fast, whoever thinks included.
    ///
    /// # Errors
    /// When it can no longer be read.
    pub fn replay(self, speed: f64) -> Result<Replay, TraceError> {
        let Self { path, mut file, .. } = self;
        let rewound = file.rewind().map_err(Problem::Read).and_then(|()| Arrivals::read(BufReader::new(file)));
        let arrivals = rewound.map_err(|problem| problem.of(&path))?;
        Ok(Replay { arrivals, speed, path, problem: None })
    }
}

impl Replay {
    /// Why it ended before its end, if it did.
    pub fn problem(&mut self) -> Option<TraceError> {
        self.problem.take().map(|problem| problem.of(&self.path))
    }
}

impl Iterator for Replay {
    type Item = Arrival;

    fn next(&mut self) -> Option<Arrival> {
        let mut arrival = self.arrivals.next().unwrap_or_else(|problem| {
            self.problem = Some(problem);
            None
        })?;
        arrival.at = arrival.at.div_f64(self.speed);
        if let Intent::Book { thinking, .. } = &mut arrival.intent {
            *thinking = thinking.div_f64(self.speed);
        }
        Some(arrival)
    }
}

impl<R: Read> Arrivals<R> {
    pub fn read(from: R) -> Result<Self, Problem> {
        let mut source = Source::new(from);
        let magic = source.take().map_err(|problem| match problem {
            Problem::Truncated => Problem::NoTrace,
            other => other,
        })?;
        if magic != *MAGIC {
            return Err(Problem::NoTrace);
        }
        let version = u16::from_le_bytes(source.take()?);
        if version != VERSION {
            return Err(Problem::Version(version));
        }
        let mut block = Vec::new();
        source.block(&mut block)?;
        let header = Header::from_bytes(&block)?;
        let (taken, before) = (block.len(), Duration::ZERO);
        Ok(Self { source, header, block, taken, before, arrivals: 0, bookings: 0, has_ended: false })
    }

    /// The next arrival; `None` at the end, once that is as it must be.
    pub fn next(&mut self) -> Result<Option<Arrival>, Problem> {
        if self.taken == self.block.len() && !self.has_ended {
            self.taken = 0;
            self.has_ended = !self.source.block(&mut self.block)?;
            if self.has_ended {
                self.end()?;
            }
        }
        if self.has_ended {
            return Ok(None);
        }
        let mut rest = &self.block[self.taken..];
        let arrival = arrival::take(&mut rest, self.before, &self.header.plan)?;
        self.taken = self.block.len() - rest.len();
        self.before = arrival.at;
        self.arrivals += 1;
        self.bookings += u64::from(arrival.intent != Intent::Browse);
        Ok(Some(arrival))
    }

    fn end(&mut self) -> Result<(), Problem> {
        let told = (u64::from_le_bytes(self.source.take()?), u64::from_le_bytes(self.source.take()?));
        self.source.end()?;
        if told != (self.arrivals, self.bookings) {
            return Err(Problem::Damaged("its count of arrivals"));
        }
        Ok(())
    }
}
