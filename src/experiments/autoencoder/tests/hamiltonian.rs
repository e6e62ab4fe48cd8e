//! The estimate by Hamiltonian Monte Carlo against the known likelihood, and its pieces.

use super::super::marginal::density::Fitted;
use super::super::marginal::hmc;
use super::super::spec::HmcSpec;
use super::linear_gaussian::{exact, linear};
use super::{assert_close, generator};
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
    let _drawing = generator();
    tch::manual_seed(3);
    let options = (Kind::Double, Device::Cpu);
    let mixing = Tensor::randn([2, 2], options);
    let samples = Tensor::randn([1, 1, 500, 2], options).matmul(&mixing) + 0.5;
    let fitted = Fitted::to(&samples);
    let (flat, points) = (samples.get(0).get(0), Tensor::randn([1, 1, 9, 2], options));
    let covariance = flat.tr().cov(1, None::<Tensor>, None::<Tensor>);
    let centred = points.get(0).get(0) - flat.mean_dim(0, true, None::<Kind>);
    let squares =
        (centred.matmul(&covariance.inverse()) * &centred).sum_dim_intlist(-1, false, None::<Kind>);
    let expected = (squares + covariance.logdet()) * -0.5 - std::f64::consts::TAU.ln();
    assert_close(&fitted.log_density(&points).get(0).get(0), &expected, 1e-4);
}
