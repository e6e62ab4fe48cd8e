//! What flows from layer to layer for one example: [`Form`], a row of numbers or a picture.

use crate::shape::Shape;

/// The form of one example between two layers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// So many numbers.
    Row(i64),
    /// A picture of channels, rows and columns.
    Picture(Shape),
}

impl Form {
    /// How many numbers it has.
    #[must_use]
    pub fn numbers(self) -> i64 {
        match self {
            Self::Row(numbers) => numbers,
            Self::Picture(shape) => product(&[shape.channels, shape.height, shape.width]),
        }
    }
}

impl From<Shape> for Form {
    fn from(shape: Shape) -> Self {
        Self::Picture(shape)
    }
}

impl std::fmt::Display for Form {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Row(numbers) => write!(f, "{numbers}"),
            Self::Picture(Shape { channels, height, width }) => {
                write!(f, "{channels} x {height} x {width}")
            }
        }
    }
}

/// The product, or the largest number there is where it would be larger.
pub(super) fn product(factors: &[i64]) -> i64 {
    factors.iter().fold(1, |product, &factor| i64::saturating_mul(product, factor))
}
