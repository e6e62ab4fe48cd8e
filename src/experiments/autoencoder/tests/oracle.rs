//! Bounds and their gradients are those of `torch.distributions`, on the same noise, for every
//! likelihood and both kinds of networks.

use super::super::model::Autoencoder;
use super::super::objective::{Bound, gradients};
use super::{assert_close, design, tensor};
use serde_json::Value;
use tch::{Kind, Tensor};

fn model(case: &Value, kind: Kind) -> Autoencoder {
    let activation = case["activation"].as_str().unwrap();
    let network = match case["network"].as_str().unwrap() {
        "mlp" => "{ name: mlp, hidden: [4, 3]",
        _ => "{ name: cnn, channels: [2, 3], kernel: 3, hidden: [4]",
    };
    let input = if case["network"] == "mlp" { [1, 2, 3] } else { [1, 5, 6] };
    let likelihood = match case["likelihood"].as_str().unwrap() {
        "gaussian_learned" => "{ name: gaussian }".to_owned(),
        "gaussian_fixed" => "{ name: gaussian, variance: 0.3 }".to_owned(),
        name => format!("{{ name: {name} }}"),
    };
    let text = format!(
        "{{ data: {{ set: glyphs }}, latent: 2, likelihood: {likelihood}, \
         optimiser: {{ rule: sgd }}, encoder: {network}, activation: {activation} }} }}"
    );
    let parameters = case["parameters"].as_array().unwrap().iter();
    let mut encoder: Vec<Tensor> = parameters.map(|it| tensor(it).to_kind(kind)).collect();
    let decoder = encoder.split_off(case["encoder_parameters"].as_u64().unwrap() as usize);
    let seeds: Vec<u64> = (0..encoder[0].size()[0] as u64).collect();
    Autoencoder::with_parameters(design(&text, input, &seeds), &encoder, &decoder).unwrap()
}

fn cases() -> Vec<Value> {
    serde_json::from_str(include_str!("../../../../tests/oracles/vae.json")).unwrap()
}

fn check(case: &Value, kind: Kind, tolerance: f64) {
    let model = model(case, kind);
    let pictures = tensor(&case["pictures"]).to_kind(kind);
    let noise = tensor(&case["noise"]).to_kind(kind);
    let beta = case["beta"].as_f64().unwrap();
    for (name, bound) in [
        ("sampled", Bound::Sampled),
        ("analytic", Bound::Analytic),
        ("importance_weighted", Bound::ImportanceWeighted),
    ] {
        let expected = &case["bounds"][name];
        let pass = gradients(&model, &pictures, &noise, bound, beta);
        assert_close(&pass.loss, &tensor(&expected["loss"]), tolerance);
        let found = pass.encoder.iter().chain(&pass.decoder).collect::<Vec<_>>();
        let gradients = expected["gradients"].as_array().unwrap();
        assert_eq!(found.len(), gradients.len());
        for (found, expected) in found.into_iter().zip(gradients) {
            assert_close(found, &tensor(expected), tolerance);
        }
    }
}

#[test]
fn bounds_and_gradients_are_those_of_torch_distributions() {
    let cases = cases();
    let covered = cases.iter().map(|case| case["likelihood"].as_str().unwrap());
    let covered = covered.collect::<std::collections::BTreeSet<_>>();
    assert_eq!(covered.len(), 4, "{covered:?}");
    for case in &cases {
        check(case, Kind::Double, 1e-10);
        check(case, Kind::Float, 1e-4);
    }
}

#[test]
fn one_member_alone_goes_another_way_to_the_same_place() {
    for mut case in cases() {
        for name in ["pictures", "noise"] {
            case[name].as_array_mut().unwrap().truncate(1);
        }
        for parameter in case["parameters"].as_array_mut().unwrap() {
            parameter.as_array_mut().unwrap().truncate(1);
        }
        for bound in ["sampled", "analytic", "importance_weighted"] {
            case["bounds"][bound]["loss"].as_array_mut().unwrap().truncate(1);
            for gradient in case["bounds"][bound]["gradients"].as_array_mut().unwrap() {
                gradient.as_array_mut().unwrap().truncate(1);
            }
        }
        check(&case, Kind::Double, 1e-10);
    }
}
