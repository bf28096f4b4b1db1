//! Events that are written down and not on sale yet: what a crash, or a refusal, leaves of them.
#![allow(clippy::unwrap_used)]

#[path = "support/inside.rs"]
mod inside;

use inside::{Inside, answer, new_event};
use rowlock::gateway::Ask;
use rowlock::http::time::now;
use rowlock::routes::events::opening::finish_drafts;
use rowlock::seating::SeatingConfig;
use rowlock_engine::command::{CommandBody, OpenSale, SaleTerms};
use rowlock_engine::ids::EventId;
use rowlock_persistence::sql::{EventRow, EventStatus, NewEvent, Role};
use serde_json::json;

const SEATS: &str = r#"{"rows":2,"cols":3,"sections":[{"name":"A","price":1,"subsections":1}]}"#;

/// Writes an event down as a process does that dies at once.
async fn draft(inside: &Inside, hold_seconds: u32, seating_config: &str) -> EventRow {
    let app = &inside.service.app;
    let seller = app.auth.tokens.check(&inside.user(Role::Seller).await).unwrap().id;
    let new = NewEvent {
        seller,
        name: "Half made".to_owned(),
        description: String::new(),
        venue_name: "Hall".to_owned(),
        starts_at: now(),
        sale_opens_at: None,
        currency: "EUR".to_owned(),
        hold_seconds,
        max_tickets_per_booking: 4,
        max_tickets_per_buyer: None,
        seating_config: seating_config.to_owned(),
        partitions: app.config.partitions,
        created_at: now(),
    };
    app.database.create_event(new).await.unwrap()
}

async fn status(inside: &Inside, id: EventId) -> Option<EventStatus> {
    inside.service.app.database.event(id).await.unwrap().map(|row| row.status)
}

#[tokio::test]
async fn a_start_puts_on_sale_what_was_only_written_down() {
    let inside = Inside::start().await;
    let row = draft(&inside, 600, SEATS).await;
    let path = format!("/api/event/{}", row.id);
    assert_eq!(answer(inside.get(&path)).await.status, 404, "nobody sees a draft");
    for _ in 0..2 {
        finish_drafts(&inside.service.app).await.unwrap();
        assert_eq!(status(&inside, row.id).await, Some(EventStatus::OnSale));
        assert_eq!(answer(inside.get(&path)).await.body["counts"]["available"], 6);
    }
    inside.booked(&inside.buyer(), row.id.0, &["A-1-1-1"]).await;
}

/// The process died after the log had the sale, and so long ago that the engine has forgotten the request.
#[tokio::test]
async fn a_start_notes_what_is_on_sale_already() {
    let inside = Inside::start().await;
    let row = draft(&inside, 600, SEATS).await;
    let seat_map = serde_json::from_str::<SeatingConfig>(SEATS).unwrap().spec().unwrap();
    let terms = SaleTerms {
        opens_at: None,
        hold_ms: 600_000,
        tickets_per_booking_max: 4,
        tickets_per_buyer_max: None,
        accessible_released: false,
        refunds: true,
    };
    let body = CommandBody::OpenSale(OpenSale { seat_map, terms });
    let ask = Ask { partition: row.partition, event: row.id, request: None, body };
    inside.service.app.gateway.ask(ask).await.unwrap().change().unwrap();
    inside.booked(&inside.buyer(), row.id.0, &["A-1-1-1"]).await;
    finish_drafts(&inside.service.app).await.unwrap();
    assert_eq!(status(&inside, row.id).await, Some(EventStatus::OnSale));
    assert_eq!(inside.seats(row.id.0).await["A-1-1-1"], "held", "what was sold since stays sold");
}

#[tokio::test]
async fn a_start_forgets_what_the_engine_refuses_and_leaves_what_it_cannot_read() {
    let inside = Inside::start().await;
    let (refused, unreadable) = (draft(&inside, 0, SEATS).await, draft(&inside, 600, "{").await);
    let good = draft(&inside, 600, SEATS).await;
    finish_drafts(&inside.service.app).await.unwrap();
    let statuses =
        [status(&inside, refused.id).await, status(&inside, unreadable.id).await, status(&inside, good.id).await];
    assert_eq!(statuses, [None, Some(EventStatus::Draft), Some(EventStatus::OnSale)]);
}

/// Nothing was appended: an event that nobody was told of must not appear at the next start.
#[tokio::test]
async fn an_event_that_was_answered_with_an_error_never_comes_to_be() {
    let inside = Inside::start().await;
    let seller = inside.user(Role::Seller).await;
    inside.service.app.gateway.drain();
    let refused = answer(inside.post("/api/event", &new_event(json!({}))).bearer_auth(&seller)).await;
    assert_eq!((refused.status.as_u16(), refused.code()), (503, "draining"), "{refused:?}");
    assert_eq!(inside.service.app.database.draft_events(10).await.unwrap(), []);
    assert_eq!(answer(inside.get("/api/event")).await.body["items"], json!([]));
}
