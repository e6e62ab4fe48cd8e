//! What surrounds the jobs of a spec, whatever their kinds: [`Envelope`], read from a tree by
//! [`Envelope::read`].

use super::diagnostic::{Diagnostic, Diagnostics};
use super::names::{self, NameFault};
use super::node::{Key, Node, Value, describe};
use super::source::Span;
use super::suggest::{known, meant, question};
use super::validate::advice;
use super::words::quoted;
use crate::device::DeviceName;
use indexmap::IndexMap;

/// The keys of the envelope.
pub(super) const KEYS: [&str; 4] = ["name", "seed", "device", "jobs"];
/// What lies in the folder of a run under a name that a job could have, in small letters. Everything
/// else there has a '.' in its name, and that of a job has none.
const TAKEN: [&str; 1] = ["figures"];
/// The most jobs of a spec.
const MAX_JOBS: usize = 1000;

/// A spec, but for what the kinds of its jobs mean.
#[derive(Debug, Clone, PartialEq)]
pub struct Envelope {
    pub name: String,
    pub seed: u64,
    pub device: DeviceName,
    /// The jobs by name, in the order of the spec.
    pub jobs: IndexMap<String, JobEntry>,
}

/// One job: its kind, and settings that its kind understands.
#[derive(Debug, Clone, PartialEq)]
pub struct JobEntry {
    /// Empty where it was missing or no string, which is reported already.
    pub kind: String,
    /// Where the kind stands; the name of the job where there is none.
    pub kind_span: Span,
    /// A seed of the job's own, in place of the spec's.
    pub seed: Option<u64>,
    /// The mapping of the other keys.
    pub settings: Node,
    /// Where the job's name stands.
    pub span: Span,
}

impl Envelope {
    /// Reads a spec and reports all that is wrong with it outside the settings of its jobs. What
    /// cannot be read has its default, so that the settings can be checked in the same pass.
    pub fn read(root: &Node, problems: &mut Diagnostics) -> Self {
        for (key, _) in root.entries() {
            if !KEYS.contains(&key.name.as_str()) {
                let message = format!("unknown key {} in the spec", quoted(&key.name));
                let needless = problems.is_past(key.span);
                let help = || meant(&key.name, KEYS).unwrap_or_else(|| known(&KEYS));
                let help = (!needless).then(help);
                problems.push(Diagnostic::at(key.span, message).help(help));
            }
        }
        Self {
            name: read_name(root, problems),
            seed: read_seed(root, &KEYS, "the spec", problems).unwrap_or_default(),
            device: read_device(root, problems),
            jobs: read_jobs(root, problems),
        }
    }
}

fn read_name(root: &Node, problems: &mut Diagnostics) -> String {
    let help = "the name is that of the folder of its runs, such as 'distill_t4'".to_owned();
    let Some((key, node)) = root.entry_meant("name", &KEYS) else {
        let top = Span::within(root.span.source, root.span.start.line, root.span.start.column, 1);
        problems.push(Diagnostic::at(top, "missing key 'name' in the spec").help(help));
        return String::new();
    };
    match &node.value {
        Value::String(name) => {
            check_name(names::check_run(name), node.span, problems);
            name.clone()
        }
        Value::Null => {
            let span = node.span.holder(key.span);
            problems.push(Diagnostic::at(span, "'name' is empty").help(help));
            String::new()
        }
        Value::Refused => String::new(),
        other => {
            let message = format!("expected a string for 'name', found {}", describe(other));
            let scalar = !matches!(other, Value::List(_) | Value::Map(_));
            let quotes = scalar.then(|| "put it in quotes to make it a string".to_owned());
            let span = node.span.or_on_one_line(key.span);
            problems.push(Diagnostic::at(span, message).help(quotes.unwrap_or(help)));
            String::new()
        }
    }
}

/// Reports a name that cannot be that of a folder.
fn check_name(fault: Result<(), NameFault>, span: Span, problems: &mut Diagnostics) {
    if let Err(NameFault { message, help }) = fault {
        problems.push(Diagnostic::at(span, message).help(help));
    }
}

fn read_seed(node: &Node, keys: &[&str], place: &str, problems: &mut Diagnostics) -> Option<u64> {
    let (key, seed) = node.entry_meant("seed", keys)?;
    let message = match &seed.value {
        Value::Integer(value) => match u64::try_from(*value) {
            Ok(value) => return Some(value),
            Err(_) => format!("'seed' must be at least 0, and is {value}"),
        },
        Value::Refused => return None,
        other => {
            format!("expected an integer for 'seed' in {place}, found {}", describe(other))
        }
    };
    let help = advice(&["integer"], &seed.value);
    problems.push(Diagnostic::at(seed.span.or_on_one_line(key.span), message).help(help));
    None
}

fn read_device(root: &Node, problems: &mut Diagnostics) -> DeviceName {
    let Some((key, node)) = root.entry_meant("device", &KEYS) else {
        return DeviceName::default();
    };
    if node.value == Value::Refused {
        return DeviceName::default();
    }
    let names = ["auto", "cpu", "cuda", "cuda:0", "mps"];
    let all = "use auto, cpu, cuda, cuda:N or mps".to_owned();
    let (message, help) = if let Some(text) = node.as_str() {
        if let Ok(device) = text.parse() {
            return device;
        }
        let near = meant(text, names);
        (format!("unknown device {}", quoted(text)), near.unwrap_or(all))
    } else {
        let found = describe(&node.value);
        (format!("expected the name of a device for 'device', found {found}"), all)
    };
    problems.push(Diagnostic::at(node.span.or_on_one_line(key.span), message).help(help));
    DeviceName::default()
}

fn read_jobs(root: &Node, problems: &mut Diagnostics) -> IndexMap<String, JobEntry> {
    let help = "write the jobs below 'jobs:', each with its name and a 'kind'".to_owned();
    let Some((key, node)) = root.entry_meant("jobs", &KEYS) else {
        let start = root.span.start;
        let top = Span::within(root.span.source, start.line, start.column, 1);
        problems.push(Diagnostic::at(top, "missing key 'jobs' in the spec").help(help));
        return IndexMap::new();
    };
    let entries = node.entries();
    let fault = match &node.value {
        Value::Map(entries) if entries.is_empty() => Some("there are no jobs".to_owned()),
        Value::Null => Some("there are no jobs".to_owned()),
        Value::Map(_) if entries.len() > MAX_JOBS => {
            Some(format!("a spec may have {MAX_JOBS} jobs, and this has {}", entries.len()))
        }
        Value::Map(_) => None,
        Value::Refused => return IndexMap::new(),
        other => Some(format!("expected a mapping of jobs for 'jobs', found {}", describe(other))),
    };
    if let Some(message) = fault {
        problems.push(Diagnostic::at(node.span.holder(key.span), message).help(help));
        return IndexMap::new();
    }
    let mut folders: IndexMap<String, &Key> = IndexMap::new();
    for (key, _) in entries {
        check_name(names::check_job(&key.name), key.span, problems);
        if TAKEN.contains(&key.name.to_lowercase().as_str()) {
            let name = quoted(&key.name);
            let message = format!("the job name {name} is that of a folder which every run has");
            let help = "it would mix the job's files with the run's: give it another name";
            problems.push(Diagnostic::at(key.span, message).help(help.to_owned()));
        }
        if let Some(other) = folders.insert(key.name.to_lowercase(), key) {
            let message = format!(
                "the jobs {} and {} differ only in case",
                quoted(&other.name),
                quoted(&key.name)
            );
            let help = "some file systems take them for the same folder: rename one".to_owned();
            problems.push(Diagnostic::at(key.span, message).help(help));
        }
    }
    entries.iter().map(|(key, node)| (key.name.clone(), read_job(key, node, problems))).collect()
}

fn read_job(key: &Key, node: &Node, problems: &mut Diagnostics) -> JobEntry {
    let subject = format!("job {}", quoted(&key.name));
    let found = node.entry("kind").or_else(|| {
        let (key, kind) = node.entry_meant("kind", &["kind"])?;
        let message = format!("unknown key {} in {subject}", quoted(&key.name));
        problems.push(Diagnostic::at(key.span, message).help(question("kind")));
        node.entry(&key.name).filter(|_| kind.value != Value::Refused)
    });
    let (kind, kind_span) = match found {
        Some((_, kind)) => (read_kind(kind, &subject, problems), kind.span),
        None => (String::new(), key.span),
    };
    if found.is_none() {
        kindless(key, node, &subject, problems);
    }
    let own = |key: &Key| key.name == "seed" || found.is_some_and(|(kind, _)| kind == key);
    let settings = node.entries().iter().filter(|(key, _)| !own(key)).cloned().collect();
    JobEntry {
        kind,
        kind_span,
        // one that is misspelt is found among the settings
        seed: node.get("seed").and_then(|_| read_seed(node, &["seed"], &subject, problems)),
        settings: Node { span: node.span, value: Value::Map(settings) },
        span: node.span.holder(key.span),
    }
}

/// The word behind 'kind'; empty where it is none, which is reported.
fn read_kind(node: &Node, subject: &str, problems: &mut Diagnostics) -> String {
    match &node.value {
        Value::String(text) if !text.is_empty() => return text.clone(),
        Value::Refused => {}
        other => {
            let message = match other {
                Value::String(_) => format!("'kind' of {subject} is empty"),
                _ => {
                    format!("expected a string for 'kind' of {subject}, found {}", describe(other))
                }
            };
            let help = "`exp kinds` lists the kinds and their fields".to_owned();
            problems.push(Diagnostic::at(node.span, message).help(help));
        }
    }
    String::new()
}

/// Reports a job without a kind.
fn kindless(key: &Key, node: &Node, subject: &str, problems: &mut Diagnostics) {
    match &node.value {
        Value::Refused => {}
        Value::Map(_) | Value::Null => {
            let message = format!("missing key 'kind' in {subject}");
            let help = "`exp kinds` lists the kinds and their fields".to_owned();
            problems.push(Diagnostic::at(node.span.holder(key.span), message).help(help));
        }
        other => {
            let message = format!("expected a mapping for {subject}, found {}", describe(other));
            let help = "a job is a mapping with a 'kind' and the settings of that kind".to_owned();
            problems.push(Diagnostic::at(node.span.or_on_one_line(key.span), message).help(help));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spec::load_text;

    #[test]
    fn an_envelope_is_read() {
        let text = "name: distill_t4.b\nseed: 17\ndevice: cuda:1\njobs:\n  a: { kind: x, seed: 3, n: 1 }\n  b: { kind: y }\n";
        let mut problems = Diagnostics::new();
        let root = load_text("x.yaml", text, &mut problems).expect("a tree");
        let envelope = Envelope::read(&root, &mut problems);
        assert!(problems.is_empty(), "{problems}");
        assert_eq!((envelope.name.as_str(), envelope.seed), ("distill_t4.b", 17));
        assert_eq!(envelope.device, DeviceName::Cuda(Some(1)));
        let jobs: Vec<_> = envelope.jobs.iter().collect();
        assert_eq!(jobs[0].0, "a");
        assert_eq!((jobs[0].1.kind.as_str(), jobs[0].1.seed), ("x", Some(3)));
        assert_eq!(jobs[0].1.settings.to_json().to_string(), r#"{"n":1}"#);
        assert_eq!(jobs[1].1.seed, None);
    }
}
