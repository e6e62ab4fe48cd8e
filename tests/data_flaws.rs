//! What headers, lengths and labels tell of data: `exp check`, `plan` and `run` say it with its place and
//! end with 2, before a job starts and whatever the size of a file.

use crate::bad_input::{idx, write_set};
use crate::pictures::write_npy;
use crate::programs::text;
use crate::work::{self, SLOWER};
use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

/// No command takes nearly so much work, whatever the size of a file.
const LIMIT: Duration = Duration::from_secs(2);

pub(crate) struct Place(tempfile::TempDir);

impl Place {
    /// A folder with sound files of every kind: 40 pictures of 6 x 5 and their labels, an IDX set of 4,
    /// a folder of three pictures.
    pub(crate) fn new() -> Self {
        let place = Self(tempfile::tempdir().unwrap());
        place.npy("faces.npy", "|u1", "(40, 6, 5)", 1200);
        place.npy("labels.npy", "|u1", "(40,)", 40);
        write_set(&place.path("digits"), &idx(2051, &[4, 8, 8], 256));
        std::fs::create_dir(place.path("birds")).unwrap();
        for name in ["a.png", "b.png", "c.png"] {
            image::GrayImage::new(6, 4).save(place.path("birds").join(name)).unwrap();
        }
        place
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn npy(&self, name: &str, kind: &str, sizes: &str, bytes: usize) {
        write_npy(&self.path(name), kind, sizes, &vec![0; bytes]);
    }

    pub(crate) fn exp(&self, words: &[&str]) -> (Option<i32>, String) {
        let mut command = Command::new(env!("CARGO_BIN_EXE_exp"));
        command.args(words).args(["--data-root", "."]).current_dir(self.0.path());
        command.env_remove("EXP_RUNS").env_remove("EXP_DATA").env("HOME", self.0.path());
        command.env_remove("XDG_DATA_HOME").env_remove("XDG_CACHE_HOME").env_remove("EXP_CACHE");
        let (output, time) = work::output(&mut command);
        assert!(time.work < LIMIT * SLOWER, "{words:?}: {time:?}");
        (output.status.code(), text(&output.stdout) + &text(&output.stderr))
    }

    /// What `exp check` says of an auto-encoder of this data, which `plan` says too.
    pub(crate) fn check(&self, data: &str) -> (Option<i32>, String) {
        let text = format!(
            "name: one\njobs:\n  one:\n    kind: autoencoder\n    data: {data}\n    latent: 2\n    \
             encoder: {{ name: mlp, hidden: [4] }}\n    optimiser: {{ rule: adam }}\n    epochs: 1\n"
        );
        std::fs::write(self.path("spec.yaml"), text).unwrap();
        let checked = self.exp(&["check", "spec.yaml"]);
        if checked.0 == Some(2) {
            assert_eq!(self.exp(&["plan", "spec.yaml"]), checked);
        }
        checked
    }

    /// The data are refused with these words, at this setting of line 5.
    pub(crate) fn refuses(&self, data: &str, field: &str, said: &[&str]) {
        let (code, words) = self.check(data);
        assert_eq!(code, Some(2), "{data}\n{words}");
        let column = format!("    data: {data}").find(&format!("{field}: ")).unwrap();
        let value = column + field.len() + 3;
        assert!(words.contains(&format!("spec.yaml:5:{value}")), "{field}, {data}\n{words}");
        for said in said {
            assert!(words.contains(said), "'{said}' is not in:\n{words}");
        }
        assert!(!words.contains("panicked"), "{words}");
    }
}

const ARRAYS: &str = "{ set: arrays, labels: labels.npy, file: faces.npy }";
const DIGITS: &str = "{ set: idx, folder: digits }";
const BIRDS: &str = "{ set: images, test: 1, folder: birds }";

#[test]
fn sound_data_are_sound() {
    let place = Place::new();
    for data in [ARRAYS, DIGITS, BIRDS, "{ set: glyphs }"] {
        let (code, words) = place.check(data);
        assert_eq!((code, words.as_str()), (Some(0), "spec.yaml: 1 job, valid\n"), "{data}");
    }
}

#[test]
fn labels_that_are_no_classes_are_named_by_their_type() {
    for (kind, bytes, said) in [
        ("<f2", 2, "astype('int64')"),
        ("<f4", 4, "astype('int64')"),
        ("|b1", 1, "astype('int64')"),
        ("<U1", 4, "numpy.unique"),
        ("|S2", 2, "numpy.unique"),
        ("<M8[D]", 8, "whole numbers"),
    ] {
        let place = Place::new();
        place.npy("labels.npy", kind, "(40,)", 40 * bytes);
        let named = format!("'{kind}'");
        place.refuses(ARRAYS, "labels", &["labels.npy", &named, said]);
        // Whatever their shape.
        place.npy("labels.npy", kind, "(40, 2)", 80 * bytes);
        place.refuses(ARRAYS, "labels", &[&named, said]);
    }
    let place = Place::new();
    let labels: Vec<u8> = (0..40_i16).flat_map(|index| (index - 1).to_le_bytes()).collect();
    write_npy(&place.path("labels.npy"), "<i2", "(40,)", &labels);
    place.refuses(ARRAYS, "labels", &["the label at index 0 is -1"]);
    place.npy("labels.npy", "<i2", "(41,)", 82);
    place.refuses(ARRAYS, "labels", &["40 pictures", "41 labels"]);
    place.npy("labels.npy", "<i2", "(40,)", 79);
    place.refuses(ARRAYS, "labels", &["bytes long where its header says"]);
}

#[test]
fn pictures_that_are_none_are_named() {
    let place = Place::new();
    for (kind, bytes, said) in
        [("<f2", 2, "astype('float32')"), ("|b1", 1, "makes True white"), ("<U1", 4, "'<U1'")]
    {
        place.npy("faces.npy", kind, "(40, 6, 5)", 1200 * bytes);
        place.refuses(ARRAYS, "file", &["faces.npy", said]);
    }
    let values: Vec<u8> =
        (0..1200).flat_map(|index| (f32::from((index % 256) as u8)).to_le_bytes()).collect();
    write_npy(&place.path("faces.npy"), "<f4", "(40, 6, 5)", &values);
    place.refuses(ARRAYS, "file", &["the value at index 2 is 2", "scale them to that range"]);
    place.npy("faces.npy", "|u1", "(40, 6, 5)", 1199);
    place.refuses(ARRAYS, "file", &["bytes long where its header says"]);
    place.npy("faces.npy", "|u1", "(40, 6, 5, 1)", 1200);
    place.refuses(ARRAYS, "file", &["[N, H, W]"]);
    let apart = "{ set: arrays, file: faces.npy, test_file: other.npy }";
    let place = Place::new();
    place.npy("other.npy", "|u1", "(4, 5, 6)", 120);
    place.refuses(apart, "test_file", &["1 x 6 x 5", "1 x 5 x 6"]);
    place.refuses(
        "{ set: arrays, file: faces.npy, test_file: none.npy }",
        "test_file",
        &["none.npy"],
    );
    std::fs::write(place.path("birds/b.png"), "").unwrap();
    place.refuses(BIRDS, "folder", &["b.png", "it is empty"]);
    std::fs::write(place.path("birds/b.png"), "no picture").unwrap();
    place.refuses(BIRDS, "folder", &["b.png", "neither PNG nor JPEG"]);
    image::GrayImage::new(6, 5).save(place.path("birds/b.png")).unwrap();
    let sizes = "b.png: it is 6 wide and 5 high where the first picture is 6 wide and 4 high";
    place.refuses(BIRDS, "folder", &[sizes]);
}

#[test]
fn idx_files_are_held_against_their_headers_and_each_other() {
    let labels = |count: u32| idx(2049, &[count], count as usize);
    for (file, bytes, said) in [
        ("train-labels-idx1-ubyte", idx(2051, &[4], 4), "labels begins with 2049"),
        ("train-labels-idx1-ubyte", labels(5), "5 labels"),
        ("t10k-labels-idx1-ubyte", labels(3), "3 labels"),
        ("t10k-labels-idx1-ubyte", labels(4)[..11].to_vec(), "truncated, 11 of 12 bytes"),
        ("t10k-images-idx3-ubyte", idx(2051, &[4, 8, 8], 255), "truncated, 271 of 272 bytes"),
        ("t10k-images-idx3-ubyte", idx(2051, &[4, 8, 8], 257), "goes on after the 272 bytes"),
        ("t10k-images-idx3-ubyte", idx(2051, &[4, 8, 9], 288), "pictures of 8 x 9"),
        ("train-images-idx3-ubyte", idx(2052, &[4, 8, 8], 256), "it begins with 2052"),
        ("train-images-idx3-ubyte", idx(2051, &[4, 8, 8], 0), "truncated"),
    ] {
        let place = Place::new();
        std::fs::write(place.path("digits").join(file), bytes).unwrap();
        place.refuses(DIGITS, "folder", &[said]);
        // A classifier says the same at the same place.
        let text = std::fs::read_to_string(place.path("spec.yaml")).unwrap();
        let text =
            text.replace("kind: autoencoder", "kind: classifier").replace("    latent: 2\n", "");
        let text = text.replace("encoder:", "network:");
        std::fs::write(place.path("spec.yaml"), text).unwrap();
        let (code, words) = place.exp(&["check", "spec.yaml"]);
        assert!(
            code == Some(2) && words.contains(said) && words.contains("spec.yaml:5:"),
            "{words}"
        );
    }
    let place = Place::new();
    for name in ["train-images-idx3-ubyte", "train-labels-idx1-ubyte"] {
        let other = name.replace("-idx", ".idx");
        std::fs::rename(place.path("digits").join(name), place.path("digits").join(other)).unwrap();
    }
    assert_eq!(place.check(DIGITS).0, Some(0), "names with a dot");
    let odd = place.path("digits/train.pictures.images.bin");
    std::fs::rename(place.path("digits/train-images.idx3-ubyte"), odd).unwrap();
    place.refuses(
        DIGITS,
        "folder",
        &["has no file named train-images-idx3-ubyte", "pictures.images.bin"],
    );
}

#[test]
fn more_examples_than_there_are_is_one_error_for_every_set() {
    let place = Place::new();
    std::fs::create_dir_all(place.path("frey")).unwrap();
    place.npy("frey/f.npy", "|u1", "(40, 28, 20)", 40 * 560);
    for (data, field, held, asked) in [
        ("{ set: idx, folder: digits, train: 5 }", "train", "4", "5"),
        ("{ set: idx, folder: digits, validation: 4 }", "validation", "4", "none to train on"),
        ("{ set: idx, folder: digits, train: 3, validation: 2 }", "train", "4", "5"),
        ("{ set: mnist, train: 60001 }", "train", "60000", "60001"),
        ("{ set: fashion_mnist, validation: 60000 }", "validation", "60000", "none to train on"),
        ("{ set: arrays, file: faces.npy, train: 37 }", "train", "40", "41"),
        (
            "{ set: arrays, file: faces.npy, validation: 36 }",
            "validation",
            "40",
            "none to train on",
        ),
        ("{ set: arrays, file: faces.npy, test: 40 }", "test", "40", "none to train on"),
        ("{ set: arrays, file: faces.npy, test_file: faces.npy, train: 41 }", "train", "40", "41"),
        ("{ set: arrays, file: faces.npy, test_file: faces.npy, test: 41 }", "test", "40", "41"),
        ("{ set: images, folder: birds, train: 3 }", "train", "3", "4"),
        ("{ set: frey, train: 40, validation: 0, test: 1 }", "train", "40", "41"),
    ] {
        let held = format!("has {held} ");
        place.refuses(data, field, &[&held, asked, "lower"]);
    }
}

#[test]
fn a_file_of_a_terabyte_is_refused_before_it_is_read() {
    let place = Place::new();
    let grow = |name: &str| {
        let file = std::fs::File::options().append(true).open(place.path(name)).unwrap();
        file.set_len(1 << 40).unwrap();
    };
    grow("digits/t10k-images-idx3-ubyte");
    place.refuses(DIGITS, "folder", &["goes on after the 272 bytes"]);
    grow("labels.npy");
    place.refuses(ARRAYS, "labels", &["it is 1099511627776 bytes long"]);
    grow("faces.npy");
    place.refuses("{ set: arrays, file: faces.npy }", "file", &["it is 1099511627776 bytes long"]);
    grow("birds/c.png");
    place.refuses(BIRDS, "folder", &["1099511627776 bytes are too many for a picture"]);
    // Packed, with zeros behind it: a few are padding, a terabyte is none.
    let bytes = idx(2049, &[4], 4);
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    std::io::Write::write_all(&mut encoder, &bytes).unwrap();
    let mut packed = encoder.finish().unwrap();
    packed.extend([0; 300]);
    write_set(&place.path("digits"), &idx(2051, &[4, 8, 8], 256));
    std::fs::remove_file(place.path("digits/train-labels-idx1-ubyte")).unwrap();
    std::fs::write(place.path("digits/train-labels-idx1-ubyte.gz"), packed).unwrap();
    assert_eq!(place.check(DIGITS).0, Some(0), "zeros behind a packed file");
    grow("digits/train-labels-idx1-ubyte.gz");
    place.refuses(DIGITS, "folder", &["zeros follow its data"]);
}

#[test]
fn pictures_of_one_row_are_sound_where_nothing_shifts_them() {
    let place = Place::new();
    write_set(&place.path("strips"), &idx(2051, &[4, 1, 8], 32));
    std::fs::write(place.path("strips/t10k-images-idx3-ubyte"), idx(2051, &[4, 1, 8], 32)).unwrap();
    let spec = |jitter: u32| {
        let text = format!(
            "name: one\njobs:\n  one:\n    kind: classifier\n    data: {{ set: idx, folder: strips, \
             validation: 0 }}\n    network: {{ name: mlp, hidden: [4] }}\n    augment: {{ jitter: \
             {jitter} }}\n    optimiser: {{ rule: adam, rate: 1e-3 }}\n    epochs: 1\n"
        );
        std::fs::write(place.path("spec.yaml"), text).unwrap();
        place.exp(&["check", "spec.yaml"])
    };
    let (code, said) = spec(0);
    assert_eq!(code, Some(0), "{said}");
    let (code, said) = spec(1);
    assert!(code == Some(2) && said.contains("for 1 x 8 pictures"), "{said}");
    // Labels are read, since they say how many classes there are.
    let labels = place.path("strips/train-labels-idx1-ubyte");
    let packed = place.path("strips/train-labels-idx1-ubyte.gz");
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    std::io::Write::write_all(&mut encoder, &std::fs::read(&labels).unwrap()).unwrap();
    let mut bytes = encoder.finish().unwrap();
    let checksum = bytes.len() - 8;
    bytes[checksum] ^= 1;
    std::fs::write(packed, bytes).unwrap();
    std::fs::remove_file(labels).unwrap();
    let (code, said) = spec(0);
    assert!(code == Some(2) && said.contains("train-labels-idx1-ubyte.gz"), "{said}");
}
