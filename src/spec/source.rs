//! Where a spec came from and where in it something stands: [`SourceText`], [`Place`] and [`Span`].

use std::sync::Arc;

/// The name of the source that an argument of `--set` makes.
pub const ARGUMENT: &str = "--set";

/// A text that problems can point into: a file, or one argument of `--set`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceText {
    /// The path as it was typed, or [`ARGUMENT`].
    pub name: String,
    /// All of the text.
    pub text: String,
}

/// The sources of one spec; a [`Span`] says which by its index.
pub type Sources = Vec<Arc<SourceText>>;

/// A position: line and column, both counted from 1, the column in characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    pub line: usize,
    pub column: usize,
}

/// A stretch of a source, from `start` up to and without `end`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    /// The index of the source among the [`Sources`].
    pub source: usize,
    pub start: Place,
    pub end: Place,
}

impl SourceText {
    /// Whether this is an argument of `--set`, where a line number would say nothing.
    #[must_use]
    pub fn is_argument(&self) -> bool {
        self.name == ARGUMENT
    }

    /// The text of a line (counted from 1), without its end; empty where there is no such line.
    #[must_use]
    pub fn line(&self, number: usize) -> &str {
        let mut rest = self.text.as_str();
        for _ in 1..number {
            let Some(end) = rest.find(['\n', '\r']) else { return "" };
            let width = if rest[end..].starts_with("\r\n") { 2 } else { 1 };
            rest = &rest[end + width..];
        }
        rest.split(['\n', '\r']).next().unwrap_or("")
    }

    /// The place of a byte of the text.
    #[must_use]
    pub fn place(&self, byte: usize) -> Place {
        let before = self.text.get(..byte).unwrap_or(&self.text);
        let line = before.replace("\r\n", "\n").matches(['\n', '\r']).count() + 1;
        let start = before.rfind(['\n', '\r']).map_or(0, |end| end + 1);
        Place { line, column: before[start..].chars().count() + 1 }
    }
}

impl Span {
    /// A stretch of one line.
    #[must_use]
    pub fn within(source: usize, line: usize, column: usize, width: usize) -> Self {
        Self { source, start: Place { line, column }, end: Place { line, column: column + width } }
    }

    /// This stretch where it is within one line, and the other one where it is not: something over
    /// many lines is better named than underlined.
    #[must_use]
    pub fn or_on_one_line(self, other: Self) -> Self {
        if self.start.line == self.end.line { self } else { other }
    }

    /// The place to name for a value here below this key: the key, or the value where an override has
    /// put it below a key of the file.
    #[must_use]
    pub fn holder(self, key: Self) -> Self {
        if self.is_in_argument() && !key.is_in_argument() { self } else { key }
    }

    /// Whether this is in an argument of `--set`: the file is the first source.
    #[must_use]
    pub fn is_in_argument(self) -> bool {
        self.source > 0
    }

    /// Whether this is in the same source as another one.
    #[must_use]
    pub fn is_beside(self, other: Self) -> bool {
        self.source == other.source
    }
}

/// Characters that nobody types: control characters, and line ends that not all of YAML agrees on.
pub(super) fn is_odd(character: char) -> bool {
    character.is_control() || is_line_end(character)
}

/// The line ends that YAML 1.1 knows and YAML 1.2 does not.
pub(super) fn is_line_end(character: char) -> bool {
    matches!(character, '\u{85}' | '\u{2028}' | '\u{2029}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_end_as_yaml_says() {
        let text = "a: 1\r\nb: 2\rc: 3\nd".to_owned();
        let source = SourceText { name: "x.yaml".into(), text };
        let lines: Vec<_> = (1..=5).map(|number| source.line(number)).collect();
        assert_eq!(lines, ["a: 1", "b: 2", "c: 3", "d", ""]);
        assert_eq!(source.place(0), Place { line: 1, column: 1 });
        assert_eq!(source.place(7), Place { line: 2, column: 2 });
        assert_eq!(source.place(999), Place { line: 4, column: 2 });
    }
}
