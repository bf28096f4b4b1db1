//! What the process asks of the system before it serves.

use rustix::process::{Resource, getrlimit, setrlimit};

/// Asks for what the service is faster or lasts longer with; it works without, too.
pub(super) fn prepare() {
    allow_many_files();
    #[cfg(target_os = "linux")]
    refuse_huge_pages();
}

/// A connection is a file, and what a process may have open by default is far less than it is allowed to ask for.
fn allow_many_files() {
    let mut limit = getrlimit(Resource::Nofile);
    limit.current = limit.maximum;
    if let Err(error) = setrlimit(Resource::Nofile, limit) {
        tracing::warn!(%error, "the limit of open files could not be raised");
    }
}

/// The kernel clears 2 MiB for whoever touches a byte of them. Measured without: 10% more bookings a second, and
/// 80 MB less of 580 after a restart with a million bookings.
#[cfg(target_os = "linux")]
fn refuse_huge_pages() {
    if let Err(error) = rustix::thread::disable_transparent_huge_pages(true) {
        tracing::warn!(%error, "transparent huge pages could not be refused");
    }
}
