//! Ways to tamper with a run folder: [`mutate`] draws some of them and carries them out.

use super::listing::copy;
use serde_json::{Value, json};
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

/// Numbers by seed.
pub(super) struct Draw {
    seed: u64,
    trial: u64,
    index: u64,
}

impl Draw {
    pub(super) fn new(seed: u64, trial: u64) -> Self {
        Self { seed, trial, index: 0 }
    }

    /// A number below `end`.
    fn below(&mut self, end: usize) -> usize {
        self.index += 1;
        let purpose = format!("tampering {}", self.trial);
        (exp::seed::derive(self.seed, &purpose, self.index) as usize) % end
    }

    fn one<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        &of[self.below(of.len())]
    }
}

/// Names of what a run writes, that is not there any more once it is done, or not always.
const PLANTED: [&str; 16] = [
    ".lock",
    ".staged",
    "summary.md",
    "figures",
    "events.out.tfevents.0000000000.figures",
    "one/.lock",
    "one/.reserve",
    "one/events.jsonl",
    "one/events.out.tfevents.9999999999.1.1.0.start",
    "one/events.out.tfevents.9999999999.1.1.1.main",
    "one/events.out.tfevents.9999999999.1.1.2.end",
    "one/log.txt",
    "one/checkpoints/step-00000099.safetensors",
    "one/checkpoints/index.copy.json",
    "one/artifacts/confusion.csv",
    "one/.new-0123456789abcdef",
];

/// Paths where a record has a name or a key.
const PATHS: [&str; 8] = [
    "../../../outside/decoy",
    "../../../outside/full",
    "../../../../outside/decoy",
    "one/../../../../outside",
    "OUTSIDE/decoy",
    "OUTSIDE/full",
    "..",
    "a/b",
];

/// The records, and what in them becomes a part of a path.
const WORDS: [(&str, &str); 16] = [
    ("run.json", "/name"),
    ("run.json", "/jobs/0"),
    ("one/spec.json", "/key"),
    ("one/spec.json", "/group"),
    ("one/spec.json", "/name"),
    ("one/spec.json", "/run"),
    ("one/job.json", "/key"),
    ("one/job.json", "/reused_from"),
    ("one/job.json", "/made"),
    ("one/spec.json", "/needs"),
    ("one/checkpoints/index.json", "/last"),
    ("one/checkpoints/index.json", "/entries/0/file"),
    ("one/checkpoints/index.copy.json", "/entries/0/file"),
    ("summary.json", "/jobs/one/key"),
    ("summary.json", "/jobs"),
    ("summary.json", "/jobs/one/reused_from"),
];

/// Tampers with the run and says how: one to three times, of which a job may be left as one that has
/// still to run.
pub(super) fn mutate(run: &Path, outside: &Path, draw: &mut Draw) -> Vec<String> {
    let mut done = Vec::new();
    if draw.below(4) > 0 {
        unfinished(run);
        done.push("unfinished".to_owned());
    }
    for _ in 0..=draw.below(3) {
        if !is_inside(run, &run.join("run.json")) {
            break; // the run itself leads outside by now, where this test must not write
        }
        done.push(match draw.below(6) {
            0 | 1 => link(run, outside, draw),
            2 => plant(run, outside, draw),
            3 | 4 => word(run, outside, draw),
            _ => above(run, outside, draw),
        });
    }
    done
}

/// As an interruption leaves it: then `resume` writes everything again.
fn unfinished(run: &Path) {
    for (record, status) in [("run.json", "interrupted"), ("one/job.json", "interrupted")] {
        edit(run, record, |value| {
            value["status"] = status.into();
            value.as_object_mut().unwrap().remove("made");
        });
    }
}

/// Whether a file of the run is still in the folder of runs, links followed.
fn is_inside(run: &Path, path: &Path) -> bool {
    let runs = run.ancestors().nth(2).unwrap().canonicalize().unwrap();
    let folder = path.parent().unwrap().canonicalize();
    folder.is_ok_and(|folder| folder.starts_with(runs))
}

fn edit(run: &Path, record: &str, change: impl FnOnce(&mut Value)) {
    let path = &run.join(record);
    if !is_inside(run, path) {
        return;
    }
    // It may have been replaced by something else already.
    let file = path.symlink_metadata().is_ok_and(|file| file.is_file());
    let bytes = if file { std::fs::read(path).unwrap() } else { return };
    if let Ok(mut value) = serde_json::from_slice(&bytes) {
        change(&mut value);
        std::fs::write(path, serde_json::to_vec_pretty(&value).unwrap()).unwrap();
    }
}

/// The files and folders of the run that are there, the run itself among them.
fn there(run: &Path) -> Vec<PathBuf> {
    let all = walkdir::WalkDir::new(run).sort_by_file_name().into_iter().map(Result::unwrap);
    all.map(walkdir::DirEntry::into_path).collect()
}

fn take_away(path: &Path) {
    let folder = path.symlink_metadata().is_ok_and(|file| file.is_dir());
    let _ = if folder { std::fs::remove_dir_all(path) } else { std::fs::remove_file(path) };
}

/// Puts a link, or another name of the same file, in place of a file or folder.
fn link(run: &Path, outside: &Path, draw: &mut Draw) -> String {
    let all = there(run);
    let path = draw.one(&all).clone();
    let decoy = outside.join("name").join(run.file_name().unwrap());
    let decoy = decoy.join(path.strip_prefix(run).unwrap());
    let (how, to) = match draw.below(4) {
        0 if path.is_file() && decoy.is_file() => {
            take_away(&path);
            std::fs::hard_link(&decoy, &path).unwrap();
            return format!("{} is another name of a decoy", path.display());
        }
        0 | 1 => ("its like", decoy),
        2 => ("nothing", outside.join("absent")),
        _ if path.is_dir() => ("a folder", outside.join("full")),
        _ => ("a file", outside.join("decoy")),
    };
    take_away(&path);
    symlink(to, &path).unwrap();
    format!("{} is a link to {how} outside", path.display())
}

/// Puts a link where the program will write something.
fn plant(run: &Path, outside: &Path, draw: &mut Draw) -> String {
    let name = *draw.one(&PLANTED);
    let path = run.join(name);
    if !is_inside(run, &path) {
        return "nothing".to_owned();
    }
    take_away(&path);
    let to = outside.join(*draw.one(&["decoy", "absent", "full", "empty"]));
    symlink(&to, path).unwrap();
    format!("{name} is a link to {}", to.display())
}

/// Writes a path where a name or a key stands.
fn word(run: &Path, outside: &Path, draw: &mut Draw) -> String {
    let (record, place) = *draw.one(&WORDS);
    let path = draw.one(&PATHS).replace("OUTSIDE", &outside.display().to_string());
    edit(run, record, |value| match (place, value.pointer_mut(place)) {
        ("/made", _) => {
            let seal = json!({ "bytes": 10, "digest": "0", "changed": 0 });
            value["made"] = json!({ path.clone(): seal });
        }
        ("/needs", Some(needs)) => *needs = json!({ "teachers": path.clone() }),
        ("/jobs", Some(jobs)) => {
            let job = jobs["one"].clone();
            *jobs = json!({ path.clone(): job });
        }
        (_, Some(found)) => *found = path.clone().into(),
        (_, None) => {}
    });
    format!("{place} of {record} is {path}")
}

/// Tampers with what is above the run: the folder of its name, and that of the claims.
fn above(run: &Path, outside: &Path, draw: &mut Draw) -> String {
    let (name, runs) = (run.parent().unwrap(), run.ancestors().nth(2).unwrap());
    match draw.below(4) {
        0 => {
            take_away(name);
            symlink(outside.join("name"), name).unwrap();
            "the folder of the name is a link".to_owned()
        }
        1 => {
            take_away(&runs.join(".claims"));
            symlink(outside.join("full"), runs.join(".claims")).unwrap();
            "the folder of claims is a link".to_owned()
        }
        2 => {
            let hidden = name.join(".20200101-000000-abcd");
            symlink(outside.join("full"), &hidden).unwrap();
            "an abandoned run is a link".to_owned()
        }
        _ => {
            let hidden = name.join(".20200101-000000-abcd");
            copy(&outside.join("full"), &hidden);
            symlink(outside.join("full"), hidden.join("inner")).unwrap();
            let mark = "exp makes the run tiny/20200101-000000-abcd here, and removes this folder if it fails\n";
            std::fs::write(hidden.join(".staged"), mark).unwrap();
            let old = std::time::SystemTime::now() - std::time::Duration::from_secs(7200);
            std::fs::File::open(&hidden).unwrap().set_modified(old).unwrap();
            "an abandoned run holds a link".to_owned()
        }
    }
}
