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
    /// Only the kind, network, data set, … or field of this name: mlp, latent, loss.temperature
    #[arg(value_name = "NAME")]
    name: Option<String>,
}

impl Kinds {
    pub(super) fn execute(&self, kinds: &[&dyn Kind]) -> Result<ExitCode, Failure> {
        let all = sections(kinds);
        let wanted = self.name.as_ref().map_or_else(|| all.clone(), |name| named(&all, name));
        if let (Some(name), true) = (&self.name, wanted.is_empty()) {
            let fields = all.iter().flat_map(|section| &section.rows).filter_map(|row| row.first());
            let fields = fields.filter_map(|field| field.split('.').next_back());
            let names = all.iter().map(|section| section.name.as_str()).chain(fields);
            let help = spec::meant(name, names).unwrap_or("'exp kinds' lists all".to_owned());
            let name = spec::quoted(name);
            return Err(format!("no kind, set of options or field is called {name}; {help}").into());
        }
        let texts: Vec<String> = wanted.iter().map(text).collect();
        output::say(&texts.join("\n"));
        Ok(ExitCode::SUCCESS)
    }
}

/// The sections of this name (`mlp`, `optimiser.adam`, `data.set`); where there are none, the fields of it,
/// each in its section: `latent`, `autoencoder.latent`, `loss.temperature`.
fn named(all: &[Section], name: &str) -> Vec<Section> {
    let is_whole = |section: &&Section| {
        let outer = section.field.split('.').next().unwrap_or_default();
        let full = format!("{outer}.{}", section.name);
        ends_with(&section.field, name) || ends_with(&full, name)
    };
    let whole: Vec<Section> = all.iter().filter(is_whole).cloned().collect();
    if !whole.is_empty() {
        return whole;
    }
    let fields = all.iter().map(|section| {
        let is = |field: &String| ends_with(&format!("{}.{field}", section.name), name);
        let rows = section.rows.iter().filter(|row| row.first().is_some_and(is));
        Section { rows: rows.cloned().collect(), ..section.clone() }
    });
    fields.filter(|section| !section.rows.is_empty()).collect()
}

/// Whether a path ends with this one, in whole steps.
fn ends_with(path: &str, end: &str) -> bool {
    path.strip_suffix(end).is_some_and(|outer| outer.is_empty() || outer.ends_with('.'))
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
