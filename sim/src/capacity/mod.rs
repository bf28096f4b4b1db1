//! The highest rate that meets what a run must meet, beside a server that does nothing.

mod empty;
mod overload;
mod search;

pub use empty::serve as serve_nothing;

use crate::options::Options;
use crate::report::Verdict;
use crate::run::{Keep, RunError, run};
use overload::overload;
use search::search;
use std::time::Duration;

/// The latency that has to be met unless something else was asked for.
const P99: Duration = Duration::from_millis(25);

/// The last rate that was met, and what it was met with.
type Met = Option<(u32, Verdict)>;

/// Finds what the service carries, and what nothing carries under the same client; says whether any rate was met, and
/// whether the service held under more if that was asked for. The reports are those of the last rate that was met or,
/// if it was asked for, of the overload.
///
/// # Errors
/// `RunError`: there could be no trial.
pub async fn find(options: &Options, command: &[String], say: fn(&str)) -> Result<bool, RunError> {
    let mut options = options.clone();
    options.slo.p99.get_or_insert(P99);
    options.traffic.duration = options.trial;
    say(&format!("looking for the highest rate that meets {}", options.slo));
    let service =
        best("the service", &options, say, async |options: &Options| run(options, command, |_| {}, Keep::IfMet).await);
    let service = service.await?;
    if options.target.is_some() {
        say("no comparison: the target is not this simulator's, and may be elsewhere");
    } else {
        compare(service.as_ref(), &options, say).await?;
    }
    match (service, options.overload) {
        (Some((capacity, _)), Some(times)) => overload(&options, times, capacity, command, say).await,
        (service, _) => Ok(service.is_some()),
    }
}

/// Says which part of an empty handler's requests the service carries.
async fn compare(service: Option<&(u32, Verdict)>, options: &Options, say: fn(&str)) -> Result<(), RunError> {
    let nothing = best("an empty handler", options, say, async |options: &Options| empty::trial(options).await).await?;
    if let (Some((_, service)), Some((_, nothing))) = (service, &nothing) {
        let ratio = service.requests_per_second / nothing.requests_per_second;
        say(&format!("{ratio:.2} of what an empty handler carries, counting requests of every kind"));
    }
    Ok(())
}

async fn best(
    what: &str,
    options: &Options,
    say: fn(&str),
    trial: impl AsyncFn(&Options) -> Result<Verdict, RunError>,
) -> Result<Met, RunError> {
    let (mut met, mut is_bound): (Met, bool) = (None, false);
    search(options.traffic.tps, async |tps| {
        let mut options = options.clone();
        options.traffic.tps = tps;
        let verdict = match trial(&options).await {
            // What broke under this rate did not under a lower one.
            Err(error @ (RunError::Stage(_) | RunError::Stop(_))) if met.is_some() => {
                say(&format!("{tps:>8}/s of {what}: missed: {error}"));
                return Ok(false);
            }
            tried => tried?,
        };
        say(&format!("{tps:>8}/s of {what}: {}", line(&verdict)));
        if !verdict.is_met() {
            is_bound = verdict.is_client_late;
            return Ok(false);
        }
        met = Some((tps, verdict));
        Ok::<_, RunError>(true)
    })
    .await?;
    let bound = if is_bound { "at least " } else { "" };
    say(&match &met {
        None => format!("capacity of {what}: no rate was met"),
        Some((tps, verdict)) => format!(
            "capacity of {what}: {bound}{tps} booking requests a second, {:.0} requests of every kind",
            verdict.requests_per_second
        ),
    });
    Ok(met)
}

fn line(verdict: &Verdict) -> String {
    let p99 = verdict.p99.as_secs_f64() * 1_000.0;
    let carried = format!("{:.0}/s carried, p99 {p99:.1} ms", verdict.carried_per_second);
    let late = if verdict.is_client_late { ", the client was the bottleneck" } else { "" };
    match verdict.missed.first() {
        None => format!("met, {carried}{late}"),
        Some(missed) => format!("missed, {carried}{late}: {missed}"),
    }
}
