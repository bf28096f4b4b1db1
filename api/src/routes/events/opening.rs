//! From an event that is written down to a sale in the log; a crash in between is made good at the next start.

use crate::app::App;
use crate::gateway::{Ask, AskError};
use crate::problem::Problem;
use crate::refusals;
use crate::routes::bookings::target::may_be_under_way;
use crate::seating::SeatingConfig;
use rowlock_engine::command::{CommandBody, OpenSale, SaleTerms};
use rowlock_engine::ids::{EventId, RequestId};
use rowlock_engine::refusal::Refusal;
use rowlock_engine::seat_map::spec::SeatMapSpec;
use rowlock_persistence::sql::{DbError, EventRow, EventStatus};
use std::sync::Arc;
use std::time::Duration;
use tokio::time::Instant;

/// Drafts that one start looks at.
const DRAFTS_MAX: u32 = 10_000;
/// How long a new event's opening is asked for again when nobody knows what became of it.
const OPENING_LIMIT: Duration = Duration::from_secs(20);
/// How long after such a try the next one comes.
const OPENING_PAUSE: Duration = Duration::from_millis(250);

/// Why a sale is not open.
enum NotOpen {
    /// The engine says no: there is no such sale, and there will be none.
    Refused(Problem),
    /// It has not been asked, or has not answered.
    Unanswered(AskError),
    /// It is open, and could not be noted.
    Unnoted(DbError),
}

impl From<NotOpen> for Problem {
    fn from(why: NotOpen) -> Self {
        match why {
            NotOpen::Refused(problem) => problem,
            NotOpen::Unanswered(error) => error.into(),
            NotOpen::Unnoted(error) => error.into(),
        }
    }
}

/// Opens the sale of an event that has just been written down. One that never comes to be is forgotten again.
///
/// # Errors
/// Why it could not be done; what may be in the log stays a draft, to be opened at the next start.
pub(super) async fn open_new(app: &App, row: &EventRow, seat_map: Arc<SeatMapSpec>) -> Result<(), Problem> {
    let until = Instant::now() + OPENING_LIMIT;
    let mut may_be_open = false;
    loop {
        let why = match open(app, row, seat_map.clone()).await {
            Ok(()) => return Ok(()),
            Err(NotOpen::Unanswered(error)) => {
                may_be_open |= may_be_under_way(&error);
                if may_be_open && Instant::now() < until {
                    tokio::time::sleep(OPENING_PAUSE).await;
                    continue;
                }
                NotOpen::Unanswered(error)
            }
            Err(why) => {
                may_be_open = matches!(why, NotOpen::Unnoted(_));
                why
            }
        };
        if !may_be_open {
            app.database.discard_draft(row.id).await?;
        }
        return Err(why.into());
    }
}

/// Opens what was written down and not opened before the process ended.
///
/// # Errors
/// What the database says; a draft that cannot be opened is logged and left.
pub async fn finish_drafts(app: &App) -> Result<(), Problem> {
    for row in app.database.draft_events(DRAFTS_MAX).await? {
        let config = app.database.seating_config(row.id).await?.unwrap_or_default();
        let spec = serde_json::from_str::<SeatingConfig>(&config).ok().and_then(|config| config.spec().ok());
        let Some(spec) = spec else {
            tracing::error!(event = %row.id, "a draft's seats cannot be read; it is left as a draft");
            continue;
        };
        match open(app, &row, spec).await {
            Ok(()) => tracing::info!(event = %row.id, "a draft is on sale"),
            Err(NotOpen::Refused(problem)) => {
                app.database.discard_draft(row.id).await?;
                tracing::warn!(event = %row.id, ?problem, "a draft was refused, and is forgotten");
            }
            Err(why) => {
                let problem = Problem::from(why);
                tracing::error!(event = %row.id, ?problem, "a draft is not on sale; the next start tries again");
            }
        }
    }
    Ok(())
}

/// Opens the sale of an event that is written down, once: the engine knows the request again.
async fn open(app: &App, row: &EventRow, seat_map: Arc<SeatMapSpec>) -> Result<(), NotOpen> {
    let body = CommandBody::OpenSale(OpenSale { seat_map, terms: terms(row) });
    let request = Some(RequestId { key: opening_key(row.id), fingerprint: 0 });
    let ask = Ask { partition: row.partition, event: row.id, request, body };
    let reply = app.gateway.ask(ask).await.map_err(NotOpen::Unanswered)?;
    match reply.change() {
        // An opening that is older than the engine's memory of requests.
        Ok(_) | Err(Refusal::EventExists) => {
            let noted = app.database.set_event_status(row.id, EventStatus::OnSale).await;
            app.event_rows.changed(row.id);
            noted.map(drop).map_err(NotOpen::Unnoted)
        }
        Err(refusal) => Err(NotOpen::Refused(refusals::problem(refusal, None))),
    }
}

fn terms(row: &EventRow) -> SaleTerms {
    SaleTerms {
        opens_at: row.sale_opens_at,
        hold_ms: u64::from(row.hold_seconds) * 1000,
        tickets_per_booking_max: row.max_tickets_per_booking,
        tickets_per_buyer_max: row.max_tickets_per_buyer,
        accessible_released: false,
        refunds: true,
    }
}

/// The same for every try to open this event; no requester can make it.
fn opening_key(event: EventId) -> u128 {
    (u128::from(u64::MAX) << 64) | u128::from(event.0)
}
