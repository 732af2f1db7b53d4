//! Bars, drawn as SVG.

use std::path::Path;

use anyhow::{Result, anyhow};
use plotters::prelude::*;

use super::report::Spread;

/// A bar of a group, with its spread.
pub(crate) struct Bar {
    group: String,
    name: String,
    value: Spread,
}

impl Bar {
    pub(crate) fn new(group: &str, name: &str, value: Spread) -> Self {
        Self { group: group.to_owned(), name: name.to_owned(), value }
    }
}

const WIDTH: u32 = 960;
/// Pixels of a bar and of the frame around all of them.
const BAR: u32 = 18;
const FRAME: u32 = 110;

/// Draws horizontal bars, one below the other, each group in its order.
pub(crate) fn bars(file: &Path, title: &str, bars: &[Bar]) -> Result<()> {
    if bars.is_empty() {
        return Ok(());
    }
    let size = (WIDTH, FRAME + BAR * bars.len() as u32);
    draw(&SVGBackend::new(file, size).into_drawing_area(), title, bars)
        .map_err(|error| anyhow!("{}: {error}", file.display()))
}

fn draw(
    area: &DrawingArea<SVGBackend<'_>, plotters::coord::Shift>,
    title: &str,
    bars: &[Bar],
) -> Result<(), Box<dyn std::error::Error>> {
    area.fill(&WHITE)?;
    let longest = bars.iter().map(|bar| bar.value.most).fold(0.0, f64::max) * 1.1;
    let count = bars.len() as f64;
    let mut chart = ChartBuilder::on(area)
        .caption(title, ("sans-serif", 18))
        .margin(10)
        .x_label_area_size(30)
        .y_label_area_size(280)
        .build_cartesian_2d(0.0..longest, count..0.0)?;
    chart.configure_mesh().disable_y_mesh().disable_y_axis().x_labels(10).draw()?;
    let mut groups: Vec<&str> = Vec::new();
    for (position, bar) in bars.iter().enumerate() {
        if !groups.contains(&bar.group.as_str()) {
            groups.push(&bar.group);
        }
        let colour = Palette99::pick(groups.len() - 1).filled();
        let (top, bottom) = (position as f64 + 0.15, position as f64 + 0.85);
        let Spread { middle, least, most } = bar.value;
        chart.draw_series([Rectangle::new([(0.0, top), (middle, bottom)], colour)])?;
        let centre = f64::midpoint(top, bottom);
        chart.draw_series([PathElement::new([(least, centre), (most, centre)], BLACK)])?;
        let (x, y) = chart.backend_coord(&(0.0, centre));
        let label = format!("{} · {}   {middle:.2}", bar.group, bar.name);
        let style = ("sans-serif", 12).into_font().color(&BLACK).pos(plotters::style::text_anchor::Pos::new(
            plotters::style::text_anchor::HPos::Right,
            plotters::style::text_anchor::VPos::Center,
        ));
        area.draw_text(&label, &style, (x - 6, y))?;
    }
    area.present()?;
    Ok(())
}
