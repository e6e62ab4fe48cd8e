//! What is left of training: `encoder.safetensors` and `decoder.safetensors`, each with a note that
//! says how to build both networks again ([`write`], [`read`]); where the test pictures lie in the
//! middle ([`write_latents`]).

use super::encoding::Encoding;
use super::evaluation::{AutoencoderMetrics, Measured, numbers};
use super::model::{Autoencoder, Design};
use crate::data::PictureSplit;
use crate::files::{Place, atomic};
use crate::job::{Context, RunError};
use crate::rundir::ArtefactDigests;
use crate::train::checkpoint::{Tensors, file};
use std::fmt::Write as _;
use tch::{Device, Kind};

fn name(side: &str) -> String {
    format!("{side}.safetensors")
}

/// Writes both networks to `folder`, each whole or not at all.
///
/// # Errors
/// When a file cannot be written.
pub(super) fn write(folder: &Place, model: &Autoencoder) -> Result<(), RunError> {
    let note = serde_json::to_string(&model.design)?;
    for (side, coder) in [("encoder", &model.encoder), ("decoder", &model.decoder)] {
        let pairs = coder.names().iter().zip(coder.parameters());
        let tensors: Tensors =
            pairs.map(|(name, tensor)| (name.clone(), tensor.shallow_clone())).collect();
        file::write(&folder.join(name(side)), &tensors, &note)?;
    }
    Ok(())
}

/// Reads both networks from `folder` (a job's `artifacts/`) onto `device`. The bytes that are read must
/// be those that `made` has the seals of, where there are such.
///
/// # Errors
/// When a file is missing, damaged, or not of an auto-encoder.
pub(super) fn read(
    folder: &Place,
    made: &ArtefactDigests,
    device: Device,
) -> Result<Autoencoder, RunError> {
    let mut found = Vec::new();
    let mut note = String::new();
    for side in ["encoder", "decoder"] {
        let file = name(side);
        let digest = made.get(&file).map(|seal| seal.digest.as_str());
        let (tensors, own) = file::read(&folder.join(file), digest, device)?;
        found.push(tensors);
        note = own;
    }
    let foreign = |what: String| {
        format!(
            "{} is not an auto-encoder of exp: {what}; run the job that made it again",
            folder.display()
        )
    };
    let design: Design = serde_json::from_str(&note).map_err(|error| foreign(error.to_string()))?;
    let networks = design.networks().map_err(|error| foreign(error.message))?;
    let mut parameters = Vec::new();
    for (network, mut tensors) in networks.iter().zip(found) {
        let mut own = Vec::new();
        for part in &network.blueprint().parameters {
            let tensor = tensors.remove(&part.name);
            let tensor = tensor.ok_or_else(|| foreign(format!("'{}' is missing", part.name)))?;
            let mut size = vec![design.seeds.len() as i64];
            size.extend(&part.size);
            if tensor.size() != size {
                return Err(foreign(format!(
                    "shape mismatch for '{}': {:?}, expected {size:?}",
                    part.name,
                    tensor.size()
                ))
                .into());
            }
            own.push(tensor);
        }
        parameters.push(own);
    }
    let decoder = parameters.pop().unwrap_or_default();
    let encoder = parameters.pop().unwrap_or_default();
    Autoencoder::with_parameters(design, &encoder, &decoder)
        .map_err(|error| foreign(error.to_string()).into())
}

/// The most numbers of `latents.csv`: some 50 MB.
const TABLE: usize = 5_000_000;

/// Writes where the pictures of `split` lie in latent space: `latents.safetensors`, with means (and
/// log-variances) `[K, N, latent]` and labels `[N]`, and `latents.csv`, the first member's as a
/// table; and `latent_dimensions.csv`, what each latent is used for. What cannot be written costs a
/// warning.
pub(super) fn write_latents(
    context: &mut Context,
    model: &Autoencoder,
    split: &PictureSplit,
    measured: &Measured,
    encoding: &Encoding,
) {
    let latent = model.design.latent as usize;
    let mut tensors = Tensors::from([("mean".to_owned(), encoding.mean.shallow_clone())]);
    if let Some(log_variance) = &encoding.log_variance {
        tensors.insert("log_variance".into(), log_variance.shallow_clone());
    }
    if let Some(labels) = &split.labels {
        tensors.insert("label".into(), labels.shallow_clone());
    }
    context.decorate("latents.safetensors", |context| {
        let note = serde_json::to_string(&model.design)?;
        file::write(&context.artefact("latents.safetensors"), &tensors, &note)?;
        Ok(())
    });
    context.decorate("the table latents.csv", |context| {
        let examples = encoding.examples() as usize;
        let shown = examples.min(TABLE / (tensors.len() * latent).max(1));
        let text = table(&tensors, shown, latent)?;
        atomic::write(&context.artefact("latents.csv"), text.as_bytes())?;
        if shown < examples {
            context.warn(format!(
                "latents.csv has the first {shown} of {examples} test pictures, lest it grow too \
                 large; latents.safetensors has all"
            ));
        }
        Ok(())
    });
    context.decorate("the table latent_dimensions.csv", |context| {
        let text = dimensions(&measured.measures, latent)?;
        Ok(atomic::write(&context.artefact("latent_dimensions.csv"), text.as_bytes())?)
    });
}

/// A line for each example: its number, its label, the first member's means and log-variances.
fn table(tensors: &Tensors, examples: usize, latent: usize) -> Result<String, RunError> {
    let mut text = String::from("example");
    let labels = tensors.get("label").map(|labels| numbers(&labels.to_kind(Kind::Double)));
    if labels.is_some() {
        text.push_str(",label");
    }
    let columns = ["mean", "log_variance"]
        .into_iter()
        .filter_map(|name| {
            Some((name, numbers(&tensors.get(name)?.get(0).narrow(0, 0, examples as i64))))
        })
        .collect::<Vec<_>>();
    for (name, _) in &columns {
        for index in 0..latent {
            write!(text, ",{name}_{index}")?;
        }
    }
    text.push('\n');
    for example in 0..examples {
        write!(text, "{example}")?;
        if let Some(labels) = &labels {
            write!(text, ",{}", labels[example])?;
        }
        for (_, values) in &columns {
            for value in &values[example * latent..(example + 1) * latent] {
                write!(text, ",{value:.6}")?;
            }
        }
        text.push('\n');
    }
    Ok(text)
}

/// A line for each latent of the first member: its divergence, and how much its mean varies.
fn dimensions(measures: &AutoencoderMetrics, latent: usize) -> Result<String, RunError> {
    let mut text = String::from("latent,kl,variance_of_mean\n");
    let rows = numbers(&measures.divergences).into_iter().zip(numbers(&measures.variances));
    for (index, (divergence, variance)) in rows.take(latent).enumerate() {
        writeln!(text, "{index},{divergence:.6},{variance:.6}")?;
    }
    Ok(text)
}
