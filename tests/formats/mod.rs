//! What jobs leave can be read without this program: docs/formats.md describes it well enough for a few lines of
//! NumPy to run every sort of network from its files, and to come to the figures that the jobs wrote down.

use crate::programs::Place;
use crate::tensorboard::python;
use std::fmt::Write as _;
use std::path::Path;
use std::process::Command;

const DATA: &str = "data: { set: idx, folder: digits, validation: 0 }";
const RECIPE: &str = "optimiser: { rule: adam, rate: 1e-2 }, epochs: 3, batch: 10";

/// Name, kind and settings of each job: every network there is, alone and several, on pictures of odd sides.
const JOBS: [(&str, &str); 11] = [
    (
        "dense",
        "kind: classifier, members: 3, network: { name: mlp, hidden: [12, 9], dropout: 0.2, \
         input_dropout: 0.1, max_norm: 2.0 }",
    ),
    ("linear", "kind: classifier, network: { name: mlp, hidden: [] }"),
    (
        "blocks",
        "kind: classifier, members: 2, network: { name: cnn, channels: [3, 4], kernel: 3, hidden: [7] }",
    ),
    ("block", "kind: classifier, network: { name: cnn, channels: [5], kernel: 5, hidden: [] }"),
    (
        "layered",
        "kind: classifier, members: 2, network: { name: layers, layers: [\
         { layer: convolution, channels: 3, kernel: 3, padding: same, bias: false }, { layer: batch_norm }, \
         { layer: activation, function: relu, name: seen }, \
         { layer: residual, layers: [{ layer: convolution, channels: 4, kernel: 3, stride: 2, padding: same }, \
         { layer: batch_norm, affine: false }, { layer: activation, function: tanh }], \
         shortcut: [{ layer: convolution, channels: 4, kernel: 1, stride: 2, name: short }] }, \
         { layer: parallel, branches: [[{ layer: dense, units: 5 }, { layer: layer_norm }], [{ layer: global_pool, \
         method: average }]] }, { layer: activation, function: relu, name: late }, { layer: dense, units: 6 }, \
         { layer: concat, with: late }] }",
    ),
    (
        "coder",
        "kind: autoencoder, latent: 3, encoder: { name: mlp, hidden: [8, 6], activation: tanh }",
    ),
    (
        "coders",
        "kind: autoencoder, members: 2, latent: 2, encoder: { name: cnn, channels: [3, 4], kernel: 3, \
         hidden: [6] }",
    ),
    (
        "wide",
        "kind: autoencoder, latent: 2, encoder: { name: cnn, channels: [3], kernel: 5, hidden: [] }, \
         decoder: { name: mlp, hidden: [9] }",
    ),
    (
        "gaussian",
        "kind: autoencoder, latent: 2, encoder: { name: cnn, channels: [3], kernel: 3, hidden: [4] }, \
         likelihood: { name: gaussian }",
    ),
    (
        "bounded",
        "kind: autoencoder, latent: 2, encoder: { name: mlp, hidden: [8] }, likelihood: { name: \
         bounded_gaussian }",
    ),
    ("plain", "kind: autoencoder, form: plain, latent: 2, encoder: { name: mlp, hidden: [8] }"),
];

fn spec() -> String {
    let mut text = "name: formats\njobs:\n".to_owned();
    for (name, settings) in JOBS {
        writeln!(text, "  {name}: {{ {settings}, {DATA}, {RECIPE} }}").unwrap();
    }
    text
}

/// Pictures of 9 x 7 in three classes, told apart by where they are bright.
fn write_digits(folder: &Path) {
    std::fs::create_dir_all(folder).unwrap();
    let header = |magic: u32, sizes: &[u32]| -> Vec<u8> {
        std::iter::once(&magic).chain(sizes).flat_map(|number| number.to_be_bytes()).collect()
    };
    for (part, count) in [("train", 60_u32), ("t10k", 40)] {
        let labels: Vec<u8> = (0..count).map(|index| (index % 3) as u8).collect();
        let pixel = |example: u32, place: u32| {
            let bright = place / 21 == example % 3;
            let noise = (example * 7919 + place * 104_729) % 97;
            (if bright { 150 + noise } else { noise }) as u8
        };
        let pixels = (0..count).flat_map(|example| (0..63).map(move |place| pixel(example, place)));
        let images = [header(2051, &[count, 9, 7]), pixels.collect()].concat();
        std::fs::write(folder.join(format!("{part}-images-idx3-ubyte")), images).unwrap();
        let labels = [header(2049, &[count]), labels].concat();
        std::fs::write(folder.join(format!("{part}-labels-idx1-ubyte")), labels).unwrap();
    }
}

#[test]
fn a_few_lines_of_numpy_run_every_network_from_its_files() {
    let Some(python) = python::find_with("numpy") else {
        return println!("skipped: there is no Python with NumPy");
    };
    let place = Place::new(&spec());
    let digits = place.0.path().join("digits");
    write_digits(&digits);
    let output = place.exp(&["run", "spec.yaml", "--quiet", "--data-root", "."]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/formats/read.py");
    let mut command = Command::new(python);
    let output = command.arg(script).arg(place.run("runs")).arg(&digits).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let read: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    for (job, _) in JOBS {
        let (found, written) = (&read[job]["found"], &read[job]["written"]);
        for (name, value) in found.as_object().unwrap() {
            let value = value.as_f64().unwrap();
            // Of latents the greatest difference is given; of metrics the value.
            let expected = if name == "latents" { Some(0.0) } else { written[name].as_f64() };
            let expected = expected.unwrap_or_else(|| panic!("{job} has no {name}: {written}"));
            assert!((value - expected).abs() < 2e-5, "{job}, {name}: {value}, not {expected}");
        }
    }
}
