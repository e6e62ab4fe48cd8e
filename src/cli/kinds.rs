//! `exp kinds`: what can stand in a spec, read from the types of the settings.

use super::fields::{Section, sections};
use super::{Failure, output};
use crate::job::Kind;
use crate::spec;
use clap::Args;
use std::process::ExitCode;

/// List every kind of job, network, data set, optimiser, … with its fields
#[derive(Debug, Args)]
pub(super) struct Kinds {
    /// Only the kind, network, data set, … of this name
    #[arg(value_name = "NAME")]
    name: Option<String>,
}

impl Kinds {
    pub(super) fn carry_out(&self, kinds: &[&dyn Kind]) -> Result<ExitCode, Failure> {
        let all = sections(kinds);
        let wanted: Vec<&Section> = match &self.name {
            Some(name) => all.iter().filter(|section| section.name == *name).collect(),
            None => all.iter().collect(),
        };
        if let (Some(name), true) = (&self.name, wanted.is_empty()) {
            let names = all.iter().map(|section| section.name.as_str());
            let help = spec::hint(name, names).unwrap_or("'exp kinds' lists all".to_owned());
            return Err(format!("there is nothing called {}; {help}", spec::quoted(name)).into());
        }
        let texts: Vec<String> = wanted.into_iter().map(text).collect();
        output::say(&texts.join("\n"));
        Ok(ExitCode::SUCCESS)
    }
}

fn text(section: &Section) -> String {
    let Section { field, name, about, rows } = section;
    let about = if about.is_empty() { String::new() } else { format!("   {about}") };
    let lines = output::columns(rows);
    let mut text = format!(
        "{field}: {name}{about}
"
    );
    for line in lines.lines() {
        text.extend([
            "  ", line, "
",
        ]);
    }
    text
}
