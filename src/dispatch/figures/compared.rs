//! From finished jobs to what can be compared among them: [`compare`] gives a [`Compared`] a kind.

use super::comparison::{Comparison, comparisons};
use super::settings::Table;
use super::{FigureError, Job};
use crate::job::Outcome;
use crate::rundir::{JobRecord, RunDirError};
use indexmap::IndexMap;
use std::collections::HashSet;

/// So many jobs can make a figure.
const ENOUGH: usize = 3;

/// The jobs of one kind, compared.
pub(super) struct Compared<'a> {
    pub(super) kind: &'a str,
    pub(super) table: Table,
    /// By their place in the table; blank for jobs that are in no comparison.
    pub(super) outcomes: Vec<Outcome>,
    /// The settings along which there is something to compare, by column.
    pub(super) settings: Vec<(usize, Vec<Comparison>)>,
    /// When the last of the compared jobs ended, in seconds since 1970.
    pub(super) ended: f64,
}

/// Compares the jobs of each kind with each other.
///
/// # Errors
/// When a job's record or outcome does not read.
pub(super) fn compare<'a>(all: &[Job<'a>]) -> Result<Vec<Compared<'a>>, FigureError> {
    let mut kinds: IndexMap<&str, Vec<Job>> = IndexMap::new();
    let mut keys = HashSet::new();
    // Jobs with one key are one job under several names, and no repetitions.
    for job in all.iter().filter(|job| keys.insert(job.spec.key.as_str())) {
        kinds.entry(&job.spec.kind).or_default().push(*job);
    }
    let mut found = Vec::new();
    for (kind, jobs) in kinds {
        if jobs.len() < ENOUGH {
            continue;
        }
        let table = Table::of(&jobs, all);
        let data: Vec<&String> = jobs[0].spec.data.keys().collect();
        let settings = (0..table.columns.len())
            .map(|column| (column, comparisons(&table, column, &data)))
            .filter(|(_, comparisons)| !comparisons.is_empty());
        let settings: Vec<_> = settings.collect();
        let (outcomes, ended) = outcomes(&jobs, &settings)?;
        found.push(Compared { kind, table, outcomes, settings, ended });
    }
    Ok(found)
}

/// The outcomes of the jobs that are compared, and when the last of them ended.
fn outcomes(
    jobs: &[Job],
    settings: &[(usize, Vec<Comparison>)],
) -> Result<(Vec<Outcome>, f64), RunDirError> {
    let curves = settings.iter().flat_map(|(_, all)| all.iter().flat_map(|one| &one.curves));
    let points = curves.flat_map(|curve| &curve.points);
    let wanted: HashSet<usize> = points.flat_map(|point| point.jobs.iter().copied()).collect();
    let mut last: f64 = 0.0;
    let mut outcomes = vec![Outcome::default(); jobs.len()];
    for job in wanted {
        let target = jobs[job].folder.target();
        let record: JobRecord = target.record()?;
        let ended = record.ended.and_then(|it| chrono::DateTime::parse_from_rfc3339(&it).ok());
        last = last.max(ended.map_or(0.0, |ended| ended.timestamp_millis() as f64 / 1000.0));
        outcomes[job] = target.outcome()?;
    }
    Ok((outcomes, last))
}
