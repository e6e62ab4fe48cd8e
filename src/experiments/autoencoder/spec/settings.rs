//! What the planner asks of an auto-encoder's settings: their data, what they hand on, what is at odds.

use super::autoencoder::AutoencoderSpec;
use super::{check, judge};
use crate::data::DataRoots;
use crate::job::{Complaint, DataDigest, Offer, Settings};
use std::collections::BTreeMap;
use std::path::PathBuf;

impl Settings for AutoencoderSpec {
    const KIND: &'static str = "autoencoder";
    const ABOUT: &'static str = "pictures through a bottleneck and back, plain or variational";
    const VERSION: u32 = 3;
    const REFERENCES: &'static [&'static str] = &["judge"];
    const OFFERED_BY: &'static [&'static str] = &["data"];
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

    fn digests(&self, roots: &[PathBuf]) -> Result<Vec<DataDigest>, Complaint> {
        let roots = DataRoots::discover(roots);
        match self.data.digest(&roots) {
            Ok(digest) => {
                Ok(vec![DataDigest { path: "data".into(), digest, note: self.data.note(&roots) }])
            }
            Err(error) => Err(Complaint::new(self.data.chosen_by(), error.to_string())),
        }
    }

    fn offer(&self, roots: &[PathBuf]) -> Offer {
        let shape = self.data.shape(&DataRoots::discover(roots)).ok();
        Offer {
            kind: Self::KIND.to_owned(),
            classes: None,
            input: shape.map(|shape| [shape.channels, shape.height, shape.width]),
        }
    }

    fn check(&self, roots: &[PathBuf], offers: &BTreeMap<String, Offer>) -> Vec<Complaint> {
        let mut complaints = check::complaints(self, roots);
        if let Some(judge) = self.judge.as_ref().and_then(|judge| offers.get(judge)) {
            complaints.extend(judge::complaints(judge, &Settings::offer(self, roots)));
        }
        complaints
    }

    fn incidental(&self) -> &'static [&'static str] {
        &["logging"]
    }
}
