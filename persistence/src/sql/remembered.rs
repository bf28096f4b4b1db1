//! Answers that are given again when a request comes again.

/// How long an answer is remembered: 24 hours.
pub const REMEMBERED_MS: u64 = 24 * 60 * 60 * 1000;
/// Answers that are remembered, at most; the oldest make room.
pub const REMEMBERED_ANSWERS_MAX: u32 = 100_000;

/// The first answer to a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remembered {
    /// Digest of the request, so that one key with two bodies is noticed.
    pub fingerprint: u64,
    /// The HTTP status.
    pub status: u16,
    /// The body.
    pub body: String,
}
