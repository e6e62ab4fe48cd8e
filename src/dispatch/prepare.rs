//! From a plan to a run's folder: [`create`].

use super::claim;
use super::devices::Inventory;
use super::plan::{Decision, Origin, Plan, Planned};
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
        incidental: job.incidental.iter().map(ToString::to_string).collect(),
        needs: needs.collect(),
        data: job.data.clone(),
        data_roots: plan.data_roots.clone(),
        device,
        threads,
        build: provenance::build(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn jobs_that_run_at_the_same_time_share_the_cores() {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        for simultaneous in [0, 1, 2, 3, cores, cores + 1] {
            let resources = Resources { devices: Inventory::default(), simultaneous };
            let threads = resources.threads();
            assert!(threads == 1 || threads * simultaneous.max(1) <= cores, "{simultaneous}");
            assert!((threads + 1) * simultaneous.max(1) > cores, "{simultaneous}");
        }
    }
}
