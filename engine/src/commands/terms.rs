//! Which terms of a sale are valid.

use crate::command::SaleTerms;
use crate::limits::{HOLD_MS_MAX, HOLD_MS_MIN, TICKETS_PER_BOOKING_MAX};
use crate::refusal::Refusal;

pub(crate) fn check(terms: &SaleTerms) -> Result<(), Refusal> {
    if !(HOLD_MS_MIN..=HOLD_MS_MAX).contains(&terms.hold_ms) {
        return Err(invalid("hold_ms", format!("must be {HOLD_MS_MIN} to {HOLD_MS_MAX}")));
    }
    if !(1..=TICKETS_PER_BOOKING_MAX).contains(&terms.tickets_per_booking_max) {
        return Err(invalid("tickets_per_booking_max", format!("must be 1 to {TICKETS_PER_BOOKING_MAX}")));
    }
    if terms.tickets_per_buyer_max == Some(0) {
        return Err(invalid("tickets_per_buyer_max", "must be at least 1".to_owned()));
    }
    Ok(())
}

pub(crate) fn invalid(field: &str, problem: String) -> Refusal {
    Refusal::Invalid { field: field.to_owned(), problem }
}
