//! What changes do to the model, and whether a shard is in the state that they lead to.

use super::hall::{Holder, Sale};
use super::{Kept, Model};
use rowlock_engine::booking::{Allocation, Status};
use rowlock_engine::command::{Command, CommandBody};
use rowlock_engine::ids::{AreaId, EventId, TimeMs};
use rowlock_engine::outcome::{BookingChange, BookingChangeKind as Kind, Change};
use rowlock_engine::seat_map::SeatState;
use rowlock_engine::shard::{Event, Shard};

impl Model {
    pub(super) fn is_free(&self, event: EventId, allocation: &Allocation) -> bool {
        match allocation {
            Allocation::Seats(seats) => seats.iter().all(|seat| self.sales[&event].is_free(*seat, None)),
            Allocation::Area { area, quantity } => self.free_places(event, area.0, None) >= *quantity,
        }
    }

    pub(super) fn take_in(&mut self, event: EventId, change: &Change) {
        if let Change::SaleOpened { seat_map, terms } = change {
            self.sales.insert(event, Sale::new(seat_map.clone(), terms.clone()));
        }
        let Some(sale) = self.sales.get_mut(&event) else { return };
        match change {
            Change::SaleOpened { .. } | Change::RulesSet { .. } => {}
            Change::SaleAmended { terms } => sale.terms = terms.clone(),
            Change::SaleClosed => sale.closed = true,
            Change::Blocked { seats } => sale.set(seats, Holder::House),
            Change::Unblocked { seats } => sale.set(seats, Holder::Nobody),
            Change::Booking(change) => self.booking_change(event, change),
        }
    }

    fn booking_change(&mut self, event: EventId, change: &BookingChange) {
        let BookingChange { kind, booking, before, released } = change;
        let sale = self.sales.get_mut(&event).expect("bookings are of sales");
        if let Some(Allocation::Seats(seats)) = released {
            sale.set(seats, Holder::Nobody);
        }
        let is_taken = matches!(kind, Kind::Reserved | Kind::Exchanged)
            || (*kind == Kind::Confirmed && *before == Some(Status::Expired));
        if let (true, Allocation::Seats(seats)) = (is_taken, &booking.allocation) {
            sale.set(seats, Holder::Booking(booking.id));
        }
        let kept = self.bookings.entry((event, booking.id)).or_insert_with(|| Kept {
            booking: booking.clone(),
            hold_ms: booking.deadline.0 - booking.created_at.0,
            hold_deadline: booking.deadline,
        });
        kept.booking = booking.clone();
        if *kind == Kind::Extended {
            kept.hold_deadline = booking.deadline;
        }
    }

    /// The state of one shard; the first difference.
    pub fn differs_from(&self, shard: &Shard) -> Option<String> {
        let ids: Vec<_> = shard.events().map(Event::id).collect();
        if !ids.iter().eq(self.sales.keys()) || shard.now() != self.now {
            return Some(format!("events {ids:?} at {}, not those at {}", shard.now(), self.now));
        }
        shard.events().find_map(|event| self.event_differs(event).map(|what| format!("event {}: {what}", event.id())))
    }

    fn event_differs(&self, event: &Event) -> Option<String> {
        let sale = &self.sales[&event.id()];
        let mut counted = [0; 4];
        for seat in sale.seats() {
            let (found, state) = (event.seats().state(seat), self.seat_state(sale, event.id(), seat.0));
            if found != state {
                return Some(format!("seat {seat} is {found}, not {state}"));
            }
            counted[state as usize] += u32::from(sale.exists(seat));
        }
        for (area, spec) in (0..).zip(&sale.spec.areas) {
            let of = |status| self.places(event.id(), area, status);
            let (held, sold) = (of(Status::PendingPayment), of(Status::Completed));
            let found = event.seats().area_counts(AreaId(area));
            if (found.held, found.sold, found.available) != (held, sold, spec.capacity - held - sold) {
                return Some(format!("area {area} counts {found:?}, not {held} held and {sold} sold"));
            }
            counted[0] += found.available;
            counted[1] += held;
            counted[2] += sold;
        }
        let totals = event.seats().states().totals();
        let shown = [totals.available, totals.held, totals.sold, totals.blocked];
        if shown != counted {
            return Some(format!("{shown:?} are counted, and {counted:?} there"));
        }
        self.bookings_differ(event)
    }

    fn bookings_differ(&self, event: &Event) -> Option<String> {
        let mut living = 0;
        for booking in event.bookings() {
            let kept = self.bookings.get(&(event.id(), booking.id)).map(|kept| &kept.booking);
            if kept.is_some_and(|kept| *kept != booking) {
                return Some(format!("{booking:?}, not {kept:?}"));
            }
            living += usize::from(booking.status.is_living());
        }
        let known = self.living().filter(|booking| booking.event == event.id()).count();
        (living != known).then(|| format!("{living} bookings live, not {known}"))
    }

    fn seat_state(&self, sale: &Sale, event: EventId, position: u32) -> SeatState {
        match sale.holders[position as usize] {
            _ if !sale.places[position as usize].exists => SeatState::Blocked,
            Holder::Nobody => SeatState::Available,
            Holder::House => SeatState::Blocked,
            Holder::Booking(booking) => match self.bookings[&(event, booking)].booking.status {
                Status::Completed => SeatState::Sold,
                _ => SeatState::Held,
            },
        }
    }

    fn places(&self, event: EventId, area: u16, status: Status) -> u32 {
        let these = self.living().filter(|booking| booking.event == event && booking.status == status);
        let quantity = these.map(|booking| match &booking.allocation {
            Allocation::Area { area: found, quantity } if found.0 == area => *quantity,
            _ => 0,
        });
        quantity.sum()
    }

    /// When the next hold ends.
    pub fn next_deadline(&self) -> Option<TimeMs> {
        let pending = self.living().filter(|booking| booking.status == Status::PendingPayment);
        pending.map(|booking| booking.deadline).min()
    }

    pub(super) fn remember_hold(&mut self, command: &Command, change: &Change) {
        // A booking id that comes a second time, the first one forgotten, begins anew.
        if let (CommandBody::Reserve(_), Change::Booking(change)) = (&command.body, change) {
            let booking = &change.booking;
            let kept = self.bookings.get_mut(&(command.event, booking.id)).expect("it was taken in");
            (kept.hold_ms, kept.hold_deadline) = (booking.deadline.0 - booking.created_at.0, booking.deadline);
        }
    }
}
