//! One plot as SVG: a grid, and lines or areas on it.

use super::axis::Axis;
use plotters::chart::{ChartBuilder, ChartContext};
use plotters::coord::cartesian::Cartesian2d;
use plotters::prelude::{AreaSeries, IntoDrawingArea, LineSeries, SVGBackend};
use plotters::style::{Color, IntoFont, RGBColor, ShapeStyle, TRANSPARENT, TextStyle};

/// Width and height of a plot: twice what it is shown at, so that whole pixels are fine enough.
const SIZE: (u32, u32) = (1_920, 560);
/// Room for what is written beside the axes.
const LABELS: (u32, u32) = (140, 60);
/// Height of what is written.
const LETTERS: i32 = 30;
/// Ends of lines that stand at the edge are not cut off.
const MARGIN: (u32, u32) = (20, 44);

/// What the page's style gives other tones in the dark.
pub(super) const INK: RGBColor = RGBColor(0x5f, 0x63, 0x68);
/// The grid.
const GRID: RGBColor = RGBColor(0xe3, 0xe5, 0xe8);

/// A line, or the upper end of an area.
pub(super) struct Series {
    pub color: RGBColor,
    pub shape: Shape,
    pub points: Vec<(f64, f64)>,
}

/// How a series is drawn.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    Line,
    /// What a line is compared with.
    ThinLine,
    /// Down to the axis; what comes later covers it.
    Area,
}

type Chart<'a, 'b> = ChartContext<'a, SVGBackend<'b>, Cartesian2d<Axis, Axis>>;

/// Draws the series in their order.
pub(super) fn plot(x: &Axis, y: &Axis, series: Vec<Series>) -> String {
    let mut svg = String::new();
    // A string takes whatever is drawn: the backend has no other way to fail.
    draw(&mut svg, x, y, series).expect("a plot can be drawn into a string");
    svg
}

type DrawError = plotters::drawing::DrawingAreaErrorKind<std::io::Error>;

fn draw(svg: &mut String, x: &Axis, y: &Axis, series: Vec<Series>) -> Result<(), DrawError> {
    let area = SVGBackend::with_string(svg, SIZE).into_drawing_area();
    let mut chart = ChartBuilder::on(&area)
        .margin_top(MARGIN.0)
        .margin_right(MARGIN.1)
        .set_label_area_size(plotters::chart::LabelAreaPosition::Left, LABELS.0)
        .set_label_area_size(plotters::chart::LabelAreaPosition::Bottom, LABELS.1)
        .build_cartesian_2d(x.clone(), y.clone())?;
    grid(&mut chart, x, y)?;
    for Series { color, shape, points } in series {
        match shape {
            Shape::Area => chart.draw_series(AreaSeries::new(points, 0.0, color.filled()))?,
            Shape::Line => chart.draw_series(LineSeries::new(points, color.stroke_width(4)))?,
            Shape::ThinLine => chart.draw_series(LineSeries::new(points, color.stroke_width(2)))?,
        };
    }
    area.present()
}

fn grid(chart: &mut Chart<'_, '_>, x: &Axis, y: &Axis) -> Result<(), DrawError> {
    let letters: TextStyle<'_> = ("sans-serif", LETTERS).into_font().color(&INK);
    chart
        .configure_mesh()
        .disable_x_mesh()
        .x_label_formatter(&|tick| x.label(*tick))
        .y_label_formatter(&|tick| y.label(*tick))
        .label_style(letters)
        .axis_style(ShapeStyle::from(GRID).stroke_width(2))
        .bold_line_style(ShapeStyle::from(GRID).stroke_width(2))
        .light_line_style(TRANSPARENT)
        .set_all_tick_mark_size(10)
        .draw()
}
