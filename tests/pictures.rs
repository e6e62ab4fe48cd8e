//! Auto-encoders of pictures that have no classes: arrays, folders of pictures, Frey Face; and what is
//! refused of them before anything is learnt.

use crate::autoencoder::look_at;
use crate::programs::{Place, text};
use std::path::Path;

/// Writes bytes as NumPy would: `kind` such as `|u1`, `sizes` such as `(4, 6)`.
pub(crate) fn write_npy(path: &Path, kind: &str, sizes: &str, data: &[u8]) {
    let words = format!("{{'descr': '{kind}', 'fortran_order': False, 'shape': {sizes}, }}");
    let width = (words.len() + 11).next_multiple_of(64) - 11;
    let words = format!("{words:<width$}\n");
    let length = (words.len() as u16).to_le_bytes();
    std::fs::write(path, [b"\x93NUMPY\x01\x00", &length[..], words.as_bytes(), data].concat())
        .unwrap();
}

/// So many bytes that go up and down.
fn waves(count: usize) -> Vec<u8> {
    (0..count).map(|index| ((index * 37 + index / 11 * 5) % 256) as u8).collect()
}

/// A spec of one job with this data and these further settings, one a line.
fn spec(data: &str, settings: &str) -> String {
    format!(
        "name: faces\njobs:\n  one:\n    kind: autoencoder\n    data: {data}\n    latent: 2\n    \
         optimiser: {{ rule: adam }}\n    epochs: 2\n    batch: 10\n    {settings}\n"
    )
}

#[test]
fn pictures_without_classes_are_learnt() {
    let dense = "encoder: { name: mlp, hidden: [8] }\n    likelihood: { name: bounded_gaussian }";
    let rows = "encoder: { name: mlp, hidden: [8] }\n    likelihood: { name: gaussian }";
    let blocks = "encoder: { name: cnn, channels: [3], hidden: [] }";
    for (data, settings) in [
        ("{ set: arrays, file: faces.npy, validation: 6, split: time }", dense),
        ("{ set: arrays, file: rows.npy, test_file: rows.npy }", rows),
        ("{ set: images, folder: birds, colours: rgb, test: 4 }", blocks),
        ("{ set: frey, train: 20, validation: 0, test: 10 }", dense),
    ] {
        let place = Place::new(&spec(data, settings));
        let folder = place.0.path();
        write_npy(&folder.join("faces.npy"), "|u1", "(40, 6, 5)", &waves(1200));
        write_npy(&folder.join("rows.npy"), "|u1", "(30, 7)", &waves(210));
        std::fs::create_dir_all(folder.join("data/frey")).unwrap();
        write_npy(&folder.join("data/frey/f.npy"), "|u1", "(1965, 28, 20)", &waves(1_100_400));
        std::fs::create_dir(folder.join("birds")).unwrap();
        for bird in 0..24 {
            let pixels = waves(4 * 6 * 3 + bird)[bird..].to_vec();
            let picture = image::RgbImage::from_raw(6, 4, pixels).unwrap();
            picture.save(folder.join(format!("birds/{bird:02}.png"))).unwrap();
        }
        let output = place.exp(&["run", "spec.yaml", "--data-root", "."]);
        assert!(output.status.success(), "{data}: {}", text(&output.stderr));
        let job = place.run("runs").join("one");
        let files = ["manifold-pixel_values", "latents-pixel_values", "projector"];
        look_at(&job, &files, &["test/bound", "train/bound"]);
        let config = std::fs::read_to_string(job.join("projector_config.pbtxt")).unwrap();
        assert!(config.contains("sprite"), "{config}");
    }
}

#[test]
fn what_cannot_be_learnt_from_is_refused() {
    let dense = "encoder: { name: mlp, hidden: [8] }";
    let blocks = "encoder: { name: cnn, channels: [3] }";
    for (data, settings, code, said) in [
        ("{ set: arrays, file: nowhere.npy }", dense, 2, "nowhere.npy"),
        ("{ set: arrays, file: rows.npy }", blocks, 2, "a cnn needs 2-D pictures"),
        ("{ set: arrays, file: rows.npy, test: 30 }", dense, 2, "30"),
        ("{ set: arrays, file: damaged.npy }", dense, 2, "damaged.npy"),
        ("{ set: images, folder: none }", dense, 2, "none"),
        ("{ set: frey }", dense, 2, "frey"),
        ("{ set: arrays, file: large.npy }", dense, 2, "from 0 to 1"),
    ] {
        let place = Place::new(&spec(data, settings));
        let folder = place.0.path();
        write_npy(&folder.join("rows.npy"), "|u1", "(30, 7)", &waves(210));
        write_npy(&folder.join("damaged.npy"), "|u1", "(30, 7)", &waves(100));
        let large: Vec<u8> =
            [0.5_f32, 1.0, 2.5, 0.0].iter().flat_map(|it| it.to_le_bytes()).collect();
        write_npy(&folder.join("large.npy"), "<f4", "(2, 2)", &large);
        let mut command = place.command(&["run", "spec.yaml", "--data-root", "."]);
        let output = command.env_remove("EXP_DATA").output().unwrap();
        let words = text(&output.stderr);
        assert_eq!(output.status.code(), Some(code), "{data}\n{words}");
        assert!(words.contains(said), "'{said}' is not in:\n{words}");
        assert!(!words.contains("one: train"), "{data}\n{words}");
        if code == 2 {
            assert!(words.contains("spec.yaml:") && !folder.join("runs").exists(), "{words}");
        }
    }
}
