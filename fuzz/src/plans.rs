//! Specs and the arguments of `--set`, from bytes to a plan: [`spec`] and [`overrides`].

use exp::dispatch::{Plan, Request, lower_bytes};
use exp::experiments::KINDS;
use exp::spec::Diagnostics;
use std::path::Path;

/// A spec that is sound, for overrides to be put into.
const GOOD: &str = "
name: good
jobs:
  teachers:
    kind: classifier
    members: 2
    data: { set: glyphs, validation: 10 }
    augment: { jitter: 2 }
    network: { name: mlp, hidden: [30, 30] }
    optimiser: { rule: adam, rate: [1e-3, 1e-4] }
  student:
    kind: distill
    teachers: teachers
    data: { set: glyphs, train: 2000 }
    network: { name: cnn, channels: [4] }
    loss: { temperature: 4.0 }
    optimiser: { rule: sgd, rate: 0.1, momentum: 0.9 }
    schedule: { shape: cosine }
    epochs: 3
";

/// The longest text of problems: fifty of them, each with an excerpt.
const WORDS: usize = 300_000;

/// The bytes of a spec.
pub fn spec(bytes: &[u8]) {
    judge(&lower(bytes, &[]));
}

/// Arguments of `--set` with an empty line between them, put into a sound spec.
pub fn overrides(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let arguments: Vec<String> = text.split("\n\n").map(str::to_owned).collect();
    judge(&lower(GOOD.as_bytes(), &arguments));
}

fn lower(bytes: &[u8], overrides: &[String]) -> Result<Plan, Diagnostics> {
    let request = Request {
        file: Path::new("fuzz.yaml"),
        overrides,
        device: None,
        data_roots: &[],
        runs: Path::new("/nonexistent/runs"),
        devices: None,
    };
    lower_bytes(KINDS, bytes.to_vec(), &request)
}

/// A plan's own text must mean the plan; problems must be there, and can be shown.
fn judge(found: &Result<Plan, Diagnostics>) {
    match found {
        Ok(plan) => {
            let again = lower(plan.resolved.as_bytes(), &[])
                .unwrap_or_else(|problems| panic!("{problems}\n{}", plan.resolved));
            let keys =
                |plan: &Plan| plan.jobs.iter().map(|job| job.key.clone()).collect::<Vec<_>>();
            assert_eq!(keys(plan), keys(&again), "{}", plan.resolved);
            assert_eq!(plan.resolved, again.resolved);
        }
        Err(problems) => {
            let text = problems.to_string();
            assert!(!text.is_empty() && text.len() < WORDS, "{} bytes of words", text.len());
            let odd = text.chars().find(|c| c.is_control() && *c != '\n');
            assert_eq!(odd, None, "{text:?}");
        }
    }
}
