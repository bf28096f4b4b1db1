//! Events: what sellers put on sale and everybody sees.

mod amend;
mod block;
pub mod create;
pub mod opening;
mod read;
mod seats;
mod seats_view;
mod stream;
pub mod view;

use crate::app::App;
use crate::auth::Caller;
use crate::problem::Problem;
use crate::routes::bookings::target::{self, Sale};
use rowlock_engine::ids::EventId;
use rowlock_persistence::sql::Role;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// Routes of /api/event.
pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(create::create, read::list))
        .routes(routes!(read::get, amend::amend))
        .routes(routes!(amend::close))
        .routes(routes!(seats::seats))
        .routes(routes!(stream::stream))
        .routes(routes!(block::block))
        .routes(routes!(block::unblock))
}

/// The seller's own event, ready to be changed; an admin's is every event.
async fn own(app: &App, id: u64, caller: Caller) -> Result<Sale, Problem> {
    let facts = app.facts.facts(EventId(id)).await?;
    let is_own = facts.is_some_and(|facts| facts.seller == caller.id || caller.role == Role::Admin);
    if is_own {
        target::sale(app, EventId(id)).await
    } else {
        Err(Problem::not_found(format!("there is no event {id}")))
    }
}
