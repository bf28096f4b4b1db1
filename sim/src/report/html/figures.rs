//! The plots, a card for each.

use crate::report::Run;
use crate::report::charts::{self, Figure};
use crate::tally::Kind;
use maud::{Markup, PreEscaped, html};

/// Every plot that there is something to show in.
pub(super) fn all(run: &Run<'_>) -> Markup {
    let tally = run.world.tally.borrow();
    let mut figures = charts::over_time(tally.seconds());
    figures.insert(2, charts::distribution(&tally.of(Kind::Book).latency_us));
    html! { @for figure in &figures { (card(figure)) } }
}

fn card(figure: &Figure) -> Markup {
    html! {
        section {
            h2 { (figure.title) }
            p { (figure.note) }
            @if !figure.legend.is_empty() {
                ul.legend { @for (color, name) in &figure.legend { li { (swatch(color)) (name) } } }
            }
            div.plot role="img" aria-label={ (figure.title) " " (figure.note) } { (PreEscaped(&figure.svg)) }
        }
    }
}

fn swatch(color: &str) -> Markup {
    html! { svg viewBox="0 0 12 12" aria-hidden="true" { rect width="12" height="12" rx="3" fill=(color) {} } }
}
