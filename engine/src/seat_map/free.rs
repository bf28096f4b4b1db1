//! The index of free seats: a bit a seat, and for each row its longest run of free seats.

use crate::ids::SeatId;
use crate::seat_map::bits;
use crate::seat_map::map::{Row, SeatMap};
use std::ops::Range;

/// Sizes of groups that have bit sets over rows of their own; for larger ones, rows are looked up one by one.
const LEVELS: usize = 8;

/// Which of the free seats a search may see.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Pool {
    /// Neither accessible nor companion seats.
    Ordinary,
    /// Only accessible and companion seats.
    Access,
    /// Every free seat.
    All,
}

/// How a group may lie in its row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fit {
    /// Anywhere.
    Any,
    /// So that no single seat is left beside it: in a run of just its length, or of two more at least.
    Snug,
}

/// What is known of the runs in each row: the longest, and for groups of up to [`LEVELS`] which rows can seat them.
#[derive(Clone, Debug, PartialEq, Eq)]
struct RowRuns {
    longest: Vec<u16>,
    /// [`LEVELS`] words for 64 rows, so that one row's bits lie side by side: rows that can seat a group at all.
    any: Vec<[u64; LEVELS]>,
    /// Likewise: rows that can seat it without leaving a single seat alone.
    snug: Vec<[u64; LEVELS]>,
}

impl RowRuns {
    fn new(rows: usize) -> Self {
        let none = vec![[0; LEVELS]; rows.div_ceil(64)];
        Self { longest: vec![0; rows], any: none.clone(), snug: none }
    }

    fn set(&mut self, row: usize, words: impl Iterator<Item = u64> + Clone) {
        let longest = bits::longest(words.clone());
        self.longest[row] = longest.try_into().expect("rows are capped");
        write_levels(&mut self.any[row / 64], row % 64, sizes_up_to(longest));
        write_levels(&mut self.snug[row / 64], row % 64, snug_sizes(longest, words));
    }

    fn rows(&self, fit: Fit, at: usize, length: usize) -> u64 {
        let levels = if fit == Fit::Snug && length <= LEVELS { &self.snug } else { &self.any };
        levels[at][length.min(LEVELS) - 1]
    }
}

/// One bit a level: sets or clears this row's in each.
fn write_levels(levels: &mut [u64; LEVELS], row: usize, sizes: u32) {
    for (size, level) in levels.iter_mut().enumerate() {
        *level = *level & !(1 << row) | u64::from(sizes >> size & 1) << row;
    }
}

/// The sizes 1, 2, … (bit 0, 1, …) up to this one, as far as there are levels.
fn sizes_up_to(size: u32) -> u32 {
    (1 << size.min(LEVELS as u32)) - 1
}

/// The sizes of groups that some run seats without leaving a single seat alone.
fn snug_sizes(longest: u32, words: impl Iterator<Item = u64>) -> u32 {
    if longest >= LEVELS as u32 + 2 {
        return sizes_up_to(LEVELS as u32);
    }
    let mut sizes = 0;
    bits::each_run(words, |_, length| sizes |= 1 << (length - 1) | sizes_up_to(length.saturating_sub(2)));
    sizes
}

/// The free seats of an event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FreeSeats {
    /// A bit a seat; each row starts on a word of its own.
    words: Vec<u64>,
    ordinary: RowRuns,
    all: RowRuns,
    /// Free seats of each subsection: ordinary ones, and accessible or companion ones.
    subsections: Vec<[u32; 2]>,
    /// The same of each section.
    sections: Vec<[u32; 2]>,
}

impl FreeSeats {
    /// The index of the seats for which `is_free` says so.
    #[must_use]
    pub fn new(map: &SeatMap, is_free: impl Fn(SeatId) -> bool) -> Self {
        let mut free = Self {
            words: vec![0; map.present.len()],
            ordinary: RowRuns::new(map.rows.len()),
            all: RowRuns::new(map.rows.len()),
            subsections: vec![[0; 2]; map.subsections.len()],
            sections: vec![[0; 2]; map.sections.len()],
        };
        for (index, &row) in map.rows.iter().enumerate() {
            for at in (0..u32::from(row.seats)).filter(|at| is_free(SeatId(row.first + at))) {
                free.words[(row.word + at / 64) as usize] |= 1 << (at % 64);
            }
            for word in row.words() {
                free.words[word] &= map.present[word];
                let access = (free.words[word] & map.access[word]).count_ones();
                let ordinary = free.words[word].count_ones() - access;
                let section = map.subsections[usize::from(row.subsection)].section;
                for counts in
                    [&mut free.subsections[usize::from(row.subsection)], &mut free.sections[usize::from(section)]]
                {
                    counts[0] += ordinary;
                    counts[1] += access;
                }
            }
            free.refresh(map, index, row);
        }
        free
    }

    /// Whether a seat is free.
    ///
    /// # Panics
    /// If the map has no such position.
    #[must_use]
    pub fn is_free(&self, map: &SeatMap, seat: SeatId) -> bool {
        let row = map.row(seat);
        let at = seat.0 - row.first;
        self.words[(row.word + at / 64) as usize] >> (at % 64) & 1 == 1
    }

    /// Notes that a seat became free or ceased to be; it must not have been so already.
    pub(crate) fn set(&mut self, map: &SeatMap, seat: SeatId, free: bool) {
        let index = usize::from(map.row_of[seat.0 as usize]);
        let row = map.rows[index];
        let at = seat.0 - row.first;
        let (word, bit) = ((row.word + at / 64) as usize, 1 << (at % 64));
        debug_assert_eq!(self.words[word] & bit == 0, free, "seat {seat} changes");
        self.words[word] ^= bit;
        let kind = usize::from(map.access[word] & bit != 0);
        let section = map.subsections[usize::from(row.subsection)].section;
        for counts in [&mut self.subsections[usize::from(row.subsection)], &mut self.sections[usize::from(section)]] {
            counts[kind] = if free { counts[kind] + 1 } else { counts[kind] - 1 };
        }
        self.refresh(map, index, row);
    }

    fn refresh(&mut self, map: &SeatMap, index: usize, row: Row) {
        let words = &self.words[row.words()];
        self.all.set(index, words.iter().copied());
        let access = &map.access[row.words()];
        self.ordinary.set(index, words.iter().zip(access).map(|(word, access)| word & !access));
    }

    /// Free seats of a section.
    pub(crate) fn in_section(&self, section: usize, pool: Pool) -> u32 {
        of_pool(self.sections[section], pool)
    }

    /// Free seats of a subsection.
    pub(crate) fn in_subsection(&self, subsection: usize, pool: Pool) -> u32 {
        of_pool(self.subsections[subsection], pool)
    }

    /// One word of free seats.
    pub(crate) fn word(&self, map: &SeatMap, pool: Pool, word: usize) -> u64 {
        match pool {
            Pool::Ordinary => self.words[word] & !map.access[word],
            Pool::Access => self.words[word] & map.access[word],
            Pool::All => self.words[word],
        }
    }

    /// The words of a row.
    pub(crate) fn row_words<'a>(&'a self, map: &'a SeatMap, pool: Pool, row: Row) -> impl Iterator<Item = u64> + 'a {
        row.words().map(move |word| self.word(map, pool, word))
    }

    /// The first row in the range that may seat a group of `length` so; an [`Pool::Access`] row, or one for a group larger
    /// than [`LEVELS`], may turn out not to.
    pub(crate) fn next_row(
        &self,
        map: &SeatMap,
        pool: Pool,
        fit: Fit,
        length: u32,
        rows: Range<usize>,
    ) -> Option<usize> {
        let (runs, length) = (self.runs(pool), length as usize);
        let mut from = rows.start;
        loop {
            let row = bits::next_one(|at| self.rows_word(map, pool, fit, length, at), from, rows.end)?;
            if length <= LEVELS || usize::from(runs.longest[row]) >= length {
                return Some(row);
            }
            from = row + 1;
        }
    }

    /// The last row in the range that may seat a group, as in [`FreeSeats::next_row`].
    pub(crate) fn previous_row(
        &self,
        map: &SeatMap,
        pool: Pool,
        fit: Fit,
        length: u32,
        rows: Range<usize>,
    ) -> Option<usize> {
        let (runs, length) = (self.runs(pool), length as usize);
        let mut end = rows.end;
        loop {
            let row = bits::previous_one(|at| self.rows_word(map, pool, fit, length, at), rows.start, end)?;
            if length <= LEVELS || usize::from(runs.longest[row]) >= length {
                return Some(row);
            }
            end = row;
        }
    }

    fn runs(&self, pool: Pool) -> &RowRuns {
        if pool == Pool::Ordinary { &self.ordinary } else { &self.all }
    }

    fn rows_word(&self, map: &SeatMap, pool: Pool, fit: Fit, length: usize, at: usize) -> u64 {
        match pool {
            // Other runs than those of all seats: only where accessible ones are is known.
            Pool::Access => self.runs(pool).rows(Fit::Any, at, length) & map.access_rows[at],
            Pool::Ordinary | Pool::All => self.runs(pool).rows(fit, at, length),
        }
    }
}

fn of_pool([ordinary, access]: [u32; 2], pool: Pool) -> u32 {
    match pool {
        Pool::Ordinary => ordinary,
        Pool::Access => access,
        Pool::All => ordinary + access,
    }
}
