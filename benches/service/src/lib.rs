//! What the service's benches share.

pub mod load;
