//! How names and lists are put into messages: [`quoted`], [`one_of`], [`join`].

/// The most characters of something written that a message repeats.
const SHOWN: usize = 40;

/// Something as it was written, in quotes, cut where it is long, and without control characters.
#[must_use]
pub fn quoted(text: &str) -> String {
    let mut short: String = text.chars().take(SHOWN).map(printable).collect();
    if text.chars().nth(SHOWN).is_some() {
        short.push('…');
    }
    format!("'{short}'")
}

/// A character, or what stands for it where it would disturb a terminal.
#[must_use]
pub(super) fn printable(character: char) -> char {
    match character {
        '\t' | '\n' | '\r' => ' ',
        other if crate::shown::is_plain(other) => other,
        _ => '\u{fffd}',
    }
}

/// `'a'`, `'a' or 'b'`, `'a', 'b' or 'c'`.
#[must_use]
pub(super) fn one_of(names: &[&str], joint: &str) -> String {
    join(&names.iter().map(|name| quoted(name)).collect::<Vec<_>>(), joint)
}

/// `a`, `a or b`, `a, b or c`.
#[must_use]
pub(super) fn join(parts: &[String], joint: &str) -> String {
    match parts {
        [] => String::new(),
        [only] => only.clone(),
        [most @ .., last] => format!("{} {joint} {last}", most.join(", ")),
    }
}

/// `1 item`, `2 items`.
#[must_use]
pub(super) fn count(number: u64, noun: &str) -> String {
    if number == 1 { format!("1 {noun}") } else { format!("{number} {noun}s") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_numbers_are_named() {
        assert_eq!(quoted("a\u{1b}[31mb\nc"), "'a\u{fffd}[31mb c'");
        assert_eq!(quoted(&"x".repeat(99)), format!("'{}…'", "x".repeat(40)));
        assert_eq!(one_of(&["a", "b", "c"], "or"), "'a', 'b' or 'c'");
        assert_eq!(count(1, "item") + &count(0, "item"), "1 item0 items");
    }
}
