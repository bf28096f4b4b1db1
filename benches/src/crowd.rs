//! The buyers of one event: what they ask for, what they have, and how they keep the event as full as it is.

use rowlock_engine::booking::Booking;
use rowlock_engine::command::{BestAvailable, Cancel, Command, CommandBody, Confirm, Exchange, Reserve, Wish};
use rowlock_engine::ids::{BookingId, BuyerId, CorrelationId, EventId, PaymentId, RequestId};
use rowlock_engine::outcome::{BookingChangeKind, Change, Outcome, OutcomeBody};
use std::collections::HashMap;
use uuid::Uuid;

/// A fixed sequence of numbers that look random (splitmix64).
#[derive(Clone, Debug)]
struct Numbers(u64);

impl Numbers {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, end: u64) -> u64 {
        self.next() % end
    }
}

/// The buyers of one event. The same seed asks for the same things.
#[derive(Clone, Debug)]
pub struct Crowd {
    event: EventId,
    numbers: Numbers,
    made: u64,
    living: Vec<Booking>,
    places: HashMap<BookingId, usize>,
    taken: u32,
}

impl Crowd {
    /// Nobody has anything yet.
    #[must_use]
    pub fn new(event: EventId) -> Self {
        Self { event, numbers: Numbers(event.0), made: 0, living: Vec::new(), places: HashMap::new(), taken: 0 }
    }

    /// Seats that are held or sold.
    #[must_use]
    pub fn taken(&self) -> u32 {
        self.taken
    }

    /// Living bookings, in no particular order.
    #[must_use]
    pub fn living(&self) -> &[Booking] {
        &self.living
    }

    /// A new buyer asks for the best seats there are.
    pub fn best(&mut self, quantity: u32) -> Command {
        self.reserve(Wish::Best(BestAvailable { quantity, ..BestAvailable::default() }))
    }

    /// A new buyer asks for seats.
    pub fn reserve(&mut self, wish: Wish) -> Command {
        self.made += 1;
        let millis = 1_800_000_000_000 + u128::from(self.made / 10);
        let random = u128::from(self.numbers.next()) | 1 << 63;
        let booking = BookingId(Uuid::from_u128(millis << 80 | 7 << 76 | random));
        let buyer = BuyerId(self.numbers.below(1 << 40));
        let request = RequestId {
            key: u128::from(self.numbers.next()) << 64 | u128::from(self.numbers.next()),
            fingerprint: self.numbers.next(),
        };
        let body = Reserve { booking, buyer, holder: None, hold_ms: None, wish };
        self.command(Some(request), CommandBody::Reserve(body))
    }

    /// Any buyer gives up a living booking.
    ///
    /// # Panics
    /// If nobody has one.
    pub fn cancel_any(&mut self) -> Command {
        let index = self.numbers.below(self.living.len() as u64);
        self.cancel(&self.living[usize::try_from(index).expect("an index")])
    }

    /// The buyer of a booking gives it up.
    #[must_use]
    pub fn cancel(&self, booking: &Booking) -> Command {
        let cancel = Cancel { booking: booking.id, buyer: booking.buyer };
        self.command(None, CommandBody::Cancel(cancel))
    }

    /// The buyer of a booking gets it for good.
    #[must_use]
    pub fn confirm(&self, booking: &Booking) -> Command {
        let payment = Some(PaymentId(booking.id.0));
        let confirm = Confirm { booking: booking.id, buyer: booking.buyer, payment };
        self.command(None, CommandBody::Confirm(confirm))
    }

    /// The buyer of a booking wants as many of the best seats instead.
    #[must_use]
    pub fn exchange(&self, booking: &Booking) -> Command {
        let wish = Wish::Best(BestAvailable { quantity: booking.allocation.quantity(), ..BestAvailable::default() });
        let exchange = Exchange { booking: booking.id, buyer: booking.buyer, wish };
        self.command(None, CommandBody::Exchange(exchange))
    }

    /// What brings the seats that are taken back to `target`, if they are more or fewer.
    pub fn towards(&mut self, target: u32) -> Option<Command> {
        match self.taken {
            taken if taken > target => Some(self.cancel_any()),
            taken if taken < target => Some(self.best((target - taken).min(4))),
            _ => None,
        }
    }

    /// Sells until `target` seats are taken: bookings of one to four seats, three of four paid at once, and now and then
    /// one given up. Sells on for a little and gives up as much, so that free seats lie scattered.
    pub fn fill(&mut self, target: u32, seats: u32, mut apply: impl FnMut(Command) -> Outcome) {
        let beyond = (target + seats / 50).min(seats);
        while self.taken < beyond {
            let quantity = 1 + self.numbers.below(4);
            let wish = self.best(u32::try_from(quantity).expect("at most four").min(beyond - self.taken));
            let booking = self.see(&apply(wish)).expect("seats enough are free");
            if self.numbers.below(4) > 0 {
                let paid = apply(self.confirm(&booking));
                self.see(&paid);
            }
            if self.numbers.below(8) == 0 {
                let given_up = apply(self.cancel_any());
                self.see(&given_up);
            }
        }
        while let Some(command) = self.towards(target) {
            let outcome = apply(command);
            self.see(&outcome);
        }
    }

    /// Notes what became of a command; gives the booking if it is a new one.
    ///
    /// # Panics
    /// If the outcome is a refusal: in a bench all commands are carried out.
    pub fn see(&mut self, outcome: &Outcome) -> Option<Booking> {
        let OutcomeBody::Done(Change::Booking(change)) = &outcome.body else {
            panic!("a bench asks only for what there is: {:?}", outcome.body)
        };
        match change.kind {
            BookingChangeKind::Reserved => {
                self.taken += change.booking.allocation.quantity();
                self.places.insert(change.booking.id, self.living.len());
                self.living.push(change.booking.clone());
                Some(change.booking.clone())
            }
            BookingChangeKind::Cancelled => {
                self.taken -= change.booking.allocation.quantity();
                self.remove(change.booking.id);
                None
            }
            _ => None,
        }
    }

    fn remove(&mut self, id: BookingId) {
        let place = self.places.remove(&id).expect("a booking that lives");
        self.living.swap_remove(place);
        if let Some(moved) = self.living.get(place) {
            self.places.insert(moved.id, place);
        }
    }

    fn command(&self, request: Option<RequestId>, body: CommandBody) -> Command {
        Command { event: self.event, request, correlation: CorrelationId(self.made), body }
    }
}
