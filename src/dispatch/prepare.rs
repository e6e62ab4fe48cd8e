//! From a plan to a run's folder: [`create`].

use super::claim;
use super::decide::Decision;
use super::devices::Inventory;
use super::plan::{Origin, Plan, Planned};
use crate::device::DeviceName;
use crate::files::{Lock, atomic};
use crate::rundir::{
    JobRecord, JobSpec, NeededJob, RunDirError, RunFolder, Staged, Status, paths, provenance,
};
use std::path::Path;

/// What a run is given besides its plan.
#[derive(Debug, Clone)]
pub struct Resources {
    /// The devices there are.
    pub devices: Inventory,
    /// How many jobs run at the same time.
    pub simultaneous: usize,
}

impl Resources {
    /// Threads for each of the jobs that run at the same time.
    #[must_use]
    pub fn threads(&self) -> usize {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        (cores / self.simultaneous.max(1)).max(1)
    }
}

/// Makes the folder of a run under `root`, with every job as `decisions` has it, and takes it. It
/// is there with all of its files or, after an error, not at all.
///
/// # Errors
/// When it cannot be written.
pub fn create(
    plan: &Plan,
    decisions: &[Decision],
    device: &dyn Fn(usize) -> DeviceName,
    resources: &Resources,
    root: &Path,
) -> Result<(RunFolder, Lock), RunDirError> {
    claim::usable(root, plan.jobs.iter().map(|job| &job.key))?;
    let staged = Staged::begin(root, &plan.name)?;
    let folder = staged.folder();
    let lock = folder.lock()?;
    atomic::write(&folder.spec_file(), plan.resolved.as_bytes())?;
    for (index, (job, decision)) in plan.jobs.iter().zip(decisions).enumerate() {
        let end = staged.end().join(&job.name);
        let spec = spec(plan, job, &end, root, device(index), resources.threads());
        let mut record = JobRecord::pending(&job.kind, &job.key, spec.device);
        match decision {
            Decision::Reuse(origin) => {
                record.status = Status::Done;
                record.reused_from = Some(paths::refer(&end, origin.path(), root));
            }
            Decision::Again(why) => record.message = Some(why.clone()),
            Decision::Run | Decision::Same(_) => {}
        }
        folder.job(&job.name).create(&spec, &record)?;
    }
    let names = resources.devices.names();
    folder.write_record(&provenance::begin(&plan.name, plan.order.clone(), names))?;
    Ok((staged.commit()?, lock))
}

fn spec(
    plan: &Plan,
    job: &Planned,
    folder: &Path,
    root: &Path,
    device: DeviceName,
    threads: usize,
) -> JobSpec {
    let needs = job.needs.iter().map(|need| {
        let path = match &need.origin {
            Origin::Spec(name) => Path::new("..").join(name),
            Origin::Folder(origin) => paths::refer(folder, origin.path(), root),
        };
        let (reference, key) = (need.reference.clone(), need.key.clone());
        (need.path.clone(), NeededJob { reference, folder: path, key })
    });
    JobSpec {
        kind: job.kind.clone(),
        name: job.name.clone(),
        run: plan.name.clone(),
        seed: job.seed,
        version: job.version,
        key: job.key.clone(),
        group: job.group.clone(),
        settings: job.settings.clone(),
        non_semantic: job.non_semantic.iter().map(ToString::to_string).collect(),
        needs: needs.collect(),
        data: job.data.clone(),
        data_roots: plan.data_roots.clone(),
        device,
        threads,
        build: provenance::build(),
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::dispatch::plan::Needed;
    use crate::rundir::JobFolder;
    use std::collections::BTreeMap;

    pub(in crate::dispatch) fn resources(simultaneous: usize) -> Resources {
        Resources { devices: Inventory::default(), simultaneous }
    }

    pub(in crate::dispatch) fn job(name: &str, key: &str, origin: Option<Origin>) -> Planned {
        let need = |origin| {
            let (path, reference) = ("teachers".to_owned(), "there".to_owned());
            Needed { path, reference, origin, key: "0a".repeat(16) }
        };
        Planned {
            name: name.to_owned(),
            kind: "distill".to_owned(),
            version: 1,
            seed: 0,
            settings: serde_json::Value::Null,
            non_semantic: &[],
            needs: origin.into_iter().map(need).collect(),
            data: BTreeMap::new(),
            footprint: None,
            key: key.repeat(16),
            group: key.repeat(16),
        }
    }

    pub(in crate::dispatch) fn plan(jobs: Vec<Planned>) -> Plan {
        Plan {
            name: "trial".to_owned(),
            seed: 0,
            device: DeviceName::Cpu,
            data_roots: Vec::new(),
            order: jobs.iter().map(|job| job.name.clone()).collect(),
            jobs,
            resolved: String::new(),
            notes: Vec::new(),
        }
    }

    #[test]
    fn jobs_that_run_at_the_same_time_share_the_cores_and_each_has_one() {
        let cores = resources(1).threads();
        assert_eq!(resources(0).threads(), cores);
        assert_eq!(resources(cores).threads(), 1);
        assert_eq!(resources(cores + 1).threads(), 1);
        for simultaneous in 1..=cores {
            let threads = resources(simultaneous).threads();
            assert!(threads * simultaneous <= cores && (threads + 1) * simultaneous > cores);
        }
    }

    #[test]
    fn jobs_begin_as_it_was_decided_and_find_those_that_they_need() {
        let root = tempfile::tempdir().unwrap();
        let old = JobFolder::new(root.path().join("older/20260101-000000-0000/there"));
        let plan = plan(vec![
            job("there", "0a", None),
            job("again", "0b", Some(Origin::Spec("there".to_owned()))),
            job("new", "0c", Some(Origin::Folder(old.clone()))),
        ]);
        let why = "its model is gone";
        let decisions =
            [Decision::Reuse(old.clone()), Decision::Again(why.to_owned()), Decision::Run];
        let device = |_| DeviceName::Cpu;
        let (run, _lock) = create(&plan, &decisions, &device, &resources(1), root.path()).unwrap();
        let stands = |name: &str| {
            let record = run.job(name).record().unwrap();
            (record.status, record.message)
        };
        assert_eq!(stands("there"), (Status::Done, None));
        assert_eq!(stands("again"), (Status::Pending, Some(why.to_owned())));
        assert_eq!(stands("new"), (Status::Pending, None));
        assert_eq!(run.job("there").target(), old);
        let folder = |name: &str| run.job(name).spec().unwrap().needs["teachers"].folder.clone();
        assert_eq!(folder("again"), Path::new("../there"));
        assert_eq!(run.job("new").need(&folder("new")), old);
    }
}
