//! What is measured of many pictures, part by part, is that of all of them at once.

use super::super::encoding::for_all;
use super::super::evaluation::{Measured, measure};
use super::super::model::Autoencoder;
use super::super::noise;
use super::{assert_close, glyphs, settings, train};
use tch::{Kind, Tensor, no_grad};

/// Where an encoder puts all pictures at once, what is drawn there, and the divergences from the prior.
fn encoded(model: &Autoencoder, pictures: &Tensor, plain: bool) -> (Tensor, Tensor, Tensor) {
    if plain {
        let places = model.place(pictures);
        return (places.copy(), places.unsqueeze(1), places.zeros_like());
    }
    let noise = |(from, count): (u64, i64)| {
        let seeds = &model.design.seeds;
        noise::normal(seeds, "measure/test", from, &[1, count, 4], model.options())
    };
    let posterior = model.posterior(pictures);
    let z = posterior.sample(&Tensor::cat(&[(0, 500), (500, 120)].map(noise), 2));
    (posterior.mean.copy(), z, posterior.divergence())
}

#[test]
fn measures_are_means_over_all_examples() {
    for form in ["variational", "plain"] {
        // 500 pictures are looked at at once.
        let spec = settings(&format!(
            "{{ data: {{ set: glyphs, train: 100, validation: 0, test: 620 }}, form: {form}, latent: 4, \
             batch: 50, members: 2, encoder: {{ name: mlp, hidden: [9] }}, \
             optimiser: {{ rule: adam, rate: 3e-3 }} }}"
        ));
        let data = glyphs(&spec);
        let model = train(&spec, &data, 1, 40).model;
        let mut told = Vec::new();
        let Measured { measures, encoding } =
            measure(&model, &data.test, "test", true, &mut |done| told.push(done));
        assert_eq!(told, [0, 500]);

        let pictures = for_all(&model, &data.test.range(0, 620));
        let (mean, z, divergences) = no_grad(|| encoded(&model, &pictures, form == "plain"));
        let double = |tensor: &Tensor| tensor.to_kind(Kind::Double);
        let over =
            |tensor: &Tensor, dims: &[i64]| double(tensor).mean_dim(dims, false, Kind::Double);
        let likelihood = no_grad(|| model.log_likelihood(&pictures.unsqueeze(1), &z));
        let reconstruction = over(&likelihood, &[1, 2]);
        let divergences = over(&divergences, &[1]);
        let divergence = divergences.sum_dim_intlist(1, false, Kind::Double);
        let variances = double(&mean).var_dim([1i64].as_slice(), false, false);
        let apart = no_grad(|| model.picture(&mean) - &pictures).square();
        let active = variances.gt(0.01).sum_dim_intlist(1, false, Kind::Double);
        for (found, expected) in [
            (&measures.bound, &reconstruction - &divergence),
            (&measures.reconstruction, reconstruction),
            (&measures.divergence, divergence),
            (&measures.squared_error, over(&apart, &[1, 2])),
            (&measures.active, active),
        ] {
            assert_close(&Tensor::from_slice(found), &expected, 1e-5);
        }
        assert_close(&measures.divergences, &divergences, 1e-5);
        assert_close(&measures.variances, &variances, 1e-5);
        assert_close(&encoding.unwrap().mean, &mean, 1e-5);
    }
}
