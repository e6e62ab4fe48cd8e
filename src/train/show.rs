//! Pictures of a job: [`show`] is how every one of them is drawn and kept.

use crate::job::{Context, RunError};
use crate::plot::Drawn;

/// Draws a picture, keeps it in `artifacts/` and reports it as `tag`. One that cannot be drawn is left
/// out with a warning ([`Context::decorate`]), and so is what of it had to be made smaller said.
pub fn show<E: Into<RunError>>(
    context: &mut Context,
    tag: &str,
    step: u64,
    draw: impl FnOnce() -> Result<Drawn, E>,
) {
    context.decorate(&format!("the picture {tag}"), |context| {
        let Drawn { png, remark } = draw().map_err(Into::into)?;
        context.image(tag, step, &png);
        if let Some(remark) = remark {
            context.warn(format!("the picture {tag}: {remark}"));
        }
        Ok(())
    });
}
