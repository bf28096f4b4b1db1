//! What a run was made with: whatever it takes to make it again, and to know what its figures are worth.

use crate::report::{Machine, Run, Verdict, checked, units};
use maud::{Markup, html};

/// The card of facts.
pub(super) fn card(run: &Run<'_>, verdict: &Verdict, command: &[String]) -> Markup {
    html! {
        section {
            h2 { "The run" }
            dl { @for (name, value) in facts(run, verdict) { dt { (name) } dd { (value) } } dt { "command" } dd { code { (command.join(" ")) } } }
        }
    }
}

#[expect(clippy::cast_precision_loss, reason = "only its magnitude matters")]
fn facts(run: &Run<'_>, verdict: &Verdict) -> Vec<(&'static str, String)> {
    let (machine, plan) = (Machine::this(), run.plan);
    let [sold, held, free] = run.world.journal.borrow().seats().map(units::whole);
    let hot =
        plan.hot.map_or("all alike".to_owned(), |hot| format!("the first gets {:.0}% of the traffic", hot * 100.0));
    let build = if machine.is_optimised { "optimised" } else { "not optimised: its figures mean little" };
    let traffic = run.replayed.map_or_else(
        || "made for this run".to_owned(),
        |replayed| {
            let (plan, by) = (&replayed.recorded.plan, &replayed.recorded.simulator);
            let duration = humantime::format_duration(plan.duration);
            let recorded = format!("{} a second for {duration}, recorded by simulator {by}", plan.tps);
            format!("a replay of {} at {} times its speed: {recorded}", replayed.path.display(), replayed.speed)
        },
    );
    vec![
        ("machine", format!("{}, {} cores, {}", machine.processor, machine.cores, units::bytes(machine.memory as f64))),
        ("build", format!("simulator {}, {build}", machine.version)),
        ("traffic", traffic),
        ("profile", format!("{:?}", plan.profile)),
        ("events", format!("{} of {} seats; {hot}", plan.events, units::whole(plan.seats.into()))),
        ("mix", plan.mix.to_string()),
        ("buyers", units::whole(plan.buyers.into())),
        ("seed", plan.seed.to_string()),
        ("connections", run.options.connections.to_string()),
        ("had to meet", run.options.slo.to_string()),
        ("planned", format!("{} booking requests", units::whole(run.planned))),
        ("carried", format!("{:.0} booking requests a second", verdict.carried_per_second)),
        ("seats at the end", format!("{sold} sold, {held} held or expired, {free} free")),
        ("checked", checked(run)),
    ]
}
