//! The sleeping half of wake-sleep: its loss is the density of dreams, its gradient that of the loss.

use super::super::noise;
use super::super::wake_sleep::asleep;
use super::assert_close;
use super::linear_gaussian::{LATENT, linear};
use std::f64::consts::TAU;
use tch::{Kind, Tensor, no_grad};

#[test]
fn the_encoder_learns_what_dreams_were_made_of() {
    let (model, _) = linear(1, 5);
    let (seeds, options) = (&model.design.seeds, model.options());
    let (loss, gradients) = asleep(&model, 7, seeds, 3);
    let z = noise::normal(seeds, "dream/latent", 3, &[7, LATENT], options);
    let dreams = model.likelihood.draw(&model.decoder.forward(&z, None), seeds, "dream", 3);
    let posterior = model.posterior(&dreams);
    let squares = (&z - &posterior.mean).square() / posterior.log_variance.exp();
    let terms = (squares + &posterior.log_variance + TAU.ln()) * 0.5;
    let each = terms.sum_dim_intlist(-1, false, None::<Kind>);
    assert_close(&loss, &each.mean_dim(1, false, Kind::Double), 1e-12);

    let parameters = model.encoder.parameters();
    let way = |(index, parameter): (usize, &Tensor)| {
        noise::normal(&[8], &format!("way/{index}"), 0, &parameter.size()[1..], options)
    };
    let ways: Vec<Tensor> = parameters.iter().enumerate().map(way).collect();
    // The memory of gradients is used again by the next step.
    let along = gradients.iter().zip(&ways).map(|(one, other)| (one * other).sum(Kind::Double));
    let along = along.reduce(|one, other| one + other).unwrap().view([1]);
    let go = |by: f64| {
        for (parameter, way) in parameters.iter().zip(&ways) {
            let _ = no_grad(|| parameter.shallow_clone().g_add_(&(way * by)));
        }
        asleep(&model, 7, seeds, 3).0
    };
    let (ahead, behind) = (go(1e-5), go(-2e-5));
    assert_close(&along, &((ahead - behind) / 2e-5), 1e-6);
}
