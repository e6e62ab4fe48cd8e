//! The size of one example: [`Shape`].

/// The size of one picture, as `[channels, height, width]`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shape {
    /// Values per pixel: 1 for grey.
    pub channels: i64,
    /// Rows.
    pub height: i64,
    /// Columns.
    pub width: i64,
}

impl Shape {
    /// How many values one picture has.
    #[must_use]
    pub fn pixels(self) -> i64 {
        self.channels * self.height * self.width
    }
}
