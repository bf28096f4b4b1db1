//! One event of the model: who has which seat, by the changes alone.

use rowlock_engine::booking::{Allocation, Booking, Status};
use rowlock_engine::command::SaleTerms;
use rowlock_engine::ids::{AreaId, BookingId, SeatId, TimeMs};
use rowlock_engine::outcome::{BookingChange, BookingChangeKind};
use rowlock_engine::seat_map::SeatState;
use rowlock_engine::seat_map::spec::SeatMapSpec;
use rowlock_engine::shard::Event;
use std::collections::BTreeMap;
use std::sync::Arc;

/// One event as the model sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sale {
    spec: Arc<SeatMapSpec>,
    pub terms: SaleTerms,
    pub closed: bool,
    /// The booking that has a seat, if one has.
    holders: BTreeMap<SeatId, Option<BookingId>>,
    blocked: BTreeMap<SeatId, bool>,
    bookings: BTreeMap<BookingId, Booking>,
}

impl Sale {
    pub fn new(spec: Arc<SeatMapSpec>, terms: SaleTerms) -> Self {
        let mut holders = BTreeMap::new();
        let mut id = 0;
        for rows in spec.sections.iter().flat_map(|section| &section.subsections).flat_map(|part| &part.rows) {
            for position in (0..rows.count).flat_map(|_| 1..=rows.seats) {
                if !rows.missing.contains(&position) {
                    holders.insert(SeatId(id), None);
                }
                id += 1;
            }
        }
        let (blocked, bookings) = (BTreeMap::new(), BTreeMap::new());
        Self { spec, terms, closed: false, holders, blocked, bookings }
    }

    pub fn pending(&self) -> impl Iterator<Item = &Booking> {
        self.bookings.values().filter(|booking| booking.status == Status::PendingPayment)
    }

    fn living(&self) -> impl Iterator<Item = &Booking> {
        self.bookings.values().filter(|booking| matches!(booking.status, Status::PendingPayment | Status::Completed))
    }

    pub fn block(&mut self, seat: SeatId, blocked: bool) {
        assert_eq!(self.holders[&seat], None, "only free seats are blocked");
        let was = self.blocked.insert(seat, blocked).unwrap_or(false);
        assert_ne!(was, blocked, "only what changes is named");
    }

    fn take(&mut self, booking: &Booking) {
        match &booking.allocation {
            Allocation::Seats(seats) => {
                for seat in seats {
                    let holder = self.holders.get_mut(seat).expect("seats that are given exist");
                    assert_eq!(holder.replace(booking.id), None, "seat {seat} has one holder");
                    assert!(!self.blocked.get(seat).is_some_and(|blocked| *blocked), "seat {seat} is not for sale");
                }
            }
            Allocation::Area { area, quantity } => {
                let capacity = self.spec.areas[usize::from(area.0)].capacity;
                let others = self.living().filter(|other| other.id != booking.id);
                assert!(places(others, area.0) + quantity <= capacity, "area {area} has {capacity} places");
            }
        }
    }

    fn give_back(&mut self, booking: &Booking) {
        if let Allocation::Seats(seats) = &booking.allocation {
            for seat in seats {
                let holder = self.holders.insert(*seat, None).expect("it exists");
                assert_eq!(holder, Some(booking.id), "seat {seat} is given back by who had it");
            }
        }
    }

    fn price(&self, allocation: &Allocation) -> u64 {
        match allocation {
            Allocation::Area { area, quantity } => self.spec.areas[usize::from(area.0)].price * u64::from(*quantity),
            Allocation::Seats(seats) => seats.iter().map(|seat| self.seat_price(*seat)).sum(),
        }
    }

    fn seat_price(&self, seat: SeatId) -> u64 {
        let mut end = 0;
        for section in &self.spec.sections {
            let rows = section.subsections.iter().flat_map(|part| &part.rows);
            end += rows.map(|rows| rows.count * rows.seats).sum::<u32>();
            if seat.0 < end {
                return section.price;
            }
        }
        panic!("no such seat");
    }

    pub fn booking_change(&mut self, at: TimeMs, change: &BookingChange) {
        let BookingChange { kind, booking, before: said, released } = change;
        let before = self.bookings.get(&booking.id).cloned();
        if *kind == BookingChangeKind::Reserved {
            assert_eq!(before.as_ref().filter(|before| is_living(before)), None, "a living id is not given again");
            assert_eq!((said, released), (&None, &None), "a new booking was nothing before");
            self.reserved(at, booking);
        } else {
            let before = before.expect("what changes was reserved");
            assert_eq!(*said, Some(before.status), "the status before");
            self.changed(at, *kind, &before, booking);
            assert_eq!(released.as_ref(), releases(*kind).then_some(&before.allocation), "what was given back");
        }
        self.bookings.insert(booking.id, booking.clone());
        self.within_limits(*kind, booking);
    }

    fn reserved(&mut self, at: TimeMs, booking: &Booking) {
        assert!(!self.closed && self.terms.opens_at.is_none_or(|opens| opens <= at), "reserved on sale only");
        assert_eq!((booking.status, booking.created_at, booking.payment), (Status::PendingPayment, at, None));
        assert_eq!(booking.total_price, self.price(&booking.allocation));
        assert!(booking.deadline > at);
        self.take(booking);
    }

    fn within_limits(&self, kind: BookingChangeKind, booking: &Booking) {
        use BookingChangeKind::{Exchanged, Reserved};
        if !matches!(kind, Reserved | Exchanged) {
            return;
        }
        assert!(booking.allocation.quantity() <= self.terms.tickets_per_booking_max);
        let mine = self.living().filter(|other| other.buyer == booking.buyer);
        let tickets: u32 = mine.map(|other| other.allocation.quantity()).sum();
        assert!(self.terms.tickets_per_buyer_max.is_none_or(|max| tickets <= max), "{tickets} tickets");
    }

    fn changed(&mut self, at: TimeMs, kind: BookingChangeKind, before: &Booking, now: &Booking) {
        use BookingChangeKind as Kind;
        let (pending, completed) = (Status::PendingPayment, Status::Completed);
        let (from, to): (&[Status], Status) = match kind {
            Kind::Reserved => unreachable!("handled by reserved"),
            Kind::Extended | Kind::PaymentBegun | Kind::PaymentEnded => (&[pending], pending),
            Kind::Confirmed => (&[pending, Status::Expired], completed),
            Kind::Cancelled => (&[pending, completed], Status::Cancelled),
            Kind::Expired => (&[pending], Status::Expired),
            Kind::Failed => (&[Status::Expired], Status::Failed),
            Kind::Exchanged => (&[pending, completed], before.status),
            Kind::Unchanged => {
                assert_eq!(before, now, "unchanged is unchanged");
                return;
            }
        };
        assert!(from.contains(&before.status), "{kind:?} from {}", before.status);
        assert_eq!(now.status, to);
        let moved = matches!(kind, Kind::Extended | Kind::PaymentBegun | Kind::PaymentEnded);
        assert!(moved || now.deadline == before.deadline, "{kind:?} leaves the deadline");
        match kind {
            Kind::Extended => assert!(now.deadline > before.deadline, "an extension is one"),
            Kind::Expired => assert!(before.deadline <= at, "holds do not end early"),
            Kind::Confirmed if before.status == Status::Expired => self.take(now),
            Kind::Exchanged => {
                self.give_back(before);
                self.take(now);
                assert_eq!(now.total_price, self.price(&now.allocation));
                assert!(before.status == pending || now.total_price == before.total_price);
            }
            _ => {}
        }
        if matches!(kind, Kind::Cancelled | Kind::Expired) {
            self.give_back(before);
        }
        assert!(kind == Kind::Exchanged || now.allocation == before.allocation, "{kind:?} moves nobody");
        assert_eq!((now.buyer, now.created_at, &now.holder), (before.buyer, before.created_at, &before.holder));
    }

    fn seat_state(&self, seat: SeatId) -> SeatState {
        match self.holders.get(&seat) {
            None => SeatState::Blocked,
            Some(None) if self.blocked.get(&seat).is_some_and(|blocked| *blocked) => SeatState::Blocked,
            Some(None) => SeatState::Available,
            Some(Some(id)) if self.bookings[id].status == Status::Completed => SeatState::Sold,
            Some(Some(_)) => SeatState::Held,
        }
    }

    pub fn assert_is(&self, event: &Event) {
        assert_eq!((event.terms(), event.is_closed()), (&self.terms, self.closed));
        let map = event.seat_map();
        let mut counts = [0; 4];
        for seat in (0..map.positions()).map(SeatId) {
            let state = self.seat_state(seat);
            assert_eq!(event.seats().state(seat), state, "seat {seat} of event {}", event.id());
            assert_eq!(event.seats().free().is_free(map, seat), state == SeatState::Available, "seat {seat}'s bit");
            counts[state as usize] += u32::from(self.holders.contains_key(&seat));
        }
        for (at, area) in self.spec.areas.iter().enumerate() {
            let of = |status| places(self.bookings.values().filter(|booking| booking.status == status), at as u16);
            let (held, sold) = (of(Status::PendingPayment), of(Status::Completed));
            let found = event.seats().area_counts(AreaId(at as u16));
            assert_eq!((found.total, found.held, found.sold, found.blocked), (area.capacity, held, sold, 0));
            assert_eq!(found.available, area.capacity - held - sold);
            counts[0] += found.available;
            counts[1] += held;
            counts[2] += sold;
        }
        let totals = event.seats().states().totals();
        assert_eq!([totals.available, totals.held, totals.sold, totals.blocked], counts, "counts equal seats");
        self.assert_bookings(event);
    }

    /// What lives is known; what has ended may be forgotten, but is not misremembered.
    fn assert_bookings(&self, event: &Event) {
        let known: BTreeMap<_, _> = event.bookings().map(|booking| (booking.id, booking)).collect();
        assert_eq!(known.len(), event.bookings_len());
        for (id, booking) in &known {
            assert_eq!(booking, &self.bookings[id]);
        }
        assert!(self.living().all(|booking| known.contains_key(&booking.id)), "living bookings are remembered");
    }
}

fn is_living(booking: &Booking) -> bool {
    matches!(booking.status, Status::PendingPayment | Status::Completed)
}

fn releases(kind: BookingChangeKind) -> bool {
    matches!(kind, BookingChangeKind::Cancelled | BookingChangeKind::Expired | BookingChangeKind::Exchanged)
}

fn places<'a>(bookings: impl Iterator<Item = &'a Booking>, area: u16) -> u32 {
    let quantity = |booking: &Booking| match &booking.allocation {
        Allocation::Area { area: found, quantity } if found.0 == area => *quantity,
        _ => 0,
    };
    bookings.map(quantity).sum()
}
