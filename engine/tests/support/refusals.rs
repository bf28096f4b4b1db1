//! The refusals by name, in their written order.

use rowlock_engine::refusal::Refusal;

/// The match has no wildcard: a new variant must be listed here, and then needs a row in the refusal table.
macro_rules! variants {
    ($($variant:ident)*) => {
        pub const VARIANTS: &[&str] = &[$(stringify!($variant)),*];

        pub fn variant(refusal: &Refusal) -> &'static str {
            match refusal { $(Refusal::$variant { .. } => stringify!($variant)),* }
        }
    };
}

variants! {
    Internal RequestMismatch UnknownRules UnknownEvent EventExists TooManyEvents UnknownBooking BookingExists Invalid
    UnknownSeat UnknownSection NotOnSale LimitExceeded HoldExpired WrongStatus PaymentUnderWay ExtensionLimit SoldOut
    NotEnoughSeats SeatsTaken PriceDiffers TooManyBookings
}

pub fn invalid(field: &str, problem: &str) -> Refusal {
    Refusal::Invalid { field: field.to_owned(), problem: problem.to_owned() }
}
