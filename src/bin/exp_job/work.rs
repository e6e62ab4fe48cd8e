//! From a job's folder to its end: [`execute`].

use exp::caught::caught;
use exp::device::DeviceName;
use exp::event::{Ending, Event, Sink};
use exp::experiments::{KINDS, RUNS};
use exp::files::{Lock, Reserve, atomic};
use exp::job::{Context, Course, Finish, Inputs, Outcome, RunError, mishap};
use exp::rundir::{
    ArtefactDigest, ArtefactDigests, JobFolder, JobSpec, RunDirError, Status, paths, provenance,
};
use exp::sinks::{FanOut, JsonLines, TensorBoard};
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use super::heartbeat::Heartbeat;
use super::{complain, cuda, inputs, stopping};

/// How long a job waits for its folder. Who holds it was started by a runner that has died since,
/// notices that, and stops at its next step.
const PATIENCE: Duration = Duration::from_secs(300);

/// Takes the job in `folder` to its end and returns the program's exit code.
pub(crate) fn execute(folder: PathBuf) -> ExitCode {
    let started = JobFolder::open(folder).map_err(RunError::from).and_then(Job::take);
    match started {
        Ok(job) => job.run(),
        Err(error) => {
            complain(&error.to_string());
            ExitCode::from(2)
        }
    }
}

/// The devices that libtorch sees here, a line each.
pub(crate) fn devices() -> String {
    let opened = cuda::open();
    let mut lines = vec!["cpu".to_owned()];
    lines.extend((0..tch::Cuda::device_count()).map(|index| format!("cuda:{index}")));
    if let Err(words) = opened {
        lines.push(format!("no CUDA: {words}"));
    }
    lines.join("\n")
}

/// The seals of what a job came to, for its record.
#[derive(Default)]
struct Seals {
    made: ArtefactDigests,
    outcome: Option<ArtefactDigest>,
}

/// A job that this process holds.
struct Job {
    folder: JobFolder,
    spec: JobSpec,
    lock: Arc<Lock>,
}

impl Job {
    fn take(folder: JobFolder) -> Result<Self, RunError> {
        paths::here()?;
        let spec = folder.spec()?;
        let build = provenance::build();
        if spec.build != build {
            return Err(format!(
                "this job was planned by another build ({}; this one is {build}): rebuild, and plan it again with exp run",
                spec.build
            )
            .into());
        }
        if let Err(problems) = exp::dispatch::examine(&folder, &spec, KINDS) {
            let file = paths::printed(&folder.spec_file());
            return Err(format!("{file} cannot be run:\n{problems}").into());
        }
        let lock = folder.lock_within(PATIENCE)?;
        if stopping::runner_is_gone() {
            return Err("the runner that started this is gone; the job was left as it was".into());
        }
        folder.tidy();
        Ok(Self { folder, spec, lock: Arc::new(lock) })
    }

    fn run(self) -> ExitCode {
        // Its former process may have come to the end while this one waited for the folder.
        if self.folder.record().is_ok_and(|record| record.status == Status::Done) {
            return ExitCode::SUCCESS;
        }
        let ended = self.start();
        let (status, code, message) = match &ended {
            Ok(Some(_)) => (Status::Done, 0, None),
            Ok(None) => (Status::Interrupted, 130, None),
            Err(error) => (Status::Failed, 1, Some(error.to_string())),
        };
        if let Some(message) = &message {
            complain(message);
        }
        let seals = ended.ok().flatten().unwrap_or_default();
        if let Err(error) = self.close(status, message, seals) {
            complain(&error.to_string());
            return ExitCode::FAILURE;
        }
        ExitCode::from(code)
    }

    /// Takes the start down, runs the job, and keeps what it came to: the seals of that, or
    /// nothing where it was interrupted.
    fn start(&self) -> Result<Option<Seals>, RunError> {
        let mut record = self.folder.record()?;
        record.start();
        let earlier = inputs::earlier(&self.folder, &mut record);
        self.folder.write_record(&record)?;
        for folder in [self.folder.artifacts(), self.folder.checkpoints()] {
            atomic::create_folder(&folder)?;
        }
        let reserve = Reserve::keep(self.folder.place());
        let stop = stopping::listen()?;
        let board = Arc::new(Mutex::new(self.board()));
        let sinks: Vec<Box<dyn Sink>> = vec![
            Box::new(JsonLines::open(self.folder.place())),
            Box::new(Shared(Arc::clone(&board))),
            Box::new(Heartbeat::new(Arc::clone(&self.lock))),
        ];
        let mut context = Context {
            folder: self.folder.place().clone(),
            device: tch::Device::Cpu,
            seed: self.spec.seed,
            key: self.spec.key.clone(),
            description: self.describe(),
            attempt: record.attempt,
            data_roots: self.spec.data_roots.clone(),
            needs: BTreeMap::new(),
            inputs: Inputs::default(),
            sink: Box::new(FanOut(sinks)),
            stop,
            course: Course::default(),
        };
        let ended = self.prepare(&mut context, earlier).and_then(|()| self.run_kind(&mut context));
        // What it came to is more than why it did not: the room kept for that serves for this, too.
        drop(reserve);
        let ended = ended.and_then(|finish| match finish {
            Finish::Done(outcome) => Ok(Some(self.keep(&mut context, &outcome)?)),
            Finish::Interrupted => Ok(None),
        });
        let (ending, message) = match &ended {
            Ok(Some(_)) => (Ending::Done, None),
            Ok(None) => (Ending::Interrupted, None),
            Err(error) => (Ending::Failed, Some(error.to_string())),
        };
        context.emit(Event::Finished { status: ending, message });
        context.sink.commit();
        end_session(&board, ending);
        ended
    }

    /// Looks at what the job needs, and takes its device.
    fn prepare(
        &self,
        context: &mut Context,
        earlier: BTreeMap<String, String>,
    ) -> Result<(), RunError> {
        context.phase("check inputs", "job", self.spec.needs.len() as u64);
        context.needs = inputs::needs(&self.folder, &self.spec)?;
        context.inputs = inputs::planned(&self.spec, &context.needs, earlier);
        context.device = device(self.spec.device)?;
        tch::set_num_threads(self.spec.threads as i32);
        Ok(())
    }

    /// Runs the kind, and turns a panic into an error: what panicked is in the log above it.
    fn run_kind(&self, context: &mut Context) -> Result<Finish, RunError> {
        let run = RUNS.iter().find(|(kind, _)| *kind == self.spec.kind).map(|(_, run)| run);
        let run = run.ok_or_else(|| format!("this build has no kind '{}'", self.spec.kind))?;
        let ended = caught(|| run(&self.spec.settings, context));
        let ended = ended.unwrap_or_else(|panic| Err(mishap::of_panic(&panic).into()));
        match (ended.map_err(mishap::of_error)?, context.inputs.unread()) {
            // A kind that passes `Context::confirm` by must not pass for one that does not.
            (Finish::Done(_), Some(field)) => {
                let kind = &self.spec.kind;
                Err(format!("a fault of this program: {kind} never confirmed '{field}'").into())
            }
            (finish, _) => Ok(finish),
        }
    }

    fn keep(&self, context: &mut Context, outcome: &Outcome) -> Result<Seals, RunDirError> {
        context.phase("write digests", "job", 1);
        let outcome = Some(self.folder.write_outcome(outcome)?);
        let (made, odd) = self.folder.seal()?;
        for name in odd {
            context.warn(format!("artifacts/{name}: not a file, and so none of what the job made"));
        }
        Ok(Seals { made, outcome })
    }

    fn close(
        &self,
        status: Status,
        message: Option<String>,
        seals: Seals,
    ) -> Result<(), RunDirError> {
        let mut record = self.folder.record()?;
        record.end(status, message);
        (record.made, record.outcome) = (seals.made, seals.outcome);
        self.folder.write_record(&record)
    }

    /// The TensorBoard sink, its session opened with the job's settings.
    fn board(&self) -> TensorBoard {
        let mut board = TensorBoard::open(self.folder.place());
        let mut settings = Map::new();
        settings.insert("kind".into(), self.spec.kind.clone().into());
        settings.insert("seed".into(), self.spec.seed.into());
        flatten("", &self.spec.settings, &mut settings);
        board.start_session(&settings, &self.spec.group);
        board
    }

    /// The job's settings as people read them.
    fn describe(&self) -> String {
        let settings = serde_yaml::to_string(&self.spec.settings).unwrap_or_default();
        let JobSpec { name, kind, seed, .. } = &self.spec;
        format!("```yaml\n# job {name}\nkind: {kind}\nseed: {seed}\n{settings}```\n")
    }
}

/// Tells TensorBoard how the job ended; that it could not be told is no reason for another end.
fn end_session(board: &Mutex<TensorBoard>, ending: Ending) {
    let end = || board.lock().unwrap_or_else(PoisonError::into_inner).end_session(ending);
    if let Err(panic) = caught(end) {
        complain(&format!("TensorBoard was not told how the job ended: {panic}"));
    }
}

/// A sink that something else holds too.
struct Shared<S>(Arc<Mutex<S>>);

impl<S: Sink> Sink for Shared<S> {
    fn write(&mut self, record: &exp::event::Record) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).write(record);
    }

    fn commit(&mut self) -> BTreeMap<String, u64> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).commit()
    }

    fn rewind(&mut self, lengths: &BTreeMap<String, u64>) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).rewind(lengths);
    }
}

/// The device by its name; CUDA's libraries are opened for it.
fn device(name: DeviceName) -> Result<tch::Device, RunError> {
    match name {
        DeviceName::Cpu => Ok(tch::Device::Cpu),
        DeviceName::Mps if tch::utils::has_mps() => Ok(tch::Device::Mps),
        DeviceName::Mps => Err("device 'mps' is not available: run with --device cpu".into()),
        DeviceName::Auto => {
            Err("spec.json leaves the device open: plan the job with exp run".into())
        }
        DeviceName::Cuda(index) => {
            let index = index.unwrap_or(0);
            cuda::open().map_err(|words| {
                format!("libtorch's CUDA libraries do not load ({words}): scripts/setup --cuda fetches it, or run with --device cpu")
            })?;
            cuda::be_exact()?;
            let count = tch::Cuda::device_count();
            if (index as i64) < count {
                Ok(tch::Device::Cuda(index))
            } else {
                Err(format!("libtorch sees {count} CUDA devices and this job wants cuda:{index}")
                    .into())
            }
        }
    }
}

/// `{a: {b: 1}}` as `a.b`: 1; lists as their JSON text.
fn flatten(prefix: &str, value: &Value, into: &mut Map<String, Value>) {
    match value {
        Value::Object(fields) => {
            for (name, field) in fields {
                let path =
                    if prefix.is_empty() { name.clone() } else { format!("{prefix}.{name}") };
                flatten(&path, field, into);
            }
        }
        Value::Array(_) => drop(into.insert(prefix.to_owned(), value.to_string().into())),
        Value::Null => {}
        plain => drop(into.insert(prefix.to_owned(), plain.clone())),
    }
}
