//! What the command line does.

mod api_keys;
mod logs;
mod serve;

pub use api_keys::{ApiKeyCommand, api_key};
pub use serve::serve;

use std::io::{self, ErrorKind, Write};

/// A line for whoever runs this. A reader that has gone away (`rowlock config | head -1`) is no failure.
///
/// # Errors
/// When it cannot be written.
pub fn say(line: &str) -> io::Result<()> {
    match writeln!(io::stdout(), "{line}") {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(error),
        _ => Ok(()),
    }
}

/// The one line that says why it did not work.
pub fn say_error(line: &str) {
    // There is nowhere left to say that this failed.
    let _ = writeln!(io::stderr(), "rowlock: {line}");
}
