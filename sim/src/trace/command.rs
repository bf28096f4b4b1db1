//! `sim record`.

use super::{Header, record};
use crate::source::{HOLD, SourceError};
use crate::traffic::Traffic;
use clap::Args;
use std::path::PathBuf;

/// What to record, and where.
#[derive(Clone, Debug, Args)]
pub struct Options {
    /// The file that it is written to
    #[arg(long, value_name = "FILE")]
    pub trace: PathBuf,
    /// Who comes
    #[command(flatten)]
    pub traffic: Traffic,
}

/// Records what is asked for, and says with `say` how much that is.
///
/// # Errors
/// An option that makes no sense, or a file that cannot be written.
pub fn run(options: &Options, say: fn(&str)) -> Result<(), SourceError> {
    let plan = options.traffic.plan()?;
    let header = Header { plan, hold: HOLD, simulator: env!("CARGO_PKG_VERSION").to_owned() };
    let recorded = record(&options.trace, &header)?;
    let (arrivals, bookings, bytes) = (recorded.arrivals, recorded.bookings, recorded.bytes);
    say(&format!(
        "written: {}, {arrivals} arrivals, {bookings} booking requests, {bytes} bytes",
        options.trace.display()
    ));
    Ok(())
}
