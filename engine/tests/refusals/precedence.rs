//! Where two refusals apply at once, the one that stands first is given: every pair that a command can meet.

use crate::support::ask::{
    OTHER, amend, area, begin_payment, block, cancel, command, confirm, end_payment, exchange, extend, from_buyer,
    named, open_sale, request, reserve, reserve_for, unblock,
};
use crate::support::desk::{Desk, EVENT};
use crate::support::hall::{POSITIONS, hall, plain, terms};
use crate::support::refusals::variant;
use rowlock_engine::command::{AmendSale, Command, CommandBody, Wish};
use rowlock_engine::ids::{EventId, SeatId};
use rowlock_engine::limits::EVENTS_PER_PARTITION_MAX;
use rowlock_engine::outcome::OutcomeBody;

/// A desk and what will be asked of it.
struct Scene {
    desk: Desk,
    command: Command,
}

/// One reason to refuse. Reasons of one scene are brought about in the order of `turn`.
#[derive(Clone, Copy)]
struct Reason {
    variant: &'static str,
    turn: u8,
    bring_about: fn(&mut Scene),
}

const fn reason(variant: &'static str, turn: u8, bring_about: fn(&mut Scene)) -> Reason {
    Reason { variant, turn, bring_about }
}

impl Scene {
    fn refusal(mut self) -> Option<&'static str> {
        match self.desk.ask_as(&self.command) {
            OutcomeBody::Refused(refused) => Some(variant(&refused.refusal)),
            _ => None,
        }
    }

    fn wish(&mut self) -> &mut Wish {
        match &mut self.command.body {
            CommandBody::Reserve(reserve) => &mut reserve.wish,
            CommandBody::Exchange(exchange) => &mut exchange.wish,
            body => panic!("{body:?} has no wish"),
        }
    }

    fn name_also(&mut self, seat: u32) {
        match &mut self.command.body {
            CommandBody::Block(set) | CommandBody::Unblock(set) => set.seats.push(SeatId(seat)),
            _ => match self.wish() {
                Wish::Named(seats) => seats.push(SeatId(seat)),
                wish => panic!("{wish:?} names no seat"),
            },
        }
    }
}

const MISMATCH: Reason = reason("RequestMismatch", 0, |scene| {
    scene.command.request = request(1, 1);
    let other = Command { request: request(1, 2), ..command(EVENT, CommandBody::SetRules(1)) };
    scene.desk.ask_as(&other);
});
/// Ends whatever else was brought about: the event is gone with it.
const UNKNOWN_EVENT: Reason = reason("UnknownEvent", 9, |scene| scene.command.event = EventId(99));
const UNKNOWN_BOOKING: Reason =
    reason("UnknownBooking", 9, |scene| scene.command.body = from_buyer(OTHER, scene.command.body.clone()));
const CLOSED: Reason = reason("NotOnSale", 8, |scene| {
    scene.desk.done(CommandBody::CloseSale);
});
const TWO_AT_MOST_ONE: Reason = reason("LimitExceeded", 5, |scene| {
    scene.desk.done(amend(|amend| amend.tickets_per_booking_max = Some(1)));
});
const TAKEN: Reason = reason("SeatsTaken", 3, |scene| {
    scene.desk.done(reserve_for(OTHER, 50, named(&[12])));
});
const UNKNOWN_SEAT: Reason = reason("UnknownSeat", 2, |scene| scene.name_also(POSITIONS));
const TWICE: Reason = reason("Invalid", 6, |scene| {
    scene.name_also(18);
    scene.name_also(18);
});
const EXPIRED: Reason = reason("HoldExpired", 7, |scene| {
    scene.desk.wait(100_000);
});
const CANCELLED: Reason = reason("WrongStatus", 6, |scene| {
    scene.desk.done(cancel(1));
});
const PAYING: Reason = reason("PaymentUnderWay", 5, |scene| {
    scene.desk.done(begin_payment(1, 9));
});

/// A scene that is not refused, its reasons in order of precedence, and pairs that exclude each other.
struct Table {
    name: &'static str,
    command: fn() -> CommandBody,
    /// Whether booking 1, of seat 14, is held before.
    held: bool,
    reasons: &'static [Reason],
    exclude: &'static [(&'static str, &'static str)],
}

/// A booking has one status, and an expired hold no payment under way.
const ONE_STATUS: [(&str, &str); 5] = [
    ("HoldExpired", "WrongStatus"),
    ("HoldExpired", "PaymentUnderWay"),
    ("WrongStatus", "PaymentUnderWay"),
    ("HoldExpired", "PriceDiffers"),
    ("WrongStatus", "PriceDiffers"),
];

const TABLES: &[Table] = &[
    Table {
        name: "reserve named",
        command: || reserve(1, named(&[12, 13])),
        held: false,
        reasons: &[
            MISMATCH,
            UNKNOWN_EVENT,
            reason("BookingExists", 4, |scene| {
                scene.desk.done(reserve_for(OTHER, 1, named(&[19])));
            }),
            TWICE,
            UNKNOWN_SEAT,
            CLOSED,
            TWO_AT_MOST_ONE,
            TAKEN,
        ],
        exclude: &[],
    },
    Table {
        name: "reserve places",
        command: || reserve(1, area(1, 2)),
        held: false,
        reasons: &[
            MISMATCH,
            UNKNOWN_EVENT,
            reason("Invalid", 6, |scene| {
                let CommandBody::Reserve(reserve) = &mut scene.command.body else { unreachable!() };
                reserve.hold_ms = Some(1);
            }),
            reason("UnknownSection", 6, |scene| *scene.wish() = area(9, 2)),
            CLOSED,
            TWO_AT_MOST_ONE,
            reason("SoldOut", 3, |scene| {
                scene.desk.done(reserve_for(OTHER, 50, area(1, 3)));
            }),
            reason("NotEnoughSeats", 3, |scene| {
                scene.desk.done(reserve_for(OTHER, 51, area(1, 2)));
            }),
        ],
        exclude: &[("SoldOut", "NotEnoughSeats")],
    },
    Table {
        name: "exchange a hold",
        command: || exchange(1, named(&[12, 13])),
        held: true,
        reasons: &[
            MISMATCH,
            UNKNOWN_EVENT,
            UNKNOWN_BOOKING,
            TWICE,
            UNKNOWN_SEAT,
            CLOSED,
            TWO_AT_MOST_ONE,
            EXPIRED,
            CANCELLED,
            PAYING,
            reason("SeatsTaken", 3, |scene| {
                // Blocked, so that it stays so when time passes.
                scene.desk.done(block(&[12]));
            }),
        ],
        exclude: &ONE_STATUS,
    },
    Table {
        name: "exchange a sale",
        command: || exchange(1, named(&[16, 17])),
        held: true,
        reasons: &[
            CLOSED,
            reason("SeatsTaken", 3, |scene| {
                scene.desk.done(block(&[16]));
            }),
            reason("PriceDiffers", 2, |scene| {
                scene.desk.done(confirm(1, None));
            }),
        ],
        exclude: &[],
    },
    Table {
        name: "extend",
        command: || extend(1, Some(90_000)),
        held: true,
        reasons: &[
            MISMATCH,
            UNKNOWN_EVENT,
            UNKNOWN_BOOKING,
            reason("Invalid", 6, |scene| scene.command.body = extend(1, Some(1))),
            EXPIRED,
            CANCELLED,
            PAYING,
            reason("ExtensionLimit", 2, |scene| {
                scene.desk.done(extend(1, Some(120_000)));
            }),
        ],
        exclude: &ONE_STATUS,
    },
    Table {
        name: "begin_payment",
        command: || begin_payment(1, 1),
        held: true,
        reasons: &[
            MISMATCH,
            UNKNOWN_EVENT,
            UNKNOWN_BOOKING,
            reason("Invalid", 8, |scene| {
                let CommandBody::BeginPayment(begin) = &mut scene.command.body else { unreachable!() };
                begin.timeout_ms = 0;
            }),
            EXPIRED,
            CANCELLED,
            PAYING,
        ],
        exclude: &ONE_STATUS,
    },
    Table {
        name: "confirm",
        command: || confirm(1, Some(1)),
        held: true,
        reasons: &[MISMATCH, UNKNOWN_EVENT, UNKNOWN_BOOKING, EXPIRED, CANCELLED, PAYING],
        exclude: &ONE_STATUS,
    },
    Table {
        name: "end_payment",
        command: || end_payment(1, 1),
        held: true,
        reasons: &[MISMATCH, UNKNOWN_EVENT, UNKNOWN_BOOKING, EXPIRED, CANCELLED],
        exclude: &ONE_STATUS,
    },
    Table {
        name: "cancel",
        command: || cancel(1),
        held: true,
        reasons: &[
            MISMATCH,
            UNKNOWN_EVENT,
            UNKNOWN_BOOKING,
            EXPIRED,
            reason("WrongStatus", 6, |scene| {
                scene.desk.done(confirm(1, None));
                scene.desk.done(amend(|amend| amend.refunds = Some(false)));
            }),
        ],
        exclude: &ONE_STATUS,
    },
    Table {
        name: "open_sale",
        command: || open_sale(hall(), terms()),
        held: false,
        reasons: &[
            MISMATCH,
            reason("EventExists", 3, |scene| scene.command.event = EVENT),
            reason("TooManyEvents", 4, |scene| {
                for event in 0..EVENTS_PER_PARTITION_MAX as u64 - 1 {
                    scene.desk.send(&command(EventId(100 + event), open_sale(plain(1, 1), terms())));
                }
            }),
            reason("Invalid", 5, |scene| {
                let CommandBody::OpenSale(open) = &mut scene.command.body else { unreachable!() };
                open.terms.hold_ms = 0;
            }),
        ],
        exclude: &[],
    },
    Table {
        name: "amend_sale",
        command: || CommandBody::AmendSale(AmendSale::default()),
        held: false,
        reasons: &[
            MISMATCH,
            UNKNOWN_EVENT,
            reason("Invalid", 6, |scene| scene.command.body = amend(|amend| amend.hold_ms = Some(0))),
            CLOSED,
        ],
        exclude: &[],
    },
    Table {
        name: "close_sale",
        command: || CommandBody::CloseSale,
        held: false,
        reasons: &[MISMATCH, UNKNOWN_EVENT],
        exclude: &[],
    },
    Table {
        name: "set_rules",
        command: || CommandBody::SetRules(1),
        held: false,
        reasons: &[MISMATCH, reason("UnknownRules", 1, |scene| scene.command.body = CommandBody::SetRules(9))],
        exclude: &[],
    },
    Table {
        name: "block",
        command: || block(&[12, 13]),
        held: false,
        reasons: &[
            MISMATCH,
            UNKNOWN_EVENT,
            reason("Invalid", 6, |scene| (0..10_000).for_each(|_| scene.name_also(15))),
            UNKNOWN_SEAT,
            TAKEN,
        ],
        exclude: &[],
    },
    Table {
        name: "unblock",
        command: || unblock(&[12, 13]),
        held: false,
        reasons: &[
            MISMATCH,
            UNKNOWN_EVENT,
            reason("Invalid", 6, |scene| (0..10_000).for_each(|_| scene.name_also(15))),
            UNKNOWN_SEAT,
            TAKEN,
        ],
        exclude: &[],
    },
];

impl Table {
    fn scene(&self, reasons: &[Reason]) -> Scene {
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

    fn excludes(&self, first: &Reason, second: &Reason) -> bool {
        self.exclude.contains(&(first.variant, second.variant))
    }
}

#[test]
fn a_scene_without_a_reason_is_not_refused() {
    for table in TABLES {
        assert_eq!(table.scene(&[]).refusal(), None, "{}", table.name);
    }
}

#[test]
fn every_reason_alone_gives_its_refusal() {
    for table in TABLES {
        for reason in table.reasons {
            assert_eq!(table.scene(&[*reason]).refusal(), Some(reason.variant), "{}", table.name);
        }
    }
}

#[test]
fn of_two_reasons_the_one_that_stands_first_is_given() {
    let mut pairs = 0;
    for table in TABLES {
        for (at, first) in table.reasons.iter().enumerate() {
            for second in table.reasons[at + 1..].iter().filter(|second| !table.excludes(first, second)) {
                let given = table.scene(&[*first, *second]).refusal();
                assert_eq!(given, Some(first.variant), "{}: {} and {}", table.name, first.variant, second.variant);
                pairs += 1;
            }
        }
    }
    assert!(pairs > 150, "{pairs} pairs were tried");
}
