//! The plugin "projector" of the real TensorBoard finds embeddings with their labels and pictures.

use super::python;
use exp::files::Place;
use exp::plot::Tiles;
use exp::sinks::{Embedding, TensorBoard, write_embeddings};
use serde_json::json;

#[test]
fn the_projector_lists_an_embedding_with_its_labels_and_pictures() {
    let Some(python) = python::find() else {
        println!("skipped: no Python with the package tensorboard (set EXP_PYTHON)");
        return;
    };
    let runs = tempfile::tempdir().unwrap();
    let folder = Place::trusted(runs.path().join("a run/vae"));
    std::fs::create_dir_all(&folder).unwrap();
    drop(TensorBoard::open(&folder));
    let values: Vec<f32> = (0..5 * 3).map(|index| index as f32 / 8.0 - 1.0).collect();
    let classes: Vec<String> = (0..5).map(|index| (index % 2).to_string()).collect();
    let places: Vec<String> = (0..5).map(|index| format!("test {index}")).collect();
    let pixels: Vec<u8> = (0..5 * 4 * 6).collect();
    let pictures = Tiles { pixels: &pixels, count: 5, channels: 1, height: 4, width: 6 };
    let columns: [(&str, &[String]); 2] = [("class", &classes), ("example", &places)];
    let means = Embedding {
        name: "latent means (\"test\")",
        values: &values,
        dimensions: 3,
        columns: &columns,
        pictures: Some(pictures),
    };
    let bare = Embedding { name: "bare", columns: &columns[..1], pictures: None, ..means };
    write_embeddings(&folder, &[means, bare]).unwrap();

    let found = python::read(&python, "projector.py", runs.path());
    let run = &found["a run/vae"];
    let rows: Vec<&[f32]> = values.chunks(3).collect();
    // Three columns of six pixels, and two rows of four.
    let expected = json!({
        "latent means (\"test\")": {
            "shape": [5, 3],
            "tensor": rows,
            "metadata": ["class\texample", "0\ttest 0", "1\ttest 1", "0\ttest 2", "1\ttest 3",
                         "0\ttest 4"],
            "sprite": { "image": [6, 4], "sheet": [18, 8] },
        },
        "bare": {
            "shape": [5, 3],
            "tensor": rows,
            "metadata": ["0", "1", "0", "1", "0"],
            "sprite": null,
        },
    });
    assert_eq!(*run, expected, "{found:#}");
}
