//! A spec as a tree in which every value knows where it was written: [`Node`], [`Value`], and the
//! path to a value, of [`Segment`]s.

use super::source::Span;
use super::suggest::nearest;
use super::words::quoted;
use std::fmt;

/// The most keys of a map that are looked at for one that is misspelt.
const COMPARED: usize = 1000;

/// A value and where it stands.
#[derive(Debug, Clone, PartialEq)]
pub struct Node {
    pub span: Span,
    pub value: Value,
}

/// What YAML can say in a spec. Numbers are finite; the keys of a map are different.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    Null,
    Bool(bool),
    Integer(i64),
    Float(f64),
    String(String),
    List(Vec<Node>),
    Map(Vec<(Key, Node)>),
    /// Something that was refused and reported: nothing more is to be said about it.
    Refused,
}

/// The key of an entry of a map and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key {
    pub name: String,
    pub span: Span,
}

/// One step of the way to a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Segment {
    /// The entry of a map.
    Key(String),
    /// The item of a list, counted from 0.
    Index(usize),
}

impl Node {
    /// The value without its places.
    #[must_use]
    pub fn to_json(&self) -> serde_json::Value {
        match &self.value {
            Value::Null | Value::Refused => serde_json::Value::Null,
            Value::Bool(value) => (*value).into(),
            Value::Integer(value) => (*value).into(),
            Value::Float(value) => (*value).into(),
            Value::String(value) => value.as_str().into(),
            Value::List(items) => items.iter().map(Self::to_json).collect(),
            Value::Map(entries) => {
                entries.iter().map(|(key, node)| (key.name.clone(), node.to_json())).collect()
            }
        }
    }

    /// A tree of what was no text: all of it has the place `span`. A whole number past 64 bits is
    /// a float, as which no setting that counts takes it.
    #[must_use]
    pub fn of_json(value: &serde_json::Value, span: Span) -> Self {
        use serde_json::Value as Json;
        let inner = |value: &Json| Self::of_json(value, span);
        let value = match value {
            Json::Null => Value::Null,
            Json::Bool(value) => Value::Bool(*value),
            Json::Number(number) => match (number.as_i64(), number.as_f64()) {
                (Some(value), _) => Value::Integer(value),
                (None, value) => Value::Float(value.unwrap_or(f64::MAX)),
            },
            Json::String(text) => Value::String(text.clone()),
            Json::Array(items) => Value::List(items.iter().map(inner).collect()),
            Json::Object(entries) => {
                let key = |name: &String| Key { name: name.clone(), span };
                Value::Map(entries.iter().map(|(name, item)| (key(name), inner(item))).collect())
            }
        };
        Self { span, value }
    }

    /// The node at the end of a path from here.
    #[must_use]
    pub fn at(&self, path: &[Segment]) -> Option<&Self> {
        path.iter().try_fold(self, |node, segment| match (segment, &node.value) {
            (Segment::Key(name), Value::Map(_)) => node.get(name),
            (Segment::Index(index), Value::List(items)) => items.get(*index),
            _ => None,
        })
    }

    /// The entry of a map by its name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Self> {
        self.entry(name).map(|(_, node)| node)
    }

    /// The entry of a map by its name, with its key.
    #[must_use]
    pub fn entry(&self, name: &str) -> Option<&(Key, Self)> {
        self.entries().iter().find(|(key, _)| key.name == name)
    }

    /// The same by its name or, where there is none of that name, by a key that is none of `names` and
    /// so near to it that it is meant.
    #[must_use]
    pub(super) fn entry_meant(&self, name: &str, names: &[&str]) -> Option<&(Key, Self)> {
        let meant = |key: &Key| {
            let known = names.contains(&key.name.as_str());
            !known && nearest(&key.name, names.iter().copied()) == Some(name)
        };
        let mut first = self.entries().iter().take(COMPARED);
        self.entry(name).or_else(|| first.find(|(key, _)| meant(key)))
    }

    /// The entries of a map; none where this is no map.
    #[must_use]
    pub fn entries(&self) -> &[(Key, Self)] {
        if let Value::Map(entries) = &self.value { entries } else { &[] }
    }

    /// The string, where this is one.
    #[must_use]
    pub fn as_str(&self) -> Option<&str> {
        if let Value::String(text) = &self.value { Some(text) } else { None }
    }
}

impl From<&str> for Segment {
    fn from(name: &str) -> Self {
        Self::Key(name.to_owned())
    }
}

impl From<usize> for Segment {
    fn from(index: usize) -> Self {
        Self::Index(index)
    }
}

/// A path as people write it: `jobs.student.loss.temperature`, `hidden[1]`.
#[must_use]
pub fn path_text(path: &[Segment]) -> String {
    use fmt::Write;
    let mut text = String::new();
    for segment in path {
        if !text.is_empty() && matches!(segment, Segment::Key(_)) {
            text.push('.');
        }
        let _ = write!(text, "{segment}");
    }
    text
}

impl fmt::Display for Segment {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Key(name) => formatter.write_str(name),
            Self::Index(index) => write!(formatter, "[{index}]"),
        }
    }
}

/// A value as a message names it: `the string 'ten'`, `the number 2.5`, `a list`.
#[must_use]
pub fn describe(value: &Value) -> String {
    match value {
        Value::Null => "nothing (null)".to_owned(),
        Value::Bool(value) => value.to_string(),
        Value::Integer(value) => format!("the number {value}"),
        Value::Float(value) => format!("the number {value:?}"),
        Value::String(text) if text.is_empty() => "an empty string".to_owned(),
        Value::String(text) => format!("the string {}", quoted(text)),
        Value::List(items) if items.is_empty() => "an empty list".to_owned(),
        Value::List(_) => "a list".to_owned(),
        Value::Map(_) => "a mapping".to_owned(),
        Value::Refused => "something that is not allowed".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn node(value: Value) -> Node {
        Node { span: Span::within(0, 1, 1, 1), value }
    }

    #[test]
    fn paths_lead_to_values() {
        let list = node(Value::List(vec![node(Value::Integer(3)), node(Value::Null)]));
        let key = Key { name: "hidden".into(), span: list.span };
        let map = node(Value::Map(vec![(key, list)]));
        let path = ["hidden".into(), 0.into()];
        assert_eq!(map.at(&path).map(|node| &node.value), Some(&Value::Integer(3)));
        assert_eq!(map.at(&["hidden".into(), 2.into()]), None);
        assert_eq!(map.at(&[0.into()]), None);
        assert_eq!(map.to_json().to_string(), r#"{"hidden":[3,null]}"#);
        let path = ["jobs".into(), "a".into(), "hidden".into(), 1.into(), "x".into()];
        assert_eq!(path_text(&path), "jobs.a.hidden[1].x");
    }

    #[test]
    fn values_are_named() {
        assert_eq!(describe(&Value::Float(2.0)), "the number 2.0");
        let text = Value::String("a\u{1b}[31mb\nc".into());
        assert_eq!(describe(&text), "the string 'a\u{fffd}[31mb c'");
    }
}
