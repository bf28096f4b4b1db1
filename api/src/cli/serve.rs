//! `rowlock serve`: start, say where, run until told to stop, drain.

use super::{logs, say};
use crate::config::Config;
use crate::service::{Service, demo};
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
    say(&format!("listening on http://{}", service.address))?;
    if demo {
        let event = demo::ensure(&service).await.map_err(|problem| problem.to_json().to_string())?;
        say(&format!("event {event} is on sale: http://{}/api/event/{event}", service.address))?;
        say(&format!("sign in as {} or {} with {}", demo::BUYER, demo::SELLER, demo::PASSWORD))?;
        say(&format!("try it: http://{}/docs", service.address))?;
    }
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
    service.stop().await;
    Ok(())
}
