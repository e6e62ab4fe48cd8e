//! Showing that a run which is killed and resumed ends as one that is left alone: [`Verify`].
//!
//! The run is executed once straight. Then it is executed again in the same way, by processes
//! of their own, and killed at random instants of what the straight run has shown to be its course:
//! while it starts, trains, writes checkpoints, measures and ends. What the two have left is compared.

mod compare;
mod course;
mod kill;

use crate::rundir::{RunDirError, RunFolder, RunStatus, find};
use compare::Comparison;
pub use compare::Difference;
use course::{Course, Follower};
use kill::{Blow, Victim};
use rustix::process::{Pid, Signal, kill_process};
use std::ffi::OsString;
use std::fs::File;
use std::io::{self, Read, Seek};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

/// How often a run that is to be killed is looked at.
const TICK: Duration = Duration::from_millis(1);
/// The most bytes that are shown of what a run said that did not end as it should.
const SAID: u64 = 64 << 10;

/// A run to be executed straight and broken.
pub struct Verify<'a> {
    /// The program `exp`.
    pub program: PathBuf,
    /// What it is given after `run`: the spec and what is said about it.
    pub arguments: Vec<OsString>,
    /// Where both runs go: an empty folder.
    pub folder: &'a Path,
    /// How often the second run is killed.
    pub kills: u32,
    /// What instants and ways of killing are drawn from.
    pub seed: u64,
    /// Whether a request to stop came in since it was last called.
    pub asked_to_stop: &'a mut dyn FnMut() -> bool,
}

/// What came of it.
#[derive(Debug)]
pub struct Verified {
    /// The run that was left alone, and how many seconds it took.
    pub straight: (RunFolder, f64),
    /// The run that was killed, and how many seconds it took.
    pub broken: (RunFolder, f64),
    /// How often it was killed.
    pub kills: u32,
    /// Things that were compared: files, tensors, measurements.
    pub compared: usize,
    /// In what the second differs from the first: the job and, in a sentence, what and how.
    pub differences: Vec<Difference>,
}

/// Why there is no verdict.
#[derive(Debug, thiserror::Error)]
pub enum VerifyError {
    #[error(transparent)]
    Folder(#[from] RunDirError),
    #[error("cannot start {}: {source}", program.display())]
    Start { program: PathBuf, source: io::Error },
    /// It was asked to stop.
    #[error("interrupted: not verified")]
    Interrupted,
    /// A run did not end as it should.
    #[error("{what} failed ({how}){said}")]
    Ended { what: &'static str, how: String, said: String },
}

impl Verify<'_> {
    /// Executes both runs and compares them; `say` hears what happens meanwhile.
    ///
    /// # Errors
    /// When a run fails for a reason of its own, or cannot be started or read.
    pub fn run(mut self, say: &mut dyn FnMut(&str)) -> Result<Verified, VerifyError> {
        let root = self.folder.join("straight");
        let started = Instant::now();
        say("first the run is left alone");
        let straight = self.start(&root, None, Voice::Shown)?;
        self.finish("the run that is left alone", straight)?;
        let straight = (newest(&root)?, started.elapsed().as_secs_f64());
        say(&format!("left alone, the run takes {:.1} s", straight.1));
        let course = Course::of(&straight.0)?;
        let started = Instant::now();
        let mut kills = 0;
        let mut attempt = 0;
        // A run may be through before the last blow falls; another one takes the rest.
        let broken = loop {
            attempt += 1;
            let root = self.folder.join(format!("broken-{attempt}"));
            let blows = kill::draw(self.seed, attempt, self.kills - kills, course.seconds());
            let run = self.break_up(&root, &course, &blows, &mut kills, say)?;
            if kills >= self.kills {
                break run;
            }
        };
        let broken = (broken, started.elapsed().as_secs_f64());
        let mut comparison = Comparison::default();
        for attempt in 1..=attempt {
            let run = newest(&self.folder.join(format!("broken-{attempt}")))?;
            comparison.runs(&straight.0, &run)?;
        }
        let Comparison { compared, differences } = comparison;
        Ok(Verified { straight, broken, kills, compared, differences })
    }

    /// Executes the run under `root`, killed by each of `blows` that falls in time.
    fn break_up(
        &mut self,
        root: &Path,
        course: &Course,
        blows: &[Blow],
        kills: &mut u32,
        say: &mut dyn FnMut(&str),
    ) -> Result<RunFolder, VerifyError> {
        let mut run = None;
        for blow in blows {
            let mut started = self.start(root, run.as_ref(), Voice::Kept)?;
            let mut follower = Follower::new(course);
            let began = Instant::now();
            while started.child.try_wait().is_ok_and(|ended| ended.is_none()) {
                self.heed(&mut started.child)?;
                run = run.or_else(|| find::runs(root).into_iter().next());
                let seconds = run.as_ref().and_then(|run| follower.look(run));
                if blow.falls(began.elapsed(), seconds) {
                    let victim = Victim::of(run.as_ref(), course.jobs());
                    let whom = victim.strike(&started.child, blow.way);
                    *kills += 1;
                    let place = follower.place();
                    say(&format!("kill {kills} of {}: {whom}, {place}", self.kills));
                    break;
                }
                std::thread::sleep(TICK);
            }
            let status = self.wait(&mut started.child)?;
            run = run.or_else(|| find::runs(root).into_iter().next());
            if status.success() {
                break;
            }
        }
        if run
            .as_ref()
            .is_none_or(|run| run.record().map_or(true, |it| it.status != RunStatus::Done))
        {
            let started = self.start(root, run.as_ref(), Voice::Kept)?;
            self.finish("the run that was killed", started)?;
        }
        newest(root)
    }

    /// Starts the run under `root`, or goes on with `run`.
    fn start(
        &self,
        root: &Path,
        run: Option<&RunFolder>,
        voice: Voice,
    ) -> Result<Started, VerifyError> {
        let mut command = Command::new(&self.program);
        match run {
            Some(run) => command.arg("resume").arg(run.path()),
            None => command.arg("run").args(&self.arguments),
        };
        let mut said = None;
        if let Voice::Kept = voice {
            let file = tempfile::tempfile().map_err(|error| self.cannot(error))?;
            let copy = file.try_clone().map_err(|error| self.cannot(error))?;
            command.arg("--quiet").stderr(Stdio::from(copy));
            said = Some(file);
        }
        command
            .args(["--fail-fast", "--no-advice", "--runs"])
            .arg(root)
            .stdin(Stdio::null())
            .stdout(Stdio::null());
        let child = command.spawn().map_err(|error| self.cannot(error))?;
        Ok(Started { child, said })
    }

    fn finish(&mut self, what: &'static str, mut started: Started) -> Result<(), VerifyError> {
        let status = self.wait(&mut started.child)?;
        if status.success() {
            return Ok(());
        }
        if (self.asked_to_stop)() {
            return Err(VerifyError::Interrupted); // it heard of that too, from the terminal
        }
        let said = started.said();
        let said = if said.is_empty() { said } else { format!("; it said:\n{said}") };
        Err(VerifyError::Ended { what, how: status.to_string(), said })
    }

    /// Waits for the end of a run.
    fn wait(&mut self, child: &mut Child) -> Result<ExitStatus, VerifyError> {
        loop {
            match child.try_wait() {
                Ok(Some(status)) => return Ok(status),
                Ok(None) => self.heed(child)?,
                Err(error) => return Err(self.cannot(error)),
            }
            std::thread::sleep(TICK);
        }
    }

    /// Passes a request to stop on to the run, and waits until it has.
    fn heed(&mut self, child: &mut Child) -> Result<(), VerifyError> {
        if !(self.asked_to_stop)() {
            return Ok(());
        }
        // A run that has ended meanwhile needs no signal.
        let _ = kill_process(Pid::from_child(child), Signal::TERM);
        let _ = child.wait();
        Err(VerifyError::Interrupted)
    }

    fn cannot(&self, source: io::Error) -> VerifyError {
        VerifyError::Start { program: self.program.clone(), source }
    }
}

/// A run at work.
struct Started {
    child: Child,
    /// What it says, where that is kept.
    said: Option<File>,
}

impl Started {
    /// What it has said.
    fn said(mut self) -> String {
        let mut bytes = Vec::new();
        if let Some(file) = &mut self.said {
            // What cannot be read is not shown.
            let _ = file.rewind().and_then(|()| file.take(SAID).read_to_end(&mut bytes));
        }
        String::from_utf8_lossy(&bytes).into_owned()
    }
}

/// What becomes of what a run says.
#[derive(Clone, Copy)]
enum Voice {
    /// It is shown, with the progress of the jobs.
    Shown,
    /// It is kept, for an error.
    Kept,
}

fn newest(root: &Path) -> Result<RunFolder, VerifyError> {
    let missing = || RunDirError::NotFound(format!("there is no run under {}", root.display()));
    Ok(find::runs(root).into_iter().next().ok_or_else(missing)?)
}
