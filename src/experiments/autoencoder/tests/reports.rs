//! What an epoch says of training: the rate and the beta of its last step, and the figures of members.

use crate::event::Event;
use crate::job::{Context, Finish};
use serde_json::json;

#[test]
fn an_epoch_says_the_rate_and_beta_of_its_last_step_and_what_each_member_comes_to() {
    let settings = json!({
        "data": {"set": "glyphs", "train": 100, "validation": 0, "test": 20},
        "members": 2, "latent": 2, "epochs": 4, "batch": 50, "beta": 2.0, "beta_warmup_epochs": 2,
        "encoder": {"name": "mlp", "hidden": [8]}, "estimator": {"name": "analytic"},
        "optimiser": {"rule": "adam", "rate": [1e-3, 3e-3]},
        "schedule": {"shape": "step", "every_epochs": 1, "factor": 0.5},
    });
    let folder = tempfile::tempdir().unwrap();
    for name in ["checkpoints", "artifacts"] {
        std::fs::create_dir(folder.path().join(name)).unwrap();
    }
    let (mut context, records) = Context::heard(folder.path().to_owned(), 5);
    let ended = super::super::run::run(&settings, &mut context).unwrap();
    assert!(matches!(ended, Finish::Done(_)));
    let records = records.lock().unwrap();
    let said = |wanted: &str| -> Vec<f64> {
        let values = records.iter().filter_map(|record| match &record.event {
            Event::Scalar { tag, value, .. } if tag == wanted => Some(*value),
            _ => None,
        });
        values.collect()
    };
    let assert_near = |found: &[f64], expected: &[f64], what: &str| {
        assert_eq!(found.len(), expected.len(), "{what}");
        let mut pairs = found.iter().zip(expected);
        let near = pairs.all(|(one, other)| (one - other).abs() <= 1e-5 * other.abs());
        assert!(near, "{what}: {found:?}, and not {expected:?}");
    };
    // The mean of the rates, halved with each epoch; beta, which rises over four steps.
    assert_near(&said("train/rate"), &[2e-3, 1e-3, 5e-4, 2.5e-4], "rate");
    assert_near(&said("train/beta"), &[1.0, 2.0, 2.0, 2.0], "beta");
    let of = |name: &str, member: usize| said(&format!("train/{name}/member_{member}"));
    for name in ["loss", "reconstruction", "bound", "kl"] {
        let pairs = of(name, 0).into_iter().zip(of(name, 1));
        let means: Vec<f64> = pairs.map(|(one, other)| f64::midpoint(one, other)).collect();
        assert_eq!(means.len(), 4);
        assert_near(&said(&format!("train/{name}")), &means, name);
    }
    for member in 0..2 {
        let (reconstruction, divergence) = (of("reconstruction", member), of("kl", member));
        let pairs = || reconstruction.iter().zip(&divergence);
        let bounds: Vec<f64> = pairs().map(|(one, other)| one - other).collect();
        assert_near(&of("bound", member), &bounds, "bound");
        let losses: Vec<f64> = pairs().map(|(one, other)| 2.0 * other - one).collect();
        assert_near(&of("loss", member)[2..], &losses[2..], "loss");
    }
}
