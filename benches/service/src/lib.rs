//! What the service's benches share.

pub mod load;
pub mod pipeline;
