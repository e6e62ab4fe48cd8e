//! Tests of what is believed of finished jobs; and finished jobs for tests of who looks for some
//! ([`finished`]).

use super::*;
use crate::device::DeviceName;
use crate::rundir::{JobRecord, Status, paths};
use serde_json::json;
use std::collections::BTreeMap;
use std::path::Path;

/// Makes a job that is done, and whose records fit together; its key, which the seed decides.
pub(in crate::dispatch) fn finished(folder: &JobFolder, seed: u64) -> String {
    let mut spec = JobSpec {
        kind: "classifier".to_owned(),
        name: "job".to_owned(),
        run: "trial".to_owned(),
        seed,
        version: 1,
        key: String::new(),
        group: "0f".repeat(16),
        settings: json!({ "rate": 0.1 }),
        non_semantic: Vec::new(),
        needs: BTreeMap::new(),
        data: BTreeMap::new(),
        data_roots: Vec::new(),
        device: DeviceName::Cpu,
        threads: 1,
        build: String::new(),
    };
    spec.key = key_of(&spec);
    let mut record = JobRecord::pending(&spec.kind, &spec.key, spec.device);
    folder.create(&spec, &record).unwrap();
    record.end(Status::Done, None);
    record.outcome = Some(folder.write_outcome(&json!({ "rows": [] })).unwrap());
    folder.write_record(&record).unwrap();
    spec.key
}

/// A job that is done, and one that it stands for.
fn ran_and_reused(root: &Path) -> [JobFolder; 2] {
    let [ran, reused] =
        ["1", "2"].map(|run| JobFolder::new(root.join("trial").join(run).join("job")));
    finished(&ran, 1);
    let mut record = ran.record().unwrap();
    record.reused_from = Some(paths::refer(reused.path(), ran.path(), root));
    record.outcome = None;
    reused.create(&ran.spec().unwrap(), &record).unwrap();
    [ran, reused]
}

fn told(folder: &JobFolder) -> String {
    fault(folder, Check::Contents).unwrap_or_default()
}

#[test]
fn a_reused_job_is_believed_as_far_as_the_one_that_ran_is() {
    let root = tempfile::tempdir().unwrap();
    let [ran, reused] = ran_and_reused(root.path());
    assert_eq!((fault(&ran, Check::Contents), fault(&reused, Check::Contents)), (None, None));
    let good = std::fs::read_to_string(ran.spec_file()).unwrap();
    std::fs::write(ran.spec_file(), good.replace("0.1", "0.2")).unwrap();
    let damaged = format!("{} is damaged: what it says is not", ran.spec_file().display());
    for folder in [&ran, &reused] {
        assert!(told(folder).contains(&damaged), "{folder:?}: {}", told(folder));
    }
    std::fs::write(ran.spec_file(), good).unwrap();
    assert_eq!(fault(&reused, Check::Contents), None);
    // A sound job, which is not the one that was reused.
    finished(&ran, 2);
    assert_eq!(fault(&ran, Check::Contents), None);
    let other = format!("{} is damaged: its key is another", ran.record_file().display());
    assert!(told(&reused).contains(&other), "{}", told(&reused));
}

#[test]
fn a_record_and_a_spec_have_one_key() {
    let root = tempfile::tempdir().unwrap();
    let [ran, reused] = ran_and_reused(root.path());
    for folder in [&ran, &reused] {
        let good = folder.record().unwrap();
        let mut record = good.clone();
        record.key = "0f".repeat(16);
        folder.write_record(&record).unwrap();
        let other = format!("{} is damaged: its key is another", folder.record_file().display());
        assert!(told(folder).contains(&other), "{}", told(folder));
        assert!(told(&reused).contains(&other), "{}", told(&reused));
        folder.write_record(&good).unwrap();
        assert_eq!((fault(&ran, Check::Contents), fault(&reused, Check::Contents)), (None, None));
    }
}
