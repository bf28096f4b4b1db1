//! First answers to requests that made no booking, so that a repeated one gets them again.

use super::index::Index;
use super::ring::{Remembered, Ring};
use crate::ids::TimeMs;
use crate::limits::{ACCEPTED_ANSWERS_MAX, ACCEPTED_KEPT_MS, REFUSED_ANSWERS_MAX, REFUSED_KEPT_MS};
use crate::outcome::Answer;

/// Remembered answers of one partition, refused and accepted ones apart, since they are kept for different times.
#[derive(Clone, Debug)]
pub(crate) struct Answers {
    refused: Ring,
    accepted: Ring,
    refused_index: Index<u64>,
    accepted_index: Index<u64>,
}

impl Default for Answers {
    fn default() -> Self {
        Self::restore(Ring::default(), Ring::default())
    }
}

impl Answers {
    pub fn restore(refused: Ring, accepted: Ring) -> Self {
        let (refused_index, accepted_index) =
            (refused.index(REFUSED_ANSWERS_MAX), accepted.index(ACCEPTED_ANSWERS_MAX));
        Self { refused, accepted, refused_index, accepted_index }
    }

    /// What a snapshot keeps: the refused and the accepted ones.
    pub fn rings(&self) -> (Ring, Ring) {
        (self.refused.clone(), self.accepted.clone())
    }

    pub fn get(&self, key: u128) -> Option<&Remembered> {
        self.accepted.find(&self.accepted_index, key).or_else(|| self.refused.find(&self.refused_index, key))
    }

    pub fn remember(&mut self, remembered: Remembered) {
        let (ring, index, max) = match remembered.answer {
            Answer::Refused(_) => (&mut self.refused, &mut self.refused_index, REFUSED_ANSWERS_MAX),
            Answer::Done(_) => (&mut self.accepted, &mut self.accepted_index, ACCEPTED_ANSWERS_MAX),
        };
        if ring.len() == max {
            ring.forget_first(index);
        }
        ring.push(index, remembered);
    }

    /// Forgets what is old enough; a bounded number at a time, the same for every split into batches.
    pub fn forget(&mut self, now: TimeMs) {
        self.refused.forget_old(&mut self.refused_index, now, REFUSED_KEPT_MS);
        self.accepted.forget_old(&mut self.accepted_index, now, ACCEPTED_KEPT_MS);
    }
}
