//! Seat maps and the terms of a sale between their types and the wire.

use super::{DecodeError, wire};
use crate::command::{AmendSale, OpenSale, SaleTerms};
use crate::ids::TimeMs;
use crate::seat_map::spec::{AreaSpec, FocalPoint, RowsSpec, SeatMapSpec, SectionSpec, SubsectionSpec};
use std::sync::Arc;

pub(super) fn seat_map_to_wire(spec: &SeatMapSpec) -> wire::SeatMap {
    wire::SeatMap {
        sections: spec.sections.iter().map(section_to_wire).collect(),
        areas: spec.areas.iter().map(area_to_wire).collect(),
    }
}

fn section_to_wire(section: &SectionSpec) -> wire::Section {
    wire::Section {
        name: section.name.clone(),
        price: section.price,
        focal_point: section.focal_point.map(|point| wire::FocalPoint { row: point.row, seat: point.seat }),
        subsections: section.subsections.iter().map(subsection_to_wire).collect(),
    }
}

fn subsection_to_wire(subsection: &SubsectionSpec) -> wire::Subsection {
    wire::Subsection { number: subsection.number, rows: subsection.rows.iter().map(rows_to_wire).collect() }
}

fn rows_to_wire(rows: &RowsSpec) -> wire::Rows {
    wire::Rows {
        first_row: rows.first_row,
        count: rows.count,
        seats: rows.seats,
        missing: rows.missing.clone(),
        accessible: rows.accessible.clone(),
        companion: rows.companion.clone(),
    }
}

fn area_to_wire(area: &AreaSpec) -> wire::Area {
    wire::Area { name: area.name.clone(), price: area.price, capacity: area.capacity }
}

pub(super) fn seat_map_from_wire(map: wire::SeatMap) -> SeatMapSpec {
    SeatMapSpec {
        sections: map.sections.into_iter().map(section_from_wire).collect(),
        areas: map
            .areas
            .into_iter()
            .map(|area| AreaSpec { name: area.name, price: area.price, capacity: area.capacity })
            .collect(),
    }
}

fn section_from_wire(section: wire::Section) -> SectionSpec {
    SectionSpec {
        name: section.name,
        price: section.price,
        focal_point: section.focal_point.map(|point| FocalPoint { row: point.row, seat: point.seat }),
        subsections: section
            .subsections
            .into_iter()
            .map(|subsection| SubsectionSpec {
                number: subsection.number,
                rows: subsection.rows.into_iter().map(rows_from_wire).collect(),
            })
            .collect(),
    }
}

fn rows_from_wire(rows: wire::Rows) -> RowsSpec {
    RowsSpec {
        first_row: rows.first_row,
        count: rows.count,
        seats: rows.seats,
        missing: rows.missing,
        accessible: rows.accessible,
        companion: rows.companion,
    }
}

pub(super) fn terms_to_wire(terms: &SaleTerms) -> wire::Terms {
    wire::Terms {
        opens_at_ms: terms.opens_at.map(|at| at.0),
        hold_ms: terms.hold_ms,
        tickets_per_booking_max: terms.tickets_per_booking_max,
        tickets_per_buyer_max: terms.tickets_per_buyer_max,
        accessible_released: terms.accessible_released,
        refunds: terms.refunds,
    }
}

pub(super) fn terms_from_wire(terms: wire::Terms) -> SaleTerms {
    SaleTerms {
        opens_at: terms.opens_at_ms.map(TimeMs),
        hold_ms: terms.hold_ms,
        tickets_per_booking_max: terms.tickets_per_booking_max,
        tickets_per_buyer_max: terms.tickets_per_buyer_max,
        accessible_released: terms.accessible_released,
        refunds: terms.refunds,
    }
}

pub(super) fn open_to_wire(spec: &SeatMapSpec, terms: &SaleTerms) -> wire::OpenSale {
    wire::OpenSale { seat_map: Some(seat_map_to_wire(spec)), terms: Some(terms_to_wire(terms)) }
}

pub(super) fn open_from_wire(open: wire::OpenSale) -> Result<OpenSale, DecodeError> {
    Ok(OpenSale {
        seat_map: Arc::new(seat_map_from_wire(open.seat_map.ok_or(DecodeError::Missing("seat_map"))?)),
        terms: terms_from_wire(open.terms.ok_or(DecodeError::Missing("terms"))?),
    })
}

pub(super) fn amend_to_wire(amend: &AmendSale) -> wire::AmendSale {
    wire::AmendSale {
        opens_at_ms: amend.opens_at.flatten().map(|at| at.0),
        without_opens_at: amend.opens_at == Some(None),
        hold_ms: amend.hold_ms,
        tickets_per_booking_max: amend.tickets_per_booking_max,
        tickets_per_buyer_max: amend.tickets_per_buyer_max.flatten(),
        without_tickets_per_buyer_max: amend.tickets_per_buyer_max == Some(None),
        accessible_released: amend.accessible_released,
        refunds: amend.refunds,
    }
}

pub(super) fn amend_from_wire(amend: wire::AmendSale) -> AmendSale {
    AmendSale {
        opens_at: amend.opens_at_ms.map(|at| Some(TimeMs(at))).or(amend.without_opens_at.then_some(None)),
        hold_ms: amend.hold_ms,
        tickets_per_booking_max: amend.tickets_per_booking_max,
        tickets_per_buyer_max: amend
            .tickets_per_buyer_max
            .map(Some)
            .or(amend.without_tickets_per_buyer_max.then_some(None)),
        accessible_released: amend.accessible_released,
        refunds: amend.refunds,
    }
}
