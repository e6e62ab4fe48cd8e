//! Tests of reading arrays.

use super::*;
use std::fs;

/// Writes an array's file with the given type (`|u1`), sizes (`(2, 3)`) and data.
pub(in crate::data) fn write_npy(path: &Path, kind: &str, sizes: &str, data: &[u8]) {
    let text = format!("{{'descr': '{kind}', 'fortran_order': False, 'shape': {sizes}, }}");
    fs::write(path, [&head(&text), data].concat()).unwrap();
}

/// A header of version 1 with this text, padded as NumPy pads it.
fn head(text: &str) -> Vec<u8> {
    let padded = format!("{text:<width$}\n", width = (text.len() + 11).next_multiple_of(64) - 11);
    let length = (padded.len() as u16).to_le_bytes();
    [b"\x93NUMPY\x01\x00", &length[..], padded.as_bytes()].concat()
}

struct Folder(tempfile::TempDir);

impl Folder {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn file(&self, bytes: &[u8]) -> PathBuf {
        let path = self.0.path().join("array.npy");
        fs::write(&path, bytes).unwrap();
        path
    }

    fn array(&self, kind: &str, sizes: &str, data: &[u8]) -> PathBuf {
        let path = self.0.path().join("array.npy");
        write_npy(&path, kind, sizes, data);
        path
    }
}

#[test]
fn a_file_is_read_as_numpy_wrote_it() {
    // numpy.save of arange(6, dtype="u1").reshape(1, 2, 3).
    let text = "{'descr': '|u1', 'fortran_order': False, 'shape': (1, 2, 3), }";
    let mut bytes = b"\x93NUMPY\x01\x00v\x00".to_vec();
    bytes.extend(text.as_bytes());
    bytes.extend(b" ".repeat(128 - 10 - text.len() - 1));
    bytes.extend(b"\n\x00\x01\x02\x03\x04\x05");
    let folder = Folder::new();
    let path = folder.file(&bytes);
    assert_eq!(dimensions(&path).unwrap(), [1, 2, 3]);
    assert_eq!(read_pictures(&path).unwrap().bytes, [0, 1, 2, 3, 4, 5]);
    assert_eq!(fs::read(folder.array("|u1", "(1, 2, 3)", &[0, 1, 2, 3, 4, 5])).unwrap(), bytes);
}

#[test]
fn floats_become_bytes_and_labels_whole_numbers() {
    let folder = Folder::new();
    let values = [0.0, 0.5, 1.0, 0.1];
    let single: Vec<u8> = values.iter().flat_map(|value| (*value as f32).to_be_bytes()).collect();
    let double: Vec<u8> = values.iter().flat_map(|value: &f64| value.to_le_bytes()).collect();
    for (kind, data) in [(">f4", single), ("<f8", double)] {
        let array = read_pictures(&folder.array(kind, "(2, 2)", &data)).unwrap();
        assert_eq!((array.dimensions, array.bytes), (vec![2, 2], vec![0, 128, 255, 26]));
    }
    let data: Vec<u8> = [7_i64, 0, 3].iter().flat_map(|label| label.to_le_bytes()).collect();
    assert_eq!(read_labels(&folder.array("<i8", "(3,)", &data)).unwrap(), [7, 0, 3]);
    assert_eq!(read_labels(&folder.array("|u1", "(3,)", &[7, 0, 3])).unwrap(), [7, 0, 3]);
}

#[test]
fn what_is_not_wanted_is_named_with_its_place() {
    let folder = Folder::new();
    let said = |path: PathBuf| read_pictures(&path).unwrap_err().to_string();
    for value in [-0.25_f32, 1.5, f32::NAN, f32::INFINITY] {
        let data: Vec<u8> = [0.0, 0.5, value].iter().flat_map(|it| it.to_le_bytes()).collect();
        let text = said(folder.array("<f4", "(3, 1)", &data));
        assert!(text.contains(&format!("value number 2 is {value}")), "{text}");
        assert!(text.contains("rounded to 256 steps"), "{text}");
    }
    let text = said(folder.array("<i2", "(1, 2)", &[0; 4]));
    assert!(text.contains("'<i2'") && text.contains("uint8"), "{text}");
    let text = said(folder.array("|O", "(1, 2)", &[0; 4]));
    assert!(text.contains("'|O'"), "{text}");
    let text =
        said(folder.file(&head("{'descr': '|u1', 'fortran_order': True, 'shape': (0, 2), }")));
    assert!(text.contains("[0, 2]"), "{text}");
    let turned = [&head("{'descr': '|u1', 'fortran_order': True, 'shape': (1, 2), }")[..], &[0; 2]];
    assert!(said(folder.file(&turned.concat())).contains("ascontiguousarray"));
    let labels = |path: PathBuf| read_labels(&path).unwrap_err().to_string();
    assert!(labels(folder.array("|i1", "(2,)", &[1, 255])).contains("label number 1 is -1"));
    assert!(labels(folder.array("|u1", "(1, 2)", &[1, 2])).contains("[N]"));
    assert!(labels(folder.array("<f4", "(1,)", &[0; 4])).contains("whole numbers"));
    assert!(said(folder.0.path().join("none.npy")).contains("none.npy: it cannot be read"));
    assert!(said(folder.0.path().to_owned()).contains("it is not a file"));
}

#[test]
fn a_header_that_lies_allocates_nothing() {
    let folder = Folder::new();
    let fault = |bytes: &[u8]| read_pictures(&folder.file(bytes)).unwrap_err().fault;
    let header = |sizes: &str| {
        head(&format!("{{'descr': '|u1', 'fortran_order': False, 'shape': {sizes}, }}"))
    };
    assert!(matches!(fault(&header("(4000000000, 1)")), NpyFault::Length { .. }));
    assert!(matches!(fault(&header("(4000000000, 28, 28)")), NpyFault::TooLarge { .. }));
    assert!(matches!(fault(&header("(18446744073709551615, 3)")), NpyFault::TooLarge { .. }));
    assert!(matches!(fault(&header("(-1, 3)")), NpyFault::Header(_)));
    // A header that says it is 4 GiB long, one that is nested as deep as it is long, and none.
    assert!(matches!(fault(b"\x93NUMPY\x02\x00\xff\xff\xff\xff{}"), NpyFault::Header(_)));
    assert!(matches!(fault(&head(&"[".repeat(3000))), NpyFault::Header(_)));
    assert!(matches!(fault(b""), NpyFault::Header(_)));
    assert!(matches!(fault(b"<html>404 not found"), NpyFault::Header(_)));
}

#[test]
fn no_bytes_make_it_panic() {
    let folder = Folder::new();
    let original = fs::read(folder.array("|u1", "(2, 3)", &[0; 6])).unwrap();
    let try_all = |bytes: &[u8]| {
        let path = folder.file(bytes);
        let _ = read_labels(&path);
        if let Ok(array) = read_pictures(&path) {
            assert_eq!(array.bytes.len(), array.dimensions.iter().product::<usize>());
        }
    };
    for length in 0..original.len() {
        try_all(&original[..length]);
    }
    for place in 0..original.len() {
        for value in [0, 1, b'(', b'[', b'\'', b'-', b'9', b',', 0x7f, 0x80, 0xff] {
            let mut bytes = original.clone();
            bytes[place] = value;
            try_all(&bytes);
        }
    }
}
