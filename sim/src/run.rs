//! A capacity run from beginning to end.

use crate::checker::{Journal, audit};
use crate::client::{Client, Connections};
use crate::drive::{drive, watch};
use crate::options::{OptionError, Options};
use crate::plan::{Plan, PlanOptions};
use crate::report::{self, Room, Run, Verdict, judge};
use crate::service::{Service, ServiceError};
use crate::stage::{Size, Stage, StageError};
use crate::tally::Tally;
use crate::visit::World;
use std::cell::{Cell, RefCell};
use std::io;
use std::path::PathBuf;
use std::rc::Rc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// How long seats are held unless somebody pays.
const HOLD: Duration = Duration::from_secs(600);

/// Why there was no run.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// An option makes no sense.
    #[error("{0}")]
    Option(#[from] OptionError),
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

/// Runs, reports with `say`, and judges.
///
/// # Errors
/// `RunError`, before anything was measured or after everything was.
pub async fn run(options: &Options, command: &[String], say: fn(&str)) -> Result<Verdict, RunError> {
    let plan_options = options.plan()?;
    let unwritable = |cause| RunError::Report { path: options.report.clone(), cause };
    // Better now than after the run.
    let room = Room::take(&options.report, plan_options.duration).map_err(unwritable)?;
    let service = Rc::new(service(options)?);
    say(&format!(
        "{} events of {} seats, the service at http://{}",
        plan_options.events, plan_options.seats, service.address
    ));
    let (world, connections) = world(options, &plan_options, &service).await?;
    let plan = Plan::new(plan_options.clone());
    let planned = plan.bookings();
    let measured = service.clone();
    let watching = tokio::task::spawn_local(watch(
        world.clone(),
        move || measured.resident_bytes(),
        move |number, second, world| say(&report::progress(number, second, world)),
    ));
    let driven = drive(&world, plan).await;
    watching.abort();
    // It lets go of the service when it has ended, which an abort alone does not wait for.
    let _ = watching.await;
    say("asking for every seat and every booking");
    let audit = audit(&world).await;
    drop(connections);
    let service = Rc::into_inner(service).expect("nobody watches any more");
    let drained = service.stop().map_err(RunError::Stop)?.map(|status| status.success());
    let run = Run { options, plan: &plan_options, planned, world: &world, driven, audit, drained };
    let verdict = judge(&run);
    say(&report::summary(&run, &verdict));
    for path in report::write(room, &run, &verdict, command).map_err(unwritable)? {
        say(&format!("written: {}", path.display()));
    }
    Ok(verdict)
}

fn service(options: &Options) -> Result<Service, ServiceError> {
    if let (Some(target), Some(secret)) = (&options.target, &options.jwt_secret) {
        return Service::running(target, secret.clone());
    }
    let beside = || std::env::current_exe().map(|this| this.with_file_name("rowlock")).unwrap_or_default();
    Service::start(&options.service.clone().unwrap_or_else(beside), &[])
}

async fn world(options: &Options, plan: &PlanOptions, service: &Service) -> Result<(Rc<World>, Connections), RunError> {
    let connected = Client::connect(service.address, options.connections).await;
    let (client, connections) = connected.map_err(|cause| RunError::Unreachable { address: service.address, cause })?;
    let hold_seconds = u32::try_from(HOLD.as_secs()).expect("it is short");
    let size = Size { events: plan.events, seats: plan.seats, buyers: plan.buyers, hold_seconds };
    let stage = Stage::set(&client, &service.secret, size).await?;
    let run = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_nanos();
    let world = World {
        client,
        stage,
        tally: RefCell::new(Tally::default()),
        journal: RefCell::new(Journal::new(HOLD, plan.events, plan.seats)),
        run: u64::try_from(run).unwrap_or(0),
        keys: Cell::new(0),
    };
    Ok((Rc::new(world), connections))
}
