//! `exp data fetch`: downloads a published data set, with checksums.

use super::failure::Failure;
use super::output;
use crate::data::{self, DataRoots};
use clap::{Args, Subcommand};
use std::path::PathBuf;
use std::process::ExitCode;

/// Fetch data sets
#[derive(Debug, Args)]
pub(super) struct Data {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Download a published data set: mnist or `fashion_mnist`
    Fetch {
        /// The set's name
        set: String,
        /// The data root to put it in; the user's data folder unless given
        #[arg(long, value_name = "DIR")]
        into: Option<PathBuf>,
    },
}

impl Data {
    pub(super) fn execute(&self) -> Result<ExitCode, Failure> {
        let Action::Fetch { set, into } = &self.action;
        let into = into.clone().unwrap_or_else(|| DataRoots::discover(&[]).downloads());
        let folder = data::fetch(set, &into).map_err(|error| Failure::Input(error.to_string()))?;
        output::say(&format!("{set} is in {}", folder.display()));
        Ok(ExitCode::SUCCESS)
    }
}
