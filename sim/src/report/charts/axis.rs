//! An axis with ticks of its own choice: round numbers, decades, or percentiles as HdrHistogram plots them.

use plotters::coord::ranged1d::{DefaultFormatting, KeyPointHint, Ranged};
use std::ops::Range;

/// Ticks of an axis, about.
const TICKS: f64 = 5.0;
/// Steps of a time axis in seconds.
const TIME_STEPS: [f64; 15] =
    [1.0, 2.0, 5.0, 10.0, 15.0, 30.0, 60.0, 120.0, 300.0, 600.0, 900.0, 1_800.0, 3_600.0, 7_200.0, 14_400.0];
/// Ticks of a time axis at most.
const TIME_TICKS_MAX: f64 = 12.0;
/// Percentiles are told apart up to 99.99999.
const NINES_MAX: f64 = 7.0;

/// Where an axis begins and ends, in which way, and what is written beside it.
#[derive(Clone, Debug)]
pub(super) struct Axis {
    is_log: bool,
    range: Range<f64>,
    ticks: Vec<(f64, String)>,
}

impl Axis {
    /// From 0 to `max` and a little more.
    pub fn amount(max: f64, label: fn(f64) -> String) -> Self {
        let step = round_up(max.max(1.0) / TICKS);
        let steps = (max.max(1.0) / step).ceil();
        let ticks = count_to(steps).map(|tick| (tick * step, label(tick * step)));
        Self { is_log: false, range: 0.0..steps * step, ticks: ticks.collect() }
    }

    /// From 0 to `max`, which stands at its end.
    pub fn whole(max: f64, label: fn(f64) -> String) -> Self {
        Self { range: 0.0..max.max(1.0), ..Self::amount(max, label) }.within()
    }

    /// Logarithmic, from `least` to `most`, both above 0.
    pub fn log(least: f64, most: f64, label: fn(f64) -> String) -> Self {
        let least = least.max(1.0);
        let (from, to) = (least.log10().floor(), most.max(least * 2.0).log10());
        let factors: &[f64] = if to - from > 3.0 { &[1.0] } else { &[1.0, 2.0, 5.0] };
        let decades = count_to((to - from).ceil()).map(|decade| 10f64.powf(from + decade));
        let ticks: Vec<f64> = decades.flat_map(|decade| factors.iter().map(move |factor| decade * factor)).collect();
        let low = ticks.iter().copied().rfind(|tick| *tick <= least).unwrap_or(least);
        let high = ticks.iter().copied().find(|tick| *tick >= most).unwrap_or(most);
        let ticks = ticks.into_iter().map(|tick| (tick, label(tick))).collect();
        Self { is_log: true, range: low..high, ticks }.within()
    }

    /// The time since the beginning, in seconds.
    pub fn time(seconds: f64, label: fn(f64) -> String) -> Self {
        let end = seconds.max(1.0);
        let step = TIME_STEPS.into_iter().find(|step| end / step <= TIME_TICKS_MAX).unwrap_or(21_600.0);
        let ticks = count_to((end / step).floor()).map(|tick| (tick * step, label(tick * step))).collect();
        Self { is_log: false, range: 0.0..end, ticks }
    }

    /// Percentiles of `count` values, each nine as wide as the one before: a percentile stands at [`nines`] of it.
    pub fn percentiles(count: u64) -> Self {
        #[expect(clippy::cast_precision_loss, reason = "only its magnitude matters")]
        let end = (count as f64).log10().clamp(1.0, NINES_MAX);
        let ticks = count_to(end.floor()).map(|nines| (nines, percentile(nines))).collect();
        Self { is_log: false, range: 0.0..end, ticks }
    }

    /// What is written beside a tick.
    pub fn label(&self, tick: f64) -> String {
        self.ticks
            .iter()
            .find(|(at, _)| at.total_cmp(&tick).is_eq())
            .map(|(_, label)| label.clone())
            .unwrap_or_default()
    }

    pub fn end(&self) -> f64 {
        self.range.end
    }

    /// Without the ticks that are beyond its ends.
    fn within(mut self) -> Self {
        self.ticks.retain(|(tick, _)| (self.range.start..=self.range.end).contains(tick));
        self
    }
}

/// The share of values at and below a point of a percentile axis.
pub(super) fn quantile(nines: f64) -> f64 {
    1.0 - 10f64.powf(-nines)
}

fn percentile(nines: f64) -> String {
    match nines {
        ..1.0 => "0%".to_owned(),
        ..2.0 => "90%".to_owned(),
        ..3.0 => "99%".to_owned(),
        _ => format!("99.{}%", "9".repeat(nines as usize - 2)),
    }
}

/// 1, 2 or 5 times a power of ten, not below `value`.
fn round_up(value: f64) -> f64 {
    let power = 10f64.powf(value.log10().floor());
    [1.0, 2.0, 5.0, 10.0].into_iter().map(|factor| factor * power).find(|step| *step >= value).unwrap_or(value)
}

/// 0, 1, 2, … `last`.
fn count_to(last: f64) -> impl Iterator<Item = f64> {
    (0..=last as u32).map(f64::from)
}

impl Ranged for Axis {
    type FormatOption = DefaultFormatting;
    type ValueType = f64;

    fn map(&self, value: &f64, (first, last): (i32, i32)) -> i32 {
        let along = if self.is_log {
            (value.max(self.range.start) / self.range.start).ln() / (self.range.end / self.range.start).ln()
        } else {
            (value - self.range.start) / (self.range.end - self.range.start)
        };
        first + (along * f64::from(last - first)).round() as i32
    }

    fn key_points<Hint: KeyPointHint>(&self, _: Hint) -> Vec<f64> {
        self.ticks.iter().map(|(tick, _)| *tick).collect()
    }

    fn range(&self) -> Range<f64> {
        self.range.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::{Axis, quantile};
    use plotters::coord::ranged1d::Ranged;

    fn labels(axis: &Axis) -> Vec<&str> {
        axis.ticks.iter().map(|(_, label)| label.as_str()).collect()
    }

    fn plain(value: f64) -> String {
        value.to_string()
    }

    #[test]
    fn ticks_are_round() {
        assert_eq!(labels(&Axis::amount(9_700.0, plain)), ["0", "2000", "4000", "6000", "8000", "10000"]);
        assert_eq!(labels(&Axis::amount(0.0, plain)), ["0", "0.2", "0.4", "0.6000000000000001", "0.8", "1"]);
        assert_eq!(labels(&Axis::whole(450.0, plain)), ["0", "100", "200", "300", "400"]);
        assert_eq!(labels(&Axis::time(60.0, plain)).len(), 13);
        assert_eq!(
            labels(&Axis::log(310.0, 14_000.0, plain)),
            ["200", "500", "1000", "2000", "5000", "10000", "20000"]
        );
        assert_eq!(
            labels(&Axis::log(1.0, 2e6, plain)),
            ["1", "10", "100", "1000", "10000", "100000", "1000000", "10000000"]
        );
        assert_eq!(labels(&Axis::percentiles(60_000)), ["0%", "90%", "99%", "99.9%", "99.99%"]);
    }

    #[test]
    fn values_are_where_they_belong() {
        let axis = Axis::log(1.0, 100.0, plain);
        assert_eq!([1.0, 10.0, 100.0].map(|value| axis.map(&value, (600, 0))), [600, 300, 0]);
        assert_eq!(Axis::amount(10.0, plain).map(&5.0, (0, 100)), 50);
        assert!((quantile(3.0) - 0.999).abs() < 1e-12);
    }
}
