//! The place that a problem is about, as people are shown it: [`excerpt`], the line with a caret below it.

use super::source::{SourceText, Span};
use super::words::printable;
use std::fmt;

/// The most columns of a line that are shown, and how many of them before the caret.
const WIDTH: usize = 96;
const BEFORE: usize = 48;

/// The place, the line and the caret.
pub(super) fn excerpt(
    formatter: &mut fmt::Formatter<'_>,
    source: &SourceText,
    span: Span,
) -> fmt::Result {
    let number = if source.is_argument() { String::new() } else { span.start.line.to_string() };
    let gutter = number.len();
    if source.is_argument() {
        write!(formatter, "\n  --> --set, column {}", span.start.column)?;
    } else {
        let name: String = source.name.chars().map(printable).collect();
        write!(formatter, "\n  --> {name}:{}:{}", span.start.line, span.start.column)?;
    }
    let (line, skipped, width) = cut(source.line(span.start.line), span);
    write!(formatter, "\n {:gutter$} |\n {number} | {line}", "")?;
    write!(formatter, "\n {:gutter$} | {:skipped$}{}", "", "", "^".repeat(width))
}

/// What of a line is shown, and the caret below it: the columns before it and its width.
fn cut(line: &str, span: Span) -> (String, usize, usize) {
    let characters: Vec<char> = line.chars().map(printable).collect();
    let length = characters.len();
    let caret = (span.start.column - 1).min(length);
    let end = if span.end.line > span.start.line { length } else { span.end.column - 1 };
    let part = |from: usize, to: usize| characters[from..to.max(from)].iter().collect::<String>();
    let columns = |from: usize, to: usize| console::measure_text_width(&part(from, to));
    let whole = length <= WIDTH && columns(0, length) <= WIDTH;
    let (mut first, mut last) = (caret, caret);
    while first > 0 && (whole || columns(first - 1, caret) <= BEFORE) {
        first -= 1;
    }
    while last < length && (whole || columns(first, last + 1) <= WIDTH) {
        last += 1;
    }
    let mut shown = part(first, last);
    let mut skipped = columns(first, caret);
    let marked = console::measure_text_width(part(caret, end.min(last)).trim_end()).max(1);
    if first > 0 {
        shown.insert(0, '…');
        skipped += 1;
    }
    if last < length {
        shown.push('…');
    }
    (shown.trim_end().to_owned(), skipped, marked)
}
