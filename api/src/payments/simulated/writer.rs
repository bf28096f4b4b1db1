//! What is written into the books, a group at a time.

use crate::payments::provider::{MoneyState, Order};
use rowlock_engine::ids::{PaymentId, TimeMs};
use rowlock_persistence::sql::WriteGroup;
use serde::Serialize;
use sqlx::SqliteConnection;
use std::collections::HashSet;
use uuid::Uuid;

const DECIDE: &str = "
    INSERT INTO payments (id, booking_id, event_id, buyer_id, amount, currency, state, decided_at)
    SELECT unhex(value ->> 0), unhex(value ->> 1), value ->> 2, value ->> 3, value ->> 4, value ->> 5, value ->> 6,
        value ->> 7
    FROM jsonb_each(?) WHERE true ON CONFLICT (id) DO NOTHING RETURNING id";
const CAPTURE: &str = "
    UPDATE payments SET state = 'captured', captured_at = step.at
    FROM (SELECT unhex(value ->> 0) AS id, value ->> 1 AS at FROM jsonb_each(?)) AS step
    WHERE payments.id = step.id AND state = 'authorized' RETURNING payments.id";
const VOID: &str = "
    UPDATE payments SET state = 'voided', given_back_at = step.at
    FROM (SELECT unhex(value ->> 0) AS id, value ->> 1 AS at FROM jsonb_each(?)) AS step
    WHERE payments.id = step.id AND state = 'authorized' RETURNING payments.id";
const REFUND: &str = "
    UPDATE payments SET state = 'refunded', given_back_at = step.at
    FROM (SELECT unhex(value ->> 0) AS id, value ->> 1 AS at FROM jsonb_each(?)) AS step
    WHERE payments.id = step.id AND state = 'captured' RETURNING payments.id";

/// A change of the books.
pub(super) enum Change {
    /// A new payment, unless its id is taken.
    Decide {
        /// What it is for.
        order: Order,
        /// What was decided.
        state: MoneyState,
        /// When.
        at: TimeMs,
    },
    /// A step of the money; it changes nothing where the money is not.
    Step {
        /// Where it goes.
        step: Step,
        /// The payment.
        payment: PaymentId,
        /// When.
        at: TimeMs,
    },
}

/// Where the money goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// It is taken.
    Capture,
    /// It is let go.
    Void,
    /// It is given back.
    Refund,
}

/// Writes changes of the books; says of each whether it changed anything.
pub(super) struct WriteBooks;

impl WriteGroup for WriteBooks {
    type Change = Change;
    type Done = bool;

    /// Kind by kind, as no order was promised to what was asked for at the same time: whoever changed nothing looks again.
    async fn write(&mut self, connection: &mut SqliteConnection, group: &[Change]) -> Result<Vec<bool>, sqlx::Error> {
        let mut done = vec![false; group.len()];
        run(connection, DECIDE, group.iter().map(decided), &mut done).await?;
        for step in [Step::Capture, Step::Void, Step::Refund] {
            run(connection, step.statement(), group.iter().map(|change| stepped(change, step)), &mut done).await?;
        }
        Ok(done)
    }
}

/// Runs a statement for those changes of a group that have a row for it, and notes which of them it did.
async fn run<R: Serialize>(
    connection: &mut SqliteConnection,
    statement: &'static str,
    rows: impl Iterator<Item = Option<(Uuid, R)>>,
    done: &mut [bool],
) -> Result<(), sqlx::Error> {
    let rows: Vec<_> = rows.enumerate().filter_map(|(index, row)| row.map(|(id, row)| (index, id, row))).collect();
    if rows.is_empty() {
        return Ok(());
    }
    let json: Vec<_> = rows.iter().map(|(_, _, row)| row).collect();
    let json = serde_json::to_string(&json).expect("numbers and text are always JSON");
    let changed: Vec<Uuid> = sqlx::query_scalar(statement).bind(json).fetch_all(connection).await?;
    let mut changed: HashSet<_> = changed.into_iter().collect();
    for (index, id, _) in rows {
        // The first of two that ask for the same: the other one finds it done.
        done[index] = changed.remove(&id);
    }
    Ok(())
}

/// A row of `DECIDE`, in its order.
fn decided(change: &Change) -> Option<(Uuid, impl Serialize + '_)> {
    let Change::Decide { order, state, at } = change else { return None };
    let Order { payment, booking, event, buyer, amount, currency } = order;
    let (event, buyer, amount) = (event.0.cast_signed(), buyer.0.cast_signed(), amount.cast_signed());
    let ids = (payment.0.simple(), booking.0.simple());
    Some((payment.0, (ids.0, ids.1, event, buyer, amount, currency, state.as_str(), at.0.cast_signed())))
}

/// A row of a step's statement, in its order.
fn stepped(change: &Change, wanted: Step) -> Option<(Uuid, impl Serialize + use<>)> {
    let Change::Step { step, payment, at } = change else { return None };
    (*step == wanted).then(|| (payment.0, (payment.0.simple(), at.0.cast_signed())))
}

impl Step {
    fn statement(self) -> &'static str {
        match self {
            Self::Capture => CAPTURE,
            Self::Void => VOID,
            Self::Refund => REFUND,
        }
    }
}
