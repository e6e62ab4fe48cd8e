//! The mark inside a picture that this program has drawn of a run ([`put`], [`is_on`]): a comment in
//! the file, by which it can be removed when it shows nothing any more, and no other picture is.
//!
//! Format: W3C, Portable Network Graphics, 2nd edition, sections 5.3 (chunks) and 11.3.4.3 (`tEXt`).

use crate::files::{self, Place};
use std::io::Read;

/// The bytes before the mark: those that all files begin with, and the chunk with the size.
const BEFORE: usize = 8 + 25;
/// A keyword that the format knows, and who drew it.
const TEXT: &[u8] = b"Software\0exp: figure of a run";

/// The chunk with the mark: the length of its data, its type, its data, a checksum.
fn chunk() -> Vec<u8> {
    let typed = [b"tEXt", TEXT].concat();
    let (length, sum) = (TEXT.len() as u32, crc32fast::hash(&typed));
    [&length.to_be_bytes(), typed.as_slice(), &sum.to_be_bytes()].concat()
}

/// The picture with the mark.
pub(super) fn put(png: &[u8]) -> Vec<u8> {
    let (before, after) = png.split_at(BEFORE.min(png.len()));
    [before, &chunk(), after].concat()
}

/// Whether the picture at `place` has the mark.
pub(super) fn is_on(place: &Place) -> bool {
    let mark = chunk();
    let mut beginning = vec![0; BEFORE + mark.len()];
    let read = files::open_file(place).and_then(|(mut file, _)| file.read_exact(&mut beginning));
    read.is_ok() && beginning[BEFORE..] == mark
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
        let marked = put(&png);
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
            assert_eq!(is_on(&place.join(name)), ours, "{name}");
        }
    }
}
