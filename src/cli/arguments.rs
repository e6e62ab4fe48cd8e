//! Arguments that several subcommands share: [`SpecArguments`] and [`RootArgument`].

use super::Failure;
use crate::device::DeviceName;
use crate::dispatch::{self, Inventory, Request};
use crate::job::Kind;
use crate::rundir::paths;
use crate::spec;
use clap::Args;
use clap::builder::{OsStringValueParser, TypedValueParser};
use std::ffi::OsString;
use std::path::{Path, PathBuf};

/// Where runs are kept.
#[derive(Debug, Args)]
pub(super) struct RootArgument {
    /// Folder under which runs are kept
    #[arg(long = "runs", value_name = "DIR", env = "EXP_RUNS", default_value = "runs",
        value_parser = OsStringValueParser::new().map(runs_folder))]
    pub(super) runs: PathBuf,
}

/// A spec, and what is said about it on the command line.
#[derive(Debug, Args)]
pub(super) struct SpecArguments {
    /// The spec: a YAML file
    #[arg(value_name = "FILE")]
    pub(super) file: PathBuf,
    /// Override a field: student.loss.temperature=2 (repeatable)
    #[arg(long = "set", value_name = "FIELD=VALUE")]
    set: Vec<String>,
    /// Name the run differently
    #[arg(long, value_name = "NAME", value_parser = run_name)]
    name: Option<String>,
    /// Run on this device: auto, cpu, cuda, cuda:N or mps
    #[arg(long, value_name = "DEVICE")]
    device: Option<DeviceName>,
    #[command(flatten)]
    pub(super) root: RootArgument,
    #[command(flatten)]
    data: DataArguments,
}

impl RootArgument {
    /// Whether runs can be there.
    pub(super) fn check(&self) -> Result<(), Failure> {
        let root = &self.runs;
        if root.exists() && !root.is_dir() {
            return Err(format!("{} is not a folder: runs are kept in one", root.display()).into());
        }
        Ok(())
    }
}

fn run_name(text: &str) -> Result<String, spec::NameFault> {
    spec::check_run(text).map(|()| text.to_owned())
}

/// Where runs are kept: a variable that is empty is as one that is not set.
fn runs_folder(given: OsString) -> PathBuf {
    PathBuf::from(if given.is_empty() { "runs".into() } else { given })
}

/// Where data is looked for.
#[derive(Debug, Args)]
pub(super) struct DataArguments {
    /// Folder to look for data sets in (repeatable; ':' separates several)
    #[arg(long = "data-root", value_name = "DIR", env = "EXP_DATA", value_delimiter = ':',
        value_parser = OsStringValueParser::new().map(PathBuf::from))]
    data_root: Vec<PathBuf>,
}

impl DataArguments {
    /// The folders, absolute, with `./data` where there is one: jobs may be resumed from elsewhere.
    pub(super) fn roots(&self) -> Vec<PathBuf> {
        let given = self.data_root.iter().filter(|folder| !folder.as_os_str().is_empty());
        let here = Path::new("data");
        let here = here.is_dir().then(|| here.to_path_buf());
        let mut roots: Vec<PathBuf> = Vec::new();
        for root in given.chain(&here).map(|folder| paths::absolute(folder)) {
            if !roots.contains(&root) {
                roots.push(root);
            }
        }
        roots
    }
}

impl SpecArguments {
    /// The same arguments, for another process; without the folder of runs.
    pub(super) fn again(&self) -> Vec<OsString> {
        let mut words: Vec<OsString> = vec![self.file.clone().into()];
        for set in &self.set {
            words.extend(["--set".into(), set.into()]);
        }
        if let Some(name) = &self.name {
            words.extend(["--name".into(), name.into()]);
        }
        if let Some(device) = &self.device {
            words.extend(["--device".into(), device.to_string().into()]);
        }
        for root in self.data.roots() {
            words.extend(["--data-root".into(), root.into()]);
        }
        words
    }

    /// Works the spec out. Its device has to be one of `devices`, where these are given.
    pub(super) fn lower(
        &self,
        kinds: &[&dyn Kind],
        devices: Option<&Inventory>,
    ) -> Result<dispatch::Plan, Failure> {
        let mut overrides = self.set.clone();
        if let Some(name) = &self.name {
            overrides.push(format!("name={}", serde_json::Value::from(name.as_str())));
        }
        let roots = self.data.roots();
        let request = Request {
            file: &self.file,
            overrides: &overrides,
            device: self.device,
            data_roots: &roots,
            runs: &self.root.runs,
            devices,
        };
        Ok(dispatch::lower(kinds, &request)?)
    }
}
