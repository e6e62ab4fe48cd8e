//! A run that was stopped or has failed, and could be gone on with instead of starting anew: [`begun`].

use super::decide::Decision;
use super::plan::Plan;
use crate::files;
use crate::rundir::{Passed, RunFolder, RunStatus, Status, find, paths};
use std::collections::BTreeSet;
use std::path::Path;

/// Runs, counted from the newest, among which is looked.
const AMONG: usize = 16;

/// What to tell of the newest run that nobody is at work on and that has a checkpoint of a job that is
/// to run. Runs that do not read are passed over in silence: whoever looks for finished jobs names them.
#[must_use]
pub fn begun(root: &Path, plan: &Plan, decisions: &[Decision]) -> Option<String> {
    let jobs = plan.jobs.iter().zip(decisions);
    let to_run = jobs.filter(|(_, it)| matches!(it, Decision::Run | Decision::Again(_)));
    let keys: BTreeSet<&str> = to_run.map(|(job, _)| job.key.as_str()).collect();
    if keys.is_empty() {
        return None;
    }
    let mut runs = find::all(root, &Passed::default()).into_iter().take(AMONG);
    runs.find_map(|run| {
        let name = stopped(&run).then(|| checkpoint(&run, &keys))??;
        let path = paths::shown(run.path());
        Some(format!(
            "'{name}' is unfinished in an earlier run; 'exp resume {}' continues it",
            path.display()
        ))
    })
}

/// Whether a run is not done and nobody is at work on it.
fn stopped(run: &RunFolder) -> bool {
    let record = run.live_record();
    record.is_ok_and(|it| matches!(it.status, RunStatus::Interrupted | RunStatus::Failed))
}

/// A job of a run that is not done, has one of `keys`, and has a checkpoint.
fn checkpoint(run: &RunFolder, keys: &BTreeSet<&str>) -> Option<String> {
    let job = find::jobs(run).into_iter().find(|job| {
        let record = job.record();
        record.is_ok_and(|it| it.status != Status::Done && keys.contains(it.key.as_str()))
            && files::kind(&job.checkpoints().join("index.json")).is_some()
    })?;
    Some(job.path().file_name()?.to_string_lossy().into_owned())
}

#[cfg(test)]
mod tests {
    use super::super::prepare::create;
    use super::super::prepare::tests::{job, plan, resources};
    use super::*;
    use crate::device::DeviceName;

    #[test]
    fn a_run_is_told_of_that_nobody_is_at_work_on_and_that_has_a_checkpoint_of_what_is_to_run() {
        let root = tempfile::tempdir().unwrap();
        let plan = plan(vec![job("teachers", "0a", None)]);
        let device = |_| DeviceName::Cpu;
        let (run, lock) =
            create(&plan, &[Decision::Run], &device, &resources(1), root.path()).unwrap();
        let told = |decision| begun(root.path(), &plan, &[decision]);
        let teachers = run.job("teachers");
        let index = teachers.checkpoints().join("index.json");
        std::fs::create_dir_all(teachers.checkpoints()).unwrap();
        std::fs::write(&index, "{}").unwrap();
        assert_eq!(told(Decision::Run), None, "it is at work");
        drop(lock);
        for decision in [Decision::Run, Decision::Again(String::new())] {
            let told = told(decision).unwrap();
            assert!(told.starts_with("'teachers' is unfinished in an earlier run"), "{told}");
        }
        assert_eq!(told(Decision::Reuse(teachers.clone())), None);
        std::fs::remove_file(&index).unwrap();
        assert_eq!(told(Decision::Run), None, "it has no checkpoint");
        std::fs::write(&index, "{}").unwrap();
        let mut record = teachers.record().unwrap();
        record.status = Status::Done;
        teachers.write_record(&record).unwrap();
        assert_eq!(told(Decision::Run), None, "the job is done");
        record.status = Status::Failed;
        teachers.write_record(&record).unwrap();
        let mut record = run.record().unwrap();
        for (status, is_told) in [(RunStatus::Failed, true), (RunStatus::Done, false)] {
            record.status = status;
            run.write_record(&record).unwrap();
            assert_eq!(told(Decision::Run).is_some(), is_told, "{status}");
        }
    }
}
