//! In which settings jobs of one kind differ: a [`SettingsTable`] with a row for each job.
//!
//! Seeds are left out, since jobs that differ in nothing else are repetitions, and so is how often
//! something is reported. In place of the name of a job that is needed stand that job's settings:
//! students of ensembles of 1, 2 and 5 differ in `teachers.members`.

use crate::rundir::{JobFolder, JobSpec, NeededJob, paths};
use indexmap::{IndexMap, IndexSet};
use serde_json::Value;
use std::collections::HashMap;
use std::path::{Path, PathBuf};

/// Fields that change nothing of what jobs are compared for.
const LEFT_OUT: [&str; 2] = ["seed", "logging"];
/// How far the settings of needed jobs are followed; beyond stands what the job means, as a hash.
const DEPTH: usize = 2;

/// A job that is done.
#[derive(Clone, Copy)]
pub struct Job<'a> {
    /// Its folder.
    pub folder: &'a JobFolder,
    /// Its resolved spec.
    pub spec: &'a JobSpec,
}

/// The number of a value's text; none where a job has no such setting.
pub(super) type Cell = Option<usize>;

/// The settings in which jobs differ.
pub(super) struct SettingsTable {
    /// Their paths, in the order of the settings.
    pub(super) columns: Vec<String>,
    /// A cell for each column, for each job.
    pub(super) rows: Vec<Vec<Cell>>,
    /// The fields of each job that name another one, with that name.
    pub(super) references: Vec<IndexMap<String, String>>,
    /// The values as JSON.
    texts: IndexSet<String>,
}

impl SettingsTable {
    /// Compares `jobs`; what they need is looked up among `all` and, if it is of another run, read.
    pub(super) fn of(jobs: &[Job], all: &[Job]) -> Self {
        let mut known = Known::of(all);
        let (mut columns, mut texts) = (IndexSet::new(), IndexSet::new());
        let (mut rows, mut references) = (Vec::new(), Vec::new());
        for job in jobs {
            let mut found = Leaves::default();
            known.collect(job.folder.path(), job.spec, "", 0, &mut found);
            let mut row: Vec<Cell> = Vec::new();
            for (path, text) in found.values {
                let column = columns.insert_full(path).0;
                row.resize(row.len().max(column + 1), None);
                row[column] = Some(texts.insert_full(text).0);
            }
            rows.push(row);
            references.push(found.references);
        }
        for row in &mut rows {
            row.resize(columns.len(), None);
        }
        let varies = |column: usize| rows.iter().any(|row| row[column] != rows[0][column]);
        let kept: Vec<usize> = (0..columns.len()).filter(|column| varies(*column)).collect();
        let rows = rows.iter().map(|row| kept.iter().map(|column| row[*column]).collect());
        Self {
            rows: rows.collect(),
            columns: kept.iter().map(|column| columns[*column].clone()).collect(),
            references,
            texts,
        }
    }

    /// The value of a cell, if it is a number.
    pub(super) fn number(&self, cell: Cell) -> Option<f64> {
        // Words stand in quotes, so that none of them reads as a number.
        self.texts[cell?].parse().ok()
    }

    /// The value of a cell, if it is a word.
    pub(super) fn word(&self, cell: Cell) -> Option<String> {
        let text = &self.texts[cell?];
        text.starts_with('"').then(|| serde_json::from_str(text).ok())?
    }

    /// The value of a cell as it would stand in a spec; nothing for none.
    pub(super) fn shown(&self, cell: Cell) -> String {
        let text = || cell.map(|cell| self.texts[cell].clone());
        self.word(cell).or_else(text).unwrap_or_default()
    }
}

/// The settings of one job by path, as JSON.
#[derive(Default)]
struct Leaves {
    values: Vec<(String, String)>,
    references: IndexMap<String, String>,
}

/// The jobs whose settings can be looked up, by their folders.
struct Known<'a> {
    here: HashMap<PathBuf, &'a JobSpec>,
    /// Those of other runs; none where their spec does not read.
    read: HashMap<PathBuf, Option<JobSpec>>,
}

impl<'a> Known<'a> {
    fn of(all: &[Job<'a>]) -> Self {
        let here = all.iter().map(|job| (job.folder.path().to_path_buf(), job.spec));
        Self { here: here.collect(), read: HashMap::new() }
    }

    /// Takes down the settings of the job in `folder`, below `path`.
    fn collect(
        &mut self,
        folder: &Path,
        spec: &JobSpec,
        path: &str,
        depth: usize,
        found: &mut Leaves,
    ) {
        let mut needed = Vec::new();
        let dot = if path.is_empty() { "" } else { "." };
        leaves(&spec.settings, String::new(), &mut |field, value| {
            let whole = format!("{path}{dot}{field}");
            match spec.needs.get(&field) {
                Some(need) => needed.push((whole, need)),
                None => found.values.push((whole, value.to_string())),
            }
        });
        for (path, NeededJob { reference: name, folder: reference, .. }) in needed {
            let there = paths::follow(folder, reference);
            let other = self.look(&there);
            match other {
                Some(other) if depth < DEPTH => {
                    found.values.push((format!("{path}.kind"), word(&other.kind)));
                    self.collect(&there, &other, &path, depth + 1, found);
                }
                Some(other) => found.values.push((path.clone(), word(&other.group))),
                None => found.values.push((path.clone(), word(name))),
            }
            if depth == 0 {
                found.references.insert(path, name.clone());
            }
        }
    }

    fn look(&mut self, folder: &Path) -> Option<JobSpec> {
        if let Some(spec) = self.here.get(folder) {
            return Some((*spec).clone());
        }
        let read = || JobFolder::new(folder).spec().ok();
        self.read.entry(folder.to_path_buf()).or_insert_with(read).clone()
    }
}

fn word(text: &str) -> String {
    Value::from(text).to_string()
}

/// Every value that is neither a map nor a list, by its path.
fn leaves(value: &Value, path: String, found: &mut impl FnMut(String, &Value)) {
    match value {
        Value::Object(entries) => {
            for (name, value) in entries {
                if !LEFT_OUT.contains(&name.as_str()) {
                    let dot = if path.is_empty() { "" } else { "." };
                    leaves(value, format!("{path}{dot}{name}"), found);
                }
            }
        }
        Value::Array(values) => {
            for (index, value) in values.iter().enumerate() {
                leaves(value, format!("{path}[{index}]"), found);
            }
        }
        leaf => found(path, leaf),
    }
}
