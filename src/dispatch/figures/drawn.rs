//! Pictures and tables, drawn and not yet written: [`Drawn`].

use super::compared::Compared;
use super::comparison::Comparison;
use super::metric::{Metric, metrics};
use super::names::Names;
use super::{Figures, Picture, mark, picture, table};
use crate::caught::caught;
use crate::files::{self, Kind, Place, atomic};
use std::path::Path;

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
    names: Names,
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
            let text = table::csv(&kind.table, column, comparisons, &kind.outcomes);
            let file = self.names.give(&name.replace(' ', "-"), "csv");
            self.figures.tables.push(file.clone());
            self.files.push((file, text.into_bytes()));
        }
    }

    fn draw(&mut self, kind: &Compared, comparison: &Comparison, metric: &Metric, name: &str) {
        let words = format!("{}-against-{}", metric.file(), name.replace(' ', "-"));
        let file = self.names.give(&words, "png");
        let drawn = caught(|| picture::draw(comparison, metric, &kind.outcomes, kind.kind));
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
        self.files.push((file.clone(), mark::put(&png)));
        self.figures.pictures.push(Picture { title, file });
    }

    fn fail(&mut self, file: &str, why: &dyn std::error::Error) {
        self.failed.0.get_or_insert_with(|| format!("{file}: {why}"));
        self.failed.1 += 1;
    }

    /// Removes pictures from when fewer jobs were done that are none any more.
    pub(super) fn clear_others(&self, folder: &Place) {
        for (name, kind) in files::list(folder).unwrap_or_default() {
            let Some(name) = name.to_str().filter(|_| kind == Kind::File) else { continue };
            let place = folder.join(name);
            let named_so = Path::new(name).extension().is_some_and(|ending| ending == "png")
                && name.contains("-against-");
            let known = self.files.iter().any(|(file, _)| file == name);
            if named_so && !known && mark::is_on(&place) {
                // One that stays is not spoken of in the summary.
                let _ = atomic::remove(&place);
            }
        }
    }
}
