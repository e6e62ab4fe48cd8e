//! Pictures in memory before they are divided: [`Stack`], and what reading files came to: [`Read`].

use crate::shape::Shape;

/// Pictures in memory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Stack {
    pub(super) shape: Shape,
    /// One picture after another: channel, row, column.
    pub(super) images: Vec<u8>,
    /// One for each, where there are classes.
    pub(super) labels: Option<Vec<i64>>,
}

/// What reading the files came to.
#[derive(Debug)]
pub(super) struct Read {
    /// The pictures to be divided.
    pub(super) first: Stack,
    /// Those for testing, where they are apart.
    pub(super) test: Option<Stack>,
    /// How many classes there are, if any.
    pub(super) classes: Option<i64>,
    /// What [`PicturesSpec::digest`] says of these very bytes.
    pub(super) digest: String,
}
