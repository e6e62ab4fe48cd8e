//! Pictures made of plain pixels, as PNG bytes: a [`confusion_matrix`], a [`grid`] of images.

mod canvas;
mod confusion;
mod font;
mod grid;

pub use confusion::confusion_matrix;
pub use grid::{Tiles, grid};

/// Why a picture could not be drawn.
#[derive(Debug, thiserror::Error)]
pub enum PictureError {
    /// The pixels or counts handed in are not as many as their shape says.
    #[error("cannot draw {what}: it has {found} values where {expected} were expected")]
    Size { what: &'static str, expected: usize, found: usize },
    /// The picture would be empty, or too large to be of use.
    #[error("cannot draw a picture of {width} x {height} pixels; 1 to {limit} a side are possible")]
    Extent { width: usize, height: usize, limit: usize },
    /// The PNG encoder refused.
    #[error("cannot encode a picture as PNG: {0}")]
    Encoding(#[from] png::EncodingError),
}
