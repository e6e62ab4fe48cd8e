//! Tests of loading.

use super::super::idx_folder::tests::write_set;
use super::*;
use serde_json::json;
use std::path::PathBuf;

fn load_from(spec: serde_json::Value, roots: &DataRoots) -> Result<Labelled, DataError> {
    let spec: DataSpec = serde_json::from_value(spec).unwrap();
    let loaded = load(&spec, roots, Device::Cpu)?;
    assert_eq!(loaded.digest(), spec.digest(roots).unwrap(), "as it is planned");
    Ok(loaded.unconfirmed())
}

fn list(labels: &Tensor) -> Vec<i64> {
    labels.try_into().unwrap()
}

#[test]
fn glyphs_come_in_the_numbers_asked_for() {
    let roots = DataRoots(Vec::new());
    let few =
        load_from(json!({ "set": "glyphs", "train": 30, "validation": 0, "test": 20 }), &roots);
    let few = few.unwrap();
    assert_eq!(few.train.images.size(), [30, 1, 28, 28]);
    assert_eq!(few.train.images.kind(), Kind::Uint8);
    assert_eq!(few.validation.images.size(), [0, 1, 28, 28]);
    assert_eq!((few.validation.examples(), few.test.examples(), few.classes), (0, 20, 10));
    let more = load_from(json!({ "set": "glyphs", "train": 90, "test": 1 }), &roots).unwrap();
    assert_eq!(more.train.images.narrow(0, 0, 30), few.train.images);
    assert_eq!(more.train.labels.narrow(0, 0, 30), few.train.labels);
}

#[test]
fn a_folder_is_split_as_asked() {
    let folder = tempfile::tempdir().unwrap();
    write_set(folder.path(), "", 7);
    let roots = DataRoots(Vec::new());
    let from = |train: Option<usize>, validation: usize| {
        let spec = json!({ "set": "idx", "folder": folder.path(), "train": train,
                           "validation": validation });
        load_from(spec, &roots)
    };
    let all = from(None, 0).unwrap();
    assert_eq!(list(&all.train.labels), [0, 1, 2, 0, 1, 2, 0]);
    assert_eq!((all.classes, all.shape.pixels(), all.test.examples()), (3, 4, 2));
    let part = from(Some(3), 2).unwrap();
    assert_eq!(list(&part.train.labels), [0, 1, 2]);
    assert_eq!(list(&part.validation.labels), [2, 0]);
    assert_eq!(part.validation.images.flatten(0, -1).int64_value(&[0]), 20);
    assert_eq!(from(None, 2).unwrap().train.examples(), 5);
    for (train, validation) in [(Some(6), 2), (None, 7), (Some(usize::MAX), 2), (Some(8), 0)] {
        let error = from(train, validation).unwrap_err();
        assert!(matches!(error, DataError::TooMany { held: 7, .. }), "{error}");
    }
}

#[test]
fn real_set_mnist_is_what_it_should_be() {
    let Some(data) = std::env::var_os("EXP_DATA").filter(|data| !data.is_empty()) else {
        println!("skipped: EXP_DATA names no data root, so MNIST was not read");
        return;
    };
    let roots = DataRoots(std::env::split_paths(&data).collect::<Vec<PathBuf>>());
    if super::super::published_sets::MNIST.find(&roots).is_err() {
        println!("skipped: the data root holds no MNIST");
        return;
    }
    let all = load_from(json!({ "set": "mnist", "validation": 5000 }), &roots).unwrap();
    let counts = [&all.train, &all.validation, &all.test].map(Split::examples);
    assert_eq!((counts, all.classes), ([55_000, 5_000, 10_000], 10));
    assert_eq!(list(&all.train.labels.narrow(0, 0, 10)), [5, 0, 4, 1, 9, 2, 1, 3, 1, 4]);
    assert_eq!(list(&all.test.labels.narrow(0, 0, 5)), [7, 2, 1, 0, 4]);
    let both = Tensor::cat(&[&all.train.images, &all.validation.images], 0);
    let mean = both.to_kind(Kind::Double).mean(Kind::Double).double_value(&[]) / 255.0;
    assert!((mean - 0.1307).abs() < 5e-5, "{mean}");
}
