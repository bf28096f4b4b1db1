//! What to offer a buyer whose seats are taken.

use crate::command::BestAvailable;
use crate::ids::SeatId;
use crate::limits::ALTERNATIVES_MAX;
use crate::seat_map::best_available::choose;
use crate::seat_map::map::{Focus, SeatMap};
use crate::seat_map::seats::Seats;

/// Up to `ALTERNATIVES_MAX` sets of `quantity` free seats that share none, each the best that is left: near the first lost seat in its
/// subsection, then in its section, then anywhere at no higher price, then anywhere; side by side wherever there is such a place.
///
/// Accessible seats are offered only to those who lost one, until they are released.
///
/// # Panics
/// If the map has no such position as the first lost one.
#[must_use]
pub fn alternatives(
    map: &SeatMap,
    seats: &Seats,
    lost: &[SeatId],
    quantity: u32,
    accessible_released: bool,
) -> Vec<Vec<SeatId>> {
    let Some(&first) = lost.first().filter(|_| quantity > 0) else { return Vec::new() };
    let row = map.row(first);
    let subsection = &map.subsections[usize::from(row.subsection)];
    let focus =
        Focus { row: row.number, seat_twice: (2 * (first.0 - row.first + 1)).try_into().expect("rows are capped") };
    let anywhere = BestAvailable {
        quantity,
        accessible: lost.iter().any(|&seat| map.is_reserved_for_access(seat)),
        ..BestAvailable::default()
    };
    let as_cheap = BestAvailable { max_price: Some(map.price(first)), ..anywhere.clone() };
    let section = BestAvailable { section: Some(subsection.section), ..anywhere.clone() };
    let near = BestAvailable { subsection: Some(subsection.number), ..section.clone() };
    let wishes = [(near, Some(focus)), (section, Some(focus)), (as_cheap, None), (anywhere, None)];

    let mut free = seats.free().clone();
    let mut offers = Vec::new();
    for adjacent_only in [true, false] {
        for (wish, focus) in &wishes {
            let wish = BestAvailable { adjacent_only, ..wish.clone() };
            while offers.len() < ALTERNATIVES_MAX
                && let Ok(offer) = choose(map, &free, &wish, accessible_released, *focus)
            {
                for &seat in &offer {
                    free.set(map, seat, false);
                }
                offers.push(offer.into_vec());
            }
        }
    }
    offers
}
