//! Changes as they go over the wire, written once for everybody who waits for the same.

use super::changes::After;
use rowlock_engine::ids::OutcomeNumber;
use std::sync::{Arc, Mutex, PoisonError};

/// Bytes of a frame that is kept for others. A larger one is somebody's who comes back after a long time.
const FRAME_KEPT_BYTES_MAX: usize = 1 << 16;

/// What changed after one cursor, written out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frame {
    /// The cursor after it.
    pub to: OutcomeNumber,
    /// What is sent.
    pub text: Arc<str>,
}

/// The frame that was written last.
#[derive(Default)]
pub(super) struct Frames(Mutex<Option<(OutcomeNumber, Frame)>>);

impl Frames {
    /// The kept frame after `cursor`, or a new one. A kept one may end before the newest change: it is as true as
    /// when it was written, and brings all its readers to one cursor, so that they share the next one as well.
    pub(super) fn get(&self, cursor: OutcomeNumber, write: impl FnOnce() -> After<Frame>) -> After<Frame> {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((from, frame)) = &*kept
            && *from == cursor
        {
            return After::Changed(frame.clone());
        }
        let written = write();
        if let After::Changed(frame) = &written
            && frame.text.len() <= FRAME_KEPT_BYTES_MAX
        {
            *kept = Some((cursor, frame.clone()));
        }
        written
    }
}
