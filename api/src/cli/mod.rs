//! What the command line does.

mod api_keys;
mod logs;
mod serve;

pub use api_keys::{ApiKeyCommand, api_key};
pub use serve::serve;

/// A line for whoever runs this.
#[expect(clippy::print_stdout, reason = "this is what the command line is for")]
pub fn say(line: &str) {
    println!("{line}");
}

/// The one line that says why it did not work.
pub fn say_error(line: &str) {
    eprintln!("rowlock: {line}");
}
