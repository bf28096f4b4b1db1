//! Every cap of the engine by name, and how the caps relate.

/// Seats an event may have, missing ones included.
pub const SEATS_PER_EVENT_MAX: u32 = 200_000;
/// Places a general-admission area may have.
pub const AREA_CAPACITY_MAX: u32 = 1_000_000;
/// Positions of one row, missing seats included.
pub const SEATS_PER_ROW_MAX: u32 = 1_000;
/// Sections of an event.
pub const SECTIONS_MAX: usize = 500;
/// General-admission areas of an event.
pub const AREAS_MAX: usize = 100;
/// Rows of an event, over all sections.
pub const ROWS_MAX: usize = 50_000;
/// Bytes of a section's or an area's name.
pub const NAME_BYTES_MAX: usize = 32;
/// Tickets of one booking; an event may allow fewer.
pub const TICKETS_PER_BOOKING_MAX: u32 = 50;
/// Seats of one block or unblock command.
pub const SEATS_PER_BLOCK_MAX: usize = 10_000;
/// Alternatives offered for seats that are taken.
pub const ALTERNATIVES_MAX: usize = 3;
/// Highest price of one ticket, in minor units; a booking's total cannot overflow.
pub const PRICE_MAX: u64 = 1_000_000_000_000;
/// Longest hold, in milliseconds: 24 hours.
pub const HOLD_MS_MAX: u64 = 24 * 60 * 60 * 1000;
/// Shortest hold, in milliseconds.
pub const HOLD_MS_MIN: u64 = 1000;
/// Bytes of a holder's name.
pub const HOLDER_BYTES_MAX: usize = 128;
/// Events of one partition.
pub const EVENTS_PER_PARTITION_MAX: usize = 4_096;
/// Bookings that one partition remembers, living and ended.
pub const BOOKINGS_PER_PARTITION_MAX: usize = 4_000_000;
/// Ended bookings that one partition remembers, oldest forgotten first.
pub const ENDED_BOOKINGS_MAX: usize = 1_000_000;
/// Refused requests that one partition remembers, oldest forgotten first.
pub const REFUSED_ANSWERS_MAX: usize = 65_536;
/// Accepted requests that made no booking, remembered by one partition, oldest forgotten first.
pub const ACCEPTED_ANSWERS_MAX: usize = 65_536;
/// How long a refused request is remembered: 10 minutes.
pub const REFUSED_KEPT_MS: u64 = 10 * 60 * 1000;
/// How long an accepted request, or the id of an ended booking, is remembered: 24 hours.
pub const ACCEPTED_KEPT_MS: u64 = 24 * 60 * 60 * 1000;
/// Remembered requests and ended bookings that one record forgets at most, beyond what caps demand.
pub const FORGOTTEN_PER_RECORD_MAX: usize = 64;
/// Bytes of one encoded command.
pub const COMMAND_BYTES_MAX: usize = 1 << 20;

const _: () = assert!(TICKETS_PER_BOOKING_MAX <= SEATS_PER_ROW_MAX);
const _: () = assert!(ENDED_BOOKINGS_MAX < BOOKINGS_PER_PARTITION_MAX);
const _: () = assert!(REFUSED_KEPT_MS < ACCEPTED_KEPT_MS);
const _: () = assert!(HOLD_MS_MIN < HOLD_MS_MAX);
const _: () = assert!(PRICE_MAX.checked_mul(TICKETS_PER_BOOKING_MAX as u64).is_some());
const _: () = assert!(SEATS_PER_BLOCK_MAX * 8 < COMMAND_BYTES_MAX);
