//! Those who follow a buyer's bookings as they change.

use dashmap::DashMap;
use rowlock_engine::booking::Booking;
use rowlock_engine::ids::{BuyerId, OutcomeNumber};
use std::sync::atomic::{AtomicUsize, Ordering, fence};
use tokio::sync::mpsc;

/// Streams of bookings that may be open at once.
pub const STREAMS_MAX: usize = 10_000;
/// Changes that a stream may be behind before it is cut off, to begin again with the current state.
pub const STREAM_BEHIND_MAX: usize = 64;

/// A booking as an outcome has left it.
pub type Changed = (OutcomeNumber, Booking);

/// Open streams, by buyer.
#[derive(Default)]
pub struct Streams {
    by_buyer: DashMap<BuyerId, Vec<mpsc::Sender<Changed>>>,
    open: AtomicUsize,
}

impl Streams {
    /// Every change to a buyer's bookings from now on; `None` when too many streams are open. Ends when
    /// the reader is too far behind.
    pub fn open(&self, buyer: BuyerId) -> Option<mpsc::Receiver<Changed>> {
        if self.open.load(Ordering::Relaxed) >= STREAMS_MAX {
            return None;
        }
        let (sender, receiver) = mpsc::channel(STREAM_BEHIND_MAX);
        self.by_buyer.entry(buyer).or_default().push(sender);
        self.open.fetch_add(1, Ordering::Relaxed);
        // Pairs with the fence in `any_open`: either this reader sees a change on the board, or its writer sees this
        // reader.
        fence(Ordering::SeqCst);
        Some(receiver)
    }

    /// Whether anybody follows anything, to be asked after the board was written.
    pub(super) fn any_open(&self) -> bool {
        fence(Ordering::SeqCst);
        self.open.load(Ordering::Relaxed) != 0
    }

    pub(super) fn send(&self, number: OutcomeNumber, booking: &Booking) {
        if let Some(mut senders) = self.by_buyer.get_mut(&booking.buyer) {
            self.retain(&mut senders, |sender| sender.try_send((number, booking.clone())).is_ok());
        }
    }

    /// Forgets streams whose readers are gone.
    pub(super) fn tidy(&self) {
        self.by_buyer.retain(|_, senders| {
            self.retain(senders, |sender| !sender.is_closed());
            !senders.is_empty()
        });
    }

    fn retain(&self, senders: &mut Vec<mpsc::Sender<Changed>>, keep: impl FnMut(&mpsc::Sender<Changed>) -> bool) {
        let before = senders.len();
        senders.retain(keep);
        self.open.fetch_sub(before - senders.len(), Ordering::Relaxed);
    }
}
