//! Two hundred buyers want the same seat at the same time: one gets it, the others are told what else there is.
#![allow(clippy::unwrap_used)]

#[path = "support/inside.rs"]
mod inside;

use inside::{Inside, answer};
use rowlock_persistence::sql::Role;
use serde_json::json;
use std::collections::BTreeSet;
use std::sync::Arc;
use tokio::sync::Barrier;
use tokio::task::JoinSet;

const BUYERS: usize = 200;
const SEAT: &str = "A-1-1-5";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_of_two_hundred_gets_the_seat() {
    let inside = Arc::new(Inside::start().await);
    let event = inside.event(&inside.user(Role::Seller).await, json!({})).await;
    let start = Arc::new(Barrier::new(BUYERS));
    let mut buyers = JoinSet::new();
    for _ in 0..BUYERS {
        let (inside, start, token) = (inside.clone(), start.clone(), inside.buyer());
        buyers.spawn(async move {
            start.wait().await;
            (answer(inside.book(&token, event, &[SEAT])).await, token)
        });
    }
    let answers = buyers.join_all().await;

    let (winners, losers): (Vec<_>, Vec<_>) = answers.into_iter().partition(|(answer, _)| answer.status == 201);
    assert_eq!((winners.len(), losers.len()), (1, BUYERS - 1));
    let (booking, winner) = &winners[0];
    assert_eq!(booking.body["seats"], json!([SEAT]));
    let seats = inside.seats(event).await;
    let taken: Vec<_> = seats.iter().filter(|(_, state)| *state != "available").collect();
    assert_eq!(taken, [(&SEAT.to_owned(), &"held".to_owned())], "nothing else was taken, and this was");
    for (lost, _) in &losers {
        assert_eq!((lost.status.as_u16(), lost.code()), (409, "seats_taken"), "{lost:?}");
        assert_eq!(lost.body["seats"], json!([SEAT]), "{lost:?}");
        let alternatives: Vec<Vec<String>> = serde_json::from_value(lost.body["alternatives"].clone()).unwrap();
        assert!((1..=3).contains(&alternatives.len()), "{lost:?}");
        assert!(alternatives.iter().all(|offer| offer.len() == 1), "as many as were asked for: {lost:?}");
        let offered: BTreeSet<_> = alternatives.iter().flatten().collect();
        assert_eq!(offered.len(), alternatives.len(), "no two offers share a seat: {lost:?}");
        assert!(offered.iter().all(|seat| seats.get(*seat).is_some_and(|state| state == "available")), "{lost:?}");
    }

    let mine = answer(inside.get("/api/booking").bearer_auth(winner)).await;
    assert_eq!(mine.body["items"].as_array().unwrap().len(), 1);
    let (lost, loser) = &losers[0];
    let offer = lost.body["alternatives"][0][0].as_str().unwrap();
    assert_eq!(inside.booked(loser, event, &[offer]).await["seats"], json!([offer]), "an alternative can be booked");
}
