//! How much the gradient varies with the noise under estimators A and B: [`report`].
//!
//! Both see the same pictures and the same draws of noise, so at equal cost. The decoder's gradient
//! is the same under both; what differs is the encoder's, and that is what is reported.

use super::encoding::for_all;
use super::evaluation::numbers;
use super::learner::Autoencoding;
use super::model::Autoencoder;
use super::noise;
use super::objective::{Bound, gradients};
use crate::job::Context;
use tch::{Kind, Tensor, no_grad};

/// Draws of noise.
const DRAWS: u64 = 10;

/// Reports the variance of each number of the encoder's gradient over draws of noise, averaged over
/// the numbers and members, under both estimators, for the first pictures of the training set.
pub(super) fn report(learner: &Autoencoding<'_>, context: &mut Context, step: u64) {
    let train = &learner.pictures.train;
    let rows = train.range(0, train.examples().min(learner.spec.batch as i64));
    let pictures = for_all(&learner.model, &rows).contiguous();
    for (name, bound) in [("sampled", Bound::Sampled), ("analytic", Bound::Analytic)] {
        let samples = learner.spec.estimator.samples();
        let variance = numbers(&of_gradient(&learner.model, &pictures, bound, samples, step));
        let mean = super::evaluation::average(&variance);
        context.scalar(&format!("gradient_variance/{name}"), step, mean);
    }
}

/// The variance of the encoder's gradient, averaged over its numbers, of each member: `[K]`.
pub(super) fn of_gradient(
    model: &Autoencoder,
    pictures: &Tensor,
    bound: Bound,
    samples: i64,
    step: u64,
) -> Tensor {
    no_grad(|| {
        let size = [samples, pictures.size()[1], model.design.latent];
        let seeds = &model.design.seeds;
        let mut means: Vec<Tensor> = Vec::new();
        let mut squares: Vec<Tensor> = Vec::new();
        for draw in 0..DRAWS {
            let purpose = format!("gradient variance/{step}");
            let noise = noise::normal(seeds, &purpose, draw, &size, model.options());
            let pass = gradients(model, pictures, &noise, bound, 1.0);
            if means.is_empty() {
                means = pass.encoder.iter().map(Tensor::zeros_like).collect();
                squares = pass.encoder.iter().map(Tensor::zeros_like).collect();
            }
            // Welford's recurrence: the variance is far smaller than the square of the mean.
            let each = pass.encoder.iter().zip(means.iter_mut().zip(&mut squares));
            for (gradient, (mean, square)) in each {
                let before = gradient - &*mean;
                *mean += &before / (draw + 1) as f64;
                *square += before * (gradient - &*mean);
            }
        }
        let sums =
            squares.iter().map(|it| it.flatten(1, -1).sum_dim_intlist(1, false, None::<Kind>));
        let count: usize = squares.iter().map(Tensor::numel).sum();
        let members = model.members() as f64;
        let total = sums.reduce(|one, other| one + other);
        let total = total.unwrap_or_else(|| Tensor::zeros([0], model.options()));
        total * (members / (count as f64 * (DRAWS - 1) as f64))
    })
}
