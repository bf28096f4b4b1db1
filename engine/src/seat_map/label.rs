//! The name of a seat as buyers read it: `A-1-3-4` is section A, subsection 1, row 3, seat 4.

use std::fmt;

/// A seat's name in four parts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SeatLabel<'a> {
    /// Name of the section.
    pub section: &'a str,
    /// Number of the subsection, from 1.
    pub subsection: u32,
    /// Number of the row, from 1.
    pub row: u32,
    /// Number of the seat in its row, from 1.
    pub seat: u32,
}

impl fmt::Display for SeatLabel<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}-{}-{}", self.section, self.subsection, self.row, self.seat)
    }
}

impl<'a> SeatLabel<'a> {
    /// Reads what `Display` writes, and nothing else: one seat has one name.
    #[must_use]
    pub fn parse(text: &'a str) -> Option<Self> {
        let mut parts = text.split('-');
        let section = parts.next().filter(|name| !name.is_empty())?;
        let [subsection, row, seat] = [number(parts.next()?)?, number(parts.next()?)?, number(parts.next()?)?];
        parts.next().is_none().then_some(Self { section, subsection, row, seat })
    }
}

/// A number from 1, without sign or leading zero.
fn number(text: &str) -> Option<u32> {
    let plain = text.bytes().all(|b| b.is_ascii_digit()) && !text.starts_with('0');
    plain.then(|| text.parse().ok()).flatten()
}
