//! What the benchmarks share.

pub mod load;
