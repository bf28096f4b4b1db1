//! A row of the books.

use crate::payments::provider::{MoneyState, Order, Verdict};
use rowlock_engine::ids::{BookingId, BuyerId, EventId, PaymentId, TimeMs};
use sqlx::sqlite::SqliteRow;
use sqlx::{FromRow, Row};
use uuid::Uuid;

/// A payment as the books have it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BookedPayment {
    /// What it is for.
    pub order: Order,
    /// Where its money is.
    pub state: MoneyState,
    /// When it was approved or declined.
    pub decided_at: TimeMs,
    /// When the money was taken.
    pub captured_at: Option<TimeMs>,
    /// When it was let go or given back.
    pub given_back_at: Option<TimeMs>,
}

impl BookedPayment {
    pub(super) fn verdict(&self) -> Verdict {
        match self.state {
            MoneyState::Authorized | MoneyState::Captured => Verdict::Approved { at: self.decided_at },
            MoneyState::Voided | MoneyState::Refunded | MoneyState::Declined => Verdict::Declined,
        }
    }
}

impl FromRow<'_, SqliteRow> for BookedPayment {
    fn from_row(row: &SqliteRow) -> Result<Self, sqlx::Error> {
        let number = |column: &str| row.try_get::<i64, _>(column).map(i64::cast_unsigned);
        let time_if_any = |column: &str| {
            let at: Option<i64> = row.try_get(column)?;
            Ok::<_, sqlx::Error>(at.map(|at| TimeMs(at.cast_unsigned())))
        };
        let order = Order {
            payment: PaymentId(row.try_get("id")?),
            booking: BookingId(row.try_get::<Uuid, _>("booking_id")?),
            event: EventId(number("event_id")?),
            buyer: BuyerId(number("buyer_id")?),
            amount: number("amount")?,
            currency: row.try_get("currency")?,
        };
        let name: &str = row.try_get("state")?;
        let state = MoneyState::ALL.into_iter().find(|state| state.as_str() == name);
        Ok(Self {
            order,
            state: state.ok_or_else(|| sqlx::Error::Decode(format!("the state {name:?}").into()))?,
            decided_at: TimeMs(number("decided_at")?),
            captured_at: time_if_any("captured_at")?,
            given_back_at: time_if_any("given_back_at")?,
        })
    }
}
