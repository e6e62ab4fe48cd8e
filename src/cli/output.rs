//! What the program says. Whatever of it came from elsewhere (names of folders, what records and specs
//! hold) cannot give orders to a terminal.

use crate::shown;
use crate::streams::Stream;
use std::io::{self, IsTerminal, Write};

/// Writes to standard output, with a newline at the end.
pub fn say(text: &str) {
    put(Stream::Output, &shown::text(text));
}

/// Writes to standard output what programs read: to the letter, unless a person looks.
pub(super) fn hand_on(text: &str) {
    if io::stdout().is_terminal() { say(text) } else { put(Stream::Output, text) }
}

/// Writes to standard error, with a newline at the end.
pub fn complain(text: &str) {
    put(Stream::Error, &shown::text(text));
}

/// Writes to one of the two; what cannot be written is [noted](crate::streams::lost) there.
pub(super) fn put(mut stream: Stream, text: &str) {
    let text = [text.trim_end_matches('\n'), "\n"].concat();
    let _ = stream.write_all(text.as_bytes()).and_then(|()| stream.flush());
}

/// Says what a person should know besides, on standard error.
pub(super) fn notes(notes: &[String]) {
    for note in notes {
        complain(&format!("note: {note}"));
    }
}

/// Lines with their columns under each other, two blanks between them.
pub(super) fn columns(rows: &[Vec<String>]) -> String {
    let plain = |cell: &String| shown::line(cell).into_owned();
    let rows: Vec<Vec<String>> = rows.iter().map(|row| row.iter().map(plain).collect()).collect();
    let count = rows.iter().map(Vec::len).max().unwrap_or(0);
    let width = |column: usize| {
        let cells = rows.iter().filter_map(|row| row.get(column));
        cells.map(|cell| cell.chars().count()).max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..count).map(width).collect();
    let mut text = String::new();
    for row in &rows {
        let cells = row.iter().zip(&widths).map(|(cell, width)| format!("{cell:<width$}"));
        let line = cells.collect::<Vec<_>>().join("  ");
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}
