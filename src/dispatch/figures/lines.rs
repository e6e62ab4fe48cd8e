//! Jobs that are alike but for the number in one setting: a [`Line`].

use super::settings::{Cell, Table};
use indexmap::IndexMap;

/// So many different values make a figure.
const ENOUGH: usize = 3;

/// Jobs that differ in one number alone (and in seeds).
pub(super) struct Line {
    /// What they have in common: a row of the table, blank where they differ.
    pub(super) rest: Vec<Cell>,
    /// By ascending value; two at least.
    pub(super) points: Vec<Point>,
}

/// Repetitions of each other.
pub(super) struct Point {
    pub(super) value: f64,
    /// By their place in the table.
    pub(super) jobs: Vec<usize>,
}

impl Line {
    /// Whether it alone would make a figure.
    pub(super) fn is_enough(&self) -> bool {
        self.points.len() >= ENOUGH
    }
}

/// The lines along a column, in the order of the jobs.
pub(super) fn lines(table: &Table, column: usize) -> Vec<Line> {
    let mut found: IndexMap<Vec<Cell>, Vec<(f64, usize)>> = IndexMap::new();
    for (job, row) in table.rows.iter().enumerate() {
        let Some(value) = table.number(row[column]) else { continue };
        let mut rest = row.clone();
        rest[column] = None;
        found.entry(rest).or_default().push((value, job));
    }
    let lines = found.into_iter().map(|(rest, jobs)| Line { rest, points: points(jobs) });
    let lines: Vec<Line> = lines.filter(|line| line.points.len() > 1).collect();
    if lines.iter().any(Line::is_enough) { lines } else { Vec::new() }
}

fn points(mut jobs: Vec<(f64, usize)>) -> Vec<Point> {
    jobs.sort_by(|one, other| one.0.total_cmp(&other.0));
    let alike = jobs.chunk_by(|one, other| one.0.total_cmp(&other.0).is_eq());
    alike
        .map(|jobs| Point { value: jobs[0].0, jobs: jobs.iter().map(|(_, job)| *job).collect() })
        .collect()
}
