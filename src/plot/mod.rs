//! Pictures as PNG bytes, made of plain numbers and pixels: a [`confusion_matrix`], a [`grid`] of images
//! or [`pairs`] of them, a [`scatter`] of points, and [`lines`].

mod axis;
mod canvas;
mod captioned;
mod chart;
mod confusion;
mod font;
mod grid;
mod letters;
mod lines;
mod scatter;
mod sheet;
mod sprite;
mod tiles;

pub use axis::Scale;
pub use captioned::{captioned_grid, pairs};
pub use confusion::confusion_matrix;
pub use grid::grid;
pub use lines::{Lines, Series, lines};
pub use scatter::{Scatter, scatter};
pub(super) use sprite::sprite;
pub use tiles::Tiles;

/// A picture that was drawn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Drawn {
    /// PNG.
    pub png: Vec<u8>,
    /// What of it had to be made smaller, in a sentence.
    pub remark: Option<String>,
}

impl From<Vec<u8>> for Drawn {
    fn from(png: Vec<u8>) -> Self {
        Self { png, remark: None }
    }
}

/// Why a picture could not be drawn.
#[derive(Debug, thiserror::Error)]
pub enum PictureError {
    /// The pixels or counts handed in are not as many as their shape says.
    #[error("cannot draw {what}: it has {found} values where {expected} were expected")]
    Size { what: &'static str, expected: usize, found: usize },
    /// There is nothing that could be seen.
    #[error("cannot draw {what}: none of its values has a place on the axes")]
    Nothing { what: &'static str },
    /// The picture would be empty, or too large to be of use.
    #[error("cannot draw a picture of {width} x {height} pixels; 1 to {limit} a side are possible")]
    Extent { width: usize, height: usize, limit: usize },
    /// The PNG encoder refused.
    #[error("cannot encode a picture as PNG: {0}")]
    Encoding(#[from] png::EncodingError),
}
