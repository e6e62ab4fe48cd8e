//! What the planner asks of an auto-encoder's settings: their data, what they hand on, what is at odds.

use super::autoencoder::AutoencoderSpec;
use super::{check, footprint, judge};
use crate::data::DataRoots;
use crate::job::{DataDigest, Footprint, Provides, Settings};
use crate::spec::FieldError;
use std::collections::BTreeMap;
use std::path::PathBuf;

impl Settings for AutoencoderSpec {
    const KIND: &'static str = "autoencoder";
    const ABOUT: &'static str = "an auto-encoder, plain or variational";
    const VERSION: u32 = 3;
    const REFERENCES: &'static [&'static str] = &["judge"];
    const PROVIDED_BY: &'static [&'static str] = &["data"];
    const LOOKS_AT: &'static [(&'static str, &'static [&'static str])] = &[
        ("data", &[]),
        ("optimiser", &["members"]),
        ("weight_prior", &["optimiser"]),
        ("estimator", &["form"]),
        ("beta", &["form", "estimator"]),
        ("beta_warmup_epochs", &["form", "estimator"]),
        ("likelihood", &["binarisation"]),
        ("likelihood_estimate", &["form", "latent"]),
        ("encoder", &["data"]),
        ("decoder", &["data"]),
        ("judge", &["data"]),
    ];

    fn digests(&self, roots: &[PathBuf]) -> Result<Vec<DataDigest>, FieldError> {
        let roots = DataRoots::discover(roots);
        match self.data.digest(&roots) {
            Ok(digest) => {
                Ok(vec![DataDigest { path: "data".into(), digest, note: self.data.note(&roots) }])
            }
            Err(error) => Err(FieldError::new(self.data.chosen_by(), error.to_string())),
        }
    }

    fn provides(&self, roots: &[PathBuf]) -> Provides {
        let shape = self.data.shape(&DataRoots::discover(roots)).ok();
        Provides {
            kind: Self::KIND.to_owned(),
            classes: None,
            input: shape.map(|shape| [shape.channels, shape.height, shape.width]),
        }
    }

    fn check(&self, roots: &[PathBuf], provided: &BTreeMap<String, Provides>) -> Vec<FieldError> {
        let mut field_errors = check::field_errors(self, roots);
        if let Some(judge) = self.judge.as_ref().and_then(|judge| provided.get(judge)) {
            field_errors.extend(judge::field_errors(judge, &Settings::provides(self, roots)));
        }
        field_errors
    }

    fn footprint(&self, roots: &[PathBuf]) -> Option<Footprint> {
        footprint::of(self, &DataRoots::discover(roots))
    }

    fn non_semantic(&self) -> &'static [&'static str] {
        &["logging"]
    }
}
