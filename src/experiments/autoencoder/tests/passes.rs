//! How often pictures are encoded: once, whatever is measured and drawn of them; and that what an epoch
//! says of training is the mean over its examples.

use super::super::encoding::for_all;
use super::{assert_close, glyphs, settings, train};
use crate::job::{Context, Finish};
use std::cell::Cell;
use tch::{Kind, Tensor};

thread_local! {
    /// Pictures that this thread has encoded, those of all members counted once.
    static ENCODED: Cell<i64> = const { Cell::new(0) };
}

/// Takes down that pictures `[K, N, pixels]` are encoded.
pub(in super::super) fn count(pictures: &Tensor) {
    ENCODED.set(ENCODED.get() + pictures.size()[1]);
}

#[test]
fn test_pictures_are_encoded_once_an_epoch_and_no_more() {
    for form in ["variational", "plain"] {
        let settings = serde_json::json!({
            "data": {"set": "glyphs", "train": 60, "validation": 20, "test": 130},
            "form": form, "latent": 2, "epochs": 3, "batch": 50,
            "encoder": {"name": "mlp", "hidden": [8]},
            "optimiser": {"rule": "adam", "rate": 1e-3},
            "logging": {"measure_every_epochs": 1, "gradient_variance_every_epochs": 0},
        });
        let folder = tempfile::tempdir().unwrap();
        for name in ["checkpoints", "artifacts"] {
            std::fs::create_dir(folder.path().join(name)).unwrap();
        }
        let mut context = Context::silent(folder.path().to_owned(), 5);
        ENCODED.set(0);
        let ended = super::super::run::run(&settings, &mut context).unwrap();
        assert!(matches!(ended, Finish::Done(_)));
        // Three epochs, each with all test and validation pictures; the pictures at the end, the tables
        // and the projector are of what the last found.
        assert_eq!(ENCODED.get(), 3 * (130 + 20), "{form}");
        for file in ["latents.csv", "latents.safetensors", "projector/0/sprite.png"] {
            assert!(context.artefact(file).exists(), "{file}");
        }
    }
}

/// What an epoch says its means are (loss, reconstruction, divergence; of each member) at a rate that
/// changes nothing, and its parts from all examples at once.
fn means(form: &str, members: u64, batch: u64) -> (Tensor, Tensor) {
    let spec = settings(&format!(
        "{{ data: {{ set: glyphs, train: 301, validation: 0, test: 10 }}, form: {form}, latent: 3, \
         batch: {batch}, members: {members}, encoder: {{ name: mlp, hidden: [9] }}, \
         optimiser: {{ rule: sgd, rate: 1e-30 }} }}"
    ));
    let data = glyphs(&spec);
    let per_epoch = 301_u64.div_ceil(batch);
    let learner = train(&spec, &data, 1, 2 * per_epoch);
    let found = learner.means().to_kind(Kind::Double);
    let pictures = for_all(&learner.model, &data.train.range(0, 301));
    let whole = if form == "plain" {
        let places = learner.model.place(&pictures).unsqueeze(1);
        let likelihood = learner.model.log_likelihood(&pictures.unsqueeze(1), &places);
        let mean =
            likelihood.to_kind(Kind::Double).mean_dim([1i64, 2].as_slice(), false, Kind::Double);
        Tensor::stack(&[-&mean, mean.shallow_clone(), mean.zeros_like()], 0)
    } else {
        let each = learner.model.posterior(&pictures).divergence().to_kind(Kind::Double);
        let mean = each.sum_dim_intlist(-1, false, Kind::Double).mean_dim(1, false, Kind::Double);
        // The other two are of draws of noise; they add up to the bound.
        let reconstruction = found.get(1);
        Tensor::stack(&[&mean - &reconstruction, reconstruction, mean], 0)
    };
    (found, whole)
}

#[test]
fn the_means_of_an_epoch_are_those_over_its_examples() {
    for (batch, members) in [(100, 1), (100, 4), (7, 2), (500, 2)] {
        for form in ["plain", "variational"] {
            let (found, expected) = means(form, members, batch);
            assert_close(&found, &expected, 3e-6);
            let divergences = (found.get(2), expected.get(2));
            if form == "variational" {
                assert_close(&divergences.0, &divergences.1, 3e-6);
            }
        }
    }
}
