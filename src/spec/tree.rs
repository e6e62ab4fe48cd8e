//! From the parser's events to a [`Node`]: [`parse`], which goes without recursion, stops at bounds,
//! and refuses what of YAML is not for specs (anchors, tags, keys that are no names).

use super::diagnostic::{Diagnostic, Diagnostics};
use super::node::{Key, Node, Value, describe};
use super::scalar::resolve;
use super::source::{Place, Span, is_line_end};
use super::syntax;
use super::words::quoted;
use saphyr_parser::{Event, Parser, ScalarStyle, Span as Stretch};
use std::collections::HashMap;

/// The deepest nesting of a spec.
pub const MAX_DEPTH: usize = 64;
/// The most values in a spec.
pub const MAX_NODES: usize = 100_000;

/// A list or mapping that is not yet closed.
struct Frame {
    start: Span,
    items: Vec<Node>,
    entries: Vec<(Key, Node)>,
    /// The keys of a mapping and their places; `None` for a list.
    keys: Option<HashMap<String, Span>>,
    /// What the next node of a mapping is.
    next: Next,
    /// Whether there is something in it without which the rest says little (a merge key).
    refused: bool,
}

#[derive(Clone)]
enum Next {
    Key,
    /// The value of this key, or of one that was refused.
    Value(Option<Key>),
}

struct Builder<'a> {
    source: usize,
    problems: &'a mut Diagnostics,
    frames: Vec<Frame>,
    root: Option<Node>,
    documents: usize,
    nodes: usize,
    /// Whether what was found leaves a tree that is worth checking further.
    sound: bool,
    /// Whether to go on.
    going: bool,
}

/// That what was found, and reported, leaves no tree worth checking further.
#[derive(Debug)]
pub(super) struct Senseless;

/// The tree of a text; `None` where there is nothing in it.
pub(super) fn parse(
    text: &str,
    source: usize,
    problems: &mut Diagnostics,
) -> Result<Option<Node>, Senseless> {
    let mut builder = Builder {
        source,
        problems,
        frames: Vec::new(),
        root: None,
        documents: 0,
        nodes: 0,
        sound: true,
        going: true,
    };
    let mut parser = Parser::new_from_str(text);
    while builder.going
        && let Some(event) = parser.next_event()
    {
        match event {
            Ok((event, stretch)) => builder.take(event, stretch),
            Err(error) => {
                let text = builder.problems.sources()[source].clone();
                let open = builder.frames.last().map(|frame| frame.start);
                builder.problems.push(syntax::explain(&error, source, &text, open));
                builder.sound = false;
                builder.going = false;
            }
        }
    }
    if builder.sound { Ok(builder.root) } else { Err(Senseless) }
}

impl Builder<'_> {
    fn take(&mut self, event: Event, stretch: Stretch) {
        let span = self.span(stretch);
        match event {
            Event::DocumentStart(_) => {
                self.documents += 1;
                if self.documents > 1 {
                    let problem =
                        Diagnostic::at(span, "a spec is one document, and here is another");
                    self.problems.push(problem.help("put it in a file of its own".to_owned()));
                    // the first is worth checking if it is all of a spec
                    self.sound = self.root.as_ref().is_some_and(|root| root.get("jobs").is_some());
                    self.going = false;
                }
            }
            Event::Scalar(text, style, anchor, tag) => {
                self.refuse_extras(span, anchor, tag.is_some());
                self.scalar(&text, style, span);
            }
            Event::Alias(_) => {
                self.refuse(span, "YAML aliases (*name) are not supported");
                self.add(Node { span, value: Value::Refused });
            }
            Event::SequenceStart(anchor, tag) => {
                self.refuse_extras(span, anchor, tag.is_some());
                self.open(span, None);
            }
            Event::MappingStart(anchor, tag) => {
                self.refuse_extras(span, anchor, tag.is_some());
                self.open(span, Some(HashMap::new()));
            }
            Event::SequenceEnd | Event::MappingEnd => self.close(span.end),
            Event::Nothing | Event::StreamStart | Event::StreamEnd | Event::DocumentEnd => {}
        }
    }

    fn span(&self, stretch: Stretch) -> Span {
        let place = |marker: saphyr_parser::Marker| Place {
            line: marker.line().max(1),
            column: marker.col() + 1,
        };
        Span { source: self.source, start: place(stretch.start), end: place(stretch.end) }
    }

    fn stop(&mut self, problem: Diagnostic) {
        self.problems.push(problem);
        self.sound = false;
        self.going = false;
    }

    fn refuse(&mut self, span: Span, message: &str) {
        self.problems.push(
            Diagnostic::at(span, message).help("write the value out where it is used".to_owned()),
        );
    }

    fn refuse_extras(&mut self, span: Span, anchor: usize, tagged: bool) {
        if anchor > 0 {
            self.refuse(span, "YAML anchors (&name) are not supported");
        }
        if tagged {
            let problem = Diagnostic::at(span, "YAML tags (!name) are not supported");
            self.problems.push(problem.help("remove the tag".to_owned()));
        }
    }

    fn scalar(&mut self, text: &str, style: ScalarStyle, span: Span) {
        if let Some(odd) = text.chars().find(|c| is_line_end(*c)) {
            let message = format!("the line end U+{:04X} is not allowed in a spec", odd as u32);
            self.problems.push(Diagnostic::at(span, message).help("use \\n".to_owned()));
            return self.add(Node { span, value: Value::Refused });
        }
        // an empty value has no place of its own: the parser gives that of what comes next
        let in_quotes = matches!(style, ScalarStyle::SingleQuoted | ScalarStyle::DoubleQuoted);
        let span = match self.frames.last().map(|frame| &frame.next) {
            Some(Next::Value(Some(key))) if text.is_empty() && !in_quotes => key.span,
            _ => span,
        };
        if style != ScalarStyle::Plain {
            return self.add(Node { span, value: Value::String(text.to_owned()) });
        }
        let value = resolve(text).unwrap_or_else(|(message, help)| {
            self.problems.push(Diagnostic::at(span, message).help(help));
            Value::Refused
        });
        self.add(Node { span, value });
    }

    fn open(&mut self, start: Span, keys: Option<HashMap<String, Span>>) {
        if self.frames.len() >= MAX_DEPTH {
            let message = format!("a spec may be nested {MAX_DEPTH} deep, and this is deeper");
            return self.stop(Diagnostic::at(start, message));
        }
        let (items, entries, next) = (Vec::new(), Vec::new(), Next::Key);
        self.frames.push(Frame { start, items, entries, keys, next, refused: false });
    }

    fn close(&mut self, end: Place) {
        if let Some(frame) = self.frames.pop() {
            let span = Span { end, ..frame.start };
            let value = match frame.keys {
                _ if frame.refused => Value::Refused,
                Some(_) => Value::Map(frame.entries),
                None => Value::List(frame.items),
            };
            self.add(Node { span, value });
        }
    }

    /// Puts a node where it belongs.
    fn add(&mut self, node: Node) {
        self.nodes += 1;
        if self.nodes > MAX_NODES {
            let message = format!("a spec may hold {MAX_NODES} values, and this is one more");
            return self.stop(Diagnostic::at(node.span, message));
        }
        let Some(frame) = self.frames.last_mut() else {
            self.root = Some(node);
            return;
        };
        if frame.keys.is_none() {
            return frame.items.push(node);
        }
        match std::mem::replace(&mut frame.next, Next::Key) {
            Next::Value(Some(key)) => {
                let entry = self.spaced(key, node);
                if let (Some(frame), Some(entry)) = (self.frames.last_mut(), entry) {
                    frame.entries.push(entry);
                }
            }
            Next::Value(None) => {}
            Next::Key => {
                let key = self.key(node);
                if let Some(frame) = self.frames.last_mut() {
                    frame.next = Next::Value(key);
                }
            }
        }
    }

    /// An entry of a mapping; where the space after its ':' is missing, so that all of it became a key
    /// without a value, that is reported and the entry is what is meant.
    fn spaced(&mut self, key: Key, node: Node) -> Option<(Key, Node)> {
        let parts = key.name.split_once(':').filter(|_| node.value == Value::Null);
        let Some((name, text)) = parts.filter(|(name, text)| !name.is_empty() && !text.is_empty())
        else {
            return Some((key, node));
        };
        let message = format!("there is no space after the ':' of {}", quoted(&key.name));
        let help = format!("write {}", quoted(&format!("{name}: {text}")));
        self.problems.push(Diagnostic::at(key.span, message).help(help));
        let value = resolve(text).unwrap_or(Value::Refused);
        let name = Node { span: key.span, value: Value::String(name.to_owned()) };
        Some((self.key(name)?, Node { span: key.span, value }))
    }

    /// The key that a node is, where it is one and new to its mapping.
    fn key(&mut self, node: Node) -> Option<Key> {
        let span = node.span;
        if node.value == Value::Refused {
            return None;
        }
        let Value::String(name) = node.value else {
            let message = format!("a key must be a name, and this is {}", describe(&node.value));
            let scalar = !matches!(node.value, Value::List(_) | Value::Map(_));
            let help = scalar.then(|| "put it in quotes to make it a name".to_owned());
            self.problems.push(Diagnostic::at(span, message).help(help));
            return None;
        };
        if name == "<<" {
            self.refuse(span, "YAML merge keys (<<) are not supported");
            self.frames.last_mut()?.refused = true;
            return None;
        }
        let keys = self.frames.last_mut()?.keys.as_mut()?;
        if let Some(first) = keys.get(&name) {
            let help = format!("it was first given on line {}; keep one of them", first.start.line);
            let message = format!("duplicate key {}", quoted(&name));
            self.problems.push(Diagnostic::at(span, message).help(help));
            return None;
        }
        keys.insert(name.clone(), span);
        Some(Key { name, span })
    }
}
