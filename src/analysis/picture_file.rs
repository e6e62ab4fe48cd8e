//! The files of pictures: names that every file system takes, each given once ([`FileNames`]), and the
//! mark inside a picture that this program has drawn of a run ([`mark`], [`is_marked`]): a comment in
//! the file, by which it can be removed when it shows nothing any more, and no other picture is.
//!
//! Format: W3C, Portable Network Graphics, 2nd edition, sections 5.3 (chunks) and 11.3.4.3 (`tEXt`).

use crate::files::{self, Place};
use std::collections::HashSet;
use std::io::Read;

/// The bytes before the mark: those that all files begin with, and the chunk with the size.
const BEFORE: usize = 8 + 25;
/// A keyword that the format knows, and who drew it.
const TEXT: &[u8] = b"Software\0exp: figure of a run";

/// The checksum (CRC-32) of the chunk's type and data, which are always the same.
const CHECKSUM: u32 = 0xe112_cc6c;

/// The chunk with the mark: the length of its data, its type, its data, a checksum.
fn mark_chunk() -> Vec<u8> {
    let length = TEXT.len() as u32;
    [&length.to_be_bytes(), b"tEXt".as_slice(), TEXT, &CHECKSUM.to_be_bytes()].concat()
}

/// The picture with the mark.
pub(super) fn mark(png: &[u8]) -> Vec<u8> {
    let (before, after) = png.split_at(BEFORE.min(png.len()));
    [before, &mark_chunk(), after].concat()
}

/// Whether the picture at `place` has the mark.
pub(super) fn is_marked(place: &Place) -> bool {
    let mark = mark_chunk();
    let mut beginning = vec![0; BEFORE + mark.len()];
    let read = files::open_file(place).and_then(|(mut file, _)| file.read_exact(&mut beginning));
    read.is_ok() && beginning[BEFORE..] == mark
}

/// The longest name, without its number and ending.
const LONGEST: usize = 120;

/// The names that were given.
#[derive(Default)]
pub(super) struct FileNames(HashSet<String>);

impl FileNames {
    /// `words` as the name of a file, with a number where it was given before.
    pub(super) fn give(&mut self, words: &str, ending: &str) -> String {
        let safe = |letter: char| letter.is_ascii_alphanumeric() || "-_.".contains(letter);
        let parts = words.split(|letter| !safe(letter)).filter(|part| !part.is_empty());
        let mut name = parts.collect::<Vec<_>>().join("_").trim_start_matches('.').to_owned();
        name.truncate(LONGEST);
        let mut numbers = 2..;
        let mut whole = format!("{name}.{ending}");
        // Some file systems do not tell capitals from small letters.
        while !self.0.insert(whole.to_lowercase()) {
            whole = format!("{name}-{}.{ending}", numbers.next().unwrap_or(2));
        }
        whole
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_marked_picture_reads_as_before_and_says_who_drew_it() {
        let mut png = Vec::new();
        let mut encoder = png::Encoder::new(&mut png, 2, 1);
        encoder.set_color(png::ColorType::Grayscale);
        encoder.write_header().unwrap().write_image_data(&[7, 9]).unwrap();
        let marked = mark(&png);
        let mut reader = png::Decoder::new(std::io::Cursor::new(&marked)).read_info().unwrap();
        let mut pixels = [0; 2];
        reader.next_frame(&mut pixels).unwrap();
        assert_eq!(pixels, [7, 9]);
        let said = &reader.info().uncompressed_latin1_text[0];
        assert_eq!(
            (said.keyword.as_str(), said.text.as_str()),
            ("Software", "exp: figure of a run")
        );
        let folder = tempfile::tempdir().unwrap();
        let place = Place::trusted(folder.path());
        for (name, bytes, ours) in
            [("a", &marked, true), ("b", &png, false), ("c", &Vec::new(), false)]
        {
            std::fs::write(place.join(name), bytes).unwrap();
            assert_eq!(is_marked(&place.join(name)), ours, "{name}");
        }
    }

    #[test]
    fn names_are_safe_and_differ() {
        let mut names = FileNames::default();
        for (words, name) in [
            ("bound-against-latent", "bound-against-latent.png"),
            ("Bound-against-latent", "Bound-against-latent-2.png"),
            ("bound-against-latent", "bound-against-latent-3.png"),
            ("errors/mean-against-network.hidden[0]", "errors_mean-against-network.hidden_0.png"),
            ("../up\u{e9}", "_up.png"),
        ] {
            assert_eq!(names.give(words, "png"), name);
        }
        assert_eq!(names.give(&"x".repeat(300), "csv").len(), LONGEST + 4);
    }
}
