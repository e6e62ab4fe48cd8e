//! Data that are not there: where they were looked for, what will be downloaded, and what is checked all the
//! same.

use crate::data_flaws::Place;

#[test]
fn what_is_nowhere_is_said_and_what_would_be_downloaded_too() {
    let place = Place::new();
    for (data, field, said) in [
        ("{ set: frey }", "set", "[1965, 28, 20]"),
        ("{ set: idx, folder: nowhere }", "folder", "nowhere"),
        ("{ set: images, folder: nowhere }", "folder", "nowhere"),
        ("{ set: arrays, file: nowhere.npy }", "file", "nowhere.npy"),
        ("{ set: arrays, file: faces.npy, labels: nowhere.npy }", "labels", "nowhere.npy"),
    ] {
        place.refuses(data, field, &["was not found; looked for", said]);
    }
    for (set, megabytes) in [("mnist", "11.6 MB"), ("fashion_mnist", "30.9 MB")] {
        let (code, words) = place.check(&format!("{{ set: {set} }}"));
        let note = format!("note: the data set '{set}' is not here");
        assert!(code == Some(0) && words.contains(&note) && words.contains(megabytes), "{words}");
        let into = place.path(".local/share/exp").join(set);
        assert!(words.contains(&into.display().to_string()), "{words}");
        assert!(place.exp(&["plan", "spec.yaml"]).1.contains(&note));
    }
    // No run begins with what is not there.
    assert_eq!(place.check("{ set: frey }").0, Some(2));
    assert_eq!(place.exp(&["run", "spec.yaml"]), place.exp(&["check", "spec.yaml"]));
    assert!(!place.path("runs").exists());
    // A file of another length is not the published one.
    std::fs::create_dir(place.path("mnist")).unwrap();
    for name in ["train-images-idx3", "train-labels-idx1", "t10k-images-idx3", "t10k-labels-idx1"] {
        std::fs::write(place.path("mnist").join(format!("{name}-ubyte.gz")), "x").unwrap();
    }
    place.refuses("{ set: mnist }", "set", &["it has 1 bytes, the published one 9912422"]);
}

#[test]
fn where_data_are_not_here_everything_else_is_checked() {
    let place = Place::new();
    let (code, words) = place.check("{ set: frey, trian: 3 }\n    batch: 0");
    assert!(code == Some(2) && words.contains("'trian'") && words.contains("batch"), "{words}");
    let text = "name: one\njobs:\n  one:\n    kind: autoencoder\n    data: { set: frey }\n    latent: 2\n    \
                encoder: { name: cnn, channels: [2, 2, 2, 2, 2, 2] }\n    optimiser: { rule: adam }\n";
    std::fs::write(place.path("spec.yaml"), text).unwrap();
    let (roots, runs) = ([place.path("nowhere")], place.path("runs"));
    let request = exp::dispatch::Request {
        file: &place.path("spec.yaml"),
        overrides: &[],
        device: None,
        data_roots: &roots,
        runs: &runs,
        devices: None,
    };
    let words = place.exp(&["check", "spec.yaml"]).1;
    assert!(words.contains("looked for:") && words.contains("encoder"), "{words}");
    if std::env::var_os("EXP_DATA").is_none() {
        let problems = exp::dispatch::lower(exp::experiments::KINDS, &request).unwrap_err();
        let absent: Vec<bool> = problems.list().iter().map(|problem| problem.absent).collect();
        assert_eq!(absent, [true, false], "{problems}");
    }
}
