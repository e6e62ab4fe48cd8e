//! The words of records that become parts of paths, checked as they are read: keys ([`key`],
//! [`group`](key)), names of jobs ([`job_name`], [`job_names`]). A record may come from anywhere; one
//! in which such a word has another form is damaged.

use serde::de::Error;
use serde::{Deserialize, Deserializer};

/// The digits of a key.
const KEY_DIGITS: usize = 32;
/// The longest name, in bytes: that of a file.
const LONGEST: usize = 255;

/// Whether a word is a key: 32 hexadecimal digits.
#[must_use]
pub(crate) fn is_key(word: &str) -> bool {
    word.len() == KEY_DIGITS && word.bytes().all(|it| matches!(it, b'0'..=b'9' | b'a'..=b'f'))
}

/// Whether a word can name a job or a run: letters, digits, `_`, `-` and `.`, and it begins with a
/// letter, a digit or `_`.
#[must_use]
pub(crate) fn is_name(word: &str) -> bool {
    let fits = |letter: u8| letter.is_ascii_alphanumeric() || b"_-.".contains(&letter);
    !word.is_empty()
        && word.len() <= LONGEST
        && !word.starts_with(['.', '-'])
        && word.bytes().all(fits)
}

/// Reads a key.
pub(crate) fn key<'de, D: Deserializer<'de>>(from: D) -> Result<String, D::Error> {
    let word = String::deserialize(from)?;
    if is_key(&word) {
        return Ok(word);
    }
    Err(D::Error::custom(format!("'{}' is no key ({KEY_DIGITS} hexadecimal digits)", shown(&word))))
}

/// Reads a name.
pub(crate) fn name<'de, D: Deserializer<'de>>(from: D) -> Result<String, D::Error> {
    checked(String::deserialize(from)?)
}

/// Reads a list of names.
pub(crate) fn names<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<String>, D::Error> {
    Vec::<String>::deserialize(from)?.into_iter().map(checked).collect()
}

fn checked<E: Error>(word: String) -> Result<String, E> {
    if is_name(&word) {
        return Ok(word);
    }
    Err(E::custom(format!("'{}' is no name of a job or run", shown(&word))))
}

/// A word as it can stand in a message.
fn shown(word: &str) -> String {
    word.chars().take(40).flat_map(char::escape_debug).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_digits_and_names_are_names() {
        assert!(is_key("0123456789abcdef0123456789abcdef"));
        for other in
            ["", "k", "../../../../outside/decoy/file/x", "0123456789ABCDEF0123456789ABCDEF"]
        {
            assert!(!is_key(other), "{other}");
        }
        assert!(is_name("student.teachers-2_b"));
        for other in
            ["", ".", "..", ".lock", "-x", "a/b", "../a", "/a", "a\0", "a b", "ä", "\u{1b}[2J"]
        {
            assert!(!is_name(other), "{other:?}");
        }
        assert!(!is_name(&"x".repeat(256)));
    }
}
