//! From the seller's JSON to the engine's words.

use super::config::{AreaConfig, RowsConfig, SeatingConfig, SectionConfig, SubsectionConfig, SubsectionsConfig};
use super::fold::folded;
use super::paths::ROOT;
use crate::problem::FieldError;
use rowlock_engine::limits::ROWS_MAX;
use rowlock_engine::seat_map::SeatMap;
use rowlock_engine::seat_map::spec::{AreaSpec, FocalPoint, RowsSpec, SeatMapSpec, SectionSpec, SubsectionSpec};
use std::sync::Arc;

/// Subsections of an event, over all sections: each has a row at least. The engine looks at rows and seats before
/// it makes any; subsections are made here, out of a number, so they are counted here.
const SUBSECTIONS_MAX: usize = ROWS_MAX;

impl SeatingConfig {
    /// The engine's description of these seats, checked by building it.
    ///
    /// # Errors
    /// The first field that breaks a rule, by its path in the body.
    pub fn spec(&self) -> Result<Arc<SeatMapSpec>, FieldError> {
        self.check_subsections()?;
        let sections = self.sections.iter().enumerate().map(|(at, section)| self.section(at, section));
        let sections = sections.collect::<Result<_, _>>()?;
        let spec = Arc::new(SeatMapSpec { sections, areas: self.general_admission.iter().map(area).collect() });
        match SeatMap::build(spec.clone()) {
            Ok(_) => Ok(spec),
            Err(error) => Err(FieldError::new(self.path(&error.field), error.problem)),
        }
    }

    /// Refuses what would be too large to write out.
    fn check_subsections(&self) -> Result<(), FieldError> {
        let mut subsections = 0;
        for (at, section) in self.sections.iter().enumerate() {
            subsections += match &section.subsections {
                SubsectionsConfig::Count(count) => *count as usize,
                SubsectionsConfig::Each(each) => each.len(),
            };
            if subsections > SUBSECTIONS_MAX {
                let path = format!("{ROOT}.sections[{at}].subsections");
                return Err(FieldError::new(path, format!("an event has at most {SUBSECTIONS_MAX} subsections")));
            }
        }
        Ok(())
    }

    fn section(&self, at: usize, section: &SectionConfig) -> Result<SectionSpec, FieldError> {
        let path = format!("{ROOT}.sections[{at}].subsections");
        let subsections = match &section.subsections {
            SubsectionsConfig::Count(count) => {
                let rows = self.like_rows(None, None, &path)?;
                (1..=*count).map(|number| SubsectionSpec { number, rows: rows.clone() }).collect()
            }
            SubsectionsConfig::Each(each) => {
                let each = each.iter().enumerate();
                let each = each.map(|(at, subsection)| self.subsection(subsection, &format!("{path}[{at}]")));
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
        let needs = |what: &str| FieldError::new(path, format!("needs {what}"));
        let count = rows.or(self.rows).ok_or_else(|| needs("`rows`, here or in seating_config"))?;
        let seats = seats.or(self.cols).ok_or_else(|| needs("`seats_per_row` here, or `cols` in seating_config"))?;
        let rows =
            RowsSpec { first_row: 1, count, seats, missing: Vec::new(), accessible: Vec::new(), companion: Vec::new() };
        Ok(vec![rows])
    }
}

fn area(area: &AreaConfig) -> AreaSpec {
    AreaSpec { name: area.area.clone(), price: area.price, capacity: area.capacity }
}
