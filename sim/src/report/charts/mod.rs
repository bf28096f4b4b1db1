//! The plots of a run, as SVG for a page.

mod axis;
mod plot;

use super::units;
use crate::tally::Second;
use axis::{Axis, quantile};
use hdrhistogram::Histogram;
use plot::{INK, Series, Shape, plot};
use plotters::style::RGBColor;

/// Points of a line at most: a run of a day has more seconds than a page has pixels.
const POINTS_MAX: usize = 600;

// Told apart by people who see colours differently too; the page's style has their tones for the dark.
const BLUE: RGBColor = RGBColor(0x2a, 0x78, 0xd6);
const ORANGE: RGBColor = RGBColor(0xeb, 0x68, 0x34);
const RED: RGBColor = RGBColor(0xc9, 0x2a, 0x4b);
const VIOLET: RGBColor = RGBColor(0x4a, 0x3a, 0xa7);
const GREEN: RGBColor = RGBColor(0x1b, 0xaf, 0x7a);
const PALE: RGBColor = RGBColor(0xd5, 0xd9, 0xde);

/// A plot, and what its colours mean.
pub(super) struct Figure {
    pub title: &'static str,
    pub note: &'static str,
    /// What each colour is, as CSS writes it, and its name.
    pub legend: Vec<(String, &'static str)>,
    pub svg: String,
}

type Reduce = fn(&[f64]) -> f64;

/// Values over time, some seconds to a point where there are too many.
struct Timeline<'a> {
    seconds: &'a [Second],
    chunk: usize,
}

/// All plots over time that there is anything to show in.
pub(super) fn over_time(seconds: &[Second]) -> Vec<Figure> {
    let timeline = Timeline { seconds, chunk: seconds.len().div_ceil(POINTS_MAX).max(1) };
    let mut figures = vec![throughput(&timeline), latency(&timeline), seats(&timeline)];
    if seconds.iter().any(|second| second.resident.is_some()) {
        figures.push(memory(&timeline));
    }
    figures
}

impl Timeline<'_> {
    /// The beginning of each point's time, and what `reduce` makes of its seconds' values.
    #[expect(clippy::cast_precision_loss, reason = "counts of a run are small")]
    fn points(&self, of: impl Fn(&Second) -> u64, reduce: Reduce) -> Vec<(f64, f64)> {
        let value = |chunk: &[Second]| reduce(&chunk.iter().map(|second| of(second) as f64).collect::<Vec<_>>());
        let at = |number: usize| number.saturating_mul(self.chunk) as f64;
        self.seconds.chunks(self.chunk).enumerate().map(|(number, chunk)| (at(number), value(chunk))).collect()
    }

    /// Up to the last point.
    #[expect(clippy::cast_precision_loss, reason = "runs are short")]
    fn axis(&self) -> Axis {
        let points = self.seconds.len().div_ceil(self.chunk);
        Axis::time((points.saturating_sub(1) * self.chunk) as f64, units::clock)
    }
}

#[expect(clippy::cast_precision_loss, reason = "there are few")]
fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len().max(1) as f64
}

fn most(values: &[f64]) -> f64 {
    values.iter().copied().fold(0.0, f64::max)
}

fn last(values: &[f64]) -> f64 {
    values.last().copied().unwrap_or(0.0)
}

fn highest(series: &[Series]) -> f64 {
    series.iter().flat_map(|series| &series.points).map(|(_, value)| *value).fold(0.0, f64::max)
}

fn figure(title: &'static str, note: &'static str, legend: &[(RGBColor, &'static str)], svg: String) -> Figure {
    let css = |RGBColor(red, green, blue): RGBColor| format!("#{red:02X}{green:02X}{blue:02X}");
    Figure { title, note, legend: legend.iter().map(|(color, name)| (css(*color), *name)).collect(), svg }
}

fn throughput(timeline: &Timeline<'_>) -> Figure {
    let line = |color, shape, of: fn(&Second) -> u64| Series { color, shape, points: timeline.points(of, mean) };
    let series = vec![
        line(INK, Shape::ThinLine, |second| second.due),
        line(RED, Shape::Line, |second| second.shed),
        line(ORANGE, Shape::Line, |second| second.refused),
        line(BLUE, Shape::Line, |second| second.booked),
    ];
    let y = Axis::amount(highest(&series), units::count);
    let legend = [(INK, "due"), (BLUE, "booked"), (ORANGE, "refused"), (RED, "shed")];
    figure("Throughput", "booking requests a second", &legend, plot(&timeline.axis(), &y, series))
}

fn latency(timeline: &Timeline<'_>) -> Figure {
    let line = |color, which: usize| {
        let mut points = timeline.points(|second| second.latency_us[which], most);
        // A second in which nothing was answered has no latency.
        points.retain(|(_, micros)| *micros > 0.0);
        Series { color, shape: Shape::Line, points }
    };
    let series = vec![line(VIOLET, 2), line(ORANGE, 1), line(BLUE, 0)];
    let least = series.iter().flat_map(|series| &series.points).map(|(_, value)| *value).fold(f64::MAX, f64::min);
    let y = Axis::log(least.min(1e6), highest(&series), units::time);
    let legend = [(BLUE, "p50"), (ORANGE, "p99"), (VIOLET, "p99.9")];
    let note = "of booking requests, from the scheduled instant to the answer; logarithmic";
    figure("Latency", note, &legend, plot(&timeline.axis(), &y, series))
}

fn seats(timeline: &Timeline<'_>) -> Figure {
    let area = |color, of: fn(&Second) -> u64| Series { color, shape: Shape::Area, points: timeline.points(of, last) };
    // Each one lies on those below it.
    let series = vec![
        area(PALE, |second| second.seats.iter().sum()),
        area(ORANGE, |second| second.seats[0] + second.seats[1]),
        area(GREEN, |second| second.seats[0]),
    ];
    let y = Axis::whole(highest(&series), units::count);
    let legend = [(GREEN, "sold"), (ORANGE, "held or expired"), (PALE, "free")];
    figure("Seats", "of all events, as buyers were told", &legend, plot(&timeline.axis(), &y, series))
}

fn memory(timeline: &Timeline<'_>) -> Figure {
    let points = timeline.points(|second| second.resident.unwrap_or(0), last);
    let series = vec![Series { color: VIOLET, shape: Shape::Line, points }];
    let y = Axis::amount(highest(&series), units::bytes);
    figure("Memory", "of the service, resident", &[], plot(&timeline.axis(), &y, series))
}

/// Latency of booking requests by percentile, each nine as wide as the one before.
#[expect(clippy::cast_precision_loss, reason = "latencies are small")]
pub(super) fn distribution(latency_us: &Histogram<u64>) -> Figure {
    let x = Axis::percentiles(latency_us.len());
    let steps = u32::try_from(POINTS_MAX).expect("it is small");
    let points: Vec<(f64, f64)> = (0..=steps)
        .map(|step| x.end() * f64::from(step) / f64::from(steps))
        .map(|nines| (nines, latency_us.value_at_quantile(quantile(nines)) as f64))
        .collect();
    let y = Axis::log(latency_us.min() as f64, latency_us.max() as f64, units::time);
    let note = "of booking requests that were answered, by percentile; both axes logarithmic";
    figure("Latency distribution", note, &[], plot(&x, &y, vec![Series { color: BLUE, shape: Shape::Line, points }]))
}

#[cfg(test)]
mod tests {
    use super::{POINTS_MAX, distribution, over_time};
    use crate::tally::{Second, Tally};

    fn seconds(count: u64, resident: Option<u64>) -> Vec<Second> {
        let second = |number| Second {
            due: 100,
            booked: 90 + number % 10,
            latency_us: [900, 2_000, 30_000],
            seats: [number, 100, 10_000 - number],
            resident,
            ..Second::default()
        };
        (0..count).map(second).collect()
    }

    #[test]
    fn a_run_of_hours_has_no_more_points_than_a_page() {
        let figures = over_time(&seconds(5_000, Some(50 << 20)));
        assert_eq!(figures.len(), 4);
        for figure in figures {
            let lines = figure.svg.split("<polyline").skip(1);
            let most = lines.filter_map(|line| line.split_once("/>")).map(|(line, _)| line.matches(',').count()).max();
            let most = most.unwrap_or(0);
            assert!(most <= POINTS_MAX, "{}: {most} points", figure.title);
        }
    }

    #[test]
    fn a_run_in_which_nothing_happened_has_plots_too() {
        assert_eq!(over_time(&[]).len(), 3);
        assert_eq!(over_time(&seconds(1, None)).len(), 3);
        assert_eq!(over_time(&[Second::default(), Second::default()]).len(), 3);
        assert!(distribution(&Tally::default().of(crate::tally::Kind::Book).latency_us).svg.contains("</svg>"));
    }
}
