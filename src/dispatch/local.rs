//! Jobs as child processes of the runner: [`Local`].
//!
//! A job is a process group of its own, so that Ctrl-C in the terminal reaches the runner alone,
//! which then asks its jobs to stop. Its standard input is a pipe that nothing is written to: it
//! closes when the runner dies, and the job takes that as a request to stop.

use super::executor::{Executor, ExecutorError, Exit, Running};
use crate::files::{self, FilesError, fault};
use crate::rundir::{JobFolder, RunDirError, paths};
use rustix::process::{Pid, Signal};
use std::io;
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

/// Tells the job that the end of its standard input is the death of its runner.
const RUNNER: &str = "EXP_RUNNER";
/// What libtorch reads it from (`c10/core/impl/alloc_cpu.cpp`).
const LARGE_PAGES: &str = "THP_MEM_ALLOC_ENABLE";

/// Starts jobs on this machine.
#[derive(Debug, Clone)]
pub struct Local {
    program: PathBuf,
}

impl Local {
    /// Starts jobs with this program.
    #[must_use]
    pub fn at(program: PathBuf) -> Self {
        Self { program }
    }

    /// Finds `exp-job`: the one `given`, or the one beside this program.
    ///
    /// # Errors
    /// Where it was looked for and what to do.
    pub fn find(given: Option<&Path>) -> Result<Self, ExecutorError> {
        paths::here()?;
        let beside = || {
            let exe = std::env::current_exe().map_err(ExecutorError::Unlocated)?;
            Ok::<_, ExecutorError>(exe.with_file_name("exp-job"))
        };
        let program = given.map_or_else(beside, |path| Ok(paths::absolute(path)))?;
        if program.is_file() {
            return Ok(Self { program });
        }
        Err(ExecutorError::NoProgram(program))
    }
}

impl Local {
    /// The program.
    #[must_use]
    pub fn program(&self) -> &Path {
        &self.program
    }

    /// A command that runs it, with memory in large pages where the system has them and libtorch was
    /// not told otherwise: parameters of several members are more than the processor knows small
    /// pages of.
    #[must_use]
    pub fn command(&self) -> Command {
        let mut command = Command::new(&self.program);
        if std::env::var_os(LARGE_PAGES).is_none() {
            command.env(LARGE_PAGES, "1");
        }
        command
    }
}

impl Executor for Local {
    fn start(&mut self, job: &JobFolder) -> Result<Box<dyn Running>, ExecutorError> {
        // libtorch ends a process at once whose working directory is gone.
        paths::here()?;
        let place = job.log_file();
        fault::point("before the job", job.path());
        let (out, error) = files::append(&place)
            .and_then(|out| Ok((out.try_clone()?, out)))
            .map_err(|error| RunDirError::from(FilesError::write(&place)(error)))?;
        let child = self
            .command()
            .arg(job.path())
            .env(RUNNER, "1")
            .stdin(Stdio::piped())
            .stdout(out)
            .stderr(error)
            .process_group(0)
            .spawn()
            .map_err(|source| ExecutorError::Start { program: self.program.clone(), source })?;
        fault::point("job started", job.path());
        Ok(Box::new(Process(child)))
    }
}

struct Process(Child);

impl Running for Process {
    fn ended(&mut self) -> io::Result<Option<Exit>> {
        Ok(self.0.try_wait()?.map(|status| match (status.code(), status.signal()) {
            (Some(code), _) => Exit::Code(code),
            (None, signal) => Exit::Signal(signal.unwrap_or_default()),
        }))
    }

    fn stop(&mut self) {
        // It was not waited for yet, so that its number cannot have passed to another process; one
        // that ends at this moment needs no stopping.
        if matches!(self.0.try_wait(), Ok(None)) {
            let _ = rustix::process::kill_process(Pid::from_child(&self.0), Signal::TERM);
        }
    }

    fn kill(&mut self) {
        // One that has ended already needs no killing.
        let _ = self.0.kill();
    }
}
