//! The text of a value by what it means, to be hashed: [`canonical`].

use serde_json::Value;

/// A value as one line of JSON in which the keys are sorted and equal numbers are written alike (`1`
/// and `1.0`), so that values that mean the same have the same text.
#[must_use]
pub fn canonical(value: &Value) -> String {
    let mut text = String::new();
    write(value, &mut text);
    text
}

fn write(value: &Value, text: &mut String) {
    match value {
        Value::Object(entries) => {
            let mut entries: Vec<_> = entries.iter().collect();
            entries.sort_by_key(|(key, _)| *key);
            text.push('{');
            for (index, (key, value)) in entries.into_iter().enumerate() {
                if index > 0 {
                    text.push(',');
                }
                write(&Value::from(key.as_str()), text);
                text.push(':');
                write(value, text);
            }
            text.push('}');
        }
        Value::Array(items) => {
            text.push('[');
            for (index, item) in items.iter().enumerate() {
                if index > 0 {
                    text.push(',');
                }
                write(item, text);
            }
            text.push(']');
        }
        Value::Number(number) => match number.as_f64().filter(|_| number.is_f64()) {
            // a whole float that an integer can say exactly; below 2^63, so that the cast is exact
            Some(float) if float.fract() == 0.0 && float.abs() < 9.2e18 => {
                text.push_str(&(float as i64).to_string());
            }
            _ => text.push_str(&number.to_string()),
        },
        other => text.push_str(&other.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn meaning_alone_counts() {
        let one = json!({ "b": [1, 2.5, "x"], "a": { "d": null, "c": 4.0 }, "z": -0.0 });
        let other = json!({ "z": 0, "a": { "c": 4, "d": null }, "b": [1.0, 2.5, "x"] });
        assert_eq!(canonical(&one), canonical(&other));
        assert_eq!(canonical(&one), r#"{"a":{"c":4,"d":null},"b":[1,2.5,"x"],"z":0}"#);
        for different in [json!("1"), json!([1]), json!(1.000_000_1), json!(true), json!(u64::MAX)]
        {
            assert_ne!(canonical(&different), canonical(&json!(1)));
        }
        assert_eq!(canonical(&json!("a\"\n")), r#""a\"\n""#);
    }
}
