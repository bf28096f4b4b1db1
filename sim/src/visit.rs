//! One person's visit, from the first request to the last, in a straight line.

use crate::checker::Journal;
use crate::client::{Client, Request, Response, Unanswered, Verb};
use crate::plan::{Arrival, Fate, Intent, Wish};
use crate::stage::Stage;
use crate::tally::{Kind, Tally};
use serde::Deserialize;
use std::cell::{Cell, RefCell};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// Everything that visits share.
pub struct World {
    /// The way to the service.
    pub client: Client,
    /// What is on sale, and to whom.
    pub stage: Stage,
    /// What is counted.
    pub tally: RefCell<Tally>,
    /// What the service has told.
    pub journal: RefCell<Journal>,
    /// Makes idempotency keys of different runs different.
    pub run: u64,
    /// Keys that were given out.
    pub keys: Cell<u64>,
}

/// A booking as the service shows it.
#[derive(Clone, Debug, Deserialize)]
pub struct BookingView {
    /// Its id.
    pub id: String,
    /// Where it is in its life.
    pub status: String,
    /// Labels of its seats.
    pub seats: Vec<String>,
}

/// A booking of which it is not known yet whether there will be one.
#[derive(Deserialize)]
struct AcceptedView {
    id: Box<str>,
}

/// What somebody books, as the plan has it.
#[derive(Clone, Copy)]
struct Errand {
    wish: Wish,
    retry: bool,
    fate: Fate,
    thinking: Duration,
}

/// Who wants which seats of which event.
#[derive(Clone, Copy)]
struct Order {
    event: usize,
    buyer: u32,
    wish: Wish,
}

impl World {
    /// Where nobody has asked for anything yet, and seats are held for `hold`.
    #[must_use]
    pub fn new(client: Client, stage: Stage, hold: Duration) -> Self {
        let run = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_nanos();
        Self {
            journal: RefCell::new(Journal::new(hold, stage.events.len(), stage.seats)),
            client,
            stage,
            tally: RefCell::new(Tally::default()),
            run: u64::try_from(run).unwrap_or(0),
            keys: Cell::new(0),
        }
    }

    /// Does what `arrival` came for; `due` is the instant that the plan had for it.
    pub async fn visit(&self, arrival: Arrival, due: Instant) {
        let event = arrival.event;
        match arrival.intent {
            Intent::Browse => {
                let path = format!("/api/event/{}", self.stage.events[event]);
                // That it is counted is all that there is to do.
                let _ = self.ask(Kind::Browse, due, Request::new(Verb::Get, &path, "", "", "")).await;
            }
            Intent::Book { wish, retry, fate, thinking } => {
                self.book(event, arrival.buyer, due, Errand { wish, retry, fate, thinking }).await;
            }
        }
    }

    async fn book(&self, event: usize, buyer: u32, due: Instant, errand: Errand) {
        let token = self.stage.tokens[buyer as usize].as_str();
        let key = self.next_key();
        let request = Request::new(Verb::Post, "/api/booking", token, &key, &self.wish(event, errand.wish));
        let order = Order { event, buyer, wish: errand.wish };
        let mut answer = self.ask_for_seats(Kind::Book, due, request.clone(), order).await;
        if errand.retry {
            answer = self.ask_again(answer, request, order).await;
        }
        let Ok(booking) = answer.as_ref().map_err(drop).and_then(|answer| booking(answer).ok_or(())) else { return };
        if errand.fate == Fate::Abandon {
            return;
        }
        tokio::time::sleep(errand.thinking).await;
        match errand.fate {
            Fate::Pay => self.pay(token, &booking.id).await,
            Fate::Cancel => self.cancel(token, &booking.id).await,
            Fate::Exchange => {
                self.exchange(event, token, &booking).await;
                self.pay(token, &booking.id).await;
            }
            Fate::Abandon => {}
        }
    }

    async fn ask_for_seats(
        &self,
        kind: Kind,
        due: Instant,
        request: Request,
        order: Order,
    ) -> Result<Response, Unanswered> {
        self.journal.borrow_mut().asked(order.event);
        let answer = self.ask(kind, due, request).await;
        if let Ok(response) = &answer {
            self.note_booked(order, response);
        }
        self.journal.borrow_mut().answered(order.event, is_known(&answer));
        answer
    }

    /// With the same key. What has brought neither seats nor a refusal may bring them now.
    async fn ask_again(
        &self,
        first: Result<Response, Unanswered>,
        request: Request,
        order: Order,
    ) -> Result<Response, Unanswered> {
        if !first.as_ref().is_ok_and(|first| matches!(first.status, 201 | 202 | 409)) {
            return self.ask_for_seats(Kind::Retry, Instant::now(), request, order).await;
        }
        let again = self.ask(Kind::Retry, Instant::now(), request).await;
        if let (Ok(first), Ok(again)) = (&first, &again) {
            self.journal.borrow_mut().repeated(first, again);
        }
        first
    }

    async fn pay(&self, token: &str, id: &str) {
        let (path, key) = (format!("/api/booking/{id}/pay"), self.next_key());
        self.journal.borrow_mut().paying(id);
        let request = Request::new(Verb::Post, &path, token, &key, r#"{"payment_method":"sim_approve"}"#);
        // 202 says that it is not known yet whether it was taken.
        if let Ok(response) = self.ask(Kind::Pay, Instant::now(), request).await
            && response.status == 200
        {
            self.journal.borrow_mut().paid(id);
        }
    }

    async fn cancel(&self, token: &str, id: &str) {
        self.journal.borrow_mut().leaving(id);
        let path = format!("/api/booking/{id}");
        let answer = self.ask(Kind::Cancel, Instant::now(), Request::new(Verb::Delete, &path, token, "", "")).await;
        if answer.is_ok_and(|response| response.status == 200) {
            self.journal.borrow_mut().gone(id);
        }
    }

    async fn exchange(&self, event: usize, token: &str, old: &BookingView) {
        self.journal.borrow_mut().leaving(&old.id);
        self.journal.borrow_mut().asked(event);
        let (path, key) = (format!("/api/booking/{}/exchange", old.id), self.next_key());
        let body = format!(r#"{{"quantity":{}}}"#, old.seats.len());
        let request = Request::new(Verb::Post, &path, token, &key, &body);
        let answer = self.ask(Kind::Exchange, Instant::now(), request).await;
        let mut journal = self.journal.borrow_mut();
        match &answer {
            Ok(response) if response.status == 200 => {
                if let Some(new) = booking(response) {
                    journal.exchanged(&new.id, &new.seats);
                }
            }
            Ok(response) if response.status == 409 => journal.stays(&old.id),
            // It may have left its seats for as long as nobody asks.
            answer if !is_known(answer) => journal.exchange_unknown(&old.id),
            _ => {}
        }
        journal.answered(event, is_known(&answer));
    }

    async fn ask(&self, kind: Kind, due: Instant, request: Request) -> Result<Response, Unanswered> {
        self.tally.borrow_mut().due(kind);
        let answer = self.client.send(request).await;
        self.tally.borrow_mut().count(kind, due.elapsed(), &answer);
        answer
    }

    fn note_booked(&self, Order { event, buyer, wish }: Order, response: &Response) {
        let mut journal = self.journal.borrow_mut();
        match (response.status, wish) {
            (201, _) => match booking(response) {
                Some(booking) => journal.booked(event, buyer, &booking.id, &booking.seats),
                None => journal.unreadable(),
            },
            (202, _) => match response.json::<AcceptedView>() {
                Ok(accepted) => journal.accepted(event, buyer, accepted.id),
                Err(_) => journal.unreadable(),
            },
            (409, Wish::Best(quantity)) => journal.none_left(event, quantity.into()),
            _ => {}
        }
    }

    fn wish(&self, event: usize, wish: Wish) -> String {
        let event = self.stage.events[event];
        match wish {
            Wish::Best(quantity) => {
                format!(r#"{{"event_id":{event},"seat_selection_mode":"best_available","quantity":{quantity}}}"#)
            }
            Wish::Named { first, quantity } => {
                let labels: Vec<_> = (first..first + u32::from(quantity)).map(Stage::label).collect();
                let labels = labels.join(r#"",""#);
                format!(r#"{{"event_id":{event},"seat_selection_mode":"manual","seat_positions":["{labels}"]}}"#)
            }
        }
    }

    fn next_key(&self) -> String {
        let key = self.keys.get();
        self.keys.set(key + 1);
        format!("sim-{:x}-{key:x}", self.run)
    }
}

fn booking(response: &Response) -> Option<BookingView> {
    if response.is_success() { response.json().ok() } else { None }
}

/// Whether it is known what became of a request for seats: any answer but 202 and those that leave it open.
fn is_known(answer: &Result<Response, Unanswered>) -> bool {
    match answer {
        Ok(response) => !matches!(response.status, 202 | 500..) || response.has_retry_after,
        Err(unanswered) => *unanswered == Unanswered::NotSent,
    }
}
