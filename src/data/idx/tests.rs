//! Tests of the reader of IDX files.

use super::*;
use std::io::Write;

/// Two pictures of 2 rows and 3 columns.
const IMAGES: [u8; 28] = [
    0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 2, 0, 0, 0, 3, // header
    1, 2, 3, 4, 5, 6, 251, 252, 253, 254, 255, 0,
];
/// Three labels.
const LABELS: [u8; 11] = [0, 0, 8, 1, 0, 0, 0, 3, 7, 0, 9];

fn packed(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn fault(bytes: &[u8], contents: Contents) -> Fault {
    parse(bytes, contents).unwrap_err()
}

#[test]
fn reads_plain_and_packed_files() {
    let images = Idx { dimensions: vec![2, 2, 3], bytes: IMAGES[16..].to_vec() };
    let labels = Idx { dimensions: vec![3], bytes: vec![7, 0, 9] };
    assert_eq!(parse(&IMAGES[..], Contents::Images).unwrap(), images);
    assert_eq!(parse(&packed(&IMAGES)[..], Contents::Images).unwrap(), images);
    assert_eq!(parse(&LABELS[..], Contents::Labels).unwrap(), labels);
    assert_eq!(parse(&packed(&LABELS)[..], Contents::Labels).unwrap(), labels);
}

#[test]
fn names_the_fault() {
    let magic = fault(&LABELS, Contents::Images);
    assert!(matches!(magic, Fault::Magic { found: 2049, .. }), "{magic}");
    let text = fault(b"<html>404", Contents::Labels).to_string();
    assert!(text.contains("labels begins with 2049"), "{text}");
    let empty = fault(&[], Contents::Images);
    assert!(matches!(empty, Fault::Truncated { expected: 16, found: 0 }), "{empty}");
    let long = fault(&[&LABELS[..], &[1]].concat(), Contents::Labels);
    assert!(matches!(long, Fault::Trailing { expected: 11 }), "{long}");
    let mut none = IMAGES;
    none[7] = 0;
    assert!(matches!(fault(&none, Contents::Images), Fault::Empty { .. }));
    let mut huge = IMAGES;
    huge[4..16].fill(0xff);
    assert!(matches!(fault(&huge, Contents::Images), Fault::TooLarge { .. }));
    let mut damaged = packed(&IMAGES);
    let checksum = damaged.len() - 6;
    damaged[checksum] ^= 1;
    assert!(matches!(fault(&damaged, Contents::Images), Fault::Gzip(_)));
}

#[test]
fn every_cut_is_an_error() {
    for file in [IMAGES.to_vec(), packed(&IMAGES)] {
        for length in 0..file.len() {
            let fault = fault(&file[..length], Contents::Images);
            assert!(matches!(fault, Fault::Truncated { .. } | Fault::Gzip(_)), "{length}: {fault}");
        }
    }
}

#[test]
fn no_bytes_make_it_panic() {
    for original in [IMAGES.to_vec(), LABELS.to_vec(), packed(&IMAGES), packed(&LABELS)] {
        for place in 0..original.len() {
            for value in 0..=255 {
                let mut file = original.clone();
                file[place] = value;
                for contents in [Contents::Images, Contents::Labels] {
                    if let Ok(idx) = parse(&file[..], contents) {
                        assert_eq!(idx.bytes.len(), idx.dimensions.iter().product::<usize>());
                    }
                }
            }
        }
    }
    let mut draws = crate::seed::Draws::new(1);
    for _ in 0..2_000 {
        let length = draws.below(64) as usize;
        let noise: Vec<u8> = (0..length).map(|_| draws.bits() as u8).collect();
        assert!(parse(&noise[..], Contents::Images).is_err());
    }
}

#[test]
fn errors_name_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("train-images-idx3-ubyte");
    let read = |path: &Path| read(path, Contents::Images, Algorithm::Blake3);
    let missing = read(&path).unwrap_err();
    assert!(matches!(missing.fault, Fault::Unreadable(_)));
    assert!(missing.to_string().starts_with(&*path.to_string_lossy()), "{missing}");
    let not_a_file = inspect(folder.path(), Contents::Images).unwrap_err();
    assert!(matches!(not_a_file.fault, Fault::NotAFile));
    for bytes in [IMAGES.to_vec(), packed(&IMAGES)] {
        std::fs::write(&path, &bytes).unwrap();
        assert_eq!(inspect(&path, Contents::Images).unwrap(), [2, 2, 3]);
        let (found, digest) = read(&path).unwrap();
        assert_eq!(found.bytes, IMAGES[16..]);
        assert_eq!(
            digest,
            blake3::hash(&bytes).to_hex().to_string(),
            "of the bytes as they lie there"
        );
    }
}

#[test]
fn a_look_finds_what_reading_would_but_for_damage_within() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("images");
    let long = [&IMAGES[..], &[1]].concat();
    let members = [packed(&IMAGES[..9]), packed(&IMAGES[9..])].concat();
    let padded = |file: &[u8], zeros: usize| [file, &vec![0; zeros]].concat();
    for (bytes, sound) in [
        (IMAGES.to_vec(), true),
        (packed(&IMAGES), true),
        (members.clone(), true),
        (padded(&packed(&IMAGES), 512), true),
        (padded(&members, 3), true),
        (IMAGES[..27].to_vec(), false),
        (packed(&IMAGES[..27]), false),
        (packed(&IMAGES)[..30].to_vec(), false),
        (long.clone(), false),
        (packed(&long), false),
        (padded(&packed(&IMAGES), 3 << 20), false),
    ] {
        std::fs::write(&path, &bytes).unwrap();
        let (looked, read) =
            (inspect(&path, Contents::Images), read(&path, Contents::Images, Algorithm::Blake3));
        assert_eq!((looked.is_ok(), read.is_ok()), (sound, sound), "{bytes:?} {looked:?}");
    }
}

#[test]
fn a_packed_file_that_is_far_longer_than_what_it_holds_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("labels");
    // Its last four bytes are the length that its header announces, a terabyte behind it.
    std::fs::write(&path, packed(&LABELS)).unwrap();
    let file = std::fs::File::options().append(true).open(&path).unwrap();
    file.set_len(1 << 40).unwrap();
    std::io::Write::write_all(&mut &file, &11_u32.to_le_bytes()).unwrap();
    let error = inspect(&path, Contents::Labels).unwrap_err();
    assert!(matches!(error.fault, Fault::Overlong { .. }), "{error}");
    let error = read(&path, Contents::Labels, Algorithm::Blake3).unwrap_err();
    assert!(matches!(error.fault, Fault::Overlong { .. }), "{error}");
}

#[test]
fn a_little_that_unpacks_to_very_much_is_refused() {
    let blank = |count: u32| {
        let header = [&[0, 0, 8, 1][..], &count.to_be_bytes()].concat();
        packed(&[header, vec![0; count as usize]].concat())
    };
    let much = blank(80 << 20);
    assert!(much.len() < 1 << 18, "{}", much.len());
    let text = fault(&much, Contents::Labels).to_string();
    assert!(text.contains("gunzip"), "{text}");
    assert_eq!(parse(&blank(4 << 20), Contents::Labels).unwrap().dimensions, [4 << 20]);
}
