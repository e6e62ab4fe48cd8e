//! Pictures for models of pictures, with classes or without: [`PicturesSpec`] and [`load_pictures`].
//!
//! The labelled sets are those of [`DataSpec`](super::DataSpec). The others are found as a
//! [`source`](mod@source), plain, so that their size, classes and digest are known before anything is
//! loaded; and divided by their [`Shares`](shares::Shares).

mod arrays;
mod colours;
mod image_file;
mod image_folder;
mod load;
mod shares;
mod source;
mod spec;
mod stack;

pub use load::{PictureSplit, Pictures, load_pictures};
pub use spec::{ArraysSpec, Colours, Fit, FreySpec, ImagesSpec, PicturesSpec, SplitBy};

#[cfg(test)]
mod tests;
