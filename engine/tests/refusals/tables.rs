//! Every command and the reasons to refuse it, in order of precedence.

use super::scene::{
    CANCELLED, CLOSED, EXPIRED, MISMATCH, ONE_STATUS, PAYING, TAKEN, TWICE, TWO_AT_MOST_ONE, Table, UNKNOWN_BOOKING,
    UNKNOWN_EVENT, UNKNOWN_SEAT, reason,
};
use crate::support::ask::{
    OTHER, amend, area, begin_payment, block, cancel, command, confirm, end_payment, exchange, extend, named,
    open_sale, reserve, reserve_for, unblock,
};
use crate::support::desk::EVENT;
use crate::support::hall::{hall, plain, terms};
use rowlock_engine::command::{AmendSale, CommandBody};
use rowlock_engine::ids::EventId;
use rowlock_engine::limits::EVENTS_PER_PARTITION_MAX;

pub const TABLES: &[Table] = &[
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
