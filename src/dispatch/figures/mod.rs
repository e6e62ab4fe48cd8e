//! What the jobs of a run show together: [`write()`] draws their final figures against the setting
//! that they differ in.
//!
//! Jobs of one kind that are alike but for one number make a picture for each metric, and a table
//! with the numbers: `figures/bound-against-latent.png` and `figures/latent.csv`. Everything is a
//! function of the jobs' folders, so that a run that goes on, or that reuses all of its jobs, has
//! the same files.

mod compared;
mod comparison;
mod drawn;
mod lines;
mod mark;
mod metric;
mod names;
mod picture;
mod settings;
mod table;
#[cfg(test)]
mod tests;

use self::compared::compare;
use self::drawn::Drawn;
use super::board::{Board, State};
use crate::caught::caught;
use crate::files::{FilesError, atomic};
use crate::report;
use crate::rundir::{JobFolder, JobSpec, RunDirError, RunFolder, Status};

/// The figures of a run.
#[derive(Default)]
pub(super) struct Figures {
    pub(super) pictures: Vec<Picture>,
    /// Names of tables in the folder of figures.
    pub(super) tables: Vec<String>,
    /// What to tell a person: why some are missing.
    pub(super) told: Option<String>,
}

/// One picture.
pub(super) struct Picture {
    /// What it shows: `bound against latent`.
    pub(super) title: String,
    /// Its name in the folder of figures.
    pub(super) file: String,
}

/// Why figures are missing. A run is no worse for it.
#[derive(Debug, thiserror::Error)]
enum FigureError {
    #[error(transparent)]
    Folder(#[from] RunDirError),
    #[error(transparent)]
    Files(#[from] FilesError),
    #[error("a job has the name of their folder, '{0}': give it another")]
    Name(String),
}

/// A job that is done.
#[derive(Clone, Copy)]
struct Job<'a> {
    folder: &'a JobFolder,
    spec: &'a JobSpec,
}

/// Draws what is done, and writes what differs from what is there. What cannot be written is told
/// of and costs nothing else.
pub(super) fn write(run: &RunFolder, board: &Board) -> Figures {
    let done = board.slots.iter().filter(|slot| matches!(slot.state, State::Ended(Status::Done)));
    let jobs: Vec<Job> = done.map(|slot| Job { folder: &slot.folder, spec: &slot.spec }).collect();
    let why = match caught(|| make(run, &jobs)) {
        Ok(Ok(figures)) => return figures,
        Ok(Err(error)) => error.to_string(),
        Err(panic) => panic.to_string(),
    };
    let told = Some(format!("the figures of the run could not be written: {why}"));
    Figures { told, ..Figures::default() }
}

fn make(run: &RunFolder, jobs: &[Job]) -> Result<Figures, FigureError> {
    let compared = compare(jobs)?;
    let drawn = Drawn::of(&compared);
    let folder = run.figures();
    if !drawn.files.is_empty() {
        let taken = |job: &&Job| job.spec.name.eq_ignore_ascii_case("figures");
        if let Some(job) = jobs.iter().find(taken) {
            return Err(FigureError::Name(job.spec.name.clone()));
        }
        atomic::create_folder(&folder)?;
    }
    for (name, bytes) in &drawn.files {
        atomic::update(&folder.join(name), bytes)?;
    }
    drawn.clear_others(&folder);
    let ended = compared.iter().map(|compared| compared.ended).fold(0.0, f64::max);
    report::write_pictures(run.place(), &drawn.tagged, ended)?;
    Ok(drawn.figures)
}
