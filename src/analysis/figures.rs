//! What the jobs of a run show together: [`write()`] draws their final figures against the setting
//! that they differ in.
//!
//! Jobs of one kind that are alike but for one number make a picture for each metric, and a table
//! with the numbers: `figures/bound-against-latent.png` and `figures/latent.csv`. Everything is a
//! function of the jobs' folders, so that a run that goes on, or that reuses all of its jobs, has
//! the same files.

use super::chart;
use super::comparison::{Comparison, comparisons};
use super::metric::{Metric, metrics};
use super::picture_file::{self, FileNames};
use super::settings::{Job, SettingsTable};
use crate::caught::caught;
use crate::files::{self, FilesError, Kind, Place, atomic};
use crate::job::Outcome;
use crate::rundir::{JobRecord, RunDirError, RunFolder};
use crate::sinks;
use indexmap::IndexMap;
use std::collections::HashSet;
use std::path::Path;

/// The figures of a run.
#[derive(Default)]
pub struct Figures {
    pub(super) pictures: Vec<Picture>,
    /// Names of tables in the folder of figures.
    pub(super) tables: Vec<String>,
    /// What to tell a person: why some are missing.
    pub told: Option<String>,
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
pub(super) enum FigureError {
    #[error(transparent)]
    Folder(#[from] RunDirError),
    #[error(transparent)]
    Files(#[from] FilesError),
    #[error("a job has the name of their folder, '{0}': give it another")]
    Name(String),
}

/// Draws what the jobs of `run` that are done show, and writes what differs from what is there. What cannot be written is told
/// of and costs nothing else.
#[must_use]
pub fn write(run: &RunFolder, done: &[Job]) -> Figures {
    let why = match caught(|| make(run, done)) {
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
    sinks::write_pictures(run.place(), &drawn.tagged, ended)?;
    Ok(drawn.figures)
}

/// So many jobs can make a figure.
const ENOUGH: usize = 3;

/// The jobs of one kind, compared.
pub(super) struct Compared<'a> {
    pub(super) kind: &'a str,
    pub(super) table: SettingsTable,
    /// By their place in the table; blank for jobs that are in no comparison.
    pub(super) outcomes: Vec<Outcome>,
    /// The settings along which there is something to compare, by column.
    pub(super) settings: Vec<(usize, Vec<Comparison>)>,
    /// When the last of the compared jobs ended, in seconds since 1970.
    pub(super) ended: f64,
}

/// Compares the jobs of each kind with each other.
///
/// # Errors
/// When a job's record or outcome does not read.
pub(super) fn compare<'a>(all: &[Job<'a>]) -> Result<Vec<Compared<'a>>, FigureError> {
    let mut kinds: IndexMap<&str, Vec<Job>> = IndexMap::new();
    let mut keys = HashSet::new();
    // Jobs with one key are one job under several names, and no repetitions.
    for job in all.iter().filter(|job| keys.insert(job.spec.key.as_str())) {
        kinds.entry(&job.spec.kind).or_default().push(*job);
    }
    let mut found = Vec::new();
    for (kind, jobs) in kinds {
        if jobs.len() < ENOUGH {
            continue;
        }
        let table = SettingsTable::of(&jobs, all);
        let data: Vec<&String> = jobs[0].spec.data.keys().collect();
        let settings = (0..table.columns.len())
            .map(|column| (column, comparisons(&table, column, &data)))
            .filter(|(_, comparisons)| !comparisons.is_empty());
        let settings: Vec<_> = settings.collect();
        let (outcomes, ended) = outcomes(&jobs, &settings)?;
        found.push(Compared { kind, table, outcomes, settings, ended });
    }
    Ok(found)
}

/// The outcomes of the jobs that are compared, and when the last of them ended.
fn outcomes(
    jobs: &[Job],
    settings: &[(usize, Vec<Comparison>)],
) -> Result<(Vec<Outcome>, f64), RunDirError> {
    let curves = settings.iter().flat_map(|(_, all)| all.iter().flat_map(|one| &one.curves));
    let points = curves.flat_map(|curve| &curve.points);
    let wanted: HashSet<usize> = points.flat_map(|point| point.jobs.iter().copied()).collect();
    let mut last: f64 = 0.0;
    let mut outcomes = vec![Outcome::default(); jobs.len()];
    for job in wanted {
        let target = jobs[job].folder.target();
        let record: JobRecord = target.record()?;
        let ended = record.ended.and_then(|it| chrono::DateTime::parse_from_rfc3339(&it).ok());
        last = last.max(ended.map_or(0.0, |ended| ended.timestamp_millis() as f64 / 1000.0));
        outcomes[job] = target.outcome()?;
    }
    Ok((outcomes, last))
}

/// No more pictures are drawn of one run; the tables have everything.
const MOST: usize = 60;

/// What is to be written.
#[derive(Default)]
pub(super) struct Drawn {
    pub(super) figures: Figures,
    /// Names and contents.
    pub(super) files: Vec<(String, Vec<u8>)>,
    /// The pictures again, by their tags for TensorBoard.
    pub(super) tagged: Vec<(String, Vec<u8>)>,
    names: FileNames,
    left_out: usize,
    /// The first that could not be drawn, and why; and how many could not.
    failed: (Option<String>, usize),
}

impl Drawn {
    /// Draws everything that can be compared. A picture that cannot be drawn is left out, and told of.
    pub(super) fn of(compared: &[Compared]) -> Self {
        let mut drawn = Self::default();
        for kind in compared {
            for (column, comparisons) in &kind.settings {
                let setting = &kind.table.columns[*column];
                let along = |other: &&Compared| {
                    other
                        .settings
                        .iter()
                        .any(|(column, _)| other.table.columns[*column] == *setting)
                };
                let shared = compared.iter().filter(along).count() > 1;
                let of = if shared { format!("{} ", kind.kind) } else { String::new() };
                drawn.add(kind, *column, comparisons, &format!("{of}{setting}"));
            }
        }
        drawn.figures.told = drawn.missing();
        drawn
    }

    /// What there is no picture of, for people.
    fn missing(&self) -> Option<String> {
        let mut told = Vec::new();
        if self.left_out > 0 {
            told.push(format!(
                "{} pictures of the run were left out after the first {MOST}; the tables in \
                 'figures' have their numbers",
                self.left_out
            ));
        }
        if let (Some(first), count) = &self.failed {
            let more = match count {
                1 => String::new(),
                _ => format!(" (and {} more)", count - 1),
            };
            told.push(format!("a picture of the run was left out: {first}{more}"));
        }
        (!told.is_empty()).then(|| told.join("; "))
    }

    /// Adds what there is along one setting, which is called `name`.
    fn add(&mut self, kind: &Compared, column: usize, comparisons: &[Comparison], name: &str) {
        let mut any = false;
        for comparison in comparisons {
            for metric in metrics(comparison, &kind.outcomes) {
                any = true;
                if self.tagged.len() < MOST {
                    self.draw(kind, comparison, &metric, name);
                } else {
                    self.left_out += 1;
                }
            }
        }
        if any {
            let text = chart::csv(&kind.table, column, comparisons, &kind.outcomes);
            let file = self.names.give(&name.replace(' ', "-"), "csv");
            self.figures.tables.push(file.clone());
            self.files.push((file, text.into_bytes()));
        }
    }

    fn draw(&mut self, kind: &Compared, comparison: &Comparison, metric: &Metric, name: &str) {
        let words = format!("{}-against-{}", metric.file(), name.replace(' ', "-"));
        let file = self.names.give(&words, "png");
        let drawn = caught(|| chart::draw(comparison, metric, &kind.outcomes, kind.kind));
        let png = match drawn {
            Ok(Ok(png)) => png,
            Ok(Err(error)) => return self.fail(&file, &error),
            Err(panic) => return self.fail(&file, &panic),
        };
        let mut title = format!("{} against {name}", metric.shown());
        if !comparison.given.is_empty() {
            title = format!("{title}, {}", comparison.given().join(", "));
        }
        self.tagged.push((format!("figures/{title}"), png.clone()));
        self.files.push((file.clone(), picture_file::mark(&png)));
        self.figures.pictures.push(Picture { title, file });
    }

    fn fail(&mut self, file: &str, why: &dyn std::error::Error) {
        self.failed.0.get_or_insert_with(|| format!("{file}: {why}"));
        self.failed.1 += 1;
    }

    /// Removes pictures from when fewer jobs were done that are none any more.
    fn clear_others(&self, folder: &Place) {
        for (name, kind) in files::list(folder).unwrap_or_default() {
            let Some(name) = name.to_str().filter(|_| kind == Kind::File) else { continue };
            let place = folder.join(name);
            let named_so = Path::new(name).extension().is_some_and(|ending| ending == "png")
                && name.contains("-against-");
            let known = self.files.iter().any(|(file, _)| file == name);
            if named_so && !known && picture_file::is_marked(&place) {
                // One that stays is not spoken of in the summary.
                let _ = atomic::remove(&place);
            }
        }
    }
}
