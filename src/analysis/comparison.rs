//! Jobs that are alike but for the number in one setting are the points of a [`Line`]; lines that belong
//! into one picture are a [`Comparison`].
//!
//! Lines that differ from each other in one further setting are curves of one picture. A choice and
//! what belongs to it (`estimator.name` and `estimator.samples`) counts as one setting, and so does
//! a job that is needed. Where there are several such settings, that one tells curves apart with
//! which there are the fewest pictures.

use super::settings::{Cell, SettingsTable};
use indexmap::{IndexMap, IndexSet};
use std::collections::HashSet;

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

/// One or more lines along one setting.
pub(super) struct Comparison {
    /// The path of the setting.
    pub(super) setting: String,
    /// The path of the setting that tells the curves apart, if there are several.
    pub(super) by: Option<String>,
    /// What this comparison has and others along the setting do not: paths and values.
    pub(super) given: Vec<(String, String)>,
    pub(super) curves: Vec<Curve>,
}

/// One line, with a name to tell it from the others.
pub(super) struct Curve {
    /// Empty where there is only one.
    pub(super) name: String,
    pub(super) points: Vec<Point>,
}

impl Comparison {
    /// What is given, each as `optimiser.rate = 0.01`.
    pub(super) fn given(&self) -> Vec<String> {
        let one = |(path, value): &(String, String)| match value.as_str() {
            "" => format!("no {path}"),
            value => format!("{path} = {value}"),
        };
        self.given.iter().map(one).collect()
    }
}

/// A setting, or several as one, that lines may differ in.
struct Grouping {
    path: String,
    columns: Vec<usize>,
    kind: GroupingKind,
    /// Measurements on different data are the last to be put into one picture.
    of_data: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum GroupingKind {
    Leaf,
    /// The column of the choice.
    Choice(usize),
    Reference,
}

/// Everything that can be compared along a column; `data` are the fields that name data.
pub(super) fn comparisons(
    table: &SettingsTable,
    column: usize,
    data: &[&String],
) -> Vec<Comparison> {
    let lines = lines(table, column);
    if lines.is_empty() {
        return Vec::new();
    }
    let split = |grouping: &Grouping| {
        let distinct: HashSet<Vec<Cell>> =
            lines.iter().map(|line| grouping.without(line)).collect();
        distinct.len()
    };
    let differing: Vec<usize> = (0..table.columns.len())
        .filter(|column| lines.iter().any(|line| line.rest[*column] != lines[0].rest[*column]))
        .collect();
    let groupings = groupings(table, &differing, data).into_iter();
    let groupings = groupings
        .map(|grouping| (split(&grouping), grouping))
        .filter(|(pictures, _)| *pictures < lines.len());
    let grouping = groupings
        .min_by_key(|(pictures, grouping)| (*pictures, grouping.of_data))
        .map(|(_, grouping)| grouping);
    let mut classes: IndexMap<Vec<Cell>, Vec<Line>> = IndexMap::new();
    for line in lines {
        let class =
            grouping.as_ref().map_or_else(|| line.rest.clone(), |grouping| grouping.without(&line));
        classes.entry(class).or_default().push(line);
    }
    let enough = classes.into_values().filter(|lines| lines.iter().any(Line::is_enough));
    let setting = &table.columns[column];
    enough.map(|lines| comparison(table, setting, grouping.as_ref(), &differing, lines)).collect()
}

fn comparison(
    table: &SettingsTable,
    setting: &str,
    grouping: Option<&Grouping>,
    differing: &[usize],
    mut lines: Vec<Line>,
) -> Comparison {
    let grouping = grouping.filter(|_| lines.len() > 1);
    if let Some(Grouping { kind: GroupingKind::Leaf, columns, .. }) = grouping {
        // Words stay in the order of the jobs.
        lines.sort_by(|one, other| {
            let value = |line: &Line| table.number(line.rest[columns[0]]).unwrap_or(f64::MIN);
            value(one).total_cmp(&value(other))
        });
    }
    let apart = |column: &usize| grouping.is_some_and(|grouping| grouping.columns.contains(column));
    let given = differing
        .iter()
        .filter(|column| !apart(column))
        .map(|&column| (table.columns[column].clone(), table.shown(lines[0].rest[column])));
    let (setting, given) = (setting.to_owned(), given.collect());
    let names =
        grouping.map_or_else(|| vec![String::new()], |grouping| grouping.names(table, &lines));
    let curves = names.into_iter().zip(lines);
    let curves = curves.map(|(name, line)| Curve { name, points: line.points }).collect();
    Comparison { setting, by: grouping.map(|grouping| grouping.path.clone()), given, curves }
}

/// The groupings in which lines may differ that differ in these columns.
fn groupings(table: &SettingsTable, differing: &[usize], data: &[&String]) -> Vec<Grouping> {
    let below = |path: &str| -> Vec<usize> {
        let below = |column: &usize| {
            table.columns[*column].strip_prefix(path).is_some_and(|rest| rest.starts_with('.'))
        };
        differing.iter().copied().filter(below).collect()
    };
    let of_data = |path: &str| {
        data.iter().any(|field| path == *field || path.starts_with(&format!("{field}.")))
    };
    let mut groupings = Vec::new();
    let mut add = |path: &str, columns: Vec<usize>, kind| {
        groupings.push(Grouping { path: path.to_owned(), columns, kind, of_data: of_data(path) });
    };
    for &column in differing {
        add(&table.columns[column], vec![column], GroupingKind::Leaf);
    }
    for &column in differing {
        let words =
            table.rows.iter().all(|row| row[column].is_none() || table.word(row[column]).is_some());
        let parent = table.columns[column].rsplit_once('.').map(|(parent, _)| parent);
        if let Some(parent) = parent.filter(|parent| words && !of_data(parent)) {
            add(parent, below(parent), GroupingKind::Choice(column));
        }
    }
    let references: IndexSet<&String> = table.references.iter().flat_map(IndexMap::keys).collect();
    for path in references {
        add(path, below(path), GroupingKind::Reference);
    }
    groupings
}

impl Grouping {
    /// What a line has besides this.
    fn without(&self, line: &Line) -> Vec<Cell> {
        let mut rest = line.rest.clone();
        self.columns.iter().for_each(|column| rest[*column] = None);
        rest
    }

    /// A name for each of the lines of one picture.
    fn names(&self, table: &SettingsTable, lines: &[Line]) -> Vec<String> {
        let of = |name: &dyn Fn(&Line) -> String| lines.iter().map(name).collect::<Vec<_>>();
        let whole = |line: &Line| {
            let cells = self.columns.iter().filter(|column| line.rest[**column].is_some());
            let named = cells.map(|&column| named(table, column, line.rest[column]));
            named.collect::<Vec<_>>().join(", ")
        };
        match self.kind {
            GroupingKind::Leaf => {
                of(&|line| named(table, self.columns[0], line.rest[self.columns[0]]))
            }
            GroupingKind::Choice(column) => {
                let short = of(&|line| named(table, column, line.rest[column]));
                let distinct = short.iter().collect::<HashSet<_>>().len() == short.len();
                if distinct { short } else { of(&whole) }
            }
            GroupingKind::Reference => of(&|line| {
                let job = line.points[0].jobs[0];
                table.references[job].get(&self.path).cloned().unwrap_or_else(|| whole(line))
            }),
        }
    }
}

/// A word says enough by itself; what is not one says of what it is.
fn named(table: &SettingsTable, column: usize, cell: Cell) -> String {
    let path = &table.columns[column];
    let last = path.rsplit('.').next().unwrap_or(path);
    match (table.word(cell), cell) {
        (Some(word), _) => word,
        (None, Some(_)) => format!("{last} = {}", table.shown(cell)),
        (None, None) => format!("no {last}"),
    }
}

/// The lines along a column, in the order of the jobs.
pub(super) fn lines(table: &SettingsTable, column: usize) -> Vec<Line> {
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
