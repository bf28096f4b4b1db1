//! report.html: the same for people, on one page that needs nothing else.

mod facts;
mod figures;
mod requests;

use super::{Run, Verdict, units};
use crate::tally::Kind;
use maud::{DOCTYPE, Markup, PreEscaped, html};

/// What the page looks like, by day and by night.
const STYLE: &str = include_str!("style.css");

/// The text of report.html.
#[must_use]
pub fn text(run: &Run<'_>, verdict: &Verdict, command: &[String]) -> String {
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { "Rowlock: " (headline(run)) }
                style { (PreEscaped(STYLE)) }
            }
            body {
                main {
                    (header(run, verdict))
                    (tiles(run, verdict))
                    (said("Missed", "bad", &verdict.missed))
                    (violations(run))
                    (said("Not known", "warn", &verdict.unknown))
                    (requests::table(run))
                    (requests::refusals(run))
                    (figures::all(run))
                    (facts::card(run, verdict, command))
                }
            }
        }
    };
    page.into_string()
}

fn headline(run: &Run<'_>) -> String {
    let (tps, duration) = (units::whole(run.plan.tps.into()), humantime::format_duration(run.plan.duration));
    let replay = run.replayed.map_or_else(String::new, |replayed| {
        format!("; a replay of {} at {} times its speed", replayed.path.display(), replayed.speed)
    });
    format!("{tps} booking requests a second for {duration}{replay}")
}

fn header(run: &Run<'_>, verdict: &Verdict) -> Markup {
    html! {
        header {
            h1 { "Rowlock, simulated" }
            @if verdict.is_met() { span.badge.good { "✓ everything was met" } } @else { span.badge.bad { "✗ missed" } }
            p { (headline(run)) }
        }
    }
}

fn tiles(run: &Run<'_>, verdict: &Verdict) -> Markup {
    let tally = run.world.tally.borrow();
    let latency = &tally.of(Kind::Book).latency_us;
    #[expect(clippy::cast_precision_loss, reason = "latencies are small")]
    let at = |quantile| units::time(latency.value_at_quantile(quantile) as f64);
    let violations = run.world.journal.borrow().violations_count;
    html! {
        div.tiles {
            (tile(&units::count(verdict.carried_per_second), "booking requests carried a second", false))
            (tile(&at(0.5), "p50 of bookings", false))
            (tile(&at(0.99), "p99 of bookings", false))
            (tile(&at(0.999), "p99.9 of bookings", false))
            (tile(&units::whole(verdict.errors), "errors", verdict.errors > 0))
            (tile(&units::whole(violations), "violations", violations > 0))
        }
    }
}

fn tile(value: &str, name: &str, is_off: bool) -> Markup {
    html! { div.tile { b.off[is_off] { (value) } span { (name) } } }
}

fn said(title: &str, class: &str, lines: &[String]) -> Markup {
    html! {
        @if !lines.is_empty() {
            section { h2 { (title) } ul.said { @for line in lines { li class=(class) { (line) } } } }
        }
    }
}

fn violations(run: &Run<'_>) -> Markup {
    let journal = run.world.journal.borrow();
    let kept = journal.violations();
    html! {
        @if !kept.is_empty() {
            section {
                h2 { "Violations" }
                p { "The first " (kept.len()) " of " (journal.violations_count) ", with what buyers were told, in the order in which they heard it." }
                ul.said {
                    @for violation in kept {
                        li.bad {
                            (violation.what)
                            @if !violation.history.is_empty() { pre { (violation.history.join("\n")) } }
                        }
                    }
                }
            }
        }
    }
}
