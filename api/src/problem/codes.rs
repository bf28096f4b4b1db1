//! Every code that a problem can have: the reference for clients, and the only place for titles.

/// A kind of problem.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Code {
    /// The stable name that programs act upon.
    pub code: &'static str,
    /// The HTTP status that it always comes with.
    pub status: u16,
    /// What it is, in a few words that never change.
    pub title: &'static str,
}

const fn code(code: &'static str, status: u16, title: &'static str) -> Code {
    Code { code, status, title }
}

/// All kinds of problems, in the order of their names.
pub const CODES: &[Code] = &[
    code("already_paid", 409, "The booking is paid for"),
    code("bad_credentials", 401, "E-mail address or password is wrong"),
    code("bad_cursor", 400, "The cursor is not one that this list gave out"),
    code("bad_header", 400, "A header cannot be understood"),
    code("bad_idempotency_key", 400, "The Idempotency-Key is not 1 to 255 visible ASCII characters"),
    code("body_timeout", 408, "The body did not arrive in time"),
    code("booking_exists", 409, "A booking with this id exists"),
    code("cross_site", 403, "A cookie from another site's page changes nothing"),
    code("draining", 503, "This instance is shutting down"),
    code("email_taken", 409, "Another user has this e-mail address"),
    code("event_exists", 409, "The event is already on sale"),
    code("extension_limit", 409, "The hold cannot be extended any further"),
    code("forbidden", 403, "Your role does not allow this"),
    code("hold_expired", 409, "The hold has expired"),
    code("idempotency_in_progress", 409, "The first request with this Idempotency-Key is still running"),
    code("idempotency_key_reused", 422, "This Idempotency-Key was used with another request"),
    code("internal", 500, "A fault of the service"),
    code("invalid", 422, "Well-formed, but not valid"),
    code("limit_exceeded", 409, "More tickets than are allowed"),
    code("log_closed", 503, "The command log takes no more records"),
    code("malformed_body", 400, "The body could not be read"),
    code("malformed_json", 400, "The body is not JSON"),
    code("method_not_allowed", 405, "This resource does not have this method"),
    code("no_space", 503, "The service has no room on its disk"),
    code("not_enough_seats", 409, "Not enough fitting seats are free"),
    code("not_found", 404, "There is nothing here"),
    code("not_on_sale", 409, "The event is not on sale"),
    code("not_ready", 503, "The service is not ready"),
    code("outcome_unknown", 503, "It is not known yet what became of it"),
    code("overloaded", 503, "The service has more to do than it can"),
    code("payment_declined", 402, "The payment was declined"),
    code("payment_unavailable", 503, "The payment provider does not answer"),
    code("payment_under_way", 409, "Another payment is under way for this booking"),
    code("price_differs", 409, "The new seats cost something else than was paid"),
    code("rate_limited", 429, "Too many requests"),
    code("seats_taken", 409, "Seats are taken"),
    code("sold_out", 409, "Sold out"),
    code("timeout", 503, "The answer took too long"),
    code("too_large", 413, "The body is too large"),
    code("too_many_bookings", 503, "The event's partition has as many bookings as it can carry"),
    code("too_many_events", 503, "The partition has as many events as it can carry"),
    code("unauthenticated", 401, "Sign in, or send a key"),
    code("unknown_rules", 422, "This version of the rules is not known"),
    code("unknown_seat", 422, "The event has no such seat"),
    code("unknown_section", 422, "The event has no such section or area"),
    code("unsupported_media_type", 415, "The body must be application/json"),
    code("wrong_status", 409, "The booking's status does not allow this"),
];

/// The kind with this name.
#[must_use]
pub fn find(name: &str) -> Option<&'static Code> {
    CODES.binary_search_by(|known| known.code.cmp(name)).ok().map(|place| &CODES[place])
}

#[cfg(test)]
mod tests {
    use super::{CODES, find};
    use axum::http::StatusCode;

    #[test]
    fn codes_are_unique_sorted_and_errors() {
        assert!(CODES.windows(2).all(|pair| pair[0].code < pair[1].code));
        for code in CODES {
            let status = StatusCode::from_u16(code.status).unwrap();
            assert!(status.is_client_error() || status.is_server_error(), "{code:?}");
            assert_eq!(find(code.code), Some(code));
        }
        assert_eq!(find("no_such_code"), None);
    }
}
