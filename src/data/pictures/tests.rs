//! Tests of sets of pictures.

mod frey;

use super::*;
use crate::data::npy::tests::write_npy;
use crate::data::{DataError, DataRoots};
use crate::shape::Shape;
use image::{GrayImage, Luma, Rgb, RgbImage};
use serde_json::{Value, json};
use std::fs;
use std::path::{Path, PathBuf};
use tch::{Device, Kind, Tensor};

fn spec(value: Value) -> PicturesSpec {
    serde_json::from_value(value).unwrap()
}

fn no_roots() -> DataRoots {
    DataRoots(Vec::new())
}

fn load_from(value: Value, roots: &DataRoots) -> Result<Pictures, DataError> {
    let loaded = load_pictures(&spec(value.clone()), roots, Device::Cpu)?;
    assert_eq!(loaded.digest(), spec(value).digest(roots)?, "as it is planned");
    Ok(loaded.unconfirmed())
}

fn list(tensor: &Tensor) -> Vec<i64> {
    tensor.to_kind(Kind::Int64).flatten(0, -1).try_into().unwrap()
}

/// What a plan and `load_pictures` both say of a faulty set.
fn said(value: &Value, roots: &DataRoots) -> String {
    let text = load_from(value.clone(), roots).unwrap_err().to_string();
    let flaws = spec(value.clone()).flaws(roots);
    assert_eq!(flaws[0].error.to_string(), text, "{flaws:?}");
    text
}

#[test]
fn defaults_are_written_out_and_unknown_keys_refused() {
    let written = |value| serde_json::to_value(spec(value)).unwrap();
    let frey = json!({ "set": "frey", "train": 1565, "validation": 200, "test": 200,
                       "split": "shuffled", "seed": 0 });
    assert_eq!(written(json!({ "set": "frey" })), frey);
    let arrays = json!({ "set": "arrays", "file": "a.npy", "test_file": null, "labels": null,
                         "test_labels": null, "train": null, "validation": 0, "test": null,
                         "split": "shuffled", "seed": 0 });
    assert_eq!(written(json!({ "set": "arrays", "file": "a.npy" })), arrays);
    let images = json!({ "set": "images", "folder": "birds", "size": null, "fit": "crop",
                         "colours": "grey", "train": null, "validation": 0, "test": null,
                         "seed": 0 });
    assert_eq!(written(json!({ "set": "images", "folder": "birds" })), images);
    for (set, with) in [
        ("frey", json!({})),
        ("arrays", json!({ "file": "a" })),
        ("images", json!({ "folder": "a" })),
        ("glyphs", json!({})),
    ] {
        let mut value = with;
        value["set"] = set.into();
        assert_eq!(spec(value.clone()).name(), set);
        value["trian"] = 3.into();
        let error = serde_json::from_value::<PicturesSpec>(value).unwrap_err().to_string();
        assert!(error.contains("trian"), "{error}");
    }
    assert_eq!(spec(json!({ "set": "mnist", "validation": 7 })).validation(), 7);
}

#[test]
fn the_schema_says_what_serde_takes() {
    let schema = serde_json::to_value(schemars::schema_for!(PicturesSpec)).unwrap();
    let variants = schema["oneOf"].as_array().unwrap();
    let sets: Vec<&str> =
        variants.iter().map(|it| it["properties"]["set"]["const"].as_str().unwrap()).collect();
    assert_eq!(sets, ["glyphs", "mnist", "fashion_mnist", "idx", "frey", "arrays", "images"]);
    let size = &variants[6]["properties"]["size"];
    assert_eq!((&size["minItems"], &size["items"]["minimum"]), (&json!(2), &json!(1)), "{size}");
}

#[test]
fn labelled_sets_are_those_of_the_classifier() {
    let value = json!({ "set": "glyphs", "train": 12, "validation": 3, "test": 4, "seed": 5 });
    let data: crate::data::DataSpec = serde_json::from_value(value.clone()).unwrap();
    let labelled = crate::data::load(&data, &no_roots(), Device::Cpu).unwrap().unconfirmed();
    let pictures = load_from(value.clone(), &no_roots()).unwrap();
    assert_eq!(pictures.train.images, labelled.train.images);
    assert_eq!(pictures.test.labels.unwrap(), labelled.test.labels);
    assert_eq!((pictures.classes, pictures.validation.examples()), (Some(10), 3));
    let spec = spec(value);
    assert_eq!(spec.shape(&no_roots()).unwrap(), pictures.shape);
    assert_eq!(spec.classes(&no_roots()).unwrap(), Some(10));
    assert_eq!(spec.digest(&no_roots()).unwrap(), data.digest(&no_roots()).unwrap());
}

#[test]
fn an_array_is_divided_and_keeps_its_labels() {
    let folder = tempfile::tempdir().unwrap();
    let roots = DataRoots(vec!["/nowhere".into(), folder.path().into()]);
    // Picture i is full of i, and of class i % 4.
    let data: Vec<u8> = (0..20).flat_map(|index| [index; 12]).collect();
    write_npy(&folder.path().join("a.npy"), "|u1", "(20, 3, 2, 2)", &data);
    let labels: Vec<u8> = (0..20).map(|index| index % 4).collect();
    write_npy(&folder.path().join("l.npy"), "|u1", "(20,)", &labels);
    let value = json!({ "set": "arrays", "file": "a.npy", "labels": "l.npy", "validation": 5 });
    let set = load_from(value.clone(), &roots).unwrap();
    assert_eq!(set.shape, Shape { channels: 3, height: 2, width: 2 });
    assert_eq!((set.train.images.size(), set.test.examples()), (vec![13, 3, 2, 2], 2));
    assert_eq!((set.classes, spec(value.clone()).classes(&roots).unwrap()), (Some(4), Some(4)));
    let mut seen = Vec::new();
    for split in [&set.train, &set.validation, &set.test] {
        let first = list(&split.images.select(1, 0).select(1, 0).select(1, 0));
        let classes: Vec<i64> = first.iter().map(|index| index % 4).collect();
        assert_eq!(list(split.labels.as_ref().unwrap()), classes);
        seen.extend(first);
    }
    assert_ne!(seen, (0..20).collect::<Vec<i64>>(), "shuffled");
    seen.sort_unstable();
    assert_eq!(seen, (0..20).collect::<Vec<i64>>(), "each once");
    let mut timed = value;
    timed["split"] = "time".into();
    let set = load_from(timed, &roots).unwrap();
    assert_eq!(list(&set.test.images.select(1, 0).select(1, 0).select(1, 0)), [18, 19]);
}

#[test]
fn a_pair_of_arrays_is_as_its_files_are() {
    let folder = tempfile::tempdir().unwrap();
    let roots = DataRoots(vec![folder.path().into()]);
    let path = |name: &str| folder.path().join(name);
    write_npy(&path("a.npy"), "|u1", "(4, 3)", &(0..12).collect::<Vec<u8>>());
    write_npy(&path("b.npy"), "|u1", "(2, 3)", &[9, 8, 7, 6, 5, 4]);
    let value = json!({ "set": "arrays", "file": "a.npy", "test_file": "b.npy" });
    let set = load_from(value.clone(), &roots).unwrap();
    assert_eq!((set.train.examples(), set.validation.examples()), (4, 0));
    assert_eq!(list(&set.test.images), [9, 8, 7, 6, 5, 4]);
    assert_eq!((set.shape, set.classes), (Shape { channels: 1, height: 1, width: 3 }, None));
    assert!(set.test.labels.is_none());
    let digest = || spec(value.clone()).digest(&roots).unwrap();
    let before = digest();
    write_npy(&path("b.npy"), "|u1", "(2, 3)", &[9, 8, 7, 6, 5, 3]);
    assert_ne!(digest(), before);
    write_npy(&path("b.npy"), "|u1", "(3, 2)", &[9, 8, 7, 6, 5, 3]);
    let text = said(&value, &roots);
    assert!(text.contains("1 x 1 x 3") && text.contains("1 x 1 x 2"), "{text}");
    let labels = json!({ "set": "arrays", "file": "a.npy", "test_file": "a.npy", "labels": "l" });
    assert!(said(&labels, &roots).contains("both or neither"));
    let with = |file: &str, train: usize| json!({ "set": "arrays", "file": file, "train": train });
    assert!(said(&with("none.npy", 1), &roots).contains(&*path("none.npy").to_string_lossy()));
    assert!(said(&with("a.npy", 4), &roots).contains("'arrays' has 4 examples"));
    write_npy(&path("a.npy"), "|u1", "(2, 2, 2, 2)", &[0; 16]);
    let text = said(&json!({ "set": "arrays", "file": "a.npy" }), &roots);
    assert!(text.contains("[2, 2, 2, 2]") && text.contains("C = 1 or 3"), "{text}");
}

/// Saves a grey picture whose left half is `value` and whose right half is black.
fn save(path: &Path, [height, width]: [u32; 2], value: u8) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    let pixel = |x, _| Luma([if x < width / 2 { value } else { 0 }]);
    GrayImage::from_fn(width, height, pixel).save(path).unwrap();
}

#[test]
fn a_folder_of_folders_has_classes() {
    let folder = tempfile::tempdir().unwrap();
    let value = json!({ "set": "images", "folder": folder.path(), "test": 1 });
    for (name, shade) in [("b/2.png", 20), ("a/10.png", 10), ("b/inner/1.PNG", 30), ("a/9.png", 40)]
    {
        save(&folder.path().join(name.to_lowercase()), [2, 4], shade);
    }
    fs::write(folder.path().join("b/notes.txt"), "not a picture").unwrap();
    fs::write(folder.path().join("a/.hidden.png"), "not a picture").unwrap();
    let set = load_from(value.clone(), &no_roots()).unwrap();
    assert_eq!((set.shape, set.classes), (Shape { channels: 1, height: 2, width: 4 }, Some(2)));
    assert_eq!((set.train.examples(), set.test.examples()), (3, 1));
    let both = Tensor::cat(&[&set.train.images, &set.test.images], 0);
    let labels = Tensor::cat(&[set.train.labels.unwrap(), set.test.labels.unwrap()], 0);
    let shades = list(&both.select(1, 0).select(1, 0).select(1, 0));
    let expected: Vec<i64> = shades.iter().map(|it| i64::from([20, 30].contains(it))).collect();
    assert_eq!(list(&labels), expected);
    let before = spec(value.clone()).digest(&no_roots()).unwrap();
    fs::rename(folder.path().join("a/9.png"), folder.path().join("b/9.png")).unwrap();
    assert_ne!(spec(value.clone()).digest(&no_roots()).unwrap(), before);
    save(&folder.path().join("stray.png"), [2, 4], 0);
    assert!(said(&value, &no_roots()).contains("'stray.png' lies beside folders"));
}

#[test]
fn pictures_are_brought_to_a_size() {
    let folder = tempfile::tempdir().unwrap();
    let colour = RgbImage::from_pixel(8, 8, Rgb([200, 100, 0]));
    colour.save(folder.path().join("a.jpg")).unwrap();
    save(&folder.path().join("b.png"), [4, 16], 240);
    let of = |more: Value| {
        let mut value = json!({ "set": "images", "folder": folder.path(), "test": 1, "seed": 0 });
        value.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        value
    };
    let both = |more| {
        let set = load_from(of(more), &no_roots()).unwrap();
        let both = Tensor::cat(&[set.train.images, set.test.images], 0);
        let grey = both.get(0).select(0, 0).get(0).int64_value(&[0]) == 240;
        if grey { both.flip([0]) } else { both }
    };
    // The cropped middle of the wide picture is half white, half black; stretched it is so too.
    for fit in ["crop", "stretch"] {
        let found = both(json!({ "size": [4, 4], "colours": "rgb", "fit": fit }));
        assert_eq!(found.size(), [2, 3, 4, 4], "{fit}");
        let channels = list(&found.get(0).select(1, 1).select(1, 1));
        for (found, expected) in channels.iter().zip([200, 100, 0]) {
            assert!((found - expected).abs() < 6, "{channels:?}");
        }
        let row = list(&found.get(1).get(0).get(1));
        assert!(row[0] > 200 && row[3] < 40, "{fit}: {row:?}");
    }
    let text = load_from(of(json!({})), &no_roots()).unwrap_err().to_string();
    let wanted = "b.png: it is 16 wide and 4 high where the first picture is 8 wide and 8 high";
    assert!(text.contains(wanted), "{text}");
    assert!(said(&of(json!({ "size": [0, 4] })), &no_roots()).contains("at least 1 x 1"));
}

#[test]
fn damaged_pictures_and_empty_folders_are_named() {
    let folder = tempfile::tempdir().unwrap();
    let value = json!({ "set": "images", "folder": folder.path(), "train": 1 });
    assert!(said(&value, &no_roots()).contains("no files that end in .png"));
    assert!(
        said(&json!({ "set": "images", "folder": "/nowhere" }), &no_roots()).contains("/nowhere")
    );
    for name in ["a.png", "b.png"] {
        save(&folder.path().join(name), [30, 40], 200);
    }
    let whole = fs::read(folder.path().join("b.png")).unwrap();
    let load = |bytes: &[u8]| {
        fs::write(folder.path().join("b.png"), bytes).unwrap();
        load_from(value.clone(), &no_roots())
    };
    let expected = load(&whole).unwrap().train.images;
    for length in 0..whole.len() - 12 {
        let text = load(&whole[..length]).unwrap_err().to_string();
        assert!(text.contains("b.png: "), "{length}: {text}");
    }
    // A header that announces 16,000 x 16,000 pixels, with its checksum.
    let mut vast = whole.clone();
    vast[16..24].copy_from_slice(&[0, 0, 0x3e, 0x80, 0, 0, 0x3e, 0x80]);
    let checksum = crc32fast::hash(&vast[12..29]).to_be_bytes();
    vast[29..33].copy_from_slice(&checksum);
    assert!(load(&vast).unwrap_err().to_string().contains("16000 x 16000 pixels are too many"));
    assert!(load(b"GIF89a").unwrap_err().to_string().contains("neither PNG nor JPEG"));
    assert_eq!(load(&whole).unwrap().train.images, expected);
}
