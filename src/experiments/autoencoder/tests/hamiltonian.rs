//! The estimate by Hamiltonian Monte Carlo against the known likelihood, and its pieces.

use super::super::marginal::density::Fitted;
use super::super::marginal::hmc;
use super::super::spec::HmcSpec;
use super::linear_gaussian::{exact, linear};
use super::{all_finite, assert_close};
use tch::{Device, Kind, Tensor};

#[test]
fn the_estimate_is_near_the_likelihood() {
    let (model, pictures) = linear(20, 11);
    let spec = HmcSpec { samples: 600, examples: 20, burn_in: 150, ..HmcSpec::default() };
    let found = hmc::estimate(&model, &pictures, &spec, &mut |_| true).unwrap();
    let apart = (found.log_probability.get(0) - exact(&model, &pictures)).abs();
    let worst = apart.max().double_value(&[]);
    assert!(worst < 0.2, "an example is off by {worst} nats");
    let acceptance = found.acceptance.unwrap();
    assert!((0.8..0.98).contains(&acceptance), "{acceptance} of the proposals were taken");
}

#[test]
fn the_fitted_density_is_that_of_the_sample_moments() {
    let options = (Kind::Double, Device::Cpu);
    let [mixing, samples, points] = crate::nn::seeded(3, || {
        [&[2, 2][..], &[1, 1, 500, 2], &[1, 1, 9, 2]].map(|size| Tensor::randn(size, options))
    });
    let samples = samples.matmul(&mixing) + 0.5;
    let fitted = Fitted::to(&samples);
    let flat = samples.get(0).get(0);
    let covariance = flat.tr().cov(1, None::<Tensor>, None::<Tensor>);
    let centred = points.get(0).get(0) - flat.mean_dim(0, true, None::<Kind>);
    let squares =
        (centred.matmul(&covariance.inverse()) * &centred).sum_dim_intlist(-1, false, None::<Kind>);
    let expected = (squares + covariance.logdet()) * -0.5 - std::f64::consts::TAU.ln();
    assert_close(&fitted.log_density(&points).get(0).get(0), &expected, 1e-4);
}

#[test]
fn samples_on_a_line_or_at_one_place_have_a_density_too() {
    let options = (Kind::Double, Device::Cpu);
    let place = Tensor::zeros([1, 1, 4, 2], options);
    let line = Tensor::arange(4, options).view([1, 1, 4, 1]).expand([1, 1, 4, 2], false);
    for samples in [place, line] {
        let found = Fitted::to(&samples).log_density(&samples);
        assert!(all_finite([&found]) && found.min().double_value(&[]) > 0.0, "{found:?}");
    }
}
