//! What a plain (unquoted) scalar means, by the core schema of YAML 1.2: [`resolve`].
//!
//! So `yes` is a string and `1e-3` is a number, unlike in YAML 1.1.

use super::node::Value;

/// The value of a plain scalar, or what is wrong with it and what to do.
pub(super) fn resolve(text: &str) -> Result<Value, (String, String)> {
    Ok(match text {
        "" | "~" | "null" | "Null" | "NULL" => Value::Null,
        "true" | "True" | "TRUE" => Value::Bool(true),
        "false" | "False" | "FALSE" => Value::Bool(false),
        _ if is_integer(text) => match integer(text) {
            Some(value) => Value::Integer(value),
            None => {
                return Err((
                    format!("the integer {} is out of range", shortened(text)),
                    format!("integers go from {} to {} (64 bits, signed)", i64::MIN, i64::MAX),
                ));
            }
        },
        _ if is_special(text) => {
            return Err((
                format!("{text} is not a finite number"),
                "NaN and infinity are not allowed".to_owned(),
            ));
        }
        _ if is_float(text) => match text.parse::<f64>() {
            Ok(value) if value.is_finite() => Value::Float(value),
            // past what a float can hold: no number, as serde_yaml has it too
            _ => Value::String(text.to_owned()),
        },
        _ => Value::String(text.to_owned()),
    })
}

fn shortened(text: &str) -> String {
    if text.len() <= 40 { text.to_owned() } else { format!("{}…", &text[..40]) }
}

fn unsigned(text: &str) -> &str {
    text.strip_prefix(['-', '+']).unwrap_or(text)
}

fn all_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_integer(text: &str) -> bool {
    let of_base = |prefix, base| {
        text.strip_prefix(prefix)
            .is_some_and(|rest| !rest.is_empty() && rest.chars().all(|c| c.is_digit(base)))
    };
    all_digits(unsigned(text)) || of_base("0x", 16) || of_base("0o", 8)
}

fn integer(text: &str) -> Option<i64> {
    if let Some(digits) = text.strip_prefix("0x") {
        return i64::from_str_radix(digits, 16).ok();
    }
    if let Some(digits) = text.strip_prefix("0o") {
        return i64::from_str_radix(digits, 8).ok();
    }
    text.parse().ok()
}

/// `[-+]? ( \. [0-9]+ | [0-9]+ ( \. [0-9]* )? ) ( [eE] [-+]? [0-9]+ )?`
fn is_float(text: &str) -> bool {
    let (number, exponent) = match unsigned(text).split_once(['e', 'E']) {
        Some((number, exponent)) => (number, Some(exponent)),
        None => (unsigned(text), None),
    };
    let number_holds = match number.split_once('.') {
        None => all_digits(number),
        Some(("", fraction)) => all_digits(fraction),
        Some((whole, fraction)) => {
            all_digits(whole) && (fraction.is_empty() || all_digits(fraction))
        }
    };
    number_holds && exponent.is_none_or(|exponent| all_digits(unsigned(exponent)))
}

fn is_special(text: &str) -> bool {
    matches!(unsigned(text), ".inf" | ".Inf" | ".INF") || matches!(text, ".nan" | ".NaN" | ".NAN")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_those_of_yaml_1_2() {
        for (text, value) in [
            ("12", 12),
            ("-3", -3),
            ("+3", 3),
            ("007", 7),
            ("0x1F", 31),
            ("0o17", 15),
            ("-9223372036854775808", i64::MIN),
        ] {
            assert_eq!(resolve(text), Ok(Value::Integer(value)), "{text}");
        }
        for (text, value) in [
            ("1e-3", 1e-3),
            ("4.0", 4.0),
            ("1.", 1.0),
            (".5", 0.5),
            ("-1.5E+2", -150.0),
            ("1e3", 1e3),
        ] {
            assert_eq!(resolve(text), Ok(Value::Float(value)), "{text}");
        }
    }

    #[test]
    fn what_only_looks_like_a_number_is_a_string() {
        for text in [
            "1_000", "1e999", "yes", "no", "on", "inf", "nan", "0x", "0b1", "1e", ".", "-", "+.e1",
            "12:30",
        ] {
            assert_eq!(resolve(text), Ok(Value::String(text.into())), "{text}");
        }
    }

    #[test]
    fn numbers_without_end_are_refused() {
        for text in ["9223372036854775808", "0xffffffffffffffff", ".inf", "-.INF", ".nan"] {
            assert!(resolve(text).is_err(), "{text}");
        }
    }
}
