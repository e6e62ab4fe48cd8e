//! Tests of settings of data.

use super::super::idx_folder::tests::write_set;
use super::*;
use serde_json::json;

fn spec(value: serde_json::Value) -> DataSpec {
    serde_json::from_value(value).unwrap()
}

#[test]
fn defaults_are_written_out() {
    let written = |value| serde_json::to_value(spec(value)).unwrap();
    assert_eq!(
        written(json!({ "set": "glyphs", "train": 2000 })),
        json!({ "set": "glyphs", "train": 2000, "validation": 2000, "test": 10000, "seed": 0,
                "distortion": 1.0 })
    );
    assert_eq!(
        written(json!({ "set": "fashion_mnist" })),
        json!({ "set": "fashion_mnist", "train": null, "validation": 0 })
    );
    let unknown = serde_json::from_value::<DataSpec>(json!({ "set": "mnist", "trian": 3 }));
    assert!(unknown.unwrap_err().to_string().contains("trian"));
}

#[test]
fn the_schema_says_what_serde_takes() {
    let schema = serde_json::to_value(schemars::schema_for!(DataSpec)).unwrap();
    let sets: Vec<_> = schema["oneOf"]
        .as_array()
        .unwrap()
        .iter()
        .map(|variant| variant["properties"]["set"]["const"].as_str().unwrap())
        .collect();
    assert_eq!(sets, ["glyphs", "mnist", "fashion_mnist", "idx"]);
}

#[test]
fn the_digest_follows_the_contents() {
    let folder = tempfile::tempdir().unwrap();
    let roots = DataRoots(vec![folder.path().join("none")]);
    let digest = |value| spec(value).digest(&roots);
    let glyphs = digest(json!({ "set": "glyphs" })).unwrap();
    assert_eq!(glyphs, digest(json!({ "set": "glyphs", "distortion": 1 })).unwrap());
    assert_ne!(glyphs, digest(json!({ "set": "glyphs", "seed": 1 })).unwrap());
    let mnist = digest(json!({ "set": "mnist" })).unwrap();
    assert_eq!(mnist, MNIST.digest());
    assert_ne!(mnist, digest(json!({ "set": "fashion_mnist" })).unwrap());

    let own = || digest(json!({ "set": "idx", "folder": folder.path() }));
    assert!(own().is_err());
    write_set(folder.path(), "", 5);
    let before = own().unwrap();
    assert_eq!(before, own().unwrap());
    write_set(folder.path(), "", 6);
    assert_ne!(before, own().unwrap());
}
