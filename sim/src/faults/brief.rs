//! Commands and outcomes in a few words, for histories that people read.

use rowlock_engine::booking::Allocation;
use rowlock_engine::command::{Command, CommandBody, Wish};
use rowlock_engine::outcome::{Answer, Change, Outcome, OutcomeBody};

/// What is asked for.
pub fn command(command: &Command) -> String {
    let event = command.event;
    let what = match &command.body {
        CommandBody::OpenSale(ask) => format!("open the sale of event {event} ({:?})", ask.terms),
        CommandBody::Reserve(ask) => {
            let wish = wish(&ask.wish);
            let hold = ask.hold_ms.map(|ms| format!(" for {ms} ms")).unwrap_or_default();
            format!("buyer {} reserves {wish} of event {event}{hold} as booking {}", ask.buyer, short(&ask.booking))
        }
        CommandBody::Exchange(ask) => {
            format!("buyer {} exchanges booking {} for {}", ask.buyer, short(&ask.booking), wish(&ask.wish))
        }
        CommandBody::Extend(ask) => format!("buyer {} extends booking {}", ask.buyer, short(&ask.booking)),
        CommandBody::BeginPayment(ask) => {
            let (booking, ms) = (short(&ask.booking), ask.timeout_ms);
            format!("buyer {} begins payment {} of booking {booking}, for {ms} ms", ask.buyer, ask.payment.0)
        }
        CommandBody::EndPayment(ask) => {
            format!("buyer {} ends payment {} of booking {}", ask.buyer, ask.payment.0, short(&ask.booking))
        }
        CommandBody::Confirm(ask) => {
            let payment = ask.payment.map_or_else(|| "none".to_owned(), |payment| payment.0.to_string());
            format!("buyer {} confirms booking {}, payment {payment}", ask.buyer, short(&ask.booking))
        }
        CommandBody::Cancel(ask) => format!("buyer {} cancels booking {}", ask.buyer, short(&ask.booking)),
        body => format!("event {event}: {body:?}"),
    };
    if command.request.is_some() { what } else { format!("{what}, without request id") }
}

/// What became of it.
pub fn outcome(outcome: &Outcome) -> String {
    let what = match &outcome.body {
        OutcomeBody::Done(done) => change(done),
        OutcomeBody::Refused(refused) => format!("refused: {}", refused.refusal),
        OutcomeBody::Repeated(answer) => match &**answer {
            Answer::Done(done) => format!("again: {}", change(done)),
            Answer::Refused(refused) => format!("again refused: {}", refused.refusal),
        },
    };
    format!("outcome {} (record {}, at {}): {what}", outcome.number, outcome.offset, outcome.at)
}

fn change(change: &Change) -> String {
    match change {
        Change::SaleOpened { .. } => "the sale is open".to_owned(),
        Change::Booking(change) => {
            let booking = &change.booking;
            let seats = match &booking.allocation {
                Allocation::Seats(seats) => format!("seats {}", list(seats)),
                Allocation::Area { quantity, .. } => format!("{quantity} places"),
            };
            let (id, buyer, deadline) = (short(&booking.id), booking.buyer, booking.deadline);
            format!("{:?}: booking {id} of buyer {buyer}, {seats}, {}, until {deadline}", change.kind, booking.status)
        }
        change => format!("{change:?}"),
    }
}

fn wish(wish: &Wish) -> String {
    match wish {
        Wish::Named(seats) => format!("seats {}", list(seats)),
        Wish::Best(best) => format!("the best {}", best.quantity),
        Wish::Area { quantity, .. } => format!("{quantity} places"),
    }
}

fn list(seats: &[rowlock_engine::ids::SeatId]) -> String {
    seats.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

/// Bookings are numbered by the call that asked for them.
fn short(booking: &rowlock_engine::ids::BookingId) -> u128 {
    booking.0.as_u128()
}
