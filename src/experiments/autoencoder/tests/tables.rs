//! The tables that a run leaves say of the first member what its tensors say.

use super::assert_close;
use crate::job::{Context, Finish};
use crate::train::checkpoint::file;
use std::path::Path;
use tch::{Device, Kind, Tensor};

/// The first line of a table, and the numbers below it.
fn read(path: &Path) -> (String, Tensor) {
    let text = std::fs::read_to_string(path).unwrap();
    let (head, rows) = text.split_once('\n').unwrap();
    let numbers: Vec<f64> =
        rows.lines().flat_map(|row| row.split(',').map(|it| it.parse().unwrap())).collect();
    (head.to_owned(), Tensor::from_slice(&numbers).view([rows.lines().count() as i64, -1]))
}

#[test]
fn tables_have_a_line_for_each_test_picture_and_for_each_latent() {
    let settings = serde_json::json!({
        "data": {"set": "glyphs", "train": 60, "validation": 0, "test": 130},
        "members": 2, "latent": 3, "epochs": 1, "batch": 50,
        "encoder": {"name": "mlp", "hidden": [8]},
        "optimiser": {"rule": "adam", "rate": 1e-3},
    });
    let folder = tempfile::tempdir().unwrap();
    for name in ["checkpoints", "artifacts"] {
        std::fs::create_dir(folder.path().join(name)).unwrap();
    }
    let mut context = Context::silent(folder.path().to_owned(), 5);
    let ended = super::super::run::run(&settings, &mut context).unwrap();
    assert!(matches!(ended, Finish::Done(_)));
    let latents = context.artefact("latents.safetensors");
    let (tensors, _) = file::read(&latents, None, Device::Cpu).unwrap();
    let double = |name: &str| tensors[name].to_kind(Kind::Double);
    let (label, mean) = (double("label"), double("mean").get(0));
    let log_variance = double("log_variance").get(0);

    let (head, found) = read(&context.artefact("latents.csv"));
    let names = "mean_0,mean_1,mean_2,log_variance_0,log_variance_1,log_variance_2";
    assert_eq!(head, format!("example,label,{names}"));
    let number = Tensor::arange(130, (Kind::Double, Device::Cpu));
    let columns = [
        number.unsqueeze(1),
        label.unsqueeze(1),
        mean.shallow_clone(),
        log_variance.shallow_clone(),
    ];
    assert_close(&found, &Tensor::cat(&columns, 1), 1e-8);

    let (head, found) = read(&context.artefact("latent_dimensions.csv"));
    assert_eq!(head, "latent,kl,variance_of_mean");
    let divergence = (mean.square() + log_variance.exp() - &log_variance - 1.0) * 0.5;
    let average = |each: &Tensor| each.mean_dim(0, false, Kind::Double);
    let variance = average(&mean.square()) - average(&mean).square();
    let number = Tensor::arange(3, (Kind::Double, Device::Cpu));
    assert_close(&found, &Tensor::stack(&[number, average(&divergence), variance], 1), 1e-5);
}
