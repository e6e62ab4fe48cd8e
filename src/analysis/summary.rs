//! What a run found: [`write()`] makes `summary.json` and `summary.md` from the jobs' outcomes, and
//! [`tables`] those that close it.

use super::figures::Figures;
use crate::job::Outcome;
use crate::rundir::{JobFolder, RunDirError, RunFolder, RunRecord, Status, paths};
use crate::shown;
use crate::sinks::table;
use indexmap::IndexMap;
use serde::Serialize;
use std::fmt::Write;
use std::path::PathBuf;

/// What is said of a job whose figures are not what it sealed.
const UNSHOWN: &str = "its figures are left out";

/// The contents of `summary.json`.
#[derive(Serialize)]
struct Summary<'a> {
    name: &'a str,
    jobs: IndexMap<&'a str, JobSummary>,
}

/// What is said of one job.
#[derive(Serialize)]
struct JobSummary {
    kind: String,
    status: Status,
    seed: u64,
    key: String,
    group: String,
    reused_from: Option<PathBuf>,
    message: Option<String>,
    #[serde(flatten)]
    outcome: Outcome,
}

/// Replaces both files by what the job folders say now; `figures` are those of a run that has ended.
///
/// # Errors
/// When job folders cannot be read or the files not be written.
pub fn write(
    run: &RunFolder,
    record: &RunRecord,
    figures: Option<&Figures>,
) -> Result<(), RunDirError> {
    let summary = read(run, record)?;
    let shown = figures.map(shown).unwrap_or_default();
    run.write_summary(&summary, &(text(run, &summary) + &shown))
}

/// What closes a run.
#[derive(Debug)]
pub struct Closing {
    /// The lines of its tables: those of every job that is done, in the order of the jobs; models of
    /// different kinds in tables of their own.
    pub tables: Vec<Vec<table::Row>>,
    /// Why some are missing.
    pub told: Vec<String>,
}

/// What closes `run`.
///
/// # Errors
/// When job folders cannot be read.
pub fn tables(run: &RunFolder) -> Result<Closing, RunDirError> {
    let record = run.record()?;
    let summary = read(run, &record)?;
    let said = summary.jobs.iter().filter_map(|(name, job)| {
        let message = job.message.as_ref().filter(|_| job.status == Status::Done)?;
        Some(format!("{name}: {message}"))
    });
    let told = said.collect();
    Ok(Closing { tables: table::apart(lines(&summary)), told })
}

fn read<'a>(run: &RunFolder, record: &'a RunRecord) -> Result<Summary<'a>, RunDirError> {
    let mut jobs = IndexMap::new();
    for name in &record.jobs {
        let folder = run.job(name);
        let (spec, mut record) = (folder.spec()?, folder.record()?);
        let mut outcome = Outcome::default();
        if record.status == Status::Done {
            match folder.outcome() {
                Ok(sealed) => outcome = sealed,
                Err(error) => record.message = Some(format!("{UNSHOWN}: {error}")),
            }
        }
        let of_job = JobSummary {
            kind: spec.kind,
            status: record.status,
            seed: spec.seed,
            key: record.key,
            group: spec.group,
            reused_from: record.reused_from,
            message: record.message,
            outcome,
        };
        jobs.insert(name.as_str(), of_job);
    }
    Ok(Summary { name: &record.name, jobs })
}

fn lines(summary: &Summary) -> Vec<table::Row> {
    let mut rows = Vec::new();
    for (name, job) in &summary.jobs {
        for row in &job.outcome.rows {
            let same = row.label.is_empty() || row.label == **name;
            let label = if same { (*name).to_owned() } else { format!("{name}: {}", row.label) };
            let values = row.values.iter().map(|(column, value)| (column.clone(), (*value).into()));
            rows.push(table::Row { label, values: values.collect() });
        }
    }
    rows
}

fn text(run: &RunFolder, summary: &Summary) -> String {
    let mut text = format!("# {}\n\nRun `{}`.\n", summary.name, run.label());
    for rows in table::apart(lines(summary)) {
        let _ = write!(text, "\n{}", table::markdown(&rows));
    }
    text.push_str("\n| job | kind | status |\n| --- | ---- | ------ |\n");
    for (name, job) in &summary.jobs {
        let _ = write!(text, "| {name} | {} | {}", job.kind, job.status);
        if let Some(origin) = &job.reused_from {
            let path = paths::follow(run.job(name).path(), origin);
            let _ = write!(text, ", reused from `{}`", JobFolder::new(path).label());
        }
        if let Some(message) = &job.message {
            let _ =
                write!(text, ": {}", shown::line(&message.replace('|', "\\|").replace('\n', " ")));
        }
        text.push_str(" |\n");
    }
    text
}

/// Figures as Markdown, by their paths from the run's folder.
fn shown(figures: &Figures) -> String {
    let mut text = String::new();
    if !figures.tables.is_empty() {
        let table = |file: &String| format!("[`{file}`](figures/{file})");
        let tables: Vec<String> = figures.tables.iter().map(table).collect();
        let _ = write!(text, "\n## Figures\n\nTheir numbers: {}.\n", tables.join(", "));
    }
    for picture in &figures.pictures {
        let title = picture.title.replace('[', "\\[").replace(']', "\\]");
        let _ = write!(text, "\n![{title}](figures/{})\n", picture.file);
    }
    text
}
