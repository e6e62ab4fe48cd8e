//! log p(x) of a whole split from that of some of its examples: [`estimate`].
//!
//! Examples differ by tens of nats, and by far less in how far their bound lies below log p(x). So
//! what is averaged is that gap, over examples that stand evenly in the split, and it is added to the
//! bound of the whole split (a difference estimator, as surveys use it).

use super::super::encoding::for_all;
use super::super::evaluation::{AutoencoderMetrics, average, numbers};
use super::super::learner::Autoencoding;
use super::super::model::Autoencoder;
use super::super::noise;
use super::super::spec::LikelihoodEstimateSpec;
use super::{Estimate, hmc, importance};
use crate::job::Context;
use crate::train::Pace;
use indexmap::IndexMap;
use tch::{Kind, Tensor, no_grad};

/// Samples of z for the bound of an example.
const SAMPLES: i64 = 20;

/// The figures of the estimate that the settings ask for, of the test examples, whose `measures` are
/// known; none where it asks for nothing, and no figures at all where the job is to stop.
pub(in super::super) fn estimate(
    context: &mut Context,
    learner: &Autoencoding<'_>,
    measures: &AutoencoderMetrics,
) -> Option<IndexMap<String, f64>> {
    let spec = &learner.spec.likelihood_estimate;
    let Some(examples) = spec.examples() else { return Some(IndexMap::new()) };
    let test = &learner.pictures.test;
    let places = spread(test.examples(), examples).to_device(test.images.device());
    let pictures = for_all(&learner.model, &test.rows(&places));
    let found = of_pictures(context, &learner.model, &pictures, spec)?;
    let bound = bound(&learner.model, &pictures);
    Some(figures(&found, &bound, &measures.bound))
}

/// The places of `most` of `examples` examples, evenly spread; of all, if there are fewer.
pub(in super::super) fn spread(examples: i64, most: i64) -> Tensor {
    let count = most.min(examples);
    Tensor::from_slice(&(0..count).map(|index| index * examples / count).collect::<Vec<_>>())
}

fn of_pictures(
    context: &mut Context,
    model: &Autoencoder,
    pictures: &Tensor,
    spec: &LikelihoodEstimateSpec,
) -> Option<Estimate> {
    let (unit, total) = match spec {
        LikelihoodEstimateSpec::Hmc(spec) => ("sample", (spec.burn_in + spec.samples) as u64),
        _ => ("example", pictures.size()[1] as u64),
    };
    context.phase("estimate log p(x)", unit, total);
    let mut pace = Pace::new(0);
    let mut go_on = |done: u64| {
        pace.tick(context, done, done);
        !context.interrupted()
    };
    match spec {
        LikelihoodEstimateSpec::None(_) => None,
        LikelihoodEstimateSpec::Importance(spec) => {
            let log_probability = importance::estimate(model, pictures, spec, &mut go_on)?;
            Some(Estimate { log_probability, acceptance: None })
        }
        LikelihoodEstimateSpec::Hmc(spec) => hmc::estimate(model, pictures, spec, &mut go_on),
    }
}

/// The bound of each picture, the divergence in closed form: `[K, N]`.
fn bound(model: &Autoencoder, pictures: &Tensor) -> Tensor {
    no_grad(|| {
        let posterior = model.posterior(pictures);
        let size = [1, pictures.size()[1], model.design.latent];
        let one = |sample: i64| {
            let (seeds, options) = (&model.design.seeds, model.options());
            let noise = noise::normal(seeds, "bound", sample as u64, &size, options);
            let z = posterior.sample(&noise);
            model.log_likelihood(&pictures.unsqueeze(1), &z).squeeze_dim(1).to_kind(Kind::Double)
        };
        let total = (0..SAMPLES).map(one).reduce(|total, next| total + next);
        let reconstruction = total.map(|total| total / SAMPLES as f64);
        let divergence = posterior.divergence().sum_dim_intlist(-1, false, Kind::Double);
        reconstruction.unwrap_or_else(|| divergence.zeros_like()) - divergence
    })
}

/// Of the members' estimates for examples, their bounds `[K, N]`, and the bounds of the split.
fn figures(estimate: &Estimate, bound: &Tensor, of_split: &[f64]) -> IndexMap<String, f64> {
    let each = &estimate.log_probability;
    let gap = each - bound;
    let of_members = |tensor: &Tensor| numbers(&tensor.mean_dim(1, false, None::<Kind>));
    let whole: Vec<f64> =
        of_split.iter().zip(of_members(&gap)).map(|(bound, gap)| bound + gap).collect();
    let mut metrics = IndexMap::from([("test/log_likelihood".to_owned(), average(&whole))]);
    if whole.len() > 1 {
        for (member, &value) in whole.iter().enumerate() {
            metrics.insert(format!("test/log_likelihood/member_{member}"), value);
        }
    }
    // Over examples, the members being what they are.
    let examples = gap.size()[1];
    let error = gap.mean_dim(0, false, None::<Kind>).std(true).double_value(&[]);
    let error = error / (examples as f64).sqrt();
    if error.is_finite() {
        metrics.insert("test/log_likelihood_standard_error".to_owned(), error);
    }
    let mean = |tensor: &Tensor| average(&of_members(tensor));
    metrics.insert("test/log_likelihood_where_estimated".to_owned(), mean(each));
    metrics.insert("test/bound_where_estimated".to_owned(), mean(bound));
    if let Some(acceptance) = estimate.acceptance {
        metrics.insert("test/hmc_acceptance".to_owned(), acceptance);
    }
    metrics
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn examples_stand_evenly() {
        let places = |examples, most| numbers(&spread(examples, most).to_kind(Kind::Double));
        assert_eq!(places(10, 3), [0.0, 3.0, 6.0]);
        assert_eq!(places(3, 10), [0.0, 1.0, 2.0]);
        assert_eq!(places(1, 1), [0.0]);
    }

    #[test]
    fn what_was_not_looked_at_is_told_by_its_bound() {
        // Two examples of four whose bounds are -10, -20, -30, -40, each 2 or 4 below log p(x).
        let log_probability = Tensor::from_slice(&[-8.0, -26.0]).view([1, 2]);
        let estimate = Estimate { log_probability, acceptance: None };
        let bound = Tensor::from_slice(&[-10.0, -30.0]).view([1, 2]);
        let found = figures(&estimate, &bound, &[-25.0]);
        assert!((found["test/log_likelihood"] + 22.0).abs() < 1e-12, "{found:?}");
        assert!((found["test/log_likelihood_standard_error"] - 1.0).abs() < 1e-12, "{found:?}");
        assert!((found["test/log_likelihood_where_estimated"] + 17.0).abs() < 1e-12, "{found:?}");
        assert!((found["test/bound_where_estimated"] + 20.0).abs() < 1e-12, "{found:?}");
        assert_eq!(found.len(), 4, "one member is all there is: {found:?}");
    }

    #[test]
    fn members_have_figures_of_their_own() {
        let log_probability = Tensor::from_slice(&[-8.0, -26.0, -9.0, -27.0]).view([2, 2]);
        let estimate = Estimate { log_probability, acceptance: Some(0.9) };
        let bound = Tensor::from_slice(&[-10.0, -30.0, -10.0, -30.0]).view([2, 2]);
        let found = figures(&estimate, &bound, &[-25.0, -21.0]);
        let figure = |name: &str| found[&format!("test/{name}")];
        for (name, expected) in [
            ("log_likelihood", -20.5),
            ("log_likelihood/member_0", -22.0),
            ("log_likelihood/member_1", -19.0),
            ("log_likelihood_where_estimated", -17.5),
            ("hmc_acceptance", 0.9),
        ] {
            assert!((figure(name) - expected).abs() < 1e-12, "{name}: {found:?}");
        }
    }
}
