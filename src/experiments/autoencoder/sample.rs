//! Drawing pictures from a trained auto-encoder: [`sample`], for `exp sample`.

use super::artefacts;
use super::noise;
use super::pictures::grid;
use crate::files::{Place, atomic};
use crate::job::RunError;
use crate::rundir::ArtefactDigests;
use tch::{Device, no_grad};

/// Pictures decoded at once.
const CHUNK: i64 = 1000;

/// Pictures a row of the one that shows all.
const COLUMNS: usize = 16;

/// The most pictures that are shown together.
const TOGETHER: i64 = 1024;

/// Draws `count` latents from N(0, I) by `seed`, and writes the mean picture of each to `folder`
/// (`sample-0001.png`, …), and the first of them together (`samples.png`). `artefacts` are those of a
/// finished job, `made` their seals; its first member is asked. Returns what a person should know.
///
/// # Errors
/// When the artefacts do not read, or a picture cannot be written.
pub fn sample(
    artefacts: &Place,
    made: &ArtefactDigests,
    folder: &Place,
    count: i64,
    seed: u64,
) -> Result<Vec<String>, RunError> {
    let model = artefacts::read(artefacts, made, Device::Cpu)?;
    let mut warnings = Vec::new();
    if !model.is_variational() {
        warnings.push(
            "a plain auto-encoder has no prior: samples from N(0, I) may fall outside its latent distribution"
                .to_owned(),
        );
    }
    let mut written = 0;
    for from in (0..count).step_by(CHUNK as usize) {
        let size = [CHUNK.min(count - from), model.design.latent];
        let seeds = vec![seed; model.members() as usize];
        let pictures = no_grad(|| {
            let places = noise::normal(&seeds, "sample", from as u64, &size, model.options());
            model.picture(&places).get(0)
        });
        if from == 0 {
            let first = pictures.narrow(0, 0, size[0].min(TOGETHER));
            let together = grid(&model, &first, COLUMNS)?;
            atomic::write(&folder.join("samples.png"), &together.png)?;
            warnings.extend(together.remark.map(|remark| format!("samples.png: {remark}")));
        }
        for index in 0..size[0] {
            written += 1;
            let one = grid(&model, &pictures.narrow(0, index, 1), 1)?;
            atomic::write(&folder.join(format!("sample-{written:04}.png")), &one.png)?;
        }
    }
    Ok(warnings)
}
