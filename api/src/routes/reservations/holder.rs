//! Whose a program's reservation is: the program's key and the holder's name make a buyer.

use super::super::bookings::target::{self, Found, unknown};
use crate::app::App;
use crate::auth::Program;
use crate::problem::Problem;
use rowlock_engine::ids::BuyerId;
use rowlock_persistence::sql::ApiKeyId;
use uuid::Uuid;
use xxhash_rust::xxh3::xxh3_64_with_seed;

/// Set in buyers that programs make, clear in those that are users.
const PROGRAM_BIT: u64 = 1 << 63;

/// The buyer that stands for `holder` at the program with this key.
pub fn buyer(key: ApiKeyId, holder: &str) -> BuyerId {
    BuyerId(xxh3_64_with_seed(holder.as_bytes(), key.0.cast_unsigned()) | PROGRAM_BIT)
}

/// The program's own reservation with this id.
///
/// # Errors
/// 404 when there is none, or it is another program's.
pub async fn own(app: &App, id: Uuid, program: &Program) -> Result<Found, Problem> {
    let found = target::find(app, id).await?;
    if is_own(program.key, found.booking.buyer, found.booking.holder.as_deref()) { Ok(found) } else { Err(unknown(id)) }
}

/// Whether a booking of this buyer and holder is the program's.
pub fn is_own(key: ApiKeyId, of: BuyerId, holder: Option<&str>) -> bool {
    holder.is_some_and(|holder| buyer(key, holder) == of)
}
