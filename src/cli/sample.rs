//! `exp sample`: pictures drawn from a trained auto-encoder. The tensors are `exp-job`'s.

use super::Failure;
use super::arguments::RootArgument;
use super::output;
use crate::dispatch::Local;
use crate::rundir::{JobFolder, RunFolder, Status, find, paths};
use clap::Args;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// The kind whose jobs can be sampled.
const KIND: &str = "autoencoder";

/// Draw pictures from a trained auto-encoder
#[derive(Debug, Args)]
pub(super) struct Sample {
    /// The job: RUN/JOB, its folder, or a run that has one auto-encoder
    #[arg(value_name = "RUN[/JOB]")]
    job: String,
    /// How many pictures
    #[arg(long, allow_negative_numbers = true, value_name = "N", default_value_t = 64, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    count: u32,
    /// Folder for the pictures; created if missing
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// Replace pictures of samples that are in the folder already
    #[arg(long)]
    overwrite: bool,
    /// What the draws depend on
    #[arg(long, allow_negative_numbers = true, value_name = "N", default_value_t = 0)]
    seed: u64,
    #[command(flatten)]
    root: RootArgument,
    /// The program that does the work, if not the `exp-job` beside this one
    #[arg(long, env = "EXP_JOB", value_name = "PROGRAM", hide = true)]
    exp_job: Option<PathBuf>,
}

impl Sample {
    pub(super) fn execute(&self) -> Result<ExitCode, Failure> {
        let job = self.find()?;
        let program = Local::find(self.exp_job.as_deref())?;
        if let (false, Some(name)) = (self.overwrite, drawn(&self.out)) {
            return Err(format!(
                "{} is there already: name another folder with --out, or replace its pictures with \
                 --overwrite",
                self.out.join(name).display()
            )
            .into());
        }
        writable(&self.out)?;
        let status = program
            .command()
            .arg("--sample")
            .arg(job.target().path())
            .args([self.count.to_string(), self.seed.to_string()])
            .arg(&self.out)
            .status()
            .map_err(|error| format!("cannot start {}: {error}", program.program().display()))?;
        if status.success() {
            let place = paths::shown(&self.out);
            output::say(&format!("{} pictures in {}", self.count, place.display()));
        }
        // One that was killed has no code of its own.
        Ok(ExitCode::from(status.code().and_then(|code| u8::try_from(code).ok()).unwrap_or(1)))
    }

    /// The job that is meant, done and of the right kind.
    fn find(&self) -> Result<JobFolder, Failure> {
        let job = match find::job(&self.root.runs, &self.job) {
            Ok(job) => job,
            Err(no_job) => match find::run(&self.root.runs, &self.job) {
                Ok(run) => only(&run)?,
                Err(_) if self.job.contains('/') => return Err(no_job.into()),
                Err(no_run) => return Err(no_run.into()),
            },
        };
        let record = job.record()?;
        if record.kind != KIND {
            return Err(format!(
                "{} is a job of kind '{}'; pictures can be drawn from jobs of kind '{KIND}'",
                job.label(),
                record.kind
            )
            .into());
        }
        if record.status != Status::Done {
            return Err(format!(
                "{} is not done ({}): pictures can be drawn once it is; exp resume continues it",
                job.label(),
                record.status
            )
            .into());
        }
        Ok(job)
    }
}

/// The one auto-encoder of a run.
fn only(run: &RunFolder) -> Result<JobFolder, Failure> {
    let mut found = Vec::new();
    for name in run.record()?.jobs {
        let job = run.job(&name);
        if job.record()?.kind == KIND {
            found.push((name, job));
        }
    }
    if found.len() > 1 {
        let names: Vec<_> = found.iter().map(|(name, _)| name.as_str()).collect();
        return Err(format!(
            "{} has {} auto-encoders ({}): name one, such as {}/{}",
            run.label(),
            names.len(),
            names.join(", "),
            run.label(),
            names[0]
        )
        .into());
    }
    let one = found.pop().map(|(_, job)| job);
    one.ok_or_else(|| format!("{} has no job of kind '{KIND}'", run.label()).into())
}

/// The first file in `folder` that has the name of a picture of samples.
fn drawn(folder: &Path) -> Option<String> {
    let names = std::fs::read_dir(folder).ok()?.filter_map(Result::ok);
    let names = names.filter_map(|entry| entry.file_name().into_string().ok());
    let picture = |name: &String| name.starts_with("sample") && name.strip_suffix(".png").is_some();
    names.filter(picture).min()
}

/// Makes the folder, and sees that files can be made in it.
fn writable(folder: &Path) -> Result<(), Failure> {
    std::fs::create_dir_all(folder).and_then(|()| tempfile::tempfile_in(folder)).map(drop).map_err(
        |error| {
            format!(
                "cannot write to {} ({error}): name another folder with --out",
                folder.display()
            )
            .into()
        },
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::device::DeviceName;
    use crate::rundir::JobRecord;

    const JOB: &str = "digits/20260101-000000-0000/coder";

    /// What is made of a job of this kind that stands so.
    fn asked(kind: &str, status: Status) -> Result<JobFolder, Failure> {
        let root = tempfile::tempdir().unwrap();
        let folder = JobFolder::new(root.path().join(JOB));
        let mut record = JobRecord::pending(kind, &"0f".repeat(16), DeviceName::Cpu);
        record.status = status;
        std::fs::create_dir_all(folder.path()).unwrap();
        folder.write_record(&record).unwrap();
        let root = RootArgument { runs: root.path().to_owned() };
        let out = root.runs.join("pictures");
        let sample = Sample {
            job: JOB.to_owned(),
            count: 1,
            out,
            seed: 0,
            root,
            overwrite: false,
            exp_job: None,
        };
        sample.find()
    }

    #[test]
    fn pictures_are_drawn_from_auto_encoders_that_are_done() {
        use Status::{Done, Failed, Interrupted, Pending, Running, Skipped};
        assert_eq!(asked(KIND, Done).unwrap().label(), JOB);
        for status in [Pending, Running, Failed, Interrupted, Skipped] {
            let said = asked(KIND, status).unwrap_err().to_string();
            assert!(said.contains(&format!("{JOB} is not done ({status})")), "{said}");
        }
        let said = asked("classifier", Done).unwrap_err().to_string();
        assert!(said.contains("is a job of kind 'classifier'"), "{said}");
    }
}
