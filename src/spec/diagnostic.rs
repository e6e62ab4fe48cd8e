//! What is wrong with a spec, and how it is shown: [`Diagnostic`] and [`Diagnostics`], which hold all that
//! one pass finds and show each with its line and a caret.

use super::excerpt::excerpt;
use super::source::{SourceText, Sources, Span};
use super::words::printable;
use std::fmt;
use std::sync::Arc;

/// The most problems that are kept and shown; further ones are counted.
const SHOWN: usize = 50;
/// The most characters of a message or a help.
const LONGEST: usize = 1000;

/// One thing that is wrong, where, and what to do about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    pub message: String,
    pub span: Option<Span>,
    pub help: Option<String>,
    /// Whether it is only that data are not here: elsewhere nothing may be wrong.
    pub absent: bool,
}

impl Diagnostic {
    /// A problem at a place.
    #[must_use]
    pub fn at(span: Span, message: impl Into<String>) -> Self {
        Self { message: message.into(), span: Some(span), help: None, absent: false }
    }

    /// A problem without a place, such as a file that is not there.
    #[must_use]
    pub fn anywhere(message: impl Into<String>) -> Self {
        Self { message: message.into(), span: None, help: None, absent: false }
    }

    /// The same with a line of help (where there is one).
    #[must_use]
    pub fn help(mut self, help: impl Into<Option<String>>) -> Self {
        self.help = help.into();
        self
    }

    /// The same, being only that data are not here.
    #[must_use]
    pub fn absent(mut self, absent: bool) -> Self {
        self.absent = absent;
        self
    }
}

/// The problems of one spec, in the order of their places: those without one, the file from its first
/// line to its last, each argument of `--set`.
///
/// As an error it shows all of them (the first 50), in the manner of `rustc`.
#[derive(Debug, Clone, Default)]
pub struct Diagnostics {
    sources: Sources,
    list: Vec<Diagnostic>,
    unshown: usize,
}

impl Diagnostics {
    /// None yet, in no source yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes a text that spans may point into; the answer is its index for [`Span::source`].
    pub fn add_source(&mut self, source: SourceText) -> usize {
        self.sources.push(Arc::new(source));
        self.sources.len() - 1
    }

    /// The texts that were taken.
    #[must_use]
    pub fn sources(&self) -> &[Arc<SourceText>] {
        &self.sources
    }

    pub fn push(&mut self, problem: Diagnostic) {
        if self.list.contains(&problem) {
            return;
        }
        let rank = |problem: &Diagnostic| problem.span.map(|span| (span.source, span.start));
        let index = self.list.partition_point(|other| rank(other) <= rank(&problem));
        self.list.insert(index, problem);
        if self.list.len() > SHOWN {
            self.list.pop();
            self.unshown += 1;
        }
    }

    /// Whether a problem at this place would only be counted, so that no help for it is needed.
    #[must_use]
    pub fn is_past(&self, span: Span) -> bool {
        let last = self.list.get(SHOWN - 1).and_then(|problem| problem.span);
        last.is_some_and(|last| (last.source, last.start) <= (span.source, span.start))
    }

    pub(super) fn extend(&mut self, problems: impl IntoIterator<Item = Diagnostic>) {
        problems.into_iter().for_each(|problem| self.push(problem));
    }

    /// An empty collection that points into the same sources: for what may be thrown away.
    pub(super) fn scratch(&self) -> Self {
        Self { sources: self.sources.clone(), ..Self::default() }
    }

    /// Takes what another collection holds, which points into the same sources.
    pub(super) fn append(&mut self, other: Self) {
        self.unshown += other.unshown;
        self.extend(other.list);
    }

    /// The problems themselves (the first 50).
    #[must_use]
    pub fn list(&self) -> &[Diagnostic] {
        &self.list
    }

    /// How many there are, also those past the first 50.
    #[must_use]
    pub fn len(&self) -> usize {
        self.list.len() + self.unshown
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// The end of a pass.
    ///
    /// # Errors
    /// These problems, where there are any.
    pub fn finish(self) -> Result<(), Self> {
        if self.is_empty() { Ok(()) } else { Err(self) }
    }
}

impl std::error::Error for Diagnostics {}

impl fmt::Display for Diagnostics {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, problem) in self.list.iter().enumerate() {
            if index > 0 {
                formatter.write_str("\n\n")?;
            }
            write!(formatter, "error: {}", bounded(&problem.message))?;
            if let Some(span) = problem.span
                && let Some(source) = self.sources.get(span.source)
            {
                excerpt(formatter, source, span)?;
            }
            if let Some(help) = &problem.help {
                write!(formatter, "\n  help: {}", bounded(help))?;
            }
        }
        if self.unshown > 0 {
            write!(formatter, "\n\n… and {} more", self.unshown)?;
        }
        Ok(())
    }
}

/// A message, cut where it is very long, and without what would disturb a terminal.
fn bounded(text: &str) -> String {
    let keep = |c| if c == '\n' { c } else { printable(c) };
    let mut short: String = text.chars().take(LONGEST).map(keep).collect();
    if text.chars().nth(LONGEST).is_some() {
        short.push('…');
    }
    short
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(name: &str, text: &str, span: Span) -> String {
        let mut problems = Diagnostics::new();
        problems.add_source(SourceText { name: name.into(), text: text.into() });
        problems.push(Diagnostic::at(span, "odd").help("even it".to_owned()));
        problems.to_string()
    }

    #[test]
    fn a_problem_is_shown_with_its_line() {
        assert_eq!(
            shown("x.yaml", "a: 1\nb: [2]\n", Span::within(0, 2, 4, 3)),
            "error: odd\n  --> x.yaml:2:4\n   |\n 2 | b: [2]\n   |    ^^^\n  help: even it"
        );
        assert_eq!(
            shown("--set", "b=ten", Span::within(0, 1, 3, 3)),
            "error: odd\n  --> --set, column 3\n  |\n  | b=ten\n  |   ^^^\n  help: even it"
        );
    }

    #[test]
    fn wide_and_long_lines_keep_the_caret_below() {
        let text = format!("{}X{}", "界".repeat(3), "y".repeat(10));
        assert!(shown("x", &text, Span::within(0, 1, 4, 1)).contains("\n   |       ^\n"));
        let text = format!("{}X{}", "a".repeat(5000), "b".repeat(5000));
        let all = shown("x", &text, Span::within(0, 1, 5001, 1));
        let lines: Vec<&str> = all.lines().collect();
        let column = lines[3].chars().position(|c| c == 'X');
        assert_eq!(column, lines[4].chars().position(|c| c == '^'));
        assert!(lines[3].chars().count() < 120);
        let text = format!("{}X{}", "界".repeat(500), "語".repeat(500));
        let all = shown("x", &text, Span::within(0, 1, 501, 1));
        let lines: Vec<&str> = all.lines().collect();
        let before = lines[3].split('X').next().map(console::measure_text_width);
        assert_eq!(before, lines[4].find('^'));
        assert!(console::measure_text_width(lines[3]) < 110, "{all}");
    }

    #[test]
    fn places_outside_the_text_do_no_harm() {
        for (line, column) in [(9, 9), (1, 99), (2, 1)] {
            assert!(shown("x", "a\tb", Span::within(0, line, column, 0)).contains('^'));
        }
    }

    #[test]
    fn problems_are_in_the_order_of_their_places() {
        let mut problems = Diagnostics::new();
        for (source, line, column) in [(1, 1, 1), (0, 2, 5), (0, 10, 1), (0, 2, 1)] {
            problems.push(Diagnostic::at(Span::within(source, line, column, 1), "odd"));
        }
        problems.push(Diagnostic::anywhere("no file"));
        let place = |problem: &Diagnostic| problem.span.map(|span| (span.source, span.start.line));
        let places: Vec<_> = problems.list().iter().map(place).collect();
        assert_eq!(places, [None, Some((0, 2)), Some((0, 2)), Some((0, 10)), Some((1, 1))]);
        assert_eq!(problems.list()[1].span.map(|span| span.start.column), Some(1));
        (0..99).for_each(|line| {
            problems.push(Diagnostic::at(Span::within(0, 1000 - line, 1, 1), "late"));
        });
        assert_eq!((problems.len(), problems.list().len()), (104, 50));
        assert_eq!(
            place(&problems.list()[49]),
            Some((0, 947)),
            "those of the first lines are kept"
        );
    }

    #[test]
    fn too_many_are_counted() {
        let mut problems = Diagnostics::new();
        (0..70).for_each(|index| problems.push(Diagnostic::anywhere(index.to_string())));
        assert_eq!(problems.len(), 70);
        assert!(problems.to_string().ends_with("error: 49\n\n… and 20 more"));
        assert!(problems.finish().is_err());
    }
}
