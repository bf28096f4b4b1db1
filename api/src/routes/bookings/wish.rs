//! Which seats a request asks for, from labels and names to the engine's ids.

use crate::problem::{FieldError, Problem};
use axum::http::StatusCode;
use rowlock_engine::booking::SeatList;
use rowlock_engine::command::{BestAvailable, Wish};
use rowlock_engine::ids::SeatId;
use rowlock_engine::seat_map::SeatMap;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Seats or places, as bookings and reservations ask for them.
#[derive(Clone, Debug, Deserialize, Serialize, ToSchema)]
#[serde(tag = "seat_selection_mode", rename_all = "snake_case")]
pub enum Selection {
    /// Just these seats.
    Manual {
        /// Labels.
        #[schema(example = json!(["A-1-3-4", "A-1-3-5"]))]
        seat_positions: Vec<String>,
    },
    /// The best there are.
    BestAvailable(Best),
    /// Places without numbers.
    GeneralAdmission {
        /// Name of the area.
        area: String,
        /// Tickets.
        quantity: u32,
    },
}

/// A wish for the best seats, with its filters.
#[derive(Clone, Debug, Default, Deserialize, Serialize, ToSchema)]
pub struct Best {
    /// Tickets.
    pub quantity: u32,
    /// Only in this section.
    #[serde(default)]
    pub section: Option<String>,
    /// Only in this subsection of it.
    #[serde(default)]
    pub subsection: Option<u32>,
    /// Highest price of one ticket, in minor units.
    #[serde(default)]
    pub max_price: Option<u64>,
    /// Rather nothing than seats that are not side by side.
    #[serde(default)]
    pub adjacent_only: bool,
    /// Accessible and companion seats are wanted.
    #[serde(default)]
    pub accessible: bool,
}

impl Selection {
    /// The engine's words for it.
    ///
    /// # Errors
    /// 422 when the event has no such seat, section or area.
    pub fn wish(&self, map: &SeatMap) -> Result<Wish, Problem> {
        match self {
            Self::Manual { seat_positions } => Ok(Wish::Named(seats(map, seat_positions)?)),
            Self::BestAvailable(best) => best.wish(map),
            Self::GeneralAdmission { area, quantity } => places(map, area, *quantity),
        }
    }
}

impl Best {
    /// Whether it has no filter.
    pub fn is_plain(&self) -> bool {
        let Self { quantity: _, section, subsection, max_price, adjacent_only, accessible } = self;
        section.is_none() && subsection.is_none() && max_price.is_none() && !adjacent_only && !accessible
    }

    /// The engine's words for it.
    ///
    /// # Errors
    /// 422 when the event has no such section.
    pub fn wish(&self, map: &SeatMap) -> Result<Wish, Problem> {
        let section = match &self.section {
            Some(name) => Some(map.section_index(name).ok_or_else(|| unknown_section("section", name))?),
            None => None,
        };
        Ok(Wish::Best(BestAvailable {
            quantity: self.quantity,
            section,
            subsection: self.subsection,
            max_price: self.max_price,
            adjacent_only: self.adjacent_only,
            accessible: self.accessible,
        }))
    }
}

/// Places of the area of that name.
///
/// # Errors
/// 422 when the event has no such area.
pub fn places(map: &SeatMap, area: &str, quantity: u32) -> Result<Wish, Problem> {
    let area = map.area(area).ok_or_else(|| unknown_section("area", area))?;
    Ok(Wish::Area { area, quantity })
}

/// The seats of these labels.
///
/// # Errors
/// 422 naming the labels that the event has no seat for.
pub fn seats(map: &SeatMap, labels: &[String]) -> Result<SeatList, Problem> {
    let found: Vec<(&String, Option<SeatId>)> = labels.iter().map(|label| (label, map.seat(label))).collect();
    let unknown: Vec<_> = found.iter().filter(|(_, seat)| seat.is_none()).map(|(label, _)| (*label).clone()).collect();
    if unknown.is_empty() {
        return Ok(found.into_iter().filter_map(|(_, seat)| seat).collect());
    }
    let detail = format!("the event has no seat {}", unknown.join(", "));
    Err(Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "unknown_seat", detail).with("seats", unknown))
}

fn unknown_section(field: &str, name: &str) -> Problem {
    let message = format!("the event has no {field} {name:?}");
    Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "unknown_section", message.clone())
        .with_errors(vec![FieldError::new(field, message)])
}
