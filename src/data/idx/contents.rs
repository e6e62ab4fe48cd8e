//! What an IDX file should hold ([`Contents`]), and what can be wrong with one ([`Fault`]).

use std::io;
use std::path::PathBuf;
use thiserror::Error;

/// An IDX file is damaged, or none; names the file.
#[derive(Debug, Error)]
#[error("{}: {fault}", .path.display())]
pub struct IdxError {
    /// The file.
    pub path: PathBuf,
    /// What is wrong with it.
    pub fault: Fault,
}

/// What is wrong with an IDX file, and what to do about it.
#[derive(Debug, Error)]
pub enum Fault {
    /// It is missing, or reading failed.
    #[error("it cannot be read ({0}): check that it is there and readable")]
    Unreadable(io::Error),
    /// It is a folder, a pipe or a device.
    #[error("it is not a file: name the IDX file itself")]
    NotAFile,
    /// The compressed data are damaged or cut short.
    #[error("its gzip data are damaged ({0}): copy or download it again")]
    Gzip(io::Error),
    /// It ends too early.
    #[error("it is truncated, {found} of {expected} bytes: copy or download it again")]
    Truncated { expected: u64, found: u64 },
    /// It goes on after the data its header announces.
    #[error(
        "it goes on after the {expected} bytes its header announces: copy or download it again"
    )]
    Trailing { expected: u64 },
    /// It begins with something else than the magic number.
    #[error(
        "it begins with {found} where an IDX file of {} begins with {}: it is another kind of file",
        .expected.name(), .expected.magic()
    )]
    Magic { expected: Contents, found: u32 },
    /// A dimension is zero.
    #[error("its header says {dimensions:?}, so it holds nothing: copy or download it again")]
    Empty { dimensions: Vec<usize> },
    /// It announces more data than can be meant.
    #[error("its header says {dimensions:?}, which is beyond 4 GiB: copy or download it again")]
    TooLarge { dimensions: Vec<usize> },
    /// It is packed, and announces far more data than packed files of its length hold.
    #[error(
        "its header says {dimensions:?}, and its {length} bytes of gzip data are too few to be \
         believed: if it is right, unpack it first (gunzip)"
    )]
    Inflated { dimensions: Vec<usize>, length: u64 },
    /// It is packed, and far longer than what it announces.
    #[error(
        "its header says {dimensions:?}, and it is {length} bytes long, packed: copy or download it \
         again"
    )]
    Overlong { dimensions: Vec<usize>, length: u64 },
}

/// What a file should hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Contents {
    /// Grey pictures: count, rows, columns.
    Images,
    /// Labels: count.
    Labels,
}

impl Contents {
    pub(super) fn magic(self) -> u32 {
        match self {
            Self::Images => 2051,
            Self::Labels => 2049,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Images => "pictures",
            Self::Labels => "labels",
        }
    }

    /// How many sizes the header gives.
    pub(super) fn rank(self) -> usize {
        (self.magic() & 0xff) as usize
    }
}
