//! Two kinds of jobs that need no tensors, and an executor that does them in no time.

use exp::dispatch::{Executor, ExecutorError, Exit, Running};
use exp::event::{Ending, Event, Record, Sink};
use exp::files::Lock;
use exp::job::{DataDigest, Kind, Outcome, Provides, Row, Settings, TypedKind};
use exp::rundir::{JobFolder, JobSpec, Status};
use exp::sinks::JsonLines;
use exp::sinks::console::Display;
use exp::spec::FieldError;
use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, HashMap};
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

pub(crate) static KINDS: &[&dyn Kind] = &[&TypedKind::<Grow>::new(), &TypedKind::<Graft>::new()];

/// Needs nothing but data.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Grow {
    /// How fast, per day.
    #[serde(default = "one")]
    #[schemars(range(min = 0.0, max = 10.0))]
    rate: f64,
    /// What it grows in.
    #[serde(default = "sand")]
    data: String,
    /// Number of branches.
    #[serde(default = "ten")]
    branches: i64,
}

/// Needs another job.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Graft {
    /// The job it grows on.
    onto: String,
    /// Number of branches.
    #[serde(default = "ten")]
    branches: i64,
}

fn one() -> f64 {
    1.0
}

fn ten() -> i64 {
    10
}

fn sand() -> String {
    "sand".to_owned()
}

impl Settings for Grow {
    const KIND: &'static str = "grow";
    const ABOUT: &'static str = "Grows.";
    const VERSION: u32 = 1;
    const PROVIDED_BY: &'static [&'static str] = &["branches"];
    const LOOKS_AT: &'static [(&'static str, &'static [&'static str])] = &[("data", &[])];

    fn digests(&self, _roots: &[PathBuf]) -> Result<Vec<DataDigest>, FieldError> {
        if self.data == "rock" {
            return Err(FieldError::new("data", "nothing grows in rock").with_help("try sand"));
        }
        let digest = format!("digest of {}", self.data);
        Ok(vec![DataDigest { path: "data".into(), digest, note: None }])
    }

    fn provides(&self, _roots: &[PathBuf]) -> Provides {
        Provides { kind: Self::KIND.into(), classes: Some(self.branches), input: None }
    }

    fn check(&self, _roots: &[PathBuf], _offers: &BTreeMap<String, Provides>) -> Vec<FieldError> {
        Vec::new()
    }
}

impl Settings for Graft {
    const KIND: &'static str = "graft";
    const ABOUT: &'static str = "Grows on another.";
    const VERSION: u32 = 1;
    const REFERENCES: &'static [&'static str] = &["onto"];
    const PROVIDED_BY: &'static [&'static str] = &["branches"];
    const LOOKS_AT: &'static [(&'static str, &'static [&'static str])] = &[("branches", &["onto"])];

    fn digests(&self, _roots: &[PathBuf]) -> Result<Vec<DataDigest>, FieldError> {
        Ok(Vec::new())
    }

    fn provides(&self, _roots: &[PathBuf]) -> Provides {
        Provides { kind: Self::KIND.into(), classes: Some(self.branches), input: None }
    }

    fn check(&self, _roots: &[PathBuf], provided: &BTreeMap<String, Provides>) -> Vec<FieldError> {
        let other = provided.get(&self.onto).and_then(|provides| provides.classes);
        match other.filter(|classes| *classes != self.branches) {
            Some(classes) => vec![FieldError::new(
                "branches",
                format!("{} branches do not fit onto {classes}", self.branches),
            )],
            None => Vec::new(),
        }
    }
}

/// What becomes of a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fate {
    /// It ends well after so many looks.
    Done(u32),
    /// It says why it failed.
    Fails,
    /// It fails as long as it was not started so often, and is done then.
    FailsBefore(u32),
    /// Its process is killed.
    Dies,
    /// It goes on until it is stopped, and writes a checkpoint then.
    Endless,
    /// It goes on and heeds nothing.
    Stubborn,
}

/// What happened, line by line.
#[derive(Debug, Clone, Default)]
pub(super) struct Log(Arc<Mutex<Vec<String>>>);

impl Log {
    pub(super) fn say(&self, line: String) {
        self.0.lock().unwrap().push(line);
    }

    /// Everything since the last time.
    pub(super) fn take(&self) -> String {
        self.0.lock().unwrap().drain(..).collect::<Vec<_>>().join("\n")
    }
}

impl Display for Log {
    fn show(&mut self, _job: &str, _record: &Record) {}

    fn job_ended(&mut self, job: &str, ending: Ending, message: Option<&str>) {
        let message = message.map_or(String::new(), |message| format!(": {message}"));
        self.say(format!("{job} {ending:?}{message}"));
    }

    fn note(&mut self, text: &str) {
        self.say(format!("note: {text}"));
    }
}

/// Does jobs by their fates; those without one are done at once.
#[derive(Debug, Clone, Default)]
pub(super) struct Gardener {
    pub(super) fates: HashMap<&'static str, Fate>,
    /// What was asked of it.
    pub(super) log: Log,
}

impl Gardener {
    pub(super) fn with(fates: &[(&'static str, Fate)]) -> Self {
        Self { fates: fates.iter().copied().collect(), log: Log::default() }
    }
}

impl Executor for Gardener {
    fn start(&mut self, job: &JobFolder) -> Result<Box<dyn Running>, ExecutorError> {
        let spec = job.spec()?;
        self.log.say(format!("start {}", spec.name));
        let fate = self.fates.get(spec.name.as_str()).copied().unwrap_or(Fate::Done(0));
        let mut record = job.record().unwrap();
        record.start();
        job.write_record(&record).unwrap();
        let (folder, name, log) = (job.clone(), spec.name, self.log.clone());
        let lock = Some(job.lock().unwrap());
        Ok(Box::new(Plant {
            folder,
            name,
            fate,
            looks: 0,
            stopped: false,
            killed: false,
            lock,
            log,
        }))
    }
}

struct Plant {
    folder: JobFolder,
    name: String,
    fate: Fate,
    looks: u32,
    stopped: bool,
    killed: bool,
    lock: Option<Lock>,
    log: Log,
}

impl Plant {
    fn end(&mut self, status: Status, message: Option<&str>) -> Exit {
        let mut record = self.folder.record().unwrap();
        if status == Status::Done {
            let values = [("height".to_owned(), f64::from(self.looks))].into_iter().collect();
            let rows = vec![Row { label: "plant".into(), values }];
            let metrics = metrics(&self.folder.spec().unwrap());
            let seal = self.folder.write_outcome(&Outcome { metrics, rows }).unwrap();
            record.outcome = Some(seal);
        }
        let ending = match status {
            Status::Done => Ending::Done,
            Status::Interrupted => Ending::Interrupted,
            _ => Ending::Failed,
        };
        let event = Event::Finished { status: ending, message: message.map(str::to_owned) };
        let mut events = JsonLines::open(self.folder.place());
        events.write(&Record { time: 1.0, event });
        events.commit();
        record.end(status, message.map(str::to_owned));
        self.folder.write_record(&record).unwrap();
        Exit::Code(i32::from(status != Status::Done))
    }
}

/// What a plant comes to: a function of how it was grown.
fn metrics(spec: &JobSpec) -> IndexMap<String, f64> {
    let number = |name: &str| spec.settings[name].as_f64().unwrap_or(1.0);
    let leaves = number("rate") * number("branches") + spec.seed as f64;
    let metrics = [
        ("test/leaves", leaves),
        ("test/leaves/member_0", 0.0),
        ("test/share_of_light", 1.0 / (1.0 + leaves)),
        ("train/leaves", leaves + 3.0),
    ];
    metrics.map(|(name, value)| (name.to_owned(), value)).into_iter().collect()
}

impl Running for Plant {
    fn ended(&mut self) -> std::io::Result<Option<Exit>> {
        self.looks += 1;
        let exit = match self.fate {
            _ if self.killed => Some(Exit::Signal(9)),
            Fate::Dies => Some(Exit::Signal(9)),
            Fate::Done(looks) => (self.looks > looks).then(|| self.end(Status::Done, None)),
            Fate::FailsBefore(attempt) if self.folder.record().unwrap().attempt >= attempt => {
                Some(self.end(Status::Done, None))
            }
            Fate::Fails | Fate::FailsBefore(_) => {
                std::fs::write(self.folder.log_file(), "digging\nhit a stone\n").unwrap();
                Some(self.end(Status::Failed, Some("no water")))
            }
            Fate::Endless if self.stopped => Some(self.end(Status::Interrupted, None)),
            Fate::Endless | Fate::Stubborn => None,
        };
        if exit.is_some() {
            self.lock = None;
        }
        Ok(exit)
    }

    fn stop(&mut self) {
        self.log.say(format!("stop {}", self.name));
        self.stopped = true;
    }

    fn kill(&mut self) {
        self.log.say(format!("kill {}", self.name));
        self.killed = true;
    }
}
