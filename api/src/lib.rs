//! The service: gateway, boards and routes around the engine.

pub mod app;
pub mod auth;
pub mod boards;
pub mod cli;
pub mod config;
pub mod event_facts;
pub mod event_rows;
pub mod gateway;
pub mod http;
pub mod metrics;
pub mod payments;
pub mod problem;
pub mod refusals;
pub mod routes;
pub mod seating;
pub mod service;
