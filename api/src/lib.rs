//! The service: gateway, boards and routes around the engine.

pub mod boards;
pub mod gateway;
