//! `exp plan`: what `exp run` would do, and why.

use super::arguments::SpecArguments;
use super::{Failure, networks, output};
use crate::dispatch::{
    self, Decision, Inventory, Near, Planned, claimed, nearest, non_semantic_differences,
};
use crate::job::Kind;
use crate::machine;
use crate::rundir::{Check, Passed, paths};
use clap::Args;
use std::collections::HashMap;
use std::process::ExitCode;

/// How many differences to the nearest finished job are named.
const DIFFERENCES: usize = 3;

/// Show which jobs would run, which are reused, and why the others are not
#[derive(Debug, Args)]
pub(super) struct Plan {
    #[command(flatten)]
    spec: SpecArguments,
    /// Plan to run every job, also those that were done before
    #[arg(long)]
    fresh: bool,
}

impl Plan {
    pub(super) fn execute(&self, kinds: &[&dyn Kind]) -> Result<ExitCode, Failure> {
        self.spec.root.check()?;
        let plan = self.spec.lower(kinds, None)?;
        let root = &self.spec.root.runs;
        let passed = Passed::default();
        let decisions = plan.decide(root, self.fresh, Check::Metadata, &passed);
        let jobs = plan.jobs.iter().zip(&decisions);
        let to_run: Vec<_> = jobs
            .clone()
            .filter_map(|(job, decision)| {
                matches!(decision, Decision::Run | Decision::Again(_)).then_some(job)
            })
            .collect();
        let near = if self.fresh { HashMap::default() } else { nearest(root, &to_run, &passed) };
        passed.news().iter().for_each(|line| output::complain(line));
        let mut rows = vec![vec!["job".to_owned(), "kind".to_owned(), "what".to_owned()]];
        for (job, decision) in jobs {
            let what = self.what(job, decision, near.get(&job.name));
            rows.push(vec![job.name.clone(), job.kind.clone(), what]);
        }
        output::say(&output::columns(&rows));
        output::say(&format!("\n{}", networks::tables(&plan)));
        output::notes(&plan.notes);
        let devices = Inventory::look();
        if let Err(error) = devices.choose(plan.device, 0) {
            output::notes(&[format!("exp run would refuse this here: {error}")]);
        }
        for why in dispatch::too_large(&plan, &decisions, &devices, machine::memory()) {
            output::notes(&[format!("exp run would refuse this here: {why}")]);
        }
        if !self.fresh {
            output::notes(dispatch::begun(root, &plan, &decisions).as_slice());
        }
        Ok(ExitCode::SUCCESS)
    }

    /// What becomes of a job, and why.
    fn what(&self, job: &Planned, decision: &Decision, near: Option<&Near>) -> String {
        match decision {
            Decision::Reuse(folder) => {
                let references = job.needs.iter().map(|need| &need.path);
                let unlike = non_semantic_differences(folder, &job.settings, references);
                let more = if unlike.is_empty() {
                    String::new()
                } else {
                    format!(", though {}", few(&unlike))
                };
                format!("reuse from {}{more}", paths::shown(folder.path()).display())
            }
            Decision::Same(other) => format!("same as '{other}'"),
            Decision::Run | Decision::Again(_) => {
                let root = &self.spec.root.runs;
                // A job that cannot stand for this one may be older than those compared with it.
                if let Decision::Again(why) = decision
                    && near.is_none_or(|near| !near.claims)
                {
                    return format!("run; an equivalent finished job cannot be reused: {why}");
                }
                match (claimed(root, &job.key).filter(|_| !self.fresh), near) {
                    (Some(holder), _) => format!("wait for {holder}, which computes the same"),
                    (None, Some(near)) => {
                        let label = near.folder.label();
                        format!(
                            "run; the closest finished job is {label} ({})",
                            few(&near.differences)
                        )
                    }
                    (None, None) => "run".to_owned(),
                }
            }
        }
    }
}

/// The first few differences, and how many more there are.
fn few(all: &[String]) -> String {
    let named = &all[..all.len().min(DIFFERENCES)];
    let more = match all.len() - named.len() {
        0 => String::new(),
        more => format!(", and {more} more"),
    };
    format!("{}{more}", named.join("; "))
}
