//! Data sets: where they are found, how they are read or made, their order and augmentation.
//!
//! Settings ([`DataSpec`], [`PicturesSpec`], [`AugmentSpec`]), places ([`DataRoots`]) and digests are
//! plain, so that `exp` can check and plan with them; [`load`], [`load_pictures`] and the functions on
//! batches work on tensors. A loaded set ([`Labelled`], [`Pictures`]) is resident on its device as
//! bytes.

mod augment;
mod batch;
mod binarise;
mod error;
mod fetch;
mod flaw;
mod glyphs;
mod gzip;
mod idx;
mod idx_folder;
mod idx_names;
mod load;
mod npy;
mod order;
mod pictures;
mod published;
mod published_sets;
mod roots;
mod spec;

pub use augment::{jitter, scale};
pub use batch::batch;
pub use binarise::{binarise_dynamic, binarise_static};
pub use error::DataError;
pub use fetch::fetch;
pub use flaw::Flaw;
pub use idx::{Contents, Fault, Idx, IdxError, parse as parse_idx};
pub use load::{Labelled, Split, load};
pub use npy::{NpyError, NpyFault};
pub use order::order;
pub use pictures::{
    ArraysSpec, Colours, Fit, FreySpec, ImagesSpec, PictureSplit, Pictures, PicturesSpec, SplitBy,
    load_pictures,
};
pub use roots::DataRoots;
pub use spec::{AugmentSpec, DataSpec, GlyphsSpec, IdxFolderSpec, IdxSetSpec};
