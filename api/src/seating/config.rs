//! The JSON that sellers send. Unknown fields are errors: a misspelt `missing` would sell seats that are not there.

use super::count::count_or_each;
use serde::{Deserialize, Deserializer, Serialize};
use utoipa::ToSchema;

/// Sections with numbered seats, and general-admission areas.
///
/// Short: `rows`, `cols` (seats of each row) and sections with a number of subsections. In full: sections with
/// subsections with rows.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SeatingConfig {
    /// Rows of every subsection that does not say its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rows: Option<u32>,
    /// Seats of every row that does not say its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cols: Option<u32>,
    /// In the seller's order, which is the order in which best available looks.
    #[serde(default)]
    pub sections: Vec<SectionConfig>,
    /// Areas without numbered seats.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub general_admission: Vec<AreaConfig>,
}

/// A section.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SectionConfig {
    /// Unique, without `-`.
    #[schema(example = "A")]
    pub name: String,
    /// Of each seat, in minor units.
    #[schema(example = 3000)]
    pub price: u64,
    /// What "best" is near to; the middle of the front row unless given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub focal_point: Option<FocalPointConfig>,
    /// How many, or which.
    pub subsections: SubsectionsConfig,
}

/// How many subsections there are, or which.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(untagged)]
pub enum SubsectionsConfig {
    /// This many, numbered from 1, with the config's `rows` and `cols`.
    #[schema(example = 4)]
    Count(u32),
    /// These.
    Each(Vec<SubsectionConfig>),
}

/// A place in a section.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FocalPointConfig {
    /// Row number, from 1.
    pub row: u32,
    /// Seat number, from 1.
    pub seat: u32,
}

/// A subsection.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SubsectionConfig {
    /// From 1, rising.
    pub number: u32,
    /// How many, or which; the config's `rows` unless given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rows: Option<RowsConfig>,
    /// Seats of each row, where rows are a number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seats_per_row: Option<u32>,
}

/// How many rows there are, or which.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(untagged)]
pub enum RowsConfig {
    /// This many, numbered from 1.
    Count(u32),
    /// These.
    Each(Vec<RowConfig>),
}

/// A row.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RowConfig {
    /// From 1 at the front, rising.
    pub row: u32,
    /// Positions, missing ones included.
    pub seats: u32,
    /// Positions without a seat (aisles, pillars).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub missing: Vec<u32>,
    /// Seats for those who ask for an accessible one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub accessible: Vec<u32>,
    /// Seats beside accessible ones, for those who come along.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub companion: Vec<u32>,
}

/// A general-admission area.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AreaConfig {
    /// Unique, sections included.
    #[schema(example = "FLOOR")]
    pub area: String,
    /// Of each place, in minor units.
    pub price: u64,
    /// Places.
    pub capacity: u32,
}

impl<'de> Deserialize<'de> for SubsectionsConfig {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        count_or_each(deserializer, Self::Count, Self::Each)
    }
}

impl<'de> Deserialize<'de> for RowsConfig {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        count_or_each(deserializer, Self::Count, Self::Each)
    }
}
