//! A root of runs, and everything that is said about what happens under it.

use super::fakes::{Gardener, KINDS};
use exp::device::DeviceName;
use exp::dispatch::{Decision, Inventory, Plan, Request, Resources, Watch, create, lower, reopen};
use exp::files::Lock;
use exp::rundir::{Check, Passed, RunFolder, RunStatus};
use std::path::Path;
use std::time::Duration;

pub(super) struct Bench {
    pub(super) root: tempfile::TempDir,
    pub(super) simultaneous: usize,
    pub(super) fail_fast: bool,
    pub(super) retries: u32,
    pub(super) hang: Option<Duration>,
}

impl Bench {
    pub(super) fn new() -> Self {
        let root = tempfile::tempdir().unwrap();
        Self { root, simultaneous: 1, fail_fast: false, retries: 0, hang: None }
    }

    pub(super) fn runs(&self) -> &Path {
        self.root.path()
    }

    /// The plan for a spec, or what is wrong with it.
    pub(super) fn lower(&self, text: &str, overrides: &[&str]) -> Result<Plan, String> {
        let file = self.root.path().join("spec.yaml");
        std::fs::write(&file, text).unwrap();
        let overrides: Vec<String> = overrides.iter().map(ToString::to_string).collect();
        let request = Request {
            file: &file,
            overrides: &overrides,
            device: None,
            data_roots: &[],
            runs: self.runs(),
            devices: None,
        };
        let (folder, root) = (format!("{}/", self.runs().display()), self.runs().display());
        lower(KINDS, &request).map_err(|problems| {
            problems.to_string().replace(&folder, "").replace(&root.to_string(), "RUNS")
        })
    }

    pub(super) fn plan(&self, text: &str) -> Plan {
        self.lower(text, &[]).unwrap_or_else(|problems| panic!("{problems}"))
    }

    /// The folder of a new run, and its lock.
    pub(super) fn create(&self, plan: &Plan) -> (RunFolder, Lock) {
        let decisions = plan.decide(self.runs(), false, Check::Metadata, &Passed::default());
        self.create_as(plan, &decisions)
    }

    pub(super) fn create_as(&self, plan: &Plan, decisions: &[Decision]) -> (RunFolder, Lock) {
        let resources =
            Resources { devices: Inventory::default(), simultaneous: self.simultaneous };
        create(plan, decisions, &|_| DeviceName::Cpu, &resources, self.runs()).unwrap()
    }

    /// Plans and runs a spec: how it ended, what was said, where it is.
    pub(super) fn run(&self, text: &str, gardener: &Gardener) -> (RunStatus, String, RunFolder) {
        let (run, lock) = self.create(&self.plan(text));
        let (status, said) = self.watch(&run, gardener, &mut || false);
        drop(lock);
        (status, said, run)
    }

    pub(super) fn resume(&self, run: &RunFolder, gardener: &Gardener) -> (RunStatus, String) {
        let lock = reopen(run, KINDS, &Inventory::default()).unwrap();
        let ended = self.watch(run, gardener, &mut || false);
        drop(lock);
        ended
    }

    pub(super) fn watch(
        &self,
        run: &RunFolder,
        gardener: &Gardener,
        asked_to_stop: &mut dyn FnMut() -> bool,
    ) -> (RunStatus, String) {
        let watch = Watch {
            run,
            executor: &mut gardener.clone(),
            display: &mut gardener.log.clone(),
            simultaneous: self.simultaneous,
            fail_fast: self.fail_fast,
            retries: self.retries,
            hang: self.hang,
            fresh: false,
            passed: &Passed::default(),
            asked_to_stop,
        };
        let status = watch.run().unwrap();
        (status, self.plain(&gardener.log.take()))
    }

    /// A text without what differs from run to run.
    pub(super) fn plain(&self, text: &str) -> String {
        let root = self.root.path().canonicalize().unwrap();
        let mut text = text.replace(&format!("{}/", root.display()), "");
        for run in exp::rundir::find::runs(self.runs()) {
            let stamp = run.path().file_name().unwrap().to_string_lossy().into_owned();
            text = text.replace(&stamp, "STAMP");
        }
        text
    }
}
