//! Whether there is room for one more command, asked before anything else costs time.

use crate::app::App;
use crate::gateway::AskError;
use crate::problem::Problem;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;

/// There was room a moment ago; the gateway has the last word.
#[derive(Clone, Copy, Debug)]
pub struct Room;

impl FromRequestParts<App> for Room {
    type Rejection = Problem;

    async fn from_request_parts(_: &mut Parts, app: &App) -> Result<Self, Problem> {
        if app.gateway.has_room() { Ok(Self) } else { Err(AskError::Overloaded.into()) }
    }
}
