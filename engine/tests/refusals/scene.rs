//! Scenes in which commands are refused for one reason or several.

use crate::support::ask::{
    OTHER, amend, begin_payment, cancel, command, from_buyer, named, request, reserve, reserve_for,
};
use crate::support::desk::{Desk, EVENT};
use crate::support::hall::POSITIONS;
use crate::support::refusals::variant;
use rowlock_engine::command::{Command, CommandBody, Wish};
use rowlock_engine::ids::{EventId, SeatId};
use rowlock_engine::outcome::OutcomeBody;

/// A desk and what will be asked of it.
pub struct Scene {
    pub desk: Desk,
    pub command: Command,
}

/// One reason to refuse. Reasons of one scene are brought about in the order of `turn`.
#[derive(Clone, Copy)]
pub struct Reason {
    pub variant: &'static str,
    pub turn: u8,
    pub bring_about: fn(&mut Scene),
}

pub const fn reason(variant: &'static str, turn: u8, bring_about: fn(&mut Scene)) -> Reason {
    Reason { variant, turn, bring_about }
}

impl Scene {
    pub fn refusal(mut self) -> Option<&'static str> {
        match self.desk.ask_as(&self.command) {
            OutcomeBody::Refused(refused) => Some(variant(&refused.refusal)),
            _ => None,
        }
    }

    pub fn wish(&mut self) -> &mut Wish {
        match &mut self.command.body {
            CommandBody::Reserve(reserve) => &mut reserve.wish,
            CommandBody::Exchange(exchange) => &mut exchange.wish,
            body => panic!("{body:?} has no wish"),
        }
    }

    pub fn name_also(&mut self, seat: u32) {
        match &mut self.command.body {
            CommandBody::Block(set) | CommandBody::Unblock(set) => set.seats.push(SeatId(seat)),
            _ => match self.wish() {
                Wish::Named(seats) => seats.push(SeatId(seat)),
                wish => panic!("{wish:?} names no seat"),
            },
        }
    }
}

pub const MISMATCH: Reason = reason("RequestMismatch", 0, |scene| {
    scene.command.request = request(1, 1);
    let other = Command { request: request(1, 2), ..command(EVENT, CommandBody::SetRules(1)) };
    scene.desk.ask_as(&other);
});
/// Ends whatever else was brought about: the event is gone with it.
pub const UNKNOWN_EVENT: Reason = reason("UnknownEvent", 9, |scene| scene.command.event = EventId(99));
pub const UNKNOWN_BOOKING: Reason =
    reason("UnknownBooking", 9, |scene| scene.command.body = from_buyer(OTHER, scene.command.body.clone()));
pub const CLOSED: Reason = reason("NotOnSale", 8, |scene| {
    scene.desk.done(CommandBody::CloseSale);
});
pub const TWO_AT_MOST_ONE: Reason = reason("LimitExceeded", 5, |scene| {
    scene.desk.done(amend(|amend| amend.tickets_per_booking_max = Some(1)));
});
pub const TAKEN: Reason = reason("SeatsTaken", 3, |scene| {
    scene.desk.done(reserve_for(OTHER, 50, named(&[12])));
});
pub const UNKNOWN_SEAT: Reason = reason("UnknownSeat", 2, |scene| scene.name_also(POSITIONS));
pub const TWICE: Reason = reason("Invalid", 6, |scene| {
    scene.name_also(18);
    scene.name_also(18);
});
pub const EXPIRED: Reason = reason("HoldExpired", 7, |scene| {
    scene.desk.wait(100_000);
});
pub const CANCELLED: Reason = reason("WrongStatus", 6, |scene| {
    scene.desk.done(cancel(1));
});
pub const PAYING: Reason = reason("PaymentUnderWay", 5, |scene| {
    scene.desk.done(begin_payment(1, 9));
});

/// A scene that is not refused, its reasons in order of precedence, and pairs that exclude each other.
pub struct Table {
    pub name: &'static str,
    pub command: fn() -> CommandBody,
    /// Whether booking 1, of seat 14, is held before.
    pub held: bool,
    pub reasons: &'static [Reason],
    pub exclude: &'static [(&'static str, &'static str)],
}

/// A booking has one status, and an expired hold no payment under way.
pub const ONE_STATUS: [(&str, &str); 5] = [
    ("HoldExpired", "WrongStatus"),
    ("HoldExpired", "PaymentUnderWay"),
    ("WrongStatus", "PaymentUnderWay"),
    ("HoldExpired", "PriceDiffers"),
    ("WrongStatus", "PriceDiffers"),
];

impl Table {
    pub fn scene(&self, reasons: &[Reason]) -> Scene {
        let event = if self.name == "open_sale" { EventId(2) } else { EVENT };
        let mut scene = Scene { desk: Desk::open(), command: command(event, (self.command)()) };
        if self.held {
            scene.desk.done(reserve(1, named(&[14, 15])));
            scene.desk.wait(20_000);
        }
        let mut reasons = reasons.to_vec();
        reasons.sort_by_key(|reason| reason.turn);
        reasons.iter().for_each(|reason| (reason.bring_about)(&mut scene));
        scene
    }

    pub fn excludes(&self, first: &Reason, second: &Reason) -> bool {
        self.exclude.contains(&(first.variant, second.variant))
    }
}
