//! Fields given on the command line: [`apply`] puts each argument of `--set a.b=c` into the tree.
//!
//! The argument becomes a source of its own, so that whatever is wrong with the value, now or when
//! the schema is checked, is shown with a caret below the argument.

use super::diagnostic::{Diagnostic, Diagnostics};
use super::envelope::KEYS;
use super::load::MAX_BYTES;
use super::node::{Key, Node, Segment, Value, describe, path_text};
use super::path::{self, Step};
use super::source::{ARGUMENT, SourceText, Span, is_odd};
use super::suggest::{hint, meant};
use super::tree;
use super::words::{count, quoted};

/// The most overrides of a spec.
const MAX_ARGUMENTS: usize = 1000;

/// Puts overrides into a spec, in their order; each is of the form `path=value`.
///
/// A path starts at a key of the envelope (`seed`, `jobs.student.epochs`) or else at a job
/// (`student.epochs`, `student.network.hidden[0]`); the value is YAML (`4`, `[400, 400]`). Mappings
/// on the way that are not there are made: whether they may be there is for the schema to say.
pub fn apply(root: &mut Node, arguments: &[String], problems: &mut Diagnostics) {
    each(arguments, problems, |(mut steps, value), source| {
        start_at_job(root, &mut steps, source)?;
        place(root, &steps, value, source)
    });
}

/// Reports what is wrong with overrides by themselves: for specs that make no sense.
pub fn check_overrides(arguments: &[String], problems: &mut Diagnostics) {
    each(arguments, problems, |_, _| Ok(()));
}

/// Reads each override and hands it on with the index of its source.
fn each(
    arguments: &[String],
    problems: &mut Diagnostics,
    mut take: impl FnMut((Vec<Step>, Node), usize) -> Result<(), Option<Diagnostic>>,
) {
    if arguments.iter().map(String::len).sum::<usize>() > MAX_BYTES {
        let message = "the arguments of --set are larger than a spec may be (1 MiB)";
        return problems.push(Diagnostic::anywhere(message));
    }
    if arguments.len() > MAX_ARGUMENTS {
        let count = arguments.len();
        let message =
            format!("there may be {MAX_ARGUMENTS} arguments of --set, and there are {count}");
        return problems.push(Diagnostic::anywhere(message));
    }
    for argument in arguments {
        let text = argument.clone();
        let source = problems.add_source(SourceText { name: ARGUMENT.to_owned(), text });
        let taken = read(argument, source, problems).and_then(|read| take(read, source));
        if let Err(problem) = taken {
            problems.extend(problem);
        }
    }
}

/// The path and the value of one override; `Err(None)` where the problem was reported already.
fn read(
    argument: &str,
    source: usize,
    problems: &mut Diagnostics,
) -> Result<(Vec<Step>, Node), Option<Diagnostic>> {
    let whole = Span::within(source, 1, 1, argument.chars().count());
    let Some((path, text)) = argument.split_once('=') else {
        return Err(Some(
            Diagnostic::at(whole, "expected '=' and a value after the path")
                .help("write it as --set student.epochs=10".to_owned()),
        ));
    };
    let steps = path::parse(path).map_err(|(column, width, message, help)| {
        Diagnostic::at(Span::within(source, 1, column, width), message).help(help.to_owned())
    })?;
    Ok((steps, parse_value(path, text, source, problems)?))
}

/// The value of an argument, with its places in the whole argument.
fn parse_value(
    path: &str,
    text: &str,
    source: usize,
    problems: &mut Diagnostics,
) -> Result<Node, Option<Diagnostic>> {
    let column = path.chars().count() + 2;
    if let Some(control) = text.chars().find(|c| is_odd(*c) && !matches!(c, '\n' | '\t')) {
        let message = format!("the control character U+{:04X} is not allowed", control as u32);
        return Err(Some(Diagnostic::at(Span::within(source, 1, column, 1), message)));
    }
    // blanks in place of the path keep the columns
    let padded = format!("{}{text}", " ".repeat(column - 1));
    match tree::parse(&padded, source, problems) {
        Ok(Some(node)) => Ok(node),
        Err(_) => Err(None),
        Ok(None) => {
            let span = Span::within(source, 1, column, 1);
            let problem = Diagnostic::at(span, "there is no value after '='");
            let help = if text.trim_start().starts_with('#') {
                "'#' starts a comment: put the value in quotes, within those of the shell"
            } else {
                "write null to clear a field, '\"\"' for an empty string"
            };
            Err(Some(problem.help(help.to_owned())))
        }
    }
}

/// Completes a path that starts at a job, and finds out whether there is such a job.
fn start_at_job(root: &Node, steps: &mut Vec<Step>, source: usize) -> Result<(), Diagnostic> {
    let first = steps[0].segment.to_string();
    let absolute = KEYS.contains(&first.as_str());
    if !absolute {
        let Step { column, width, .. } = steps[0];
        steps.insert(0, Step { segment: "jobs".into(), column, width });
    } else if first != "jobs" || steps.len() < 3 {
        return Ok(());
    }
    let jobs = root.get("jobs").map(Node::entries).unwrap_or_default();
    let job = &steps[1];
    let name = job.segment.to_string();
    if jobs.iter().any(|(key, _)| key.name == name) {
        return Ok(());
    }
    let names = jobs.iter().map(|(key, _)| key.name.as_str());
    let (message, help) = if absolute || steps.len() > 2 {
        (format!("there is no job {}", quoted(&name)), hint(&name, names))
    } else {
        let known: Vec<&str> = KEYS.into_iter().chain(names.clone()).collect();
        let near = meant(&name, known.iter().copied());
        let of_job = || {
            let job = names.clone().next()?;
            Some(format!("a field of a job is written with the job's name: {job}.{name}=…"))
        };
        let help = near.or_else(of_job).or_else(|| hint("", known));
        (format!("there is no key or job {}", quoted(&name)), help)
    };
    Err(Diagnostic::at(Span::within(source, 1, job.column, job.width), message).help(help))
}

/// Walks to the end of the path, making mappings on the way, and puts the value there.
fn place(
    root: &mut Node,
    steps: &[Step],
    value: Node,
    source: usize,
) -> Result<(), Option<Diagnostic>> {
    let mut node = root;
    for (index, step) in steps.iter().enumerate() {
        let span = Span::within(source, 1, step.column, step.width);
        let way: Vec<Segment> = steps[..index].iter().map(|step| step.segment.clone()).collect();
        node = enter(node, &step.segment, span, &way)?;
    }
    *node = value;
    Ok(())
}

/// The node one step on.
fn enter<'a>(
    node: &'a mut Node,
    segment: &Segment,
    span: Span,
    way: &[Segment],
) -> Result<&'a mut Node, Option<Diagnostic>> {
    let here = || quoted(&path_text(way));
    if node.value == Value::Null && matches!(segment, Segment::Key(_)) {
        node.value = Value::Map(Vec::new());
        node.span = span;
    }
    match (&mut node.value, segment) {
        (Value::Map(entries), Segment::Key(name)) => {
            let found = entries.iter().position(|(key, _)| key.name == *name);
            let index = found.unwrap_or_else(|| {
                let key = Key { name: name.clone(), span };
                entries.push((key, Node { span, value: Value::Null }));
                entries.len() - 1
            });
            Ok(&mut entries[index].1)
        }
        (Value::List(items), segment) => {
            let length = items.len();
            let index = match segment {
                Segment::Index(index) => Some(*index),
                Segment::Key(name) => name.parse().ok(),
            };
            let item = index.and_then(|index| items.get_mut(index));
            item.ok_or_else(|| {
                let problem = match index {
                    Some(index) => format!("{} has no item {index}", here()),
                    None => format!("{} is a list, and its items have numbers", here()),
                };
                let help = format!("it has {}, counted from 0", count(length as u64, "item"));
                Some(Diagnostic::at(span, problem).help(help))
            })
        }
        (Value::Refused, _) => Err(None),
        (value, segment) => {
            let inner = match segment {
                Segment::Key(name) => format!("key {}", quoted(name)),
                Segment::Index(index) => format!("item {index}"),
            };
            let message = format!("{} is {}, and has no {inner}", here(), describe(value));
            Err(Some(Diagnostic::at(span, message)))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spec::load_text;

    const TEXT: &str = "name: a\njobs:\n  student: { hidden: [1, 2], loss: , data: { set: glyphs } }\n  teachers: {}\n";

    fn after(arguments: &[&str]) -> (Node, Diagnostics) {
        let mut problems = Diagnostics::new();
        let mut root = load_text("x.yaml", TEXT, &mut problems).expect("a tree");
        let arguments: Vec<String> = arguments.iter().map(ToString::to_string).collect();
        apply(&mut root, &arguments, &mut problems);
        (root, problems)
    }

    #[test]
    fn values_are_put_in_place() {
        for (argument, path, expected) in [
            ("seed=3", vec!["seed".into()], "3"),
            ("student.hidden[1]=[4,4]", vec!["student".into(), "hidden".into()], "[1,[4,4]]"),
            ("student.hidden.0=1e-3", vec!["student".into(), "hidden".into()], "[0.001,2]"),
            ("jobs.student.loss.t=2", vec!["student".into(), "loss".into()], r#"{"t":2}"#),
            (
                "student.a.b={name: mlp}",
                vec!["student".into(), "a".into()],
                r#"{"b":{"name":"mlp"}}"#,
            ),
            ("student.data=yes", vec!["student".into(), "data".into()], r#""yes""#),
            ("student.data=a=b", vec!["student".into(), "data".into()], r#""a=b""#),
            ("student.data=null", vec!["student".into(), "data".into()], "null"),
        ] {
            let (root, problems) = after(&[argument]);
            assert!(problems.is_empty(), "{problems}");
            let start = root.get("jobs").filter(|_| argument != "seed=3").unwrap_or(&root);
            let found = start.at(&path).map(|node| node.to_json().to_string());
            assert_eq!(found.as_deref(), Some(expected), "{argument}");
        }
    }

    #[test]
    fn later_ones_win_and_values_know_their_argument() {
        let (root, problems) = after(&["student.rate=-1", "student.rate= -2"]);
        let rate = root.at(&["jobs".into(), "student".into(), "rate".into()]).expect("a rate");
        assert_eq!(rate.value, Value::Integer(-2));
        assert_eq!(rate.span, Span::within(2, 1, 15, 2));
        assert_eq!(problems.sources().len(), 3);
    }
}
