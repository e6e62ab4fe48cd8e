//! What was not synced is lost or replaced by something else when the power goes: the logs beyond
//! the newest checkpoint, and temporary files.

use super::crashes::{fault, passed};
use super::look::{Results, json};
use super::place::{EPOCHS, Place, files};
use std::fs::{File, OpenOptions};
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

/// A place whose job died right before its checkpoint of step `step` was written, when everything
/// reported up to then was in the logs.
pub(crate) fn died_before(step: u64) -> Place {
    let (straight, place) = (Place::new(), Place::new());
    let trace = straight.path("trace");
    assert!(fault(&mut straight.run_command(), "exp-job", 0, &trace).status.success());
    let file = format!("step-{step:08}.safetensors");
    let wanted = |line: &String| line.starts_with("before ") && line.ends_with(&file);
    let number = passed(&trace).iter().position(wanted).unwrap() as u64 + 1;
    let output = fault(&mut place.run_command(), "exp-job", number, &place.path("trace"));
    assert_eq!(output.status.code(), Some(1));
    place
}

/// The logs of a job, and how long each was when the newest checkpoint was committed.
fn logs(job: &Path) -> Vec<(PathBuf, u64)> {
    let index = job.join("checkpoints/index.json");
    let lengths = index.exists().then(|| {
        let last = job.join("checkpoints").join(json(&index)["last"].as_str().unwrap());
        let place = exp::files::Place::below(&last, 1);
        let read = exp::train::checkpoint::file::read(&place, None, tch::Device::Cpu);
        let note: serde_json::Value = serde_json::from_str(&read.unwrap().1).unwrap();
        note["events"].clone()
    });
    let length = |name: &Path| {
        lengths.as_ref().map_or(0, |lengths| lengths[name.to_str().unwrap()].as_u64().unwrap())
    };
    let logs = files(job).into_iter().filter(|name| {
        let name = name.to_str().unwrap();
        name == "events.jsonl" || name.ends_with(".1.main")
    });
    logs.map(|name| (job.join(&name), length(&name))).collect()
}

/// What becomes of a log of which only the first part was synced.
#[derive(Debug, Clone, Copy)]
enum Loss {
    /// The tail is gone but for so many hundredths of it.
    Cut(u64),
    /// The tail, from so many hundredths of it on, is there as zeros.
    Zeros(u64),
    /// It holds what lay on the disk before: noise.
    Noise(u64),
    /// It holds what lay on the disk before: records of this very log.
    Stale(u64),
    /// More was allocated than was written.
    Longer,
}

impl Loss {
    fn strike(self, log: &Path, from: u64) {
        let mut file = OpenOptions::new().read(true).write(true).open(log).unwrap();
        let end = file.metadata().unwrap().len();
        assert!(end > from, "{}: nothing was reported since the checkpoint", log.display());
        let at = |hundredths: u64| from + (end - from) * hundredths / 100;
        let (start, bytes) = match self {
            Self::Cut(part) => return file.set_len(at(part)).unwrap(),
            Self::Zeros(part) => (at(part), vec![0; (end - at(part)) as usize]),
            Self::Noise(part) => {
                let mut noise = vec![0; (end - at(part)) as usize];
                blake3::Hasher::new().update(b"noise").finalize_xof().fill(&mut noise);
                (at(part), noise)
            }
            Self::Stale(part) => {
                let mut stale = Vec::new();
                (&file).take(end - at(part)).read_to_end(&mut stale).unwrap();
                (at(part), stale)
            }
            Self::Longer => (end, vec![0; 10_000]),
        };
        file.seek(SeekFrom::Start(start)).unwrap();
        file.write_all(&bytes).unwrap();
    }
}

fn losses() -> Vec<Loss> {
    let mut losses: Vec<Loss> = [0, 1, 37, 99, 100].map(Loss::Cut).to_vec();
    for part in [0, 50, 93] {
        losses.extend([Loss::Zeros(part), Loss::Noise(part), Loss::Stale(part)]);
    }
    losses.push(Loss::Longer);
    losses
}

#[test]
fn logs_that_lost_what_was_not_synced_are_cut_back_and_written_again() {
    let straight = Results::straight(EPOCHS);
    let mut trials = 0;
    for step in [3, 6, 9] {
        let crashed = died_before(step);
        for loss in losses() {
            let place = crashed.copy();
            let logs = logs(&place.job());
            assert_eq!(logs.len(), 2);
            for (log, from) in &logs {
                loss.strike(log, *from);
            }
            place.resume();
            straight.assert_at(&place, &format!("{loss:?} before step {step}"));
            trials += 1;
        }
    }
    println!("{trials} losses of what was not synced");
}

#[test]
fn what_a_crash_half_wrote_and_never_named_is_cleared_away() {
    let straight = Results::straight(EPOCHS);
    let place = died_before(6);
    let job = place.job();
    let folders = [&place.run(), &job, &job.join("checkpoints"), &job.join("artifacts")];
    for folder in folders {
        File::create(folder.join(".new-0123456789abcdef"))
            .unwrap()
            .write_all(b"{\"status\":")
            .unwrap();
    }
    std::fs::write(job.join(".reserve"), "").unwrap();
    let named = job.join("checkpoints/step-00000003.safetensors");
    std::fs::copy(named, job.join("checkpoints/step-00000004.safetensors")).unwrap();
    place.resume();
    straight.assert_at(&place, "leftovers");
    assert!(!job.join("checkpoints/step-00000004.safetensors").exists());
    // A new run beside them does not mind either.
    std::fs::create_dir(place.runs.join("tiny/.20260101-000000-abcd")).unwrap();
    std::fs::write(place.runs.join("tiny/.20260101-000000-abcd/run.json"), "{").unwrap();
    let again = place.command(&["run", "spec.yaml", "--quiet", "--fresh", "--jobs", "2"]).output();
    assert!(again.unwrap().status.success());
    straight.assert_at(&place, "beside leftovers");
}
