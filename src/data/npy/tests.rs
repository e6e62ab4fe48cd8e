//! Tests of reading arrays.

use super::*;
use std::fs;
use std::path::PathBuf;

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
    assert_eq!(dimensions(&path, Wanted::Pictures).unwrap(), [1, 2, 3]);
    assert_eq!(read_pictures(&path).unwrap().0.bytes, [0, 1, 2, 3, 4, 5]);
    assert_eq!(fs::read(folder.array("|u1", "(1, 2, 3)", &[0, 1, 2, 3, 4, 5])).unwrap(), bytes);
}

#[test]
fn floats_become_bytes_and_labels_whole_numbers() {
    let folder = Folder::new();
    let values = [0.0, 0.5, 1.0, 0.1];
    let single: Vec<u8> = values.iter().flat_map(|value| (*value as f32).to_be_bytes()).collect();
    let double: Vec<u8> = values.iter().flat_map(|value: &f64| value.to_le_bytes()).collect();
    for (kind, data) in [(">f4", single), ("<f8", double)] {
        let (array, _) = read_pictures(&folder.array(kind, "(2, 2)", &data)).unwrap();
        assert_eq!((array.dimensions, array.bytes), (vec![2, 2], vec![0, 128, 255, 26]));
    }
    let data: Vec<u8> = [7_i64, 0, 3].iter().flat_map(|label| label.to_le_bytes()).collect();
    assert_eq!(read_labels(&folder.array("<i8", "(3,)", &data)).unwrap().0, [7, 0, 3]);
    assert_eq!(read_labels(&folder.array("|u1", "(3,)", &[7, 0, 3])).unwrap().0, [7, 0, 3]);
}

#[test]
fn what_is_not_wanted_is_named_with_its_place() {
    let folder = Folder::new();
    let said = |path: PathBuf| read_pictures(&path).unwrap_err().to_string();
    for value in [-0.25_f32, 1.5, f32::NAN, f32::INFINITY] {
        let data: Vec<u8> = [0.0, 0.5, value].iter().flat_map(|it| it.to_le_bytes()).collect();
        let text = said(folder.array("<f4", "(3, 1)", &data));
        assert!(text.contains(&format!("value at index 2 is {value}")), "{text}");
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
    assert!(labels(folder.array("|i1", "(2,)", &[1, 255])).contains("label at index 1 is -1"));
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
        if let Ok((array, _)) = read_pictures(&path) {
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

#[test]
fn what_is_said_of_a_type_is_what_to_do_about_it() {
    let folder = Folder::new();
    // (type, sizes, bytes of one value): as NumPy 2 writes them.
    for (kind, bytes, of_labels, of_pictures) in [
        ("<f2", 2, "astype('int64')", "astype('float32')"),
        ("|b1", 1, "astype('int64')", "which makes True white"),
        ("<U1", 4, "numpy.unique", "save grey values"),
        ("|S3", 3, "numpy.unique", "save grey values"),
        ("<f4", 4, "astype('int64')", ""),
        ("<c8", 8, "astype('int64')", "save grey values"),
        ("<M8[s]", 8, "astype('int64')", "save grey values"),
        ("<i4", 4, "", "astype('uint8')"),
        ("|O", 5, "plain numbers", "plain numbers"),
    ] {
        let labels = folder.array(kind, "(3,)", &vec![0; 3 * bytes]);
        let said = |found: Result<Vec<usize>, NpyError>| match found {
            Ok(_) => String::new(),
            Err(error) => error.to_string(),
        };
        let text = said(inspect(&labels, Wanted::Labels));
        assert_eq!(text.is_empty(), of_labels.is_empty(), "{kind}: {text}");
        assert!(text.contains(of_labels) && !text.contains("bytes long"), "{kind}: {text}");
        assert_eq!(
            text,
            read_labels(&labels).map_or_else(|error| error.to_string(), |_| String::new())
        );
        let pictures = folder.array(kind, "(3, 1)", &vec![0; 3 * bytes]);
        let text = said(inspect(&pictures, Wanted::Pictures));
        assert_eq!(text.is_empty(), of_pictures.is_empty(), "{kind}: {text}");
        assert!(text.contains(of_pictures) && !text.contains("bytes long"), "{kind}: {text}");
    }
}

#[test]
fn a_look_finds_labels_and_values_that_reading_would_refuse() {
    let folder = Folder::new();
    let data: Vec<u8> = [0_i64, 3, -1].iter().flat_map(|it| it.to_le_bytes()).collect();
    let error = inspect(&folder.array("<i8", "(3,)", &data), Wanted::Labels).unwrap_err();
    assert!(error.to_string().contains("label at index 2 is -1"), "{error}");
    // A file of more than is looked at, of which every value from the last hundredth on is too large.
    for (kind, width) in [("<f4", 4), (">f4", 4), ("<f8", 8), (">f8", 8)] {
        let count = 2 * sample::MOST / width;
        let value = |index: usize| if index < count / 100 * 99 { 0.5 } else { 200.0 };
        let bytes = |index: usize| match kind {
            "<f4" => (value(index) as f32).to_le_bytes().to_vec(),
            ">f4" => (value(index) as f32).to_be_bytes().to_vec(),
            "<f8" => f64::to_le_bytes(value(index)).to_vec(),
            _ => f64::to_be_bytes(value(index)).to_vec(),
        };
        let data: Vec<u8> = (0..count).flat_map(bytes).collect();
        let path = folder.array(kind, &format!("({}, 2)", count / 2), &data);
        let error = inspect(&path, Wanted::Pictures).unwrap_err().fault;
        let NpyFault::Grey { index, value: found } = error else { panic!("{kind}: {error}") };
        assert!(
            index >= count / 100 * 99 && (found - 200.0).abs() < 1e-9,
            "{kind}: {index} {found}"
        );
        let path = folder.array(kind, "(50, 2)", &data[..100 * width]);
        assert_eq!(inspect(&path, Wanted::Pictures).unwrap(), [50, 2]);
    }
}

#[test]
fn a_file_that_is_longer_than_it_says_is_refused_at_once() {
    let folder = Folder::new();
    let path = folder.array("<f8", "(2, 2)", &[0; 32]);
    fs::File::options().append(true).open(&path).unwrap().set_len(1 << 40).unwrap();
    let start = std::time::Instant::now();
    for fault in [inspect(&path, Wanted::Pictures).unwrap_err(), read_pictures(&path).unwrap_err()]
    {
        assert!(matches!(fault.fault, NpyFault::Length { found: 0x100_0000_0000, .. }), "{fault}");
    }
    assert!(start.elapsed().as_secs() < 1);
}
