//! A server that does nothing, and the same client against it: what there is to be compared with.

use crate::client::Client;
use crate::drive::drive;
use crate::options::Options;
use crate::plan::Plan;
use crate::report::{Verdict, measured};
use crate::run::{RunError, connect};
use crate::service::Service;
use crate::source::{HOLD, SourceError};
use crate::stage::{Size, Stage};
use crate::visit::World;
use axum::Router;
use axum::body::Bytes;
use axum::http::StatusCode;
use std::io;
use std::rc::Rc;
use tokio::net::TcpListener;

/// Bytes of an answer: as many as a booking has.
const ANSWER_BYTES: usize = 300;

/// Reads whatever comes and answers 201, until the process is ended.
///
/// # Errors
/// When there is no free port, or no runtime.
#[allow(clippy::print_stdout, reason = "that is how whoever has started it learns where it listens")]
pub fn serve() -> io::Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        let handler = async |_: Bytes| (StatusCode::CREATED, "x".repeat(ANSWER_BYTES));
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        println!("listening on http://{}", listener.local_addr()?);
        axum::serve(listener, Router::new().fallback(handler)).await
    })
}

/// Sends the same arrivals to it. Nobody gets seats, so each visit ends with its first answer.
///
/// # Errors
/// `RunError`.
pub async fn trial(options: &Options) -> Result<Verdict, RunError> {
    let options_of_plan = options.plan().map_err(SourceError::from)?;
    let server = Service::start_empty(options.apart)?;
    let (client, connections): (Client, _) = connect(&server, options).await?;
    let size = Size::of(&options_of_plan, HOLD);
    let world = Rc::new(World::new(client, Stage::of_nothing(&server.secret, size)?, HOLD));
    let duration = options_of_plan.duration;
    let plan = Plan::new(options_of_plan);
    let planned = plan.bookings();
    let driven = drive(&world, plan, duration).await;
    drop(connections);
    // What it says is no booking, and the journal says so; only what was counted matters.
    let tally = world.tally.borrow();
    Ok(measured(&tally, options.slo, planned, duration, driven))
}
