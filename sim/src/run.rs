//! A capacity run from beginning to end.

use crate::checker::{Ledger, audit, ledger};
use crate::client::{Client, Connections};
use crate::drive::{Driven, drive, watch};
use crate::options::Options;
use crate::report::{self, Room, Run, Verdict, judge};
use crate::service::{Service, ServiceError};
use crate::source::{Arrivals, Source, SourceError};
use crate::stage::{Size, Stage, StageError};
use crate::visit::World;
use std::io;
use std::path::PathBuf;
use std::rc::Rc;
use std::time::Duration;

/// Why there was no run.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// An option makes no sense, or a trace cannot be used.
    #[error("{0}")]
    Source(#[from] SourceError),
    /// There is no service.
    #[error("{0}")]
    Service(#[from] ServiceError),
    /// Nobody listens.
    #[error("{address} cannot be reached: {cause}")]
    Unreachable {
        /// Where.
        address: std::net::SocketAddr,
        /// In the system's words.
        cause: io::Error,
    },
    /// The run could not be set up.
    #[error("{0}")]
    Stage(#[from] StageError),
    /// The report could not be written.
    #[error("{}: the report cannot be written: {cause}", path.display())]
    Report {
        /// The directory.
        path: PathBuf,
        /// In the system's words.
        cause: io::Error,
    },
    /// The child would not end.
    #[error("{0}")]
    Stop(io::Error),
}

/// Whether a run's reports are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keep {
    /// Whatever it has shown.
    Always,
    /// If nothing was missed.
    IfMet,
}

/// Runs, reports with `say`, and judges.
///
/// # Errors
/// `RunError`, before anything was measured or after everything was.
pub async fn run(options: &Options, command: &[String], say: fn(&str), keep: Keep) -> Result<Verdict, RunError> {
    let Source { plan, hold, planned, replayed, mut arrivals } = Source::of(options)?;
    let unwritable = |cause| RunError::Report { path: options.report.clone(), cause };
    // Better now than after the run.
    let room = Room::take(&options.report, plan.duration).map_err(unwritable)?;
    let service = Rc::new(service(options)?);
    say(&format!("{} events of {} seats, the service at http://{}", plan.events, plan.seats, service.address));
    let (client, connections) = connect(&service, options).await?;
    let stage = Stage::set(&client, &service.secret, Size::of(&plan, hold)).await?;
    let world = Rc::new(World::new(client, stage, hold));
    let driven = measure(&world, &service, &mut arrivals, plan.duration, say).await;
    arrivals.ended().map_err(SourceError::from)?;
    say("asking for every seat and every booking");
    let audit = audit(&world).await;
    drop(connections);
    let mut service = Rc::into_inner(service).expect("nobody watches any more");
    let drained = service.stop().map_err(RunError::Stop)?.map(|status| status.success());
    let ledger = ledger(&service, drained, &world).await;
    let run = Run {
        options,
        plan: &plan,
        planned,
        replayed: replayed.as_ref(),
        world: &world,
        driven,
        audit,
        ledger,
        drained,
    };
    let verdict = judge(&run);
    say(&report::summary(&run, &verdict));
    if keep == Keep::Always || verdict.is_met() {
        for path in report::write(room, &run, &verdict, command).map_err(unwritable)? {
            say(&format!("written: {}", path.display()));
        }
    }
    Ok(verdict)
}

fn service(options: &Options) -> Result<Service, ServiceError> {
    if let (Some(target), Some(secret)) = (&options.target, &options.jwt_secret) {
        return Service::running(target, secret.clone());
    }
    let beside = || std::env::current_exe().map(|this| this.with_file_name("rowlock")).unwrap_or_default();
    Service::start(&options.service.clone().unwrap_or_else(beside), &options.environment, options.apart)
}

/// Lets everybody in, and shows every second of it.
async fn measure(
    world: &Rc<World>,
    service: &Rc<Service>,
    arrivals: &mut Arrivals,
    duration: Duration,
    say: fn(&str),
) -> Driven {
    let measured = service.clone();
    let watching = tokio::task::spawn_local(watch(
        world.clone(),
        move || measured.resident_bytes(),
        move |number, second, world| say(&report::progress(number, second, world)),
    ));
    let driven = drive(world, arrivals, duration).await;
    watching.abort();
    // It lets go of the service when it has ended, which an abort alone does not wait for.
    let _ = watching.await;
    driven
}

/// What is in the ledger is final only once the service has drained.
async fn ledger(service: &Service, drained: Option<bool>, world: &World) -> Ledger {
    match (service.ledger(), drained) {
        (Some(path), Some(true)) => ledger::audit(&path, &world.stage, &world.journal).await,
        (Some(_), _) => Ledger::Unreadable("the service did not end cleanly".to_owned()),
        (None, _) => Ledger::OutOfReach,
    }
}

/// Opens the client's connections.
///
/// # Errors
/// `Unreachable`.
pub async fn connect(service: &Service, options: &Options) -> Result<(Client, Connections), RunError> {
    let connected = Client::connect(service.address, options.connections).await;
    connected.map_err(|cause| RunError::Unreachable { address: service.address, cause })
}
