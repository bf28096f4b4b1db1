//! Checkpoints in files: immutable chunks, and a manifest that names them.

mod chunk;
mod manifest;
mod partition;
mod store;

pub use store::LocalCheckpoints;

use std::path::Path;

/// The format of chunk files and manifests that this build writes, and the only one it reads.
const FORMAT: u32 = 1;
/// Checkpoints that are kept: the newest, and the one to fall back to.
const KEPT: usize = 2;

/// What is wrong with a file, so that it counts as not there.
fn unusable(path: &Path, problem: impl std::fmt::Display) -> String {
    format!("{}: {problem}", path.display())
}
