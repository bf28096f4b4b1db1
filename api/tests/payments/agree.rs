//! Whether seats, booking, ledger and the provider's books say the same.

use crate::process::{EVENT, World};
use rowlock::payments::provider::MoneyState;
use rowlock::payments::simulated::BookedPayment;
use rowlock_engine::booking::{Allocation, Booking, Status};
use rowlock_engine::seat_map::SeatState;
use rowlock_persistence::sql::LedgerBooking;
use std::time::{Duration, Instant};

/// How long it may take until everything is settled.
const LIMIT: Duration = Duration::from_secs(30);

/// One booking, everywhere.
#[derive(Debug)]
pub struct Picture {
    pub status: Status,
    pub row: Option<LedgerBooking>,
    pub payments: Vec<BookedPayment>,
}

impl World {
    /// Waits until nothing of a booking is open, checks that all sides agree, and says in which state it ended.
    pub async fn settled(&self, booking: &Booking) -> Picture {
        let since = Instant::now();
        loop {
            let picture = self.picture(booking).await;
            match picture.open() {
                None => {
                    self.check(booking, &picture);
                    return picture;
                }
                Some(open) => assert!(since.elapsed() < LIMIT, "{open} is not settled: {picture:#?}"),
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    pub async fn status(&self, booking: &Booking) -> Status {
        match self.boards.bookings.get(booking.id) {
            Some(booking) => booking.status,
            None => self.database.booking(booking.id).await.unwrap().expect("the booking is somewhere").status,
        }
    }

    /// What the ledger says of a booking.
    pub async fn recorded(&self, booking: &Booking) -> Option<Status> {
        self.database.booking(booking.id).await.unwrap().map(|row| row.status)
    }

    async fn picture(&self, booking: &Booking) -> Picture {
        // The books first: what they have is on the boards and in the ledger later, never earlier.
        let payments = self.provider.inner.books().payments_of(booking.id).await.unwrap();
        let status = self.status(booking).await;
        Picture { status, row: self.database.booking(booking.id).await.unwrap(), payments }
    }

    fn check(&self, booking: &Booking, picture: &Picture) {
        let captured: Vec<_> = picture.payments.iter().filter(|one| one.state == MoneyState::Captured).collect();
        let is_sold = picture.status == Status::Completed;
        assert_eq!(captured.len(), usize::from(is_sold), "{picture:#?}");
        if let [captured] = captured[..] {
            let row = picture.row.as_ref().expect("a completed booking has a row");
            assert_eq!(row.payment, Some(captured.order.payment), "{picture:#?}");
            assert_eq!(captured.order.amount, row.total_price, "{picture:#?}");
        }
        let Allocation::Seats(seats) = &booking.allocation else { panic!("seats are numbered here") };
        let view = self.boards.event(EVENT).unwrap().view();
        for seat in seats {
            assert!(!is_sold || view.states.state(*seat) == SeatState::Sold, "seat {seat}: {picture:#?}");
        }
    }
}

impl Picture {
    /// What is still to be done, if anything.
    fn open(&self) -> Option<&'static str> {
        if self.payments.iter().any(|payment| payment.state == MoneyState::Authorized) {
            return Some("money that is set aside");
        }
        if self.status != Status::Completed && self.money().contains(&MoneyState::Captured) {
            return Some("money that is taken");
        }
        match (self.status, &self.row) {
            (Status::Completed, Some(row)) if row.status == Status::Completed && row.captured_at.is_some() => None,
            (Status::Completed, _) => Some("the ledger's note of a capture"),
            (Status::Cancelled, Some(row)) if row.status == Status::Cancelled && row.refunded_at.is_some() => None,
            (_, Some(_)) => Some("the ledger's note of a cancellation"),
            (_, None) => None,
        }
    }

    /// The states of all payments, the oldest first.
    pub fn money(&self) -> Vec<MoneyState> {
        self.payments.iter().map(|payment| payment.state).collect()
    }
}
