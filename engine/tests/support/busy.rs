//! A desk in the midst of things.

use super::ask::{
    OTHER, area, begin_payment, best, block, cancel, command, confirm, exchange, named, open_sale, request, reserve,
    reserve_for,
};
use super::desk::{Desk, EVENT};
use super::hall::{hall, terms};
use rowlock_engine::command::Command;
use rowlock_engine::ids::EventId;

/// A desk with a bit of everything that a checkpoint can hold.
pub fn busy() -> Desk {
    let mut desk = Desk::open();
    desk.send(&command(EventId(2), open_sale(hall(), terms())));
    desk.ask_as(&Command { request: request(1, 1), ..command(EVENT, reserve(1, named(&[12, 13]))) });
    desk.ask_as(&Command { request: request(2, 1), ..command(EVENT, cancel(99)) });
    desk.ask_as(&Command { request: request(3, 1), ..command(EVENT, block(&[19])) });
    desk.done(reserve(2, area(0, 2)));
    desk.done(reserve_for(OTHER, 3, named(&[10, 11])));
    desk.done(reserve(4, named(&[2])));
    desk.done(cancel(4));
    desk.done(confirm(2, Some(1)));
    desk.done(exchange(1, named(&[14, 15])));
    desk.done(begin_payment(1, 2));
    desk.send(&command(EventId(2), reserve(5, best(3))));
    desk
}
