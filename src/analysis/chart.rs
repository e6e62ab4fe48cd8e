//! A comparison as a picture ([`draw`]), and the numbers behind the pictures of one setting as CSV ([`csv`]).

use super::comparison::Comparison;
use super::metric::{Average, Metric, average, metrics};
use super::settings::SettingsTable;
use crate::job::Outcome;
use crate::plot::{Lines, PictureError, Scale, Series, lines};
use indexmap::IndexSet;
use std::fmt::Write;

/// The horizontal axis is logarithmic where values span more than this, the vertical one where
/// measurements do.
const DECADE: f64 = 10.0;
const DECADES: f64 = 100.0;

/// What one series needs, owned.
struct Drawn {
    name: String,
    points: Vec<[f64; 2]>,
    errors: Vec<f64>,
    /// The number of its curve, which decides its colour.
    colour: usize,
    dashed: bool,
}

/// The picture of a metric as PNG.
///
/// # Errors
/// When it cannot be drawn.
pub(super) fn draw(
    comparison: &Comparison,
    metric: &Metric,
    outcomes: &[Outcome],
    kind: &str,
) -> Result<Vec<u8>, PictureError> {
    let (unit, times) = metric.unit();
    let drawn = drawn(comparison, metric, outcomes, times);
    let across = drawn.iter().flat_map(|series| series.points.iter().map(|point| point[0]));
    let up = drawn.iter().flat_map(|series| series.points.iter().map(|point| point[1]));
    let (x_scale, y_scale) = (scale(across, DECADE), scale(up, DECADES));
    let series = drawn.iter().map(|series| Series {
        name: &series.name,
        points: &series.points,
        errors: &series.errors,
        colour: Some(series.colour),
        dashed: series.dashed,
    });
    let name = metric.shown();
    lines(&Lines {
        title: &capitalised(&format!("{name} against {}", comparison.setting)),
        caption: &caption(comparison, kind),
        x: &comparison.setting,
        y: &format!("{name}{unit}"),
        x_scale,
        y_scale,
        series: &series.collect::<Vec<_>>(),
    })
}

fn drawn(comparison: &Comparison, metric: &Metric, outcomes: &[Outcome], times: f64) -> Vec<Drawn> {
    let mut all = Vec::new();
    for (colour, curve) in comparison.curves.iter().enumerate() {
        for (index, split) in metric.splits.iter().enumerate() {
            let whole = format!("{split}/{}", metric.name);
            let averages: Option<Vec<Average>> =
                curve.points.iter().map(|point| average(&point.jobs, outcomes, &whole)).collect();
            let Some(averages) = averages else { continue };
            let points = curve.points.iter().zip(&averages);
            let errors = averages.iter().map(|average| average.deviation.unwrap_or(0.0) * times);
            let name = match (metric.splits.len(), curve.name.as_str()) {
                (1, name) => name.to_owned(),
                (_, "") => (*split).to_owned(),
                (_, name) => format!("{name}, {split}"),
            };
            all.push(Drawn {
                name,
                points: points.map(|(point, it)| [point.value, it.mean * times]).collect(),
                errors: errors.collect(),
                colour,
                dashed: index > 0,
            });
        }
    }
    all
}

/// Logarithmic where values, all above 0, span more than `limit`.
fn scale(values: impl Iterator<Item = f64>, limit: f64) -> Scale {
    let ends = values.fold((f64::MAX, f64::MIN), |(low, high), it| (low.min(it), high.max(it)));
    let far = ends.0 > 0.0 && ends.1 > ends.0 * limit;
    if far { Scale::Logarithmic } else { Scale::Linear }
}

fn caption(comparison: &Comparison, kind: &str) -> String {
    let points = || comparison.curves.iter().flat_map(|curve| &curve.points);
    let jobs: usize = points().map(|point| point.jobs.len()).sum();
    let by = comparison.by.as_ref().map_or_else(String::new, |by| format!(" and {by}"));
    let mut text = format!("{jobs} jobs of kind {kind} that differ in {}{by}", comparison.setting);
    let given = comparison.given();
    if !given.is_empty() {
        text = format!("{text}, with {}", given.join(", "));
    }
    if points().any(|point| point.jobs.len() > 1) {
        text += ". Points are means over jobs that differ in seeds only, bars their standard deviations";
    }
    text + "."
}

fn capitalised(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// A line for each point of every curve: the value of the setting, what else differs between
/// points, the number of jobs, and means and standard deviations over these.
pub(super) fn csv(
    table: &SettingsTable,
    setting: usize,
    comparisons: &[Comparison],
    outcomes: &[Outcome],
) -> String {
    let points: Vec<&[usize]> = comparisons
        .iter()
        .flat_map(|comparison| &comparison.curves)
        .flat_map(|curve| curve.points.iter().map(|point| point.jobs.as_slice()))
        .collect();
    let cell = |jobs: &[usize], column: usize| table.rows[jobs[0]][column];
    let differs =
        |column: &usize| points.iter().any(|jobs| cell(jobs, *column) != cell(points[0], *column));
    let others = (0..table.columns.len()).filter(|column| *column != setting && differs(column));
    let columns: Vec<usize> = std::iter::once(setting).chain(others).collect();
    let metrics: IndexSet<String> = comparisons
        .iter()
        .flat_map(|comparison| metrics(comparison, outcomes))
        .flat_map(|metric| {
            metric.splits.into_iter().map(move |split| format!("{split}/{}", metric.name))
        })
        .collect();
    let repeated = points.iter().any(|jobs| jobs.len() > 1);
    let mut head: Vec<String> =
        columns.iter().map(|column| table.columns[*column].clone()).collect();
    head.push("jobs".to_owned());
    for metric in &metrics {
        head.push(metric.clone());
        head.extend(repeated.then(|| format!("{metric} standard deviation")));
    }
    let mut text = csv_line(&head);
    for jobs in points {
        let shown = columns.iter().map(|column| table.shown(cell(jobs, *column)));
        let mut cells: Vec<String> = shown.collect();
        cells.push(jobs.len().to_string());
        for metric in &metrics {
            let average = average(jobs, outcomes, metric);
            let number = |value: Option<f64>| value.map_or_else(String::new, |it| it.to_string());
            cells.push(number(average.map(|average| average.mean)));
            cells.extend(repeated.then(|| number(average.and_then(|it| it.deviation))));
        }
        text.push_str(&csv_line(&cells));
    }
    text
}

fn csv_line(cells: &[String]) -> String {
    let mut text = String::new();
    for (index, cell) in cells.iter().enumerate() {
        let comma = if index > 0 { "," } else { "" };
        let _ = if cell.contains([',', '"', '\n', '\r']) {
            write!(text, "{comma}\"{}\"", cell.replace('"', "\"\""))
        } else {
            write!(text, "{comma}{cell}")
        };
    }
    text + "\n"
}
