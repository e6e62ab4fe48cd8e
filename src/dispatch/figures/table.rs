//! The numbers behind the pictures of one setting, as CSV: [`csv`].

use super::comparison::Comparison;
use super::metric::{average, metrics};
use super::settings::Table;
use crate::job::Outcome;
use indexmap::IndexSet;
use std::fmt::Write;

/// A line for each point of every curve: the value of the setting, what else differs between
/// points, the number of jobs, and means and standard deviations over these.
pub(super) fn csv(
    table: &Table,
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
    let mut text = line(&head);
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
        text.push_str(&line(&cells));
    }
    text
}

fn line(cells: &[String]) -> String {
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
