//! `seating_config`: how sellers describe seats in JSON, short or in full, and how the layout is shown.

mod config;
mod count;
mod fold;
mod layout;
mod paths;
mod spec;
#[cfg(test)]
mod tests;

pub use config::{
    AreaConfig, FocalPointConfig, RowConfig, RowsConfig, SeatingConfig, SectionConfig, SubsectionConfig,
    SubsectionsConfig,
};
pub use layout::{AreaLayout, CountsView, RowLayout, SectionLayout, SubsectionLayout, layout};
