//! The networks of a plan as tables: [`tables`].

use super::output;
use crate::dispatch::{Plan, need};
use crate::nn::Blueprint;
use crate::number::grouped;

/// A table of the layers of each network of a plan, once, with the jobs that have it; and what memory each
/// job needs.
pub(super) fn tables(plan: &Plan) -> String {
    let mut texts = Vec::new();
    let mut shown: Vec<(&'static str, &Blueprint, Vec<&str>)> = Vec::new();
    let mut needs = vec![vec!["job".to_owned(), "networks".to_owned(), "memory".to_owned()]];
    for job in &plan.jobs {
        let Some(footprint) = &job.footprint else {
            needs.push(vec![
                job.name.clone(),
                String::new(),
                "not known without its data".to_owned(),
            ]);
            continue;
        };
        needs.push(vec![job.name.clone(), footprint.members.to_string(), need(&footprint.memory)]);
        for (field, blueprint) in &footprint.networks {
            match shown.iter_mut().find(|(name, other, _)| name == field && *other == blueprint) {
                Some((_, _, jobs)) => jobs.push(&job.name),
                None => shown.push((*field, blueprint, vec![&job.name])),
            }
        }
    }
    for (field, blueprint, jobs) in &shown {
        texts.push(format!(
            "{field} of {}\n{}",
            jobs.join(", "),
            output::columns(&table(blueprint))
        ));
    }
    texts.push(output::columns(&needs));
    texts.join("\n")
}

/// A row for each layer: its name, its kind, what it gives, its parameters and its work for one example.
fn table(blueprint: &Blueprint) -> Vec<Vec<String>> {
    let row = |cells: [&str; 5]| cells.map(str::to_owned).to_vec();
    let mut rows = vec![row(["layer", "kind", "gives", "parameters", "FLOPs"])];
    rows.push(row(["input", "", &blueprint.input.to_string(), "", ""]));
    for layer in &blueprint.layers {
        let name = format!("{}{}", "  ".repeat(layer.depth), layer.name);
        let count = |number: i64| if number == 0 { String::new() } else { grouped(number) };
        rows.push(row([
            &name,
            layer.kind,
            &layer.output.to_string(),
            &count(blueprint.count_of(layer)),
            &count(layer.flops),
        ]));
    }
    let (parameters, flops) = (grouped(blueprint.count()), grouped(blueprint.flops()));
    rows.push(row(["in all", "", &blueprint.output.to_string(), &parameters, &flops]));
    align(&mut rows);
    rows
}

/// Moves numbers to the right of their columns.
fn align(rows: &mut [Vec<String>]) {
    for column in [3, 4] {
        let width = rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
        for row in rows.iter_mut() {
            row[column] = format!("{:>width$}", row[column]);
        }
    }
}
