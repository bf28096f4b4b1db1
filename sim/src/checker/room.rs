//! How many seats of each event may have been taken at most, so that a refusal for want of seats can be doubted.

/// Seats that one request can take at most.
const SEATS_PER_REQUEST: u64 = 4;

/// How many seats of each event were taken, as far as anybody knows.
///
/// Whatever is taken was told to somebody, or its request is under way; whoever gives a seat back hears of it later than
/// it is free. So the seats that were told are, with those of the requests under way, never fewer than are taken.
pub(super) struct Room {
    seats: u64,
    events: Vec<Event>,
}

#[derive(Clone, Default)]
struct Event {
    taken: u64,
    taken_peak: u64,
    under_way: u64,
    under_way_peak: u64,
    /// Requests of which nobody knows what became.
    unknown: u64,
}

impl Room {
    pub fn new(events: usize, seats: u32) -> Self {
        Self { seats: seats.into(), events: vec![Event::default(); events] }
    }

    pub fn asked(&mut self, event: usize) {
        let event = &mut self.events[event];
        event.under_way += 1;
        event.under_way_peak = event.under_way_peak.max(event.under_way);
    }

    /// What is not known stays under way for good.
    pub fn answered(&mut self, event: usize, is_known: bool) {
        let event = &mut self.events[event];
        if is_known {
            event.under_way -= 1;
        } else {
            event.unknown += 1;
        }
    }

    /// It is known after all.
    pub fn settled(&mut self, event: u32) {
        let event = &mut self.events[event as usize];
        event.under_way -= 1;
        event.unknown -= 1;
    }

    pub fn taken(&mut self, event: u32, seats: u64) {
        let event = &mut self.events[event as usize];
        event.taken += seats;
        event.taken_peak = event.taken_peak.max(event.taken);
    }

    pub fn left(&mut self, event: u32, seats: u64) {
        self.events[event as usize].taken -= seats;
    }

    /// Seats of all events that somebody was told are theirs.
    pub fn taken_seats(&self) -> u64 {
        self.events.iter().map(|event| event.taken).sum()
    }

    /// All there are.
    pub fn seats_of_all(&self) -> u64 {
        self.seats * self.events.len() as u64
    }

    /// Seats of `event` that may have been taken at the same time.
    pub fn most_taken(&self, event: usize) -> u64 {
        let event = &self.events[event];
        event.taken_peak + event.under_way_peak * SEATS_PER_REQUEST
    }

    /// Whether `quantity` seats have been free all the time.
    pub fn had(&self, event: usize, quantity: u32) -> bool {
        self.most_taken(event) + u64::from(quantity) <= self.seats
    }

    pub fn has_unknown(&self, event: u32) -> bool {
        self.events[event as usize].unknown > 0
    }
}
