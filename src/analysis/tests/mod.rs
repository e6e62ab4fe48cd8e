//! Figures of made-up jobs: what is compared ([`grouping`]) and what is made of it ([`contents`]).

mod contents;
mod grouping;

use super::comparison::{Comparison, comparisons};
use super::settings::Job;
use super::settings::SettingsTable;
use crate::device::DeviceName;
use crate::rundir::{JobFolder, JobSpec, NeededJob};
use serde_json::Value;
use std::collections::BTreeMap;
use std::fmt::Write;

type Made = (JobFolder, JobSpec);

/// A job of the run in `/run`; the strings among its settings that begin with `@` are jobs it needs.
fn job(name: &str, seed: u64, settings: Value) -> Made {
    let needs = settings.as_object().unwrap().iter().filter_map(|(field, value)| {
        let reference = value.as_str().filter(|name| name.starts_with('@'))?.to_owned();
        let folder = format!("../{reference}").into();
        let key = reference.clone();
        Some((field.clone(), NeededJob { reference, folder, key }))
    });
    let needs = needs.collect();
    let spec = JobSpec {
        kind: "trial".into(),
        name: name.into(),
        run: "run".into(),
        seed,
        version: 1,
        key: name.into(),
        group: format!("group of {name}"),
        settings,
        non_semantic: Vec::new(),
        needs,
        data: BTreeMap::from([("data".to_owned(), "digest".to_owned())]),
        data_roots: Vec::new(),
        device: DeviceName::Cpu,
        threads: 1,
        build: String::new(),
    };
    (JobFolder::new(format!("/run/{name}")), spec)
}

fn jobs(made: &[Made]) -> Vec<Job<'_>> {
    made.iter().map(|(folder, spec)| Job { folder, spec }).collect()
}

fn table(made: &[Made]) -> SettingsTable {
    SettingsTable::of(&jobs(made), &jobs(made))
}

fn all(table: &SettingsTable) -> Vec<(usize, Vec<Comparison>)> {
    let data = ["data".to_owned()];
    let along = |column| comparisons(table, column, &[&data[0]]);
    let all = (0..table.columns.len()).map(|column| (column, along(column)));
    all.filter(|(_, found)| !found.is_empty()).collect()
}

/// One line a comparison; each point as its value, with the number of jobs where there are several.
fn told(made: &[Made]) -> Vec<String> {
    let mut lines = Vec::new();
    for comparison in all(&table(made)).into_iter().flat_map(|(_, comparisons)| comparisons) {
        let mut line = comparison.setting.clone();
        if let Some(by) = &comparison.by {
            let _ = write!(line, " by {by}");
        }
        for given in comparison.given() {
            let _ = write!(line, " [{given}]");
        }
        for curve in &comparison.curves {
            let point = |point: &super::comparison::Point| match point.jobs.len() {
                1 => point.value.to_string(),
                count => format!("{}x{count}", point.value),
            };
            let points: Vec<String> = curve.points.iter().map(point).collect();
            let _ = write!(line, " | {}: {}", curve.name, points.join(" "));
        }
        lines.push(line);
    }
    lines
}

/// Jobs with these settings, named by their number.
fn trials(settings: impl IntoIterator<Item = Value>) -> Vec<Made> {
    let settings = settings.into_iter().enumerate();
    settings.map(|(index, settings)| job(&format!("t{index}"), 1, settings)).collect()
}
