//! From the seller's JSON to the engine's words.

use super::config::{
    AreaConfig, RowConfig, RowsConfig, SeatingConfig, SectionConfig, SubsectionConfig, SubsectionsConfig,
};
use crate::problem::FieldError;
use rowlock_engine::limits::ROWS_MAX;
use rowlock_engine::seat_map::SeatMap;
use rowlock_engine::seat_map::spec::{AreaSpec, FocalPoint, RowsSpec, SeatMapSpec, SectionSpec, SubsectionSpec};
use std::sync::Arc;

/// Where the config stands in the body that names it.
const ROOT: &str = "seating_config";

impl SeatingConfig {
    /// The engine's description of these seats, checked by building it.
    ///
    /// # Errors
    /// The first field that breaks a rule, by its path in the body.
    pub fn spec(&self) -> Result<Arc<SeatMapSpec>, FieldError> {
        let sections = self.sections.iter().enumerate().map(|(at, section)| self.section(at, section));
        let sections = sections.collect::<Result<_, _>>()?;
        let spec = Arc::new(SeatMapSpec { sections, areas: self.general_admission.iter().map(area).collect() });
        match SeatMap::build(spec.clone()) {
            Ok(_) => Ok(spec),
            Err(error) => Err(FieldError::new(self.field(&error.field), error.problem)),
        }
    }

    fn section(&self, at: usize, section: &SectionConfig) -> Result<SectionSpec, FieldError> {
        let path = format!("{ROOT}.sections[{at}].subsections");
        let subsections = match &section.subsections {
            SubsectionsConfig::Count(count) if *count as usize > ROWS_MAX => {
                return Err(FieldError::new(path, format!("at most {ROWS_MAX}")));
            }
            SubsectionsConfig::Count(count) => {
                let rows = self.like_rows(None, None, &path)?;
                (1..=*count).map(|number| SubsectionSpec { number, rows: rows.clone() }).collect()
            }
            SubsectionsConfig::Each(each) => {
                let each = each
                    .iter()
                    .enumerate()
                    .map(|(at, subsection)| self.subsection(subsection, &format!("{path}[{at}]")));
                each.collect::<Result<_, _>>()?
            }
        };
        let focal_point = section.focal_point.map(|point| FocalPoint { row: point.row, seat: point.seat });
        Ok(SectionSpec { name: section.name.clone(), price: section.price, focal_point, subsections })
    }

    fn subsection(&self, subsection: &SubsectionConfig, path: &str) -> Result<SubsectionSpec, FieldError> {
        let rows = match &subsection.rows {
            Some(RowsConfig::Each(_)) if subsection.seats_per_row.is_some() => {
                return Err(FieldError::new(format!("{path}.seats_per_row"), "goes with a number of rows only"));
            }
            Some(RowsConfig::Each(rows)) => folded(rows),
            Some(RowsConfig::Count(rows)) => self.like_rows(Some(*rows), subsection.seats_per_row, path)?,
            None => self.like_rows(None, subsection.seats_per_row, path)?,
        };
        Ok(SubsectionSpec { number: subsection.number, rows })
    }

    /// Rows that are alike; what is not said is as the config says.
    fn like_rows(&self, rows: Option<u32>, seats: Option<u32>, path: &str) -> Result<Vec<RowsSpec>, FieldError> {
        let missing = |name: &str| FieldError::new(path, format!("needs `{name}`, here or in {ROOT}"));
        let count = rows.or(self.rows).ok_or_else(|| missing("rows"))?;
        let seats = seats.or(self.cols).ok_or_else(|| missing("cols"))?;
        Ok(vec![RowsSpec {
            first_row: 1,
            count,
            seats,
            missing: Vec::new(),
            accessible: Vec::new(),
            companion: Vec::new(),
        }])
    }

    /// The path in the body of a field that the engine names.
    fn field(&self, engine: &str) -> String {
        let named = engine.replacen("areas[", "general_admission[", 1);
        let named = if named.starts_with("general_admission") { named.replace(".name", ".area") } else { named };
        let named = self.unfolded(&named).unwrap_or(named);
        format!("{ROOT}.{}", named.replace(".first_row", ".row"))
    }

    /// Rows are folded where they are alike: the index of a run becomes that of its first row.
    fn unfolded(&self, field: &str) -> Option<String> {
        let [section, subsection, run] = indices(field)?;
        let SubsectionsConfig::Each(each) = &self.sections.get(section)?.subsections else { return None };
        let Some(RowsConfig::Each(rows)) = &each.get(subsection)?.rows else { return None };
        let first: u32 = folded(rows).iter().take(run).map(|run| run.count).sum();
        Some(field.replacen(&format!(".rows[{run}]"), &format!(".rows[{first}]"), 1))
    }
}

/// The numbers in `sections[0].subsections[1].rows[2].…`.
fn indices(field: &str) -> Option<[usize; 3]> {
    let mut numbers = field.split('[').skip(1).map(|part| part.split(']').next()?.parse().ok());
    Some([numbers.next()??, numbers.next()??, numbers.next()??])
}

/// Consecutive rows that are alike, as one run.
fn folded(rows: &[RowConfig]) -> Vec<RowsSpec> {
    let mut runs: Vec<RowsSpec> = Vec::new();
    for row in rows {
        match runs.last_mut() {
            Some(run) if is_next(run, row) => run.count += 1,
            _ => runs.push(RowsSpec {
                first_row: row.row,
                count: 1,
                seats: row.seats,
                missing: row.missing.clone(),
                accessible: row.accessible.clone(),
                companion: row.companion.clone(),
            }),
        }
    }
    runs
}

fn is_next(run: &RowsSpec, row: &RowConfig) -> bool {
    run.first_row.checked_add(run.count) == Some(row.row)
        && (run.seats, &run.missing, &run.accessible, &run.companion)
            == (row.seats, &row.missing, &row.accessible, &row.companion)
}

fn area(area: &AreaConfig) -> AreaSpec {
    AreaSpec { name: area.area.clone(), price: area.price, capacity: area.capacity }
}
