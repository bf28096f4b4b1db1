//! A first-in, first-out memory of answers: what is oldest in the log's order is forgotten first.

use super::index::Index;
use crate::ids::{RequestId, TimeMs};
use crate::limits::FORGOTTEN_PER_RECORD_MAX;
use crate::outcome::Answer;
use serde::{Deserialize, Serialize};
use std::collections::VecDeque;
use std::sync::Arc;

/// Answers of one page: what the first answer after a snapshot copies at most.
const PAGE_ANSWERS: usize = 32;

/// One remembered request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Remembered {
    pub request: RequestId,
    pub at: TimeMs,
    pub answer: Answer,
}

/// Answers in order, in pages that a snapshot shares; each has a sequence number.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Ring {
    pages: VecDeque<Arc<Vec<Remembered>>>,
    /// The sequence number of the first that is kept.
    first: u64,
    /// How many before it stand in its page, forgotten already.
    gone: usize,
}

impl Ring {
    pub fn len(&self) -> usize {
        let last = self.pages.back().map_or(0, |page| page.len());
        self.pages.len().saturating_sub(1) * PAGE_ANSWERS + last - self.gone
    }

    /// Whether these are pages that a ring of at most `max` may have: to be asked of whatever was read from outside.
    pub fn is_whole(&self, max: usize) -> bool {
        let full = self.pages.len().saturating_sub(1);
        let pages_fit = self.pages.iter().take(full).all(|page| page.len() == PAGE_ANSWERS)
            && self.pages.back().is_none_or(|page| (1..=PAGE_ANSWERS).contains(&page.len()));
        let begins = self.pages.front().map_or(self.gone == 0, |page| self.gone < page.len());
        pages_fit && begins && self.len() <= max && self.first.checked_add(max as u64).is_some()
    }

    pub fn find(&self, index: &Index<u64>, key: u128) -> Option<&Remembered> {
        let sequence = index.find(hash_key(key), |sequence| self.at(*sequence).request.key == key)?;
        Some(self.at(*sequence))
    }

    pub fn push(&mut self, index: &mut Index<u64>, remembered: Remembered) {
        let (hash, sequence) = (hash_key(remembered.request.key), self.first + self.len() as u64);
        if self.pages.back().is_none_or(|page| page.len() == PAGE_ANSWERS) {
            self.pages.push_back(Arc::new(Vec::with_capacity(PAGE_ANSWERS)));
        }
        let page = self.pages.back_mut().expect("there is room in the last page");
        Arc::make_mut(page).push(remembered);
        index.insert(hash, sequence, |sequence| self.hash_at(*sequence));
    }

    pub fn forget_old(&mut self, index: &mut Index<u64>, now: TimeMs, kept_ms: u64) {
        for _ in 0..FORGOTTEN_PER_RECORD_MAX {
            match self.pages.front().map(|page| &page[self.gone]) {
                Some(oldest) if oldest.at.plus_ms(kept_ms) <= now => self.forget_first(index),
                _ => return,
            }
        }
    }

    pub fn forget_first(&mut self, index: &mut Index<u64>) {
        let found = index.remove(self.hash_at(self.first), |sequence| *sequence == self.first);
        found.expect("everything kept is indexed");
        self.first += 1;
        self.gone += 1;
        if self.pages.front().is_some_and(|page| page.len() == self.gone) {
            self.pages.pop_front();
            self.gone = 0;
        }
    }

    /// The index that snapshots leave out, for a ring of at most `max`.
    pub fn index(&self, max: usize) -> Index<u64> {
        let mut index = Index::new(max, self.len());
        for sequence in (self.first..).take(self.len()) {
            index.insert(self.hash_at(sequence), sequence, |sequence| self.hash_at(*sequence));
        }
        index
    }

    fn at(&self, sequence: u64) -> &Remembered {
        let place = usize::try_from(sequence - self.first).expect("rings are capped") + self.gone;
        &self.pages[place / PAGE_ANSWERS][place % PAGE_ANSWERS]
    }

    fn hash_at(&self, sequence: u64) -> u64 {
        hash_key(self.at(sequence).request.key)
    }
}

/// Keys are hashes already.
fn hash_key(key: u128) -> u64 {
    key as u64
}
