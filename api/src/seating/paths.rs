//! The engine names fields of its own description; sellers are told where in their JSON that is.

use super::config::{RowsConfig, SeatingConfig, SubsectionConfig, SubsectionsConfig};
use super::fold::folded;

/// Where the config stands in the body that has it.
pub(super) const ROOT: &str = "seating_config";

/// One step of the engine's path: a name, and the place in its list.
type Step<'a> = (&'a str, Option<usize>);

impl SeatingConfig {
    /// Where in the body that is what the engine calls `engine`, such as `sections[0].subsections[1].rows[0].seats`.
    pub(super) fn path(&self, engine: &str) -> String {
        let steps: Vec<Step<'_>> = engine.split('.').map(step).collect();
        let path = match *steps {
            [("areas", None)] => "general_admission".to_owned(),
            [("areas", Some(area)), (field, _)] => {
                format!("general_admission[{area}].{}", if field == "name" { "area" } else { field })
            }
            [("sections", Some(section)), ("subsections", Some(subsection)), ..] => {
                self.path_in_subsection(section, subsection, &steps[2..])
            }
            _ => engine.to_owned(),
        };
        format!("{ROOT}.{path}")
    }

    fn path_in_subsection(&self, section: usize, subsection: usize, steps: &[Step<'_>]) -> String {
        let all = format!("sections[{section}].subsections");
        match (&self.sections[section].subsections, steps) {
            (SubsectionsConfig::Count(_), [("rows", _), ("seats", _)]) => "cols".to_owned(),
            (SubsectionsConfig::Count(_), [("rows", _), ..]) => "rows".to_owned(),
            (SubsectionsConfig::Count(_), _) => all,
            (SubsectionsConfig::Each(each), [("rows", Some(run)), (field, _)]) => {
                path_in_rows(&each[subsection], *run, field, &format!("{all}[{subsection}]"))
            }
            (SubsectionsConfig::Each(_), [(field, _), ..]) => format!("{all}[{subsection}].{field}"),
            (SubsectionsConfig::Each(_), []) => format!("{all}[{subsection}]"),
        }
    }
}

fn path_in_rows(subsection: &SubsectionConfig, run: usize, field: &str, path: &str) -> String {
    match (&subsection.rows, field) {
        (Some(RowsConfig::Each(rows)), _) => {
            // Rows that are alike are one run: it stands where its first row does.
            let row: u32 = folded(rows).iter().take(run).map(|run| run.count).sum();
            match field {
                "first_row" => format!("{path}.rows[{row}].row"),
                "count" => format!("{path}.rows[{row}]"),
                field => format!("{path}.rows[{row}].{field}"),
            }
        }
        (_, "seats") if subsection.seats_per_row.is_some() => format!("{path}.seats_per_row"),
        (_, "seats") => "cols".to_owned(),
        (Some(RowsConfig::Count(_)), _) => format!("{path}.rows"),
        (None, _) => "rows".to_owned(),
    }
}

/// `rows[2]` is the step `rows` at 2.
fn step(text: &str) -> Step<'_> {
    match text.split_once('[') {
        Some((name, place)) => (name, place.trim_end_matches(']').parse().ok()),
        None => (text, None),
    }
}
