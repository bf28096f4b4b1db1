//! `rowlock serve`: start, say where, run until told to stop, drain.

use super::{logs, say};
use crate::config::Config;
use crate::service::Service;
use std::error::Error;
use tokio::signal::unix::{SignalKind, signal};

/// Runs the service until SIGTERM or SIGINT.
///
/// # Errors
/// What is wrong, where, and what to do.
pub async fn serve(config: Config, demo: bool) -> Result<(), Box<dyn Error>> {
    logs::install(&config);
    let (mut terminate, mut interrupt) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    let service = Service::start(config).await?;
    say(&format!("listening on http://{}", service.address));
    if demo {
        let _ = demo;
    }
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
    service.stop().await;
    Ok(())
}
