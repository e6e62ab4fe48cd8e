//! What a running job is given: [`Context`], its folder, device, seed, needs and voice.

use crate::caught::caught;
use crate::device::DeviceName;
use crate::event::{Event, Histogram, Record, Sink};
use crate::files::{Place, atomic};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use super::course::Course;
use super::inputs::Inputs;
use super::outcome::Outcome;

/// Whatever stopped a job. Each module has its typed errors; here only their words matter.
pub type RunError = Box<dyn std::error::Error + Send + Sync>;

/// How a job's work came to an end without an error.
#[derive(Debug)]
pub enum Finish {
    /// All is done; these are the final figures.
    Done(Outcome),
    /// It was asked to stop, and left a checkpoint.
    Interrupted,
}

/// Carries a job out: the tensor half of a kind, by its settings as JSON.
pub type Run = fn(&serde_json::Value, &mut Context) -> Result<Finish, RunError>;

/// A running job's folder, device, seed, needs and voice.
pub struct Context {
    /// The job's folder.
    pub folder: Place,
    /// Where tensors live.
    pub device: tch::Device,
    /// The job's seed.
    pub seed: u64,
    /// The job's key: what it means, as a hash.
    pub key: String,
    /// The job's resolved spec as Markdown, for whoever reads its events.
    pub description: String,
    /// Which start of the job this is, from 1.
    pub attempt: u32,
    /// Where data sets are looked for.
    pub data_roots: Vec<PathBuf>,
    /// The folders of the jobs this one needs, by reference.
    pub needs: BTreeMap<String, Place>,
    /// The digests of what it reads: planned, and found.
    pub inputs: Inputs,
    /// Where events go.
    pub sink: Box<dyn Sink>,
    /// Set when the job should stop at the next step.
    pub stop: Arc<AtomicBool>,
    /// What it has said of its own course.
    pub course: Course,
}

/// A sink that keeps nothing.
struct NullSink;

impl Sink for NullSink {
    fn write(&mut self, _: &Record) {}

    fn commit(&mut self) -> BTreeMap<String, u64> {
        BTreeMap::new()
    }

    fn rewind(&mut self, _: &BTreeMap<String, u64>) {}
}

/// A sink that keeps all it is told.
#[cfg(test)]
struct Memory(Arc<std::sync::Mutex<Vec<Record>>>);

#[cfg(test)]
impl Sink for Memory {
    fn write(&mut self, record: &Record) {
        self.0.lock().unwrap().push(record.clone());
    }

    fn commit(&mut self) -> BTreeMap<String, u64> {
        BTreeMap::new()
    }

    fn rewind(&mut self, _: &BTreeMap<String, u64>) {}
}

impl Context {
    /// A [silent](Self::silent) context, and what it will have said.
    #[cfg(test)]
    pub(crate) fn heard(folder: PathBuf, seed: u64) -> (Self, Arc<std::sync::Mutex<Vec<Record>>>) {
        let heard = Arc::default();
        let sink = Box::new(Memory(Arc::clone(&heard)));
        (Self { sink, ..Self::silent(folder, seed) }, heard)
    }

    /// A context on the CPU whose events nobody hears, for measuring and testing what a job does.
    #[must_use]
    pub fn silent(folder: PathBuf, seed: u64) -> Self {
        Self {
            folder: Place::trusted(folder),
            device: tch::Device::Cpu,
            seed,
            key: String::new(),
            attempt: 1,
            description: String::new(),
            data_roots: Vec::new(),
            needs: BTreeMap::new(),
            inputs: Inputs::default(),
            sink: Box::new(NullSink),
            stop: Arc::default(),
            course: Course::default(),
        }
    }

    /// Whether the job was asked to stop.
    #[must_use]
    pub fn interrupted(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }

    /// The folder of the job that `reference` names in this job's settings.
    ///
    /// # Errors
    /// When the planner gave none: the folder was not made by this program.
    pub fn need(&self, reference: &str) -> Result<&Place, RunError> {
        let folder = self.needs.get(reference);
        folder.ok_or_else(|| {
            format!("spec.json names no folder for '{reference}': start the job through exp").into()
        })
    }

    /// The seeds of `members` members: member `k` has the job's seed plus `k`.
    #[must_use]
    pub fn member_seeds(&self, members: u64) -> Vec<u64> {
        (0..members).map(|member| self.seed.wrapping_add(member)).collect()
    }

    /// A file in the job's artefacts.
    #[must_use]
    pub fn artefact(&self, name: &str) -> Place {
        self.folder.join("artifacts").join(name)
    }

    /// Says what happened.
    pub fn emit(&mut self, event: Event) {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        self.say(Record { time: since.as_secs_f64(), event });
    }

    /// Says what happened at `time`, in seconds since 1970.
    pub fn emit_as_of(&mut self, time: f64, event: Event) {
        self.say(Record { time, event });
    }

    fn say(&mut self, record: Record) {
        self.sink.write(&record);
        self.course.hear(record);
    }

    /// Says that a phase begins, of `total` `unit`s: what the job does from now on until the next one.
    pub fn phase(&mut self, name: &str, unit: &str, total: u64) {
        self.emit(Event::Phase { name: name.to_owned(), unit: unit.to_owned(), total });
    }

    /// Says, if something else came between, that the job goes on with `phase`, of which `done` units
    /// are behind it.
    pub fn back_to(&mut self, phase: &Event, done: u64) {
        if self.course.phase() != Some(phase) {
            self.emit(phase.clone());
            self.emit(Event::Progress { done, per_second: 0.0 });
        }
    }

    /// Cuts what was reported back to a checkpoint of `step` steps, with files of these lengths, and
    /// says from where the job goes on. The phases and warnings of this attempt before that are said
    /// again, as of when they were.
    pub fn rewind(&mut self, lengths: &BTreeMap<String, u64>, step: u64) {
        self.sink.rewind(lengths);
        let resumed_from = (step > 0).then_some(step);
        let device = match self.device {
            tch::Device::Cuda(index) => DeviceName::Cuda(Some(index)),
            tch::Device::Mps => DeviceName::Mps,
            _ => DeviceName::Cpu,
        };
        let device = device.to_string();
        let threads = usize::try_from(tch::get_num_threads()).unwrap_or(1);
        let event = Event::Started { attempt: self.attempt, device, threads, resumed_from };
        match self.course.begin() {
            Some((time, said)) => {
                self.say(Record { time, event });
                for record in said {
                    self.say(record);
                }
            }
            None => self.emit(event),
        }
        if step == 0 {
            self.text("spec", 0, self.description.clone());
        }
    }

    /// Does something that the job's outcome does not hang on: draws a picture, writes a table, counts
    /// a histogram. An error or a panic in it costs a warning that says what is missing and why, and
    /// nothing else. Everything of that sort goes through here; the job's models and its outcome, which
    /// it is run for, do not.
    pub fn decorate(&mut self, what: &str, act: impl FnOnce(&mut Self) -> Result<(), RunError>) {
        let why = match caught(|| act(self)) {
            Ok(Ok(())) => return,
            Ok(Err(error)) => error.to_string(),
            Err(panic) => panic.to_string(),
        };
        self.warn(format!("{what}: left out, since {why}"));
    }

    /// Reports one number.
    pub fn scalar(&mut self, tag: &str, step: u64, value: f64) {
        self.emit(Event::Scalar { tag: tag.to_owned(), step, value });
    }

    /// Reports how the values of a tensor are spread.
    pub fn histogram(&mut self, tag: &str, step: u64, histogram: Histogram) {
        self.emit(Event::Histogram { tag: tag.to_owned(), step, histogram });
    }

    /// Reports words, as Markdown.
    pub fn text(&mut self, tag: &str, step: u64, text: String) {
        self.emit(Event::Text { tag: tag.to_owned(), step, text });
    }

    /// Says something that a person should know and that does not end the job; what was said before is
    /// not said again.
    pub fn warn(&mut self, message: String) {
        if self.course.is_news(&message) {
            self.emit(Event::Warning { message });
        }
    }

    /// Keeps a picture (PNG bytes) in `artifacts/` and reports it. A picture that cannot be written
    /// costs a warning, not the job.
    pub fn image(&mut self, tag: &str, step: u64, png: &[u8]) {
        let name = format!("{}-{step:08}.png", tag.replace('/', "-"));
        match atomic::write(&self.artefact(&name), png) {
            Ok(()) => {
                let file = format!("artifacts/{name}");
                self.emit(Event::Image { tag: tag.to_owned(), step, file });
            }
            Err(error) => self.warn(format!("the picture {tag} was not written: {error}")),
        }
    }
}
