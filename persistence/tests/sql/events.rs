//! Events.

use super::{fresh, seller};
use rowlock_engine::ids::{EventId, TimeMs};
use rowlock_persistence::sql::{
    Database, DbError, EventAmendment, EventFilter, EventRow, EventStatus, NewEvent, UserId,
};

fn new_event(seller: UserId, name: &str) -> NewEvent {
    NewEvent {
        seller,
        name: name.into(),
        description: "Three hours, one interval".into(),
        venue_name: "Grand Théâtre".into(),
        starts_at: TimeMs(1_800_000_000_000),
        sale_opens_at: Some(TimeMs(1_750_000_000_000)),
        currency: "EUR".into(),
        hold_seconds: 600,
        max_tickets_per_booking: 4,
        max_tickets_per_buyer: None,
        seating_config: r#"{"rows":10,"cols":20}"#.into(),
        partitions: 4,
        created_at: TimeMs(1_700_000_000_000),
    }
}

/// `count` events of one seller, on sale.
async fn on_sale(database: &Database, count: u64) -> Vec<EventRow> {
    let seller = seller(database).await.id;
    let mut events = Vec::new();
    for n in 0..count {
        let event = database.create_event(new_event(seller, &format!("Night {n}"))).await.unwrap();
        assert!(database.set_event_status(event.id, EventStatus::OnSale).await.unwrap());
        events.push(EventRow { status: EventStatus::OnSale, ..event });
    }
    events
}

#[tokio::test]
async fn an_event_begins_as_a_draft_in_the_partition_of_its_id() {
    let (_directory, database) = fresh().await;
    let seller = seller(&database).await.id;
    for _ in 0..9 {
        let event = database.create_event(new_event(seller, "Élysée")).await.unwrap();
        assert_eq!(u64::from(event.partition.0), event.id.0 % 4);
        assert_eq!((event.status, event.seller, event.name.as_str()), (EventStatus::Draft, seller, "Élysée"));
        assert_eq!(database.seating_config(event.id).await.unwrap().unwrap(), r#"{"rows":10,"cols":20}"#);
        assert_eq!(database.event(event.id).await.unwrap(), Some(event));
    }
    assert_eq!(database.event(EventId(99)).await.unwrap(), None);
    assert!(matches!(database.create_event(new_event(UserId(99), "x")).await, Err(DbError::Backend { .. })));
}

#[tokio::test]
async fn only_a_draft_can_be_discarded_and_its_id_never_comes_again() {
    let (_directory, database) = fresh().await;
    let sold = on_sale(&database, 1).await.remove(0);
    let draft = database.create_event(new_event(sold.seller, "Cancelled")).await.unwrap();
    assert!(database.discard_draft(draft.id).await.unwrap());
    assert_eq!(database.event(draft.id).await.unwrap(), None);
    assert!(!database.discard_draft(draft.id).await.unwrap());
    assert!(!database.discard_draft(sold.id).await.unwrap());
    assert_eq!(database.event(sold.id).await.unwrap(), Some(sold.clone()));
    let next = database.create_event(new_event(sold.seller, "Next")).await.unwrap();
    assert!(next.id > draft.id, "the log may know the id of the draft");
}

#[tokio::test]
async fn an_event_only_moves_forward() {
    let (_directory, database) = fresh().await;
    let seller = seller(&database).await.id;
    let event = database.create_event(new_event(seller, "Gala")).await.unwrap();
    for (status, moves) in [
        (EventStatus::OnSale, true),
        (EventStatus::OnSale, false),
        (EventStatus::Draft, false),
        (EventStatus::Closed, true),
        (EventStatus::OnSale, false),
        (EventStatus::Closed, false),
    ] {
        assert_eq!(database.set_event_status(event.id, status).await.unwrap(), moves, "{status:?}");
    }
    assert_eq!(database.event(event.id).await.unwrap().unwrap().status, EventStatus::Closed);
}

#[tokio::test]
async fn drafts_are_found_again_and_not_listed() {
    let (_directory, database) = fresh().await;
    let events = on_sale(&database, 2).await;
    let draft = database.create_event(new_event(events[0].seller, "Half done")).await.unwrap();
    assert_eq!(database.draft_events(10).await.unwrap(), std::slice::from_ref(&draft));
    let listed = database.list_events(&EventFilter::default(), None, 10).await.unwrap().items;
    assert_eq!(listed, [events[1].clone(), events[0].clone()]);
    let drafts = EventFilter { status: Some(EventStatus::Draft), ..EventFilter::default() };
    assert_eq!(database.list_events(&drafts, None, 10).await.unwrap().items, [draft]);
}

#[tokio::test]
async fn an_amendment_changes_what_it_names() {
    let (_directory, database) = fresh().await;
    let event = on_sale(&database, 1).await.remove(0);
    let amendment = EventAmendment {
        venue_name: Some("Théâtre de l'Élysée".into()),
        sale_opens_at: Some(None),
        max_tickets_per_buyer: Some(Some(8)),
        ..EventAmendment::default()
    };
    let expected = EventRow {
        venue_name: "Théâtre de l'Élysée".into(),
        sale_opens_at: None,
        max_tickets_per_buyer: Some(8),
        ..event.clone()
    };
    assert_eq!(database.amend_event(event.id, amendment).await.unwrap(), Some(expected.clone()));
    assert_eq!(database.event(event.id).await.unwrap(), Some(expected.clone()));
    let search = EventFilter { q: Some("l'ÉLYSÉE".into()), ..EventFilter::default() };
    assert_eq!(database.list_events(&search, None, 10).await.unwrap().items, [expected]);
    assert_eq!(database.amend_event(EventId(99), EventAmendment::default()).await.unwrap(), None);
}

#[tokio::test]
async fn pages_hold_every_event_once() {
    let (_directory, database) = fresh().await;
    let mut events = on_sale(&database, 7).await;
    events.reverse();
    let (mut seen, mut cursor) = (Vec::new(), None);
    loop {
        let page = database.list_events(&EventFilter::default(), cursor.as_deref(), 3).await.unwrap();
        assert!(page.items.len() <= 3);
        seen.extend(page.items);
        cursor = page.next;
        if cursor.is_none() {
            break;
        }
    }
    assert_eq!(seen, events);
    let whole = database.list_events(&EventFilter::default(), None, 7).await.unwrap();
    assert_eq!((whole.items.len(), whole.next), (7, None));
    let bad = database.list_events(&EventFilter::default(), Some("7 OR 1"), 3).await;
    assert_eq!(bad, Err(DbError::BadCursor));
}

#[tokio::test]
async fn filters_leave_out_the_others() {
    let (_directory, database) = fresh().await;
    let events = on_sale(&database, 3).await;
    database.set_event_status(events[1].id, EventStatus::Closed).await.unwrap();
    let found = async |filter: EventFilter| -> Vec<u64> {
        let page = database.list_events(&filter, None, 10).await.unwrap();
        page.items.iter().map(|event| event.id.0).collect()
    };
    assert_eq!(found(EventFilter { status: Some(EventStatus::Closed), ..Default::default() }).await, [2]);
    assert_eq!(found(EventFilter { q: Some("IGHT 2".into()), ..Default::default() }).await, [3]);
    assert_eq!(found(EventFilter { q: Some("grand théâ".into()), ..Default::default() }).await, [3, 2, 1]);
    assert!(found(EventFilter { q: Some("%".into()), ..Default::default() }).await.is_empty());
    assert!(found(EventFilter { seller: Some(UserId(2)), ..Default::default() }).await.is_empty());
    assert_eq!(found(EventFilter { seller: Some(UserId(1)), ..Default::default() }).await, [3, 2, 1]);
}
