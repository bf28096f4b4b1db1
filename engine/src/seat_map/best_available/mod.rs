//! The best seats there are for a wish.
//!
//! # What is best
//! The *pool* is the free seats that the wish may have: ordinary ones, and accessible and companion ones too once they are
//! released. A *run* is a longest possible row of neighbouring pool seats: a taken, missing or foreign seat ends it. A *group* is
//! a set of neighbouring chosen seats. Sections that cost more than the wish allows are out; the others come in the seller's order.
//!
//! Classes, best first. For each class in turn the sections are asked in turn, and the first that has a choice of the class gives it:
//! 1. One group, and no run of one seat is left beside it.
//! 2. One group.
//! 3. Groups in neighbouring rows with nobody alone: a choice of `k` means at most `k` groups, each of two or more, in at most `k`
//!    consecutive rows of one subsection, `k` at most the quantity. Smallest `k`, then fewest groups, then nearest.
//! 4. The same with people alone: smallest `k`, then fewest people alone, then fewest groups, then nearest.
//! 5. Anything left in one section: longest runs first.
//! 6. Anything left in any of the sections: longest runs first.
//!
//! *Nearest* is the square of the distance from the middle of the group to the focal point, in half seats, where a row is as deep as
//! two seats are wide; of several groups, the sum. The map does not say how subsections lie to one another, so each has the focal
//! point at the section's row and seat number (unless given: the middle of its own first row). Ties go to the lowest first seat.
//! Choices of 3 and 4 are compared one for each row that has a run of use: out of the runs of that row and the `k - 1` behind it.
//! Where runs compete (3 to 6) the longer goes first, then the earlier section (6), then the nearer, then the lower. Each is
//! taken whole but the last, which gives what is missing, beside no single seat if it can be, and as near as it can be; if that is
//! one person, the last group before it of three or more sends one over.
//!
//! A wish for accessible seats takes the first that gives something: accessible and companion seats alone as one group (1, 2); one
//! group of any free seats with at least one of them (1, 2); several groups of accessible and companion seats alone (3 to 6), or,
//! where they are too few, all of them and the rest ordinary (1 to 6); free seats of any kind.

mod adjacent;
mod apart;
mod groups;
mod search;

use crate::booking::SeatList;
use crate::command::BestAvailable;
use crate::limits::TICKETS_PER_BOOKING_MAX;
use crate::seat_map::free::{FreeSeats, Pool};
use crate::seat_map::map::{Focus, SeatMap};
use crate::seat_map::seats::Seats;
use search::Search;

/// There are not enough seats, or not side by side if that was asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shortage {
    /// Free seats under the same filters; 0 means sold out.
    pub free: u32,
}

/// Chooses seats for a wish, in the order of preference above.
///
/// A wish for none gets none. One for more than `TICKETS_PER_BOOKING_MAX`, or in a section that does not exist, gets a shortage.
///
/// # Errors
/// Fewer seats are free than are wished for; with `adjacent_only`, no so many side by side.
pub fn best_available(
    map: &SeatMap,
    seats: &Seats,
    wish: &BestAvailable,
    accessible_released: bool,
) -> Result<SeatList, Shortage> {
    choose(map, seats.free(), wish, accessible_released, None)
}

/// [`best_available`], near to another place than the sections' focal points.
pub(super) fn choose(
    map: &SeatMap,
    free: &FreeSeats,
    wish: &BestAvailable,
    accessible_released: bool,
    focus: Option<Focus>,
) -> Result<SeatList, Shortage> {
    if wish.quantity == 0 {
        return Ok(SeatList::new());
    }
    let search = Search::new(map, free, wish, focus);
    let pool = if accessible_released || wish.accessible { Pool::All } else { Pool::Ordinary };
    let chosen = match wish.quantity {
        TICKETS_PER_BOOKING_MAX.. if wish.quantity > TICKETS_PER_BOOKING_MAX => None,
        _ if wish.accessible => search.accessible(wish.adjacent_only),
        _ => search.plain(pool, wish.adjacent_only),
    };
    chosen.ok_or_else(|| Shortage { free: search.fitting(pool) })
}

impl Search<'_> {
    fn plain(&self, pool: Pool, adjacent_only: bool) -> Option<SeatList> {
        self.together(pool, false).or_else(|| if adjacent_only { None } else { self.apart(pool) })
    }

    fn accessible(&self, adjacent_only: bool) -> Option<SeatList> {
        let access = self.fitting(Pool::Access);
        if access > 0 {
            let together = self.together(Pool::Access, false).or_else(|| self.together(Pool::All, true));
            if together.is_some() {
                return together;
            }
        }
        match access {
            _ if adjacent_only => self.plain(Pool::All, true),
            0 => self.plain(Pool::Ordinary, false),
            _ if access >= self.quantity => self.apart(Pool::Access),
            _ => {
                let mut seats = self.anywhere(Pool::Access, access)?;
                seats.extend(self.of_quantity(self.quantity - access).plain(Pool::Ordinary, false)?);
                Some(seats)
            }
        }
    }
}
