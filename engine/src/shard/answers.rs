//! First answers to requests that made no booking, so that a repeated one gets them again.

use crate::ids::{RequestId, TimeMs};
use crate::limits::{
    ACCEPTED_ANSWERS_MAX, ACCEPTED_KEPT_MS, FORGOTTEN_PER_RECORD_MAX, REFUSED_ANSWERS_MAX, REFUSED_KEPT_MS,
};
use crate::outcome::Answer;
use hashbrown::HashTable;
use serde::{Deserialize, Serialize};
use std::collections::VecDeque;
use std::sync::Arc;

/// One remembered request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Remembered {
    pub request: RequestId,
    pub at: TimeMs,
    pub answer: Answer,
}

/// A first-in, first-out memory: what is oldest in the log's order is forgotten first.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Ring {
    /// Behind `Arc`, so that a snapshot copies pointers.
    kept: VecDeque<Arc<Remembered>>,
    /// The sequence number of the first that is kept.
    first: u64,
}

/// Remembered answers of one partition, refused and accepted ones apart, since they are kept for different times.
#[derive(Clone, Debug, Default)]
pub(crate) struct Answers {
    refused: Ring,
    accepted: Ring,
    refused_index: HashTable<u64>,
    accepted_index: HashTable<u64>,
}

impl Answers {
    pub fn restore(refused: Ring, accepted: Ring) -> Self {
        let (refused_index, accepted_index) = (refused.index(), accepted.index());
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
        if ring.kept.len() == max {
            ring.forget_first(index);
        }
        let (hash, sequence) = (hash_key(remembered.request.key), ring.first + ring.kept.len() as u64);
        ring.kept.push_back(Arc::new(remembered));
        index.insert_unique(hash, sequence, |sequence| ring.hash_at(*sequence));
    }

    /// Forgets what is old enough; a bounded number at a time, the same for every split into batches.
    pub fn forget(&mut self, now: TimeMs) {
        self.refused.forget_old(&mut self.refused_index, now, REFUSED_KEPT_MS);
        self.accepted.forget_old(&mut self.accepted_index, now, ACCEPTED_KEPT_MS);
    }
}

impl Ring {
    fn at(&self, sequence: u64) -> &Remembered {
        let index = usize::try_from(sequence - self.first).expect("rings are capped");
        &self.kept[index]
    }

    fn hash_at(&self, sequence: u64) -> u64 {
        hash_key(self.at(sequence).request.key)
    }

    fn find(&self, index: &HashTable<u64>, key: u128) -> Option<&Remembered> {
        let sequence = index.find(hash_key(key), |sequence| self.at(*sequence).request.key == key)?;
        Some(self.at(*sequence))
    }

    fn forget_old(&mut self, index: &mut HashTable<u64>, now: TimeMs, kept_ms: u64) {
        for _ in 0..FORGOTTEN_PER_RECORD_MAX {
            match self.kept.front() {
                Some(oldest) if oldest.at.plus_ms(kept_ms) <= now => self.forget_first(index),
                _ => return,
            }
        }
    }

    fn forget_first(&mut self, index: &mut HashTable<u64>) {
        let hash = self.hash_at(self.first);
        let found = index.find_entry(hash, |sequence| *sequence == self.first);
        found.expect("everything kept is indexed").remove();
        self.kept.pop_front();
        self.first += 1;
    }

    fn index(&self) -> HashTable<u64> {
        let mut index = HashTable::with_capacity(self.kept.len());
        for sequence in (self.first..).take(self.kept.len()) {
            index.insert_unique(self.hash_at(sequence), sequence, |sequence| self.hash_at(*sequence));
        }
        index
    }
}

/// Keys are hashes already.
fn hash_key(key: u128) -> u64 {
    key as u64
}
