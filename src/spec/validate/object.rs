//! Mappings and lists: keys that are unknown or missing, and how many items there are.

use super::checker::Checker;
use super::schema;
use super::schema::about;
use crate::spec::node::{Key, Node};
use crate::spec::suggest::{known, nearest, pair, question, same};
use crate::spec::words::{count, quoted};
use serde_json::{Map, Value};

impl Checker<'_> {
    pub(super) fn object(&mut self, node: &Node, entries: &[(Key, Node)], schema: &Value) {
        let nothing = Map::new();
        let properties = schema.get("properties").and_then(Value::as_object).unwrap_or(&nothing);
        let others = schema.get("additionalProperties");
        let mut meant = Vec::new();
        for (key, value) in entries {
            let segment = key.name.as_str().into();
            match (properties.get(&key.name), others) {
                (Some(schema), _) => self.descend(segment, key.span, value, schema),
                (None, Some(Value::Bool(false))) => {
                    let near = self.unknown(key, node, properties);
                    let free =
                        near.filter(|name| node.get(name).is_none() && !meant.contains(name));
                    if let Some((name, schema)) =
                        free.and_then(|name| properties.get_key_value(name))
                    {
                        meant.push(name.as_str());
                        self.misspelt(key, name, value, schema);
                    }
                }
                (None, Some(schema @ Value::Object(_))) => {
                    self.descend(segment, key.span, value, schema);
                }
                (None, _) => {}
            }
        }
        let required = schema.get("required").and_then(Value::as_array).into_iter().flatten();
        for name in required.filter_map(Value::as_str) {
            // where a misspelt key is reported, it is not missing as well
            if node.get(name).is_none() && !meant.contains(&name) {
                let message = format!("missing key {} {}", quoted(name), self.inside());
                let help = properties.get(name).and_then(about);
                self.report_at(self.holder(), message, help.map(|text| format!("{name}: {text}")));
                self.blame(Some(name));
            }
        }
        self.size(
            node,
            entries.len() as u64,
            "entry",
            "entries",
            schema,
            ["minProperties", "maxProperties"],
        );
    }

    /// Reports a key that is not among the properties; the answer is the one that is meant.
    fn unknown<'a>(
        &mut self,
        key: &Key,
        node: &Node,
        properties: &'a Map<String, Value>,
    ) -> Option<&'a str> {
        if self.problems.is_past(key.span) {
            self.report_at(key.span, String::new(), None);
            return None;
        }
        let names = || properties.keys().map(String::as_str);
        let message = format!("unknown key {} {}", quoted(&key.name), self.inside());
        if let Some([one, other]) = pair(&key.name, |name| properties.contains_key(name)) {
            self.report_at(key.span, message, Some(format!("write '{one}' and '{other}'")));
            return None;
        }
        let near = nearest(&key.name, names());
        let meant = near.map(str::to_owned).or_else(|| self.deeper(&key.name, node, properties));
        let help = match meant {
            Some(meant) => question(&meant),
            None => known(&names().collect::<Vec<_>>()),
        };
        self.report_at(key.span, message, Some(help));
        near
    }

    /// The key in one of the properties that has this name, or means the same, and can be written there
    /// as it stands: `optimiser.rate` for `lr`.
    fn deeper(&self, name: &str, node: &Node, properties: &Map<String, Value>) -> Option<String> {
        properties.iter().find_map(|(outer, schema)| {
            let written = node.get(outer).map(Node::to_json);
            let fits = |variant: &Map<String, Value>| {
                let mut constants =
                    variant.iter().filter_map(|(key, of)| Some((key, of.get("const")?)));
                constants.all(|(key, value)| {
                    written.as_ref().is_some_and(|it| it.get(key) == Some(value))
                })
            };
            let variants = schema::variants(self.root, schema);
            let inner = variants.iter().find_map(|variant| {
                let variant = variant.get("properties")?.as_object().filter(|it| fits(it))?;
                let keys: Vec<&str> = variant.keys().map(String::as_str).collect();
                let two = pair(name, |name| keys.contains(&name)).map(|[one, _]| one);
                same(name, &keys).or(two).map(str::to_owned)
            })?;
            Some(format!("{outer}.{inner}"))
        })
    }

    /// Checks the value of a misspelt key as that of the one that is meant.
    fn misspelt(&mut self, key: &Key, name: &str, value: &Node, schema: &Value) {
        if self.path.is_empty() {
            self.meant.insert(key.name.clone(), name.to_owned());
        }
        self.descend(name.into(), key.span, value, schema);
    }

    pub(super) fn list(&mut self, node: &Node, items: &[Node], schema: &Value) {
        let first = schema.get("prefixItems").and_then(Value::as_array);
        for (index, item) in items.iter().enumerate() {
            let own = first.and_then(|schemas| schemas.get(index));
            if let Some(schema) = own.or(schema.get("items")) {
                self.descend(index.into(), item.span, item, schema);
            }
        }
        self.size(node, items.len() as u64, "item", "items", schema, ["minItems", "maxItems"]);
    }

    fn size(
        &mut self,
        node: &Node,
        size: u64,
        one: &str,
        many: &str,
        schema: &Value,
        [least, most]: [&str; 2],
    ) {
        let bound = |key: &str| schema.get(key).and_then(Value::as_u64);
        let (least, most) = (bound(least), bound(most));
        if least.is_none_or(|least| size >= least) && most.is_none_or(|most| size <= most) {
            return;
        }
        let named = |number: u64| {
            if number == 1 { count(1, one) } else { format!("{number} {many}") }
        };
        let wanted = match (least, most) {
            (Some(least), Some(most)) if least == most => named(least),
            (Some(least), Some(most)) => format!("{least} to {}", named(most)),
            (Some(least), None) => format!("at least {}", named(least)),
            (None, most) => format!("at most {}", named(most.unwrap_or(u64::MAX))),
        };
        let found = if size == 0 { "is empty".to_owned() } else { format!("has {size}") };
        self.report(node, format!("{} must have {wanted}, and {found}", self.field()), None);
    }
}
