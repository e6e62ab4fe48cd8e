//! What is said of networks before anything runs: their layers, and memory that no machine has.

use crate::programs::Place;

const SPEC: &str = "
name: layered
jobs:
  blocks:
    kind: classifier
    members: 2
    data: { set: glyphs, train: 1000, validation: 0, test: 500 }
    optimiser: { rule: adam }
    network:
      name: layers
      layers:
        - { layer: convolution, channels: 4, kernel: 3, padding: same, name: first }
        - layer: residual
          layers: [{ layer: batch_norm }, { layer: activation, function: relu }]
        - { layer: global_pool, method: average }
  same:
    kind: classifier
    data: { set: glyphs, train: 1000, validation: 0, test: 500 }
    optimiser: { rule: adam }
    network: { name: mlp, hidden: [20] }
  again:
    kind: distill
    teachers: same
    data: { set: glyphs, train: 1000, validation: 0, test: 500 }
    optimiser: { rule: adam }
    network: { name: mlp, hidden: [20] }
  coder:
    kind: autoencoder
    latent: 2
    data: { set: glyphs, train: 1000, validation: 0, test: 500 }
    optimiser: { rule: adam }
    encoder: { name: cnn, channels: [3], hidden: [] }
";

const LARGE: &str = "same.network.hidden=[1000000,1000000]";

#[test]
fn the_layers_of_every_network_are_shown_once() {
    let place = Place::new(SPEC);
    let shown = place.exp(&["show", "spec.yaml", "--network"]);
    assert!(shown.status.success(), "{}", String::from_utf8_lossy(&shown.stderr));
    let text = String::from_utf8(shown.stdout).unwrap();
    for line in [
        "network of blocks",
        // 9 weights and a bias in each of 4 channels; 9 products and sums in each of 4 x 784 numbers.
        "first          convolution  4 x 28 x 28          40  56,448",
        "residual1      residual     4 x 28 x 28               3,136",
        "  batch_norm1  batch_norm   4 x 28 x 28           8  12,544",
        "output         dense        10                   50      80",
        "network of same, again",
        "in all                   10               15,910  31,780",
        "encoder of coder",
        "convolution1  convolution  3 x 14 x 14          30  10,584",
        "decoder of coder",
        "transposed1  transposed_convolution  1 x 28 x 28          28  10,584",
    ] {
        let found = text.lines().any(|shown| shown.trim_end() == line);
        assert!(found, "no line '{line}' in:\n{text}");
    }
    let planned = String::from_utf8(place.exp(&["plan", "spec.yaml"]).stdout).unwrap();
    assert!(planned.ends_with(&text), "{planned}");
    let blocks = text.lines().find(|line| line.starts_with("blocks")).unwrap();
    assert!(blocks.contains(" 2 ") && blocks.contains("about 1"), "{blocks}");
}

#[test]
fn what_no_machine_has_memory_for_is_refused_before_anything_is_made() {
    let place = Place::new(SPEC);
    let said = "job 'same' needs about 16.0 TB of memory, 12.0 TB of them for their gradients and the \
                optimiser's state, and this machine has ";
    let ran = place.exp(&["run", "spec.yaml", "--device", "cpu", "--set", LARGE]);
    let error = String::from_utf8_lossy(&ran.stderr).into_owned();
    assert_eq!(ran.status.code(), Some(2), "{error}");
    assert!(error.contains(&format!("error: {said}")), "{error}");
    assert!(!place.0.path().join("runs").exists());
    for words in
        [&["plan", "spec.yaml", "--set", LARGE][..], &["check", "spec.yaml", "--set", LARGE]]
    {
        let looked = place.exp(words);
        let note = String::from_utf8_lossy(&looked.stderr).into_owned();
        assert!(looked.status.success(), "{note}");
        assert!(note.contains(&format!("note: exp run would refuse this here: {said}")), "{note}");
    }
}
