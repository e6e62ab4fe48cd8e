//! What a run found: [`write()`] makes `summary.json` and `summary.md` from the jobs' outcomes, and
//! [`tables`] those that close it.

use super::figures::Figures;
use crate::files::{self, atomic};
use crate::job::Outcome;
use crate::report::table;
use crate::rundir::{JobFolder, RunDirError, RunFolder, RunRecord, Status, paths};
use indexmap::IndexMap;
use serde::Serialize;
use std::fmt::Write;
use std::path::PathBuf;

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
pub(super) fn write(
    run: &RunFolder,
    record: &RunRecord,
    figures: Option<&Figures>,
) -> Result<(), RunDirError> {
    let summary = read(run, record)?;
    let shown = figures.map(shown).unwrap_or_default();
    run.write_summary(&summary, &(text(run, &summary) + &shown))
}

/// The lines of the closing tables: those of every job that is done, in the order of the jobs; models
/// of different kinds in tables of their own.
///
/// # Errors
/// When job folders cannot be read.
pub fn tables(run: &RunFolder) -> Result<Vec<Vec<table::Row>>, RunDirError> {
    let record = run.record()?;
    Ok(table::apart(lines(&read(run, &record)?)))
}

fn read<'a>(run: &RunFolder, record: &'a RunRecord) -> Result<Summary<'a>, RunDirError> {
    let mut jobs = IndexMap::new();
    for name in &record.jobs {
        let folder = run.job(name);
        let (spec, record) = (folder.spec()?, folder.record()?);
        let file = folder.target().outcome_file();
        let outcome = match record.status {
            Status::Done if files::kind(&file).is_some() => atomic::read_json(&file)?,
            _ => Outcome::default(),
        };
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
            let _ = write!(text, ": {}", message.replace('|', "\\|").replace('\n', " "));
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
