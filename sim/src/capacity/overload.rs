//! What is left of the capacity when several times as many come.

use crate::options::Options;
use crate::run::{Keep, RunError, run};
use crate::slo::Slo;
use std::time::Duration;

/// The part of the capacity that may be lost, however many come: one in so many.
const LOST_MAX: u32 = 10;
/// How soon 99 of 100 refusals for load have to come unless something else was asked for.
const SHED: Duration = Duration::from_millis(100);

/// Throws `times` the capacity at the service; says whether it held.
///
/// # Errors
/// `RunError`: there was no run.
pub(super) async fn overload(
    options: &Options,
    times: u32,
    capacity: u32,
    command: &[String],
    say: fn(&str),
) -> Result<bool, RunError> {
    let mut options = options.clone();
    options.traffic.tps = capacity.saturating_mul(times);
    options.slo = slo(options.slo, capacity);
    say(&format!("{times} times the capacity, {}/s, has to meet {}", options.traffic.tps, options.slo));
    let verdict = run(&options, command, say, Keep::Always).await?;
    let percent = 100.0 * verdict.carried_per_second / f64::from(capacity);
    let held = if verdict.is_met() { "met" } else { "missed" };
    say(&format!("{times} times the capacity: {held}, {percent:.0}% of the capacity carried"));
    Ok(verdict.is_met())
}

/// Who is carried may have to wait; who is not is to know soon.
fn slo(asked: Slo, capacity: u32) -> Slo {
    let carried = Some(capacity - capacity / LOST_MAX);
    Slo { p99: None, carried, shed: asked.shed.or(Some(SHED)), errors: asked.errors }
}

#[cfg(test)]
mod tests {
    use super::slo;
    use crate::slo::Slo;

    #[test]
    fn most_of_the_capacity_has_to_be_left() {
        for (asked, capacity, expected) in [
            ("p99=25ms,errors=0", 9_791, "carried=8812,shed=100ms,errors=0"),
            ("p99=10ms,shed=1s,errors=3", 1, "carried=1,shed=1s,errors=3"),
            ("carried=5,errors=0", u32::MAX, "carried=3865470566,shed=100ms,errors=0"),
        ] {
            let [asked, expected]: [Slo; 2] = [asked, expected].map(|text| text.parse().unwrap());
            assert_eq!(slo(asked, capacity), expected);
        }
    }
}
