//! Specs with the real kinds, good, bad and hostile: what is said of them, and in what time.

mod bad;
mod bounds;
mod mistakes;
mod mutations;
mod schema;
mod starting;

use crate::pictures::write_npy;
use exp::dispatch::{Plan, Request, lower};
use exp::experiments::KINDS;
use exp::spec::Diagnostics;
use std::path::{Path, PathBuf};

/// A folder with specs, data and runs in it.
struct Place(tempfile::TempDir);

impl Place {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    /// A folder in which every data set that a config names is at hand, in form if not in content: what
    /// is said of a config then does not depend on what a machine has. (Of the sets that are published
    /// their form is known without their files.)
    fn with_every_set() -> Self {
        let place = Self::new();
        std::fs::create_dir_all(place.path("data/frey")).unwrap();
        let file = place.path("data/frey/faces.npy");
        write_npy(&file, "|u1", "(1965, 28, 20)", &vec![0; 1965 * 28 * 20]);
        place
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn runs(&self) -> PathBuf {
        self.path("runs")
    }

    /// What `exp check` and `exp run` make of a text.
    fn lower(&self, text: &[u8], overrides: &[String]) -> Result<Plan, Diagnostics> {
        let file = self.path("spec.yaml");
        std::fs::write(&file, text).unwrap();
        let (roots, runs) = ([self.path("data")], self.runs());
        let request = Request {
            file: &file,
            overrides,
            device: None,
            data_roots: &roots,
            runs: &runs,
            devices: None,
        };
        lower(KINDS, &request)
    }

    /// Diagnostics without what differs from machine to machine.
    fn plain(&self, problems: &Diagnostics) -> String {
        let text = problems.to_string();
        let text = text.replace(&format!("{}/", self.0.path().display()), "");
        text.replace(&self.0.path().display().to_string(), ".")
    }
}

/// The configs that come with the program.
fn configs() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("configs");
    let files = walkdir::WalkDir::new(root).sort_by_file_name().into_iter().map(Result::unwrap);
    let yaml = files.filter(|file| file.path().extension().is_some_and(|end| end == "yaml"));
    yaml.map(walkdir::DirEntry::into_path).collect()
}
