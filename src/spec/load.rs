//! From a file, its bytes or a text to a [`Node`]: [`load_file`], [`load_bytes`] and [`load_text`],
//! which refuse what is too large or no text before it is parsed.

use super::diagnostic::{Diagnostic, Diagnostics};
use super::node::{Node, Value, describe};
use super::source::{Place, SourceText, Span, is_odd};
use super::suggest::nearest;
use super::tree;
use std::fs::File;
use std::io::{self, Read};
use std::os::unix::fs::FileTypeExt;
use std::path::Path;

/// The most bytes of a spec.
pub const MAX_BYTES: usize = 1 << 20;

/// Reads a spec: a mapping of keys to values.
///
/// The answer is `None` where what was found makes no sense of the rest; otherwise the tree is whole
/// enough to look for further problems.
pub fn load_file(path: &Path, problems: &mut Diagnostics) -> Option<Node> {
    let name = path.display().to_string();
    match read(path) {
        Ok(bytes) => load_bytes(&name, bytes, problems),
        Err(error) => {
            problems.push(unreadable(path, &name, &error));
            None
        }
    }
}

/// The same for the bytes of a file; `name` is what problems call it.
pub fn load_bytes(name: &str, bytes: Vec<u8>, problems: &mut Diagnostics) -> Option<Node> {
    match String::from_utf8(bytes) {
        Ok(text) => load_text(name, &text, problems),
        Err(error) => {
            not_text(name, &error, problems);
            None
        }
    }
}

/// The same for a text that was read from somewhere; `name` is what problems call it.
pub fn load_text(name: &str, text: &str, problems: &mut Diagnostics) -> Option<Node> {
    if text.len() > MAX_BYTES {
        problems.push(too_large(name));
        return None;
    }
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let source = SourceText { name: name.to_owned(), text: text.to_owned() };
    let control = control_character(&source);
    let index = problems.add_source(source);
    if let Some((place, character)) = control {
        let span = Span::within(index, place.line, place.column, 1);
        let message =
            format!("the control character U+{:04X} is not allowed in a spec", character as u32);
        problems.push(Diagnostic::at(span, message));
        return None;
    }
    match tree::parse(text, index, problems).ok()? {
        None => {
            let help = "a spec is a mapping with the keys 'name' and 'jobs'; see `exp kinds`";
            problems.push(Diagnostic::anywhere(format!("{name} is empty")).help(help.to_owned()));
            None
        }
        Some(node) if matches!(node.value, Value::Map(_)) => Some(node),
        Some(Node { value: Value::Refused, .. }) => None,
        Some(node) => {
            let message = format!(
                "a spec is a mapping of keys to values, and this is {}",
                describe(&node.value)
            );
            problems.push(
                Diagnostic::at(node.span, message)
                    .help("it starts with 'name: …' and 'jobs:'".to_owned()),
            );
            None
        }
    }
}

/// All bytes of a file, or one more than are allowed.
fn read(path: &Path) -> io::Result<Vec<u8>> {
    // Looked at first: to open a named pipe that nobody writes to would be to wait. What a shell
    // hands over as a pipe lies in /dev.
    let metadata = std::fs::metadata(path)?;
    if metadata.is_dir() {
        return Err(io::ErrorKind::IsADirectory.into());
    }
    if metadata.file_type().is_fifo() && !path.starts_with("/dev") && !path.starts_with("/proc") {
        return Err(io::Error::other("it is a named pipe; give a file, or /dev/stdin"));
    }
    let file = File::open(path)?;
    let mut bytes = Vec::new();
    if metadata.len() <= MAX_BYTES as u64 {
        file.take(MAX_BYTES as u64 + 1).read_to_end(&mut bytes)?;
    }
    if metadata.len() > MAX_BYTES as u64 || bytes.len() > MAX_BYTES {
        return Err(io::ErrorKind::FileTooLarge.into());
    }
    Ok(bytes)
}

fn too_large(name: &str) -> Diagnostic {
    Diagnostic::anywhere(format!("{name} is larger than a spec may be (1 MiB)"))
        .help("is this the right file?".to_owned())
}

fn unreadable(path: &Path, name: &str, error: &io::Error) -> Diagnostic {
    match error.kind() {
        io::ErrorKind::NotFound if path.is_relative() && std::env::current_dir().is_err() => {
            let message =
                format!("cannot find {name}: the folder that this was started in was deleted");
            Diagnostic::anywhere(message).help("change to one that is there".to_owned())
        }
        io::ErrorKind::NotFound => {
            Diagnostic::anywhere(format!("there is no file {name}")).help(similar_file(path))
        }
        io::ErrorKind::IsADirectory => {
            Diagnostic::anywhere(format!("{name} is a folder, and a spec is a file"))
        }
        io::ErrorKind::FileTooLarge => too_large(name),
        _ => Diagnostic::anywhere(format!("cannot read {name}: {error}")),
    }
}

/// The file of the same folder whose name is nearest.
fn similar_file(path: &Path) -> Option<String> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    let names: Vec<String> = std::fs::read_dir(folder.unwrap_or(Path::new(".")))
        .ok()?
        .take(1000)
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .filter(|name| name.contains(".y"))
        .collect();
    let near = nearest(path.file_name()?.to_str()?, names.iter().map(String::as_str))?;
    Some(format!("did you mean {}?", path.with_file_name(near).display()))
}

fn not_text(name: &str, error: &std::string::FromUtf8Error, problems: &mut Diagnostics) {
    let valid = error.utf8_error().valid_up_to();
    let bytes = error.as_bytes();
    let text = String::from_utf8_lossy(&bytes[..bytes.len().min(valid + 200)]).into_owned();
    let source = SourceText { name: name.to_owned(), text };
    let place = source.place(valid);
    let index = problems.add_source(source);
    let message = format!("this is not UTF-8 text (byte 0x{:02x})", bytes[valid]);
    problems.push(
        Diagnostic::at(Span::within(index, place.line, place.column, 1), message)
            .help("save the file as UTF-8".to_owned()),
    );
}

fn control_character(source: &SourceText) -> Option<(Place, char)> {
    source
        .text
        .char_indices()
        .find(|(_, c)| is_odd(*c) && !matches!(c, '\t' | '\n' | '\r'))
        .map(|(byte, character)| (source.place(byte), character))
}
