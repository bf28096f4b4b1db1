//! What a shard weighs, and how long its checkpoint takes: bytes a seat of empty events, bytes a booking of 1,000,000 bookings of two
//! seats in 40 events of 50,000 seats (three of four paid, one of twenty given up), then freezing, encoding and restoring them.
//!
//! Bytes are those that the allocator was asked for and not given back, counted exactly; times are of one thread and wall-clock, three
//! runs each, the least first. Targets: 100 bytes a seat plus 100 a booking, so at most 300 MB here; a restart within 2 s, of which restoring
//! is a part; freezing stops the partition, so at most a few milliseconds, while encoding runs beside it.

#![allow(clippy::print_stdout, reason = "the figures are what it is for")]
#![allow(
    unsafe_code,
    reason = "an allocator that counts has to be one; it adds nothing but the counting to the system's"
)]

use rowlock_benches::crowd::Crowd;
use rowlock_benches::hall::{apply, partition};
use rowlock_benches::samples::timed;
use rowlock_engine::booking::{Allocation, Status};
use rowlock_engine::command::{Command, Wish};
use rowlock_engine::ids::{EventId, RequestId};
use rowlock_engine::ports::{Checkpoint, CheckpointDelta};
use rowlock_engine::shard::Shard;
use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

const EVENTS: u64 = 40;
const SEATS: u32 = 50_000;
const BOOKINGS: u32 = 1_000_000;
const ANSWERS: u32 = 2 * 65_536;
const SEATS_TARGET: usize = 100;
const BOOKINGS_TARGET: usize = 100;

/// The system's allocator, and how many bytes are out.
struct Counting;

static OUT: AtomicUsize = AtomicUsize::new(0);

// SAFETY: every call goes to the system's allocator unchanged.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        OUT.fetch_add(layout.size(), Relaxed);
        // SAFETY: the caller's promises are handed on.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        OUT.fetch_sub(layout.size(), Relaxed);
        // SAFETY: the caller's promises are handed on.
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// What `make` gives, and the bytes that it keeps.
fn weighed<T>(make: impl FnOnce() -> T) -> (T, usize) {
    let before = OUT.load(Relaxed);
    let value = make();
    (value, OUT.load(Relaxed).saturating_sub(before))
}

fn main() {
    for seats in [SEATS, 4 * SEATS] {
        let (shard, bytes) = weighed(|| partition(0..1, seats));
        println!("an empty event of {seats:>7} seats: {:>9} bytes, {} a seat", bytes, bytes / seats as usize);
        drop(shard);
    }
    let (empty, seat_bytes) = weighed(|| partition(0..EVENTS, SEATS));
    let (shard, booking_bytes) = weighed(|| sell(empty));
    let (seats, bookings) = (EVENTS as usize * SEATS as usize, BOOKINGS as usize);
    println!("{bookings} bookings: {booking_bytes} bytes, {} a booking", booking_bytes / bookings);
    let target = seats * SEATS_TARGET + bookings * BOOKINGS_TARGET;
    println!("together: {} MB; target: {} MB", (seat_bytes + booking_bytes) / 1_000_000, target / 1_000_000);
    checkpoints(shard);
}

fn sell(mut shard: Shard) -> Shard {
    for event in 0..EVENTS {
        let mut crowd = Crowd::new(EventId(event));
        for number in 0..u64::from(BOOKINGS) / EVENTS {
            let reserved = apply(&mut shard, crowd.best(2));
            let booking = crowd.see(&reserved).expect("seats enough are free");
            if number % 4 > 0 {
                apply(&mut shard, crowd.confirm(&booking));
            }
            if number % 20 == 0 {
                let given_up = apply(&mut shard, crowd.cancel_any());
                crowd.see(&given_up);
            }
        }
    }
    shard
}

fn checkpoints(mut shard: Shard) {
    let mut frozen = shard.freeze();
    times("freeze", || frozen = shard.freeze());
    let (_, bytes) = weighed(|| answer_many(&mut shard));
    println!("{ANSWERS} remembered answers: {bytes} bytes, {} an answer", bytes / ANSWERS as usize);
    times("freeze with them", || frozen = shard.freeze());
    let mut whole = frozen.delta(None);
    times("encode 40 events", || whole = frozen.delta(None));
    let before = shard.last_outcome();
    let mut crowd = Crowd::new(EventId(EVENTS));
    apply(&mut shard, rowlock_benches::hall::open(EventId(EVENTS), rowlock_benches::hall::hall(SEATS)));
    crowd.fill(SEATS / 2, SEATS, |command| apply(&mut shard, command));
    let frozen = shard.freeze();
    let mut delta = frozen.delta(Some(before));
    times("encode 1 changed event, half full", || delta = frozen.delta(Some(before)));
    println!("a checkpoint of {} bytes, {} of them for 1 changed event", size(&whole), size(&delta));
    drop((shard, frozen));
    let checkpoint = Checkpoint { covers: whole.covers, chunks: whole.changed };
    times("restore 40 events", || drop(Shard::restore(&checkpoint).expect("a checkpoint of this build")));
    let (_restored, bytes) = weighed(|| Shard::restore(&checkpoint));
    println!("restored: {} MB", bytes / 1_000_000);
}

/// Fills the memory of answers: half refusals of taken seats, half repeated payments.
fn answer_many(shard: &mut Shard) {
    let mut crowd = Crowd::new(EventId(0));
    let event = shard.event(EventId(0)).expect("it is on sale");
    let sold = event.bookings().find(|booking| booking.status == Status::Completed).expect("some are paid");
    let Allocation::Seats(seats) = &sold.allocation else { panic!("seats were asked for") };
    for _ in 0..ANSWERS / 2 {
        let refused = crowd.reserve(Wish::Named(seats.clone()));
        let repeated = Command { request: refused.request, ..crowd.confirm(&sold) };
        apply(shard, refused);
        let request = repeated.request.map(|request| RequestId { key: !request.key, ..request });
        apply(shard, Command { request, ..repeated });
    }
}

fn size(delta: &CheckpointDelta) -> usize {
    delta.changed.iter().map(|chunk| chunk.bytes.len()).sum()
}

fn times(name: &str, mut run: impl FnMut()) {
    let mut micros: Vec<_> = (0..3).map(|_| timed(&mut run).1 / 1000).collect();
    micros.sort_unstable();
    println!("{name:<36}{:>10} µs  (also {} and {})", micros[0], micros[1], micros[2]);
}
