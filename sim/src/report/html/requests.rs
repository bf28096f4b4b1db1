//! What became of the requests, by kind, and why they were refused.

use crate::report::{self, Run, units};
use crate::tally::{Counted, KINDS};
use maud::{Markup, html};
use std::collections::BTreeMap;

/// A row for each kind.
pub(super) fn table(run: &Run<'_>) -> Markup {
    let tally = run.world.tally.borrow();
    html! {
        section {
            h2 { "Requests" }
            div.wide {
                table {
                    thead {
                        tr {
                            @for name in ["", "sent", "done", "refused", "shed", "errors", "p50", "p99", "p99.9", "max"] { th { (name) } }
                        }
                    }
                    tbody {
                        @for (kind, name) in KINDS { (row(name, tally.of(kind))) }
                    }
                }
            }
            (errors(KINDS.iter().flat_map(|(kind, name)| labelled(name, &tally.of(*kind).errors)).collect()))
        }
    }
}

fn row(name: &str, counted: &Counted) -> Markup {
    let errors = counted.errors.values().sum();
    html! {
        tr {
            td { (name) }
            (cell(counted.sent, false))
            (cell(counted.done, false))
            (cell(counted.refused.values().sum(), false))
            (cell(counted.shed, false))
            (cell(errors, errors > 0))
            @for quantile in [0.5, 0.99, 0.999, 1.0] { (latency(counted, quantile)) }
        }
    }
}

fn cell(count: u64, is_off: bool) -> Markup {
    html! { td.none[count == 0].off[is_off] { (units::whole(count)) } }
}

#[expect(clippy::cast_precision_loss, reason = "latencies are small")]
fn latency(counted: &Counted, quantile: f64) -> Markup {
    if counted.latency_us.is_empty() {
        return html! { td.none { "–" } };
    }
    html! { td { (units::time(counted.latency_us.value_at_quantile(quantile) as f64)) } }
}

fn errors(errors: Vec<(String, u64)>) -> Markup {
    html! {
        @if !errors.is_empty() {
            ul.said { @for (what, count) in errors { li.bad { (units::whole(count)) " × " (what) } } }
        }
    }
}

/// A bar for each reason for a refusal, the most frequent first.
pub(super) fn refusals(run: &Run<'_>) -> Markup {
    let tally = run.world.tally.borrow();
    let mut reasons: Vec<_> = KINDS.iter().flat_map(|(kind, name)| labelled(name, &tally.of(*kind).refused)).collect();
    reasons.extend(KINDS.iter().map(|(kind, name)| (format!("{name}: shed for load"), tally.of(*kind).shed)));
    reasons.retain(|(_, count)| *count > 0);
    reasons.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    let most = reasons.first().map_or(1, |(_, count)| *count);
    html! {
        section {
            h2 { "Refusals" }
            p { @if reasons.is_empty() { "None." } @else { "by request and reason" } }
            @if let Some(soon) = report::shed(&tally) { p { "Those for load were answered " (soon) "." } }
            div.bars { @for (reason, count) in &reasons { (bar(reason, *count, most)) } }
        }
    }
}

#[expect(clippy::cast_precision_loss, reason = "only its length matters")]
fn bar(reason: &str, count: u64, most: u64) -> Markup {
    let percent = format!("{:.2}%", (count as f64 / most as f64 * 100.0).max(0.3));
    html! {
        span { (reason) }
        svg aria-hidden="true" { rect width=(percent) height="100%" rx="4" {} }
        b { (units::whole(count)) }
    }
}

fn labelled(kind: &str, counts: &BTreeMap<String, u64>) -> Vec<(String, u64)> {
    counts.iter().map(|(what, count)| (format!("{kind}: {what}"), *count)).collect()
}
