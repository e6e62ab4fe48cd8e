//! What the parser says about text that is not YAML, in words that help: [`explain`].

use super::diagnostic::Diagnostic;
use super::source::{Place, SourceText, Span};
use saphyr_parser::ScanError;

/// What the parser's words have in them, what it means, and what to do about it.
const MEANINGS: [(&str, &str, &str); 17] = [
    (
        "mapping values are not allowed",
        "unexpected second ':' on this line",
        "put a value that has ': ' in it in quotes, and check the indentation",
    ),
    ("did not find expected key", "expected a key here", "keys of one mapping are indented alike"),
    (
        "simple key expect",
        "expected ':' after the key",
        "write 'key: value', with a space after the ':'",
    ),
    (
        "expected ',' or ']'",
        "expected ',' or ']' in this list",
        "a list is written [a, b] and needs its ']'",
    ),
    (
        "expected ',' or '}'",
        "expected ',' or '}' in this mapping",
        "a mapping is written { key: value } and needs its '}'",
    ),
    ("unexpected end of stream", "unterminated quoted string", "add the quote that is missing"),
    ("unexpected eof", "the text ends within a list or mapping", "add the bracket that is missing"),
    (
        "invalid indentation in quoted",
        "unterminated quoted string",
        "add the quote that is missing, or indent the lines that go on",
    ),
    (
        "invalid indentation in flow",
        "a bracket that was opened above is not closed",
        "add the ']' or '}' that is missing",
    ),
    (
        "invalid indentation",
        "the indentation fits no key above",
        "indent keys of one mapping alike",
    ),
    ("tab", "a tab where YAML requires spaces", "write spaces in place of tabs"),
    ("misplaced bracket", "unmatched closing bracket", "remove it"),
    (
        "unknown escape character",
        "unknown escape sequence",
        "write '\\\\' for a backslash, or use single quotes",
    ),
    ("recursion limit", "brackets are nested too deeply", "a spec may be nested 64 deep"),
    ("illegal placement of ':'", "unexpected ':'", "is a bracket or quote above not closed?"),
    (
        "did not find expected node content",
        "expected a value here",
        "check the brackets, commas and quotes before it",
    ),
    (
        "did not find expected '-'",
        "expected '-' for a further item of this list",
        "items of one list are indented alike",
    ),
];

/// What is said where a bracket that was opened before is not closed: of any place, and of one on a
/// later line than the bracket or at the end of the text.
const UNCLOSED: [&str; 2] = ["invalid indentation in flow", "unexpected eof"];
const UNCLOSED_ABOVE: [&str; 3] = ["expected ',' or", "illegal placement of ':'", "node content"];
/// What may follow a backslash within double quotes.
const ESCAPES: &str = "0abt\tnvfre \"/\\N_LPxuU";

/// The problem that an error of the parser is. `open` is where the innermost list or mapping that is
/// not closed yet starts.
pub(super) fn explain(
    error: &ScanError,
    source: usize,
    text: &SourceText,
    open: Option<Span>,
) -> Diagnostic {
    let (line, column) = (error.marker().line().max(1), error.marker().col() + 1);
    let mut span = at_text(Span::within(source, line, column, 1), text);
    let info = error.info();
    if info.contains("simple key expect") && column <= indent(text.line(line)) + 1 {
        span = line_above(span, text);
    }
    let open = open.filter(|open| is_bracket(*open, text));
    let end = text.place(text.text.trim_end().len());
    let late = |open: Place| span.start.line > open.line || span.start >= end;
    let said = |parts: &[&str]| parts.iter().any(|part| info.contains(part));
    let unclosed = |open: &Place| said(&UNCLOSED) || (said(&UNCLOSED_ABOVE) && late(*open));
    if let Some(place) = open.map(|open| open.start).filter(unclosed) {
        let span = Span::within(source, place.line, place.column, 1);
        return Diagnostic::at(span, "not valid YAML: this bracket is not closed")
            .help("add the ']' or '}' that is missing".to_owned());
    }
    if info.contains("unknown anchor") {
        let rest = text.line(line).chars().skip(column);
        let width = 1 + rest.take_while(|c| !c.is_whitespace() && !",]}".contains(*c)).count();
        let span = Span::within(source, line, column, width);
        return Diagnostic::at(span, "YAML aliases (*name) are not supported")
            .help("write the value out, or put it in quotes".to_owned());
    }
    if info.contains("unknown escape") {
        span = escape(span, text);
    }
    let place = Span::within(source, line, column, 1);
    misplaced_tab(place, text, open.is_some()).unwrap_or_else(|| known(info, span, text))
}

/// The problem that a tab is; `within` brackets one may stand at the start of a line.
fn misplaced_tab(span: Span, text: &SourceText, within: bool) -> Option<Diagnostic> {
    let Place { line, column } = span.start;
    let tab = text.line(line).chars().take(column).position(|c| c == '\t');
    let before = |tab: &usize| text.line(line).chars().take(*tab).any(|c| !c.is_whitespace());
    if let Some(tab) = tab.filter(before) {
        // YAML itself allows most of these, the parser none of them.
        let span = Span::within(span.source, line, tab + 1, 1);
        let message = "a tab where a spec has spaces";
        return Some(
            Diagnostic::at(span, message).help("write a space in place of the tab".to_owned()),
        );
    }
    let here = tab.map(|tab| Span::within(span.source, line, tab + 1, 1));
    let place = here.or_else(|| indented_by_tab(span, text).filter(|_| !within))?;
    let help = "write spaces in place of tabs".to_owned();
    Some(Diagnostic::at(place, "not valid YAML: a tab where YAML requires spaces").help(help))
}

/// The problem that the parser's words stand for.
fn known(info: &str, span: Span, text: &SourceText) -> Diagnostic {
    if info.contains("mapping values") && colons(text.line(span.start.line)) < 2 {
        let message =
            "not valid YAML: unexpected ':', since the value before it goes on to this line";
        let help = "the line above lacks its ':', or this one is indented too far".to_owned();
        return Diagnostic::at(span, message).help(help);
    }
    match MEANINGS.iter().find(|(part, ..)| info.contains(part)) {
        Some((_, meaning, help)) => {
            Diagnostic::at(span, format!("not valid YAML: {meaning}")).help((*help).to_owned())
        }
        None if info.starts_with("unexpected character") && info.contains(['@', '`', '%']) => {
            Diagnostic::at(span, "not valid YAML: a value cannot start with '@', '`' or '%'")
                .help("put it in quotes".to_owned())
        }
        None => Diagnostic::at(span, format!("not valid YAML: {info}")),
    }
}

/// The tab in the indentation of the next line with something in it: the parser stops before it.
fn indented_by_tab(span: Span, text: &SourceText) -> Option<Span> {
    let next = span.start.line + 1;
    let number = (next..next + 20).find(|number| !text.line(*number).trim().is_empty())?;
    let line = text.line(number);
    let tab = line.chars().take_while(|c| c.is_whitespace()).position(|c| c == '\t')?;
    Some(Span::within(span.source, number, tab + 1, 1))
}

/// How many colons of a line can end a key.
fn colons(line: &str) -> usize {
    line.matches(": ").count() + usize::from(line.trim_end().ends_with(':'))
}

/// The first escape that YAML does not know in the text in double quotes that starts here.
fn escape(quote: Span, text: &SourceText) -> Span {
    let line = text.line(quote.start.line);
    let mut letters = line.chars().enumerate().skip(quote.start.column);
    while let Some((index, letter)) = letters.next() {
        if letter == '\\' && letters.next().is_some_and(|(_, next)| !ESCAPES.contains(next)) {
            return Span::within(quote.source, quote.start.line, index + 1, 2);
        }
    }
    quote
}

/// Whether a list or mapping starts with a bracket here, and not by indentation.
fn is_bracket(span: Span, text: &SourceText) -> bool {
    let first = text.line(span.start.line).chars().nth(span.start.column - 1);
    matches!(first, Some('[' | '{'))
}

/// The last line with something in it before a place: the key there lacks its ':'.
fn line_above(span: Span, text: &SourceText) -> Span {
    let says = |number: &usize| !text.line(*number).trim().is_empty();
    match (1..span.start.line).rev().take(20).find(says) {
        Some(number) => {
            let line = text.line(number);
            let width = line.trim().chars().count();
            Span::within(span.source, number, indent(line) + 1, width)
        }
        None => span,
    }
}

fn indent(line: &str) -> usize {
    line.chars().take_while(|c| c.is_whitespace()).count()
}

/// The end of the last line with something in it, where a place lies behind the text.
fn at_text(span: Span, text: &SourceText) -> Span {
    let place = text.place(text.text.trim_end().len());
    if span.start <= place {
        return span;
    }
    Span::within(span.source, place.line, place.column, 1)
}
