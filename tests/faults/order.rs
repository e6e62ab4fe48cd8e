//! What a killed process cannot show: that files and folders are synced, in the right order. The
//! system calls of a run are read from strace(1), and what was not synced counts as lost.

use super::place::{Place, files, said};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Calls that make, name, change or sync something.
const CALLS: &str = "openat,openat2,mkdir,mkdirat,write,rename,renameat,fsync,fdatasync,ftruncate";

/// One call that succeeded: its name and the files of ours in it.
struct Call {
    name: String,
    paths: Vec<PathBuf>,
    line: String,
    /// When it counts, in seconds: a name from the beginning of the call on, what is synced from
    /// its end on.
    time: f64,
}

/// Reads a line such as `17.25 fsync(5</tmp/x>) = 0 <0.01>`: an open file is in pointed brackets, a name in
/// quotes. `None` for what makes or changes nothing below `here`.
fn read(line: &str, here: &Path) -> Option<Call> {
    let (begin, rest) = line.split_once(' ')?;
    let (name, rest) = rest.split_once('(')?;
    let (arguments, result) = rest.rsplit_once(" = ")?;
    let (result, lasted) = result.rsplit_once(" <")?;
    let lasted: f64 = lasted.trim_end_matches('>').parse().ok()?;
    let time = begin.parse::<f64>().ok()? + if name.ends_with("sync") { lasted } else { 0.0 };
    if result.starts_with('-') || (name.starts_with("openat") && !arguments.contains("O_CREAT")) {
        return None;
    }
    let paths: Vec<PathBuf> = match name {
        "write" | "fsync" | "fdatasync" | "ftruncate" => {
            vec![arguments.split(['<', '>']).nth(1).filter(|path| path.starts_with('/'))?.into()]
        }
        _ => named(arguments, here),
    };
    let ours = paths.iter().all(|path| path.starts_with(here)) && !paths.is_empty();
    ours.then(|| Call { name: name.to_owned(), paths, line: line.to_owned(), time })
}

/// The names in the arguments of a call, each in the open folder that stands before it.
fn named(arguments: &str, here: &Path) -> Vec<PathBuf> {
    let mut parts = arguments.split('"');
    let mut found = Vec::new();
    while let (Some(before), Some(name)) = (parts.next(), parts.next()) {
        let folder = before.rsplit_once('<').and_then(|(_, rest)| rest.split('>').next());
        found.push(folder.map_or(here, Path::new).join(name));
    }
    found
}

/// What would be lost if the power went now.
#[derive(Default)]
struct Volatile {
    /// Files with contents that were not synced.
    contents: BTreeSet<PathBuf>,
    /// Names that were not synced, by their folder.
    names: BTreeMap<PathBuf, BTreeSet<PathBuf>>,
    /// The logs that were synced since the last checkpoint took its name.
    logs: BTreeSet<PathBuf>,
    /// The last calls that name a job's record: with each a job ends.
    ends: Vec<String>,
}

/// The logs of a job.
fn is_log(path: &Path) -> bool {
    let name = path.file_name().unwrap().to_string_lossy();
    name == "events.jsonl" || name.ends_with(".main")
}

/// The folder of the job that a path is in. Jobs and runners go on beside each other.
fn job(path: &Path) -> Option<&Path> {
    path.ancestors().find(|folder| folder.ends_with("pair") || folder.ends_with("same"))
}

impl Volatile {
    fn name(&mut self, path: &Path) {
        self.names.entry(path.parent().unwrap().into()).or_default().insert(path.into());
    }

    /// Takes a call in.
    fn take(&mut self, call: &Call) {
        let path = &call.paths[0];
        match call.name.as_str() {
            "openat" | "openat2" | "mkdir" | "mkdirat" => self.name(path),
            "write" | "ftruncate" => {
                self.contents.insert(path.clone());
            }
            "fsync" | "fdatasync" => {
                self.contents.remove(path);
                self.names.remove(path);
                if is_log(path) {
                    self.logs.insert(path.clone());
                }
            }
            _ => {
                for names in self.names.values_mut() {
                    names.remove(path);
                }
                self.name(&call.paths[1]);
            }
        }
    }

    /// What would be lost and missed. Lines of a log may come at any time.
    fn missed(&self) -> Vec<&PathBuf> {
        let of_use = |path: &&PathBuf| {
            let name = path.file_name().unwrap().to_string_lossy();
            let claim = path.components().any(|part| part.as_os_str() == ".claims");
            !name.starts_with('.') && !claim && name != "log.txt"
        };
        let contents = self.contents.iter().filter(|path| !is_log(path));
        self.names.values().flatten().chain(contents).filter(of_use).collect()
    }

    /// What is wrong with naming a file now.
    fn fault(&mut self, call: &Call) -> Option<String> {
        let (from, to) = (&call.paths[0], &call.paths[1]);
        if self.contents.contains(from) {
            return Some("it is not synced itself".into());
        }
        let missed: Vec<_> = self.missed().into_iter().filter(|it| job(it) == job(to)).collect();
        if !missed.is_empty() {
            return Some(format!("not synced before: {missed:?}"));
        }
        let name = to.file_name().unwrap().to_string_lossy();
        let logs = self.contents.iter().filter(|path| is_log(path)).count();
        if self.ends.contains(&call.line) && logs > 0 {
            return Some("a job ends, and its logs are not synced".into());
        }
        let logs = if name.starts_with("step-") { std::mem::take(&mut self.logs).len() } else { 2 };
        (logs != 2).then(|| format!("{logs} of 2 logs were synced since the last checkpoint"))
    }
}

/// Goes through the calls of all processes and threads, in order, and returns how often something came to rely on what was
/// written before: a file took its name, or the process ended.
fn check(trace: &str, here: &Path) -> Result<usize, String> {
    let mut volatile = Volatile::default();
    let mut relied = 0;
    let mut calls: Vec<Call> = trace.lines().filter_map(|line| read(line, here)).collect();
    calls.sort_by(|one, other| one.time.total_cmp(&other.time));
    let records = calls.iter().filter(|call| call.name.starts_with("rename"));
    let records = records.filter(|call| call.paths[1].ends_with("job.json"));
    let last: BTreeMap<&PathBuf, &Call> = records.map(|call| (&call.paths[1], call)).collect();
    volatile.ends = last.values().map(|call| call.line.clone()).collect();
    for call in calls {
        if call.name.starts_with("rename") {
            if let Some(fault) = volatile.fault(&call) {
                return Err(format!("{}: {fault}", call.line));
            }
            relied += 1;
        }
        volatile.take(&call);
    }
    match volatile.missed() {
        missed if missed.is_empty() => Ok(relied),
        missed => Err(format!("not synced at the end: {missed:?}")),
    }
}

#[test]
fn everything_is_synced_before_something_else_relies_on_it() {
    if Command::new("strace").arg("-V").stdout(Stdio::null()).status().is_err() {
        println!("skipped: no strace (Debian: apt-get install strace)");
        return;
    }
    let place = Place::new();
    let here = place.path("").canonicalize().unwrap();
    let run = place.run_command();
    let mut strace = Command::new("strace");
    strace.args(["-ff", "-ttt", "-T", "-y", "-s", "0", "-e"]).arg(format!("trace={CALLS}"));
    strace.arg("-o").arg(here.join("trace")).arg(run.get_program()).args(run.get_args());
    let output = strace.current_dir(&here).env_remove("EXP_FAULT").output().unwrap();
    assert!(output.status.success(), "{}", said(&output));
    let traces = files(&here).into_iter().filter(|name| name.to_string_lossy().contains("trace."));
    let read = |name: PathBuf| std::fs::read_to_string(here.join(name)).unwrap();
    let relied = check(&traces.map(read).collect::<String>(), &here).unwrap();
    println!("{relied} files and folders took their names, each with all before it synced");
    assert!(relied > 30, "{relied}");
}

#[test]
fn what_is_not_synced_is_noticed() {
    let here = Path::new("/place");
    let good = [
        "0.5 openat(AT_FDCWD</place>, \"a/.new-1\", O_RDWR|O_CREAT, 0666) = 3</place/a/.new-1> <0.1>",
        "1.5 write(3</place/a/.new-1>, \"\"..., 9) = 9 <0.1>",
        "2.5 fsync(3</place/a/.new-1>) = 0 <0.1>",
        "3.5 renameat(4</place/a>, \".new-1\", 4</place/a>, \"b\") = 0 <0.1>",
        "4.5 fsync(3</place/a>) = 0 <0.1>",
    ];
    assert_eq!(check(&good.join("\n"), here), Ok(1));
    for missing in [2, 4] {
        let mut bad = good.to_vec();
        bad.remove(missing);
        check(&bad.join("\n"), here).unwrap_err();
    }
}
