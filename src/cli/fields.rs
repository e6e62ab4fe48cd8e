//! The fields of settings for people to read: [`sections`], made from the schemas of the kinds.

use crate::dispatch;
use crate::job::Kind;
use crate::number::bound;
use crate::spec;
use indexmap::IndexMap;
use serde_json::{Map, Value};

/// One thing that can stand in a spec, such as the network `mlp`, and its fields.
#[derive(Clone)]
pub(super) struct Section {
    /// The field in which it is named: `kind`, or the path of one such as `network.name`.
    pub(super) field: String,
    /// Its name there.
    pub(super) name: String,
    pub(super) about: String,
    /// Name, type, default and meaning of each field.
    pub(super) rows: Vec<Vec<String>>,
}

/// The kinds, and after them what their fields choose from, each once.
pub(super) fn sections(kinds: &[&dyn Kind]) -> Vec<Section> {
    let mut sections = Vec::new();
    let mut choices: IndexMap<(String, String), Section> = IndexMap::new();
    for kind in kinds {
        let root = spec::tidy(&dispatch::of_kind(*kind));
        let mut reader = Reader { root: &root, rows: Vec::new(), choices: &mut choices };
        reader.fields("", &root);
        let (field, name, about) =
            ("kind".to_owned(), kind.name().to_owned(), kind.about().to_owned());
        sections.push(Section { field, name, about, rows: reader.rows });
    }
    sections.extend(choices.into_values());
    sections
}

/// What the choices of a list may take before they are named together.
const LONG: usize = 80;

struct Reader<'a> {
    root: &'a Value,
    rows: Vec<Vec<String>>,
    choices: &'a mut IndexMap<(String, String), Section>,
}

impl Reader<'_> {
    /// Adds a row for each field of an object; the fields of an object inside it follow its own.
    fn fields(&mut self, prefix: &str, schema: &Value) {
        let schema = self.follow(schema).clone();
        let required =
            schema.get("required").and_then(Value::as_array).cloned().unwrap_or_default();
        let empty = Map::new();
        let properties = schema.get("properties").and_then(Value::as_object).unwrap_or(&empty);
        for (name, field) in properties {
            let path = format!("{prefix}{name}");
            let default = match field.get("default") {
                Some(value) => format!("= {value}"),
                None if required.iter().any(|it| it == name.as_str()) => "required".to_owned(),
                None => String::new(),
            };
            let about = field.get("description").and_then(Value::as_str).unwrap_or_default();
            let about = about.split_whitespace().collect::<Vec<_>>().join(" ");
            let kind = self.kind(name, field);
            let target = self.follow(field).clone();
            let nested = target.get("properties").is_some() && tagged(&target).is_none();
            let default = if nested { String::new() } else { default };
            self.rows.push(vec![path.clone(), kind, default, about]);
            if nested {
                self.fields(&format!("{path}."), &target);
            }
        }
    }

    /// The type of a field in a few words; what it chooses from is taken down.
    fn kind(&mut self, name: &str, schema: &Value) -> String {
        let schema = self.follow(schema).clone();
        if let Some(values) = schema.get("enum").and_then(Value::as_array) {
            return values.iter().map(plain).collect::<Vec<_>>().join(" | ");
        }
        if let Some(value) = schema.get("const") {
            return plain(value);
        }
        let branches = ["oneOf", "anyOf"].iter().find_map(|key| schema.get(key)?.as_array());
        if let Some(branches) = branches {
            let words: Vec<String> = branches
                .iter()
                .map(|branch| {
                    let branch = self.follow(branch).clone();
                    match tagged(&branch) {
                        Some((tag, value)) => self.variant(name, &tag, value, &branch),
                        None => self.kind(name, &branch),
                    }
                })
                .collect();
            return words.join(" | ");
        }
        match schema.get("type") {
            Some(Value::Array(names)) => {
                let names = names.iter().map(|one| self.one(name, &plain(one), &schema));
                names.collect::<Vec<_>>().join(" | ")
            }
            Some(Value::String(word)) => self.one(name, word, &schema),
            _ => "anything".to_owned(),
        }
    }

    /// A single type of a field in a few words.
    fn one(&mut self, name: &str, word: &str, schema: &Value) -> String {
        match word {
            "array" => {
                // What stands in a list is named by its tag alone: the same layers stand in many.
                let of = schema.get("items").map(|items| self.kind("", items));
                let of = of.unwrap_or("anything".to_owned());
                let of = if of.len() > LONG { self.tag_of(schema, name) } else { of };
                let bound = |key: &str| schema.get(key).and_then(Value::as_u64);
                match (bound("minItems"), bound("maxItems")) {
                    (Some(low), Some(high)) if low == high => format!("list of {low} ({of})"),
                    _ => format!("list of {of}"),
                }
            }
            "object" => "fields:".to_owned(),
            _ => ranged(word, schema),
        }
    }

    /// What the items of a list are called that are too many to name: by their tag.
    fn tag_of(&self, list: &Value, name: &str) -> String {
        let items = self.follow(list.get("items").unwrap_or(&Value::Null));
        let first = items.get("oneOf").and_then(|branches| branches.get(0));
        let tag = first.and_then(|branch| tagged(self.follow(branch)));
        tag.map_or_else(|| name.to_owned(), |(tag, _)| format!("{tag}s (exp kinds {tag})"))
    }

    /// Takes down a variant of a choice, once; its name.
    fn variant(&mut self, field: &str, tag: &str, name: String, schema: &Value) -> String {
        let place = if field.is_empty() { tag.to_owned() } else { format!("{field}.{tag}") };
        let key = (place, name.clone());
        if !self.choices.contains_key(&key) {
            let about = schema.get("description").and_then(Value::as_str).unwrap_or_default();
            let about = about.split_whitespace().collect::<Vec<_>>().join(" ");
            let section =
                Section { field: key.0.clone(), name: name.clone(), about, rows: Vec::new() };
            self.choices.insert(key.clone(), section);
            let mut reader = Reader { root: self.root, rows: Vec::new(), choices: self.choices };
            let mut fields = schema.clone();
            if let Some(properties) = fields.get_mut("properties").and_then(Value::as_object_mut) {
                properties.shift_remove(tag);
            }
            reader.fields("", &fields);
            let rows = reader.rows;
            if let Some(section) = self.choices.get_mut(&key) {
                section.rows = rows;
            }
        }
        name
    }

    /// What a reference leads to.
    fn follow<'b>(&'b self, schema: &'b Value) -> &'b Value {
        let mut found = schema;
        for _ in 0..16 {
            let name = found.get("$ref").and_then(Value::as_str);
            let Some(next) = name.and_then(|name| self.root.pointer(name.strip_prefix('#')?))
            else {
                break;
            };
            found = next;
        }
        found
    }
}

/// The tag of a variant and its value: the property that can have only one.
fn tagged(schema: &Value) -> Option<(String, String)> {
    let properties = schema.get("properties")?.as_object()?;
    let only = |(name, field): (&String, &Value)| Some((name.clone(), plain(field.get("const")?)));
    properties.iter().find_map(only)
}

/// A type with the range of its values: `integer 1 to 10`, `number > 0`.
fn ranged(word: &str, schema: &Value) -> String {
    if !matches!(word, "integer" | "number") {
        return word.to_owned();
    }
    let of = |key: &str| schema.get(key).and_then(Value::as_f64);
    let (low, high) = (of("minimum"), of("maximum").filter(|high| *high < 1e15));
    if let (Some(low), Some(high)) = (low, high) {
        return format!("{word} {} to {high}", bound(low));
    }
    let bounds =
        [(">=", low), (">", of("exclusiveMinimum")), ("<=", high), ("<", of("exclusiveMaximum"))];
    let said = bounds.iter().filter_map(|(sign, bound)| Some(format!(" {sign} {}", (*bound)?)));
    std::iter::once(word.to_owned()).chain(said).collect()
}

/// A value without quotation marks.
fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}
