//! Frey Face: where it is looked for, and what it is.

use super::*;

#[test]
fn frey_says_where_it_was_looked_for_and_what_is_wanted() {
    let folder = tempfile::tempdir().unwrap();
    let value = json!({ "set": "frey", "train": 2, "validation": 0, "test": 1 });
    let roots = DataRoots(vec!["/nowhere".into(), folder.path().into()]);
    let text = said(&value, &roots);
    let place = folder.path().join("frey/*.npy").display().to_string();
    assert!(text.contains("/nowhere/frey/*.npy") && text.contains(&place), "{text}");
    assert!(text.contains("[1965, 28, 20]") && !text.contains("data fetch"), "{text}");
    let frey = folder.path().join("frey");
    fs::create_dir(&frey).unwrap();
    write_npy(&frey.join("f.npy"), "|u1", "(3, 20, 28)", &[0; 1680]);
    assert!(said(&value, &roots).contains("[N, 28, 20]"));
    write_npy(&frey.join("f.npy"), "|u1", "(3, 28, 20)", &[0; 1680]);
    let set = load_from(value.clone(), &roots).unwrap();
    assert_eq!((set.train.examples(), set.test.examples(), set.classes), (2, 1, None));
    let inside = DataRoots(vec![frey.clone()]);
    assert_eq!(load_from(value.clone(), &inside).unwrap().train.examples(), 2);
    assert!(said(&json!({ "set": "frey" }), &roots).contains("'frey' has 3 examples"));
    fs::write(frey.join("g.npy"), "").unwrap();
    assert!(said(&value, &roots).contains("'f.npy' and 'g.npy' could both be"));
}

#[test]
fn real_set_frey_is_what_it_should_be() {
    let Some(data) = std::env::var_os("EXP_DATA").filter(|data| !data.is_empty()) else {
        println!("skipped: EXP_DATA names no data root, so Frey Face was not read");
        return;
    };
    let roots = DataRoots(std::env::split_paths(&data).collect::<Vec<PathBuf>>());
    if matches!(spec(json!({ "set": "frey" })).shape(&roots), Err(DataError::Missing { .. })) {
        println!("skipped: the data root holds no Frey Face");
        return;
    }
    let set = load_from(json!({ "set": "frey" }), &roots).unwrap();
    let splits = [&set.train, &set.validation, &set.test];
    assert_eq!(splits.map(PictureSplit::examples), [1565, 200, 200]);
    assert_eq!(set.shape, Shape { channels: 1, height: 28, width: 20 });
    let all = Tensor::cat(&splits.map(|it| it.images.shallow_clone()), 0);
    assert_eq!([all.min(), all.max()].map(|value| value.int64_value(&[])), [8, 238]);
    assert_eq!(all.sum(Kind::Int64).int64_value(&[]), 169_968_741, "as NumPy sums them");
    // Neighbours in time are more alike than the frames of a shuffle.
    let timed = load_from(json!({ "set": "frey", "split": "time" }), &roots).unwrap();
    let change = |images: &Tensor| {
        let images = images.to_kind(Kind::Float);
        let steps = images.narrow(0, 1, 1564) - images.narrow(0, 0, 1564);
        steps.abs().mean(Kind::Float).double_value(&[])
    };
    assert!(2.0 * change(&timed.train.images) < change(&set.train.images));
}
