//! A core for the client alone, as if it were another machine: whom it keeps waiting are buyers, not the service.

use rustix::thread::{CpuSet, sched_getaffinity, sched_setaffinity};
use std::io;
use std::sync::OnceLock;

/// The cores that this process had in the beginning.
static ALL: OnceLock<CpuSet> = OnceLock::new();

/// Runs `spawn` so that its child has all cores but the last; from then on this thread has the last one to itself.
///
/// # Errors
/// When there is one core only, or the system refuses.
pub fn apart<T>(spawn: impl FnOnce() -> io::Result<T>) -> io::Result<T> {
    let first = sched_getaffinity(None)?;
    let all = ALL.get_or_init(|| first);
    let cores: Vec<usize> = (0..CpuSet::MAX_CPU).filter(|core| all.is_set(*core)).collect();
    let [others @ .., last] = cores.as_slice() else { return Err(io::Error::other("there is no core")) };
    if others.is_empty() {
        return Err(io::Error::other("--apart needs two cores"));
    }
    sched_setaffinity(None, &set(others))?;
    let spawned = spawn();
    sched_setaffinity(None, &set(&[*last]))?;
    spawned
}

fn set(cores: &[usize]) -> CpuSet {
    let mut set = CpuSet::new();
    cores.iter().for_each(|core| set.set(*core));
    set
}
