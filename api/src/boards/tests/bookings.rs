use crate::boards::BookingBoard;
use rowlock_engine::booking::{Allocation, Booking, Status};
use rowlock_engine::ids::{BookingId, BuyerId, EventId, OutcomeNumber, SeatId, TimeMs};
use smallvec::smallvec;
use std::sync::atomic::{AtomicU64, Ordering};
use uuid::Uuid;

const ROUNDS: u64 = 20_000;
const BUYER: BuyerId = BuyerId(1);

fn booking(number: u64) -> Booking {
    Booking {
        id: BookingId(Uuid::from_u128(1)),
        event: EventId(1),
        buyer: BUYER,
        holder: None,
        allocation: Allocation::Seats(smallvec![SeatId(0)]),
        total_price: 1,
        status: Status::PendingPayment,
        created_at: TimeMs(number),
        deadline: TimeMs(number),
        payment: None,
    }
}

/// The board has a change before followers are told: so whoever follows first and reads the board then misses nothing.
#[test]
fn whoever_is_told_of_a_change_finds_it_on_the_board() {
    let board = &BookingBoard::default();
    let mut changes = board.streams.open(BUYER).unwrap();
    let told = &AtomicU64::new(0);
    let mut early = Vec::new();
    std::thread::scope(|scope| {
        scope.spawn(move || {
            for number in 1..=ROUNDS {
                board.put(OutcomeNumber(number), booking(number));
                while told.load(Ordering::Acquire) < number {
                    std::hint::spin_loop();
                }
            }
        });
        for expected in (1..=ROUNDS).map(OutcomeNumber) {
            let number = loop {
                if let Ok((number, _)) = changes.try_recv() {
                    break number;
                }
                std::hint::spin_loop();
            };
            let on_board = board.numbered(BUYER);
            if number != expected || on_board.iter().all(|(on_board, _)| *on_board < number) {
                early.push(number);
            }
            told.store(expected.0, Ordering::Release);
        }
    });
    assert_eq!(early, []);
}

#[test]
fn a_reader_that_falls_behind_is_cut_off() {
    let board = BookingBoard::default();
    let mut slow = board.streams.open(BUYER).unwrap();
    let mut changes = 0;
    for number in 1..=1_000 {
        board.put(OutcomeNumber(number), booking(number));
    }
    while let Ok((number, changed)) = slow.try_recv() {
        changes += 1;
        assert_eq!((number.0, changed.created_at.0), (changes, changes), "changes come in order");
    }
    assert_eq!(changes, crate::boards::streams::STREAM_BEHIND_MAX as u64);
    assert!(slow.is_closed());
    assert!(!board.streams.any_open());
}
