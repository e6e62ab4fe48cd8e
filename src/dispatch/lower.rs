//! From a spec to a [`Plan`]: [`lower`] and [`lower_bytes`], which find everything that is wrong in one
//! pass, before a device is touched.

use super::check::{self, Digests};
use super::devices::Inventory;
use super::key::Meaning;
use super::order;
use super::plan::{Needed, Origin, Plan, Planned};
use super::references::{self, Jobs, Reference};
use super::typed::Typed;
use crate::device::DeviceName;
use crate::job::Kind;
use crate::spec::{self, Diagnostic, Diagnostics, Envelope, Node, ResolvedJob};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::{Path, PathBuf};

/// A spec and how it was asked for.
#[derive(Debug, Clone, Copy)]
pub struct Request<'a> {
    /// The file.
    pub file: &'a Path,
    /// Fields in place of those in the file: `student.epochs=3`.
    pub overrides: &'a [String],
    /// A device in place of the spec's.
    pub device: Option<DeviceName>,
    /// Folders to look for data in besides the usual places.
    pub data_roots: &'a [PathBuf],
    /// The root of runs, where references to earlier jobs are looked for.
    pub runs: &'a Path,
    /// The devices there are, if the spec's device has to be among them.
    pub devices: Option<&'a Inventory>,
}

/// Reads a spec, checks it, and works out its jobs.
///
/// # Errors
/// Everything that is wrong with it.
pub fn lower(kinds: &[&dyn Kind], request: &Request) -> Result<Plan, Diagnostics> {
    let mut problems = Diagnostics::new();
    let written = spec::load_file(request.file, &mut problems);
    lower_tree(kinds, written, request, problems)
}

/// The same for bytes that were read from somewhere; the request's file is what problems call them.
///
/// # Errors
/// Everything that is wrong with them.
pub fn lower_bytes(
    kinds: &[&dyn Kind],
    bytes: Vec<u8>,
    request: &Request,
) -> Result<Plan, Diagnostics> {
    let mut problems = Diagnostics::new();
    let name = request.file.display().to_string();
    let written = spec::load_bytes(&name, bytes, &mut problems);
    lower_tree(kinds, written, request, problems)
}

/// The rest, once a spec is read, or has turned out to make no sense.
fn lower_tree(
    kinds: &[&dyn Kind],
    written: Option<Node>,
    request: &Request,
    mut problems: Diagnostics,
) -> Result<Plan, Diagnostics> {
    let Some(written) = written else {
        spec::check_overrides(request.overrides, &mut problems);
        return Err(problems);
    };
    let mut root = written.clone();
    spec::apply(&mut root, request.overrides, &mut problems);
    let mut envelope = Envelope::read(&root, &mut problems);
    envelope.device = request.device.unwrap_or(envelope.device);
    check_device(&root, &envelope, request.devices, &mut problems);
    let jobs = Jobs::read(&envelope, kinds, request.runs, &mut problems);
    let sorted = order::sort(&jobs.edges());
    for circle in &sorted.circles {
        problems.push(references::circle(&jobs.typed, &jobs.references, circle));
    }
    let found = check::check(&jobs, kinds, request.data_roots);
    if !found.field_errors.is_empty() {
        let before = if request.overrides.is_empty() {
            BTreeSet::new()
        } else {
            field_errors(&written, kinds, request)
        };
        for (index, field_error) in &found.field_errors {
            problems.push(check::problem(&jobs, *index, field_error, &before));
        }
    }
    problems.finish()?;
    let typed: Vec<Typed> = jobs.typed.into_iter().flatten().collect();
    let notes = found.notes;
    let plan = plan(&envelope, &typed, &jobs.references, &sorted.order, found.digests, request);
    Ok(Plan { notes, ..plan })
}

/// What is at odds in a spec, by job and message.
fn field_errors(root: &Node, kinds: &[&dyn Kind], request: &Request) -> BTreeSet<(String, String)> {
    let mut unheard = Diagnostics::new();
    let envelope = Envelope::read(root, &mut unheard);
    let jobs = Jobs::read(&envelope, kinds, request.runs, &mut unheard);
    let found = check::check(&jobs, kinds, request.data_roots).field_errors;
    found.into_iter().map(|(index, field_error)| (jobs.name(index), field_error.message)).collect()
}

fn check_device(
    root: &Node,
    envelope: &Envelope,
    devices: Option<&Inventory>,
    problems: &mut Diagnostics,
) {
    let Some(Err(error)) = devices.map(|devices| devices.choose(envelope.device, 0)) else {
        return;
    };
    let written =
        root.get("device").filter(|node| node.as_str() == Some(&envelope.device.to_string()));
    problems.push(match written {
        Some(node) => Diagnostic::at(node.span, error.to_string()),
        None => Diagnostic::anywhere(error.to_string()),
    });
}

/// Puts together what was found sound.
fn plan(
    envelope: &Envelope,
    typed: &[Typed],
    references: &[Vec<Reference>],
    order: &[usize],
    mut digests: Digests,
    request: &Request,
) -> Plan {
    let mut keys: HashMap<usize, (String, String)> = HashMap::new();
    let mut jobs: Vec<Planned> = Vec::with_capacity(order.len());
    for &index in order {
        let job = &typed[index];
        let (settings, data) = (job.resolved(), digests.remove(&index).unwrap_or_default());
        let seed = job.entry.seed.unwrap_or(envelope.seed);
        let (kind, version) = (job.kind.name(), job.kind.version());
        let (mut by_key, mut by_group, mut needed) = (BTreeMap::new(), BTreeMap::new(), Vec::new());
        for Reference { need, origin } in &references[index] {
            let ((key, group), origin) = match origin {
                Ok(other) => (keys[other].clone(), Origin::Spec(typed[*other].name.to_owned())),
                Err(folder) => (references::keys(folder), Origin::Folder(folder.clone())),
            };
            by_key.insert(need.path.clone(), key.clone());
            by_group.insert(need.path.clone(), group);
            let (path, reference) = (need.path.clone(), need.reference.clone());
            needed.push(Needed { path, reference, origin, key });
        }
        let meaning = job.meaning();
        let meaning = Meaning { kind, version, settings: &meaning, seed, data: &data };
        let (key, group) = (meaning.key(&by_key), meaning.group(&by_group));
        keys.insert(index, (key.clone(), group.clone()));
        jobs.push(Planned {
            name: job.name.to_owned(),
            kind: kind.to_owned(),
            version,
            seed,
            settings,
            non_semantic: job.non_semantic(),
            needs: needed,
            data,
            footprint: job.settings().and_then(|it| it.footprint(request.data_roots)),
            key,
            group,
        });
    }
    Plan {
        name: envelope.name.clone(),
        seed: envelope.seed,
        device: envelope.device,
        data_roots: request.data_roots.to_vec(),
        order: typed.iter().map(|job| job.name.to_owned()).collect(),
        resolved: resolved(envelope, typed),
        notes: Vec::new(),
        jobs,
    }
}

fn resolved(envelope: &Envelope, typed: &[Typed]) -> String {
    let settings: Vec<_> = typed.iter().map(Typed::resolved).collect();
    let jobs = typed.iter().zip(&settings).map(|(job, settings)| {
        let (kind, seed) = (job.kind.name(), job.entry.seed);
        ResolvedJob { name: job.name, kind, seed, settings }
    });
    let jobs: Vec<ResolvedJob> = jobs.collect();
    spec::resolved_yaml(&envelope.name, envelope.seed, envelope.device, &jobs)
}
