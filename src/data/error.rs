//! What can go wrong with a data set: [`DataError`].

use super::idx::IdxError;
use super::npy::NpyError;
use std::path::PathBuf;
use thiserror::Error;

/// A data set could not be found, checked, read or loaded.
#[derive(Debug, Error)]
pub enum DataError {
    /// None of the places holds the set, and it was not or could not be downloaded.
    #[error(
        "the data set '{set}' is in none of these places:{}\n{advice}", lines(.looked))]
    Missing { set: String, looked: Vec<String>, advice: String },
    /// A file is not an IDX file, or a damaged one.
    #[error(transparent)]
    Idx(#[from] IdxError),
    /// A file is not an array as NumPy writes it, or holds something else than is wanted.
    #[error(transparent)]
    Npy(#[from] NpyError),
    /// A picture's file is damaged, or does not fit the others.
    #[error("{}: {what}", .path.display())]
    Picture { path: PathBuf, what: String },
    /// Settings that do not go together.
    #[error("{0}")]
    Settings(String),
    /// A file of a published set differs from the published one.
    #[error(
        "{} is not the published file of '{set}' ({found}): delete it and run `exp data fetch {set}`",
        .path.display()
    )]
    Unlike { set: &'static str, path: PathBuf, found: String },
    /// Two files that belong together do not fit.
    #[error(
        "{} holds {first_holds}, but {} holds {second_holds}: they do not belong together; check the \
         paths, or copy the set again",
        .first.display(), .second.display()
    )]
    Disagree { first: PathBuf, first_holds: String, second: PathBuf, second_holds: String },
    /// A folder does not hold what it should.
    #[error("{}: {what}", .folder.display())]
    Folder { folder: PathBuf, what: String },
    /// More examples were asked for than there are.
    #[error(
        "'{set}' has {held} training examples, but train ({train}) and validation ({validation}) \
         together ask for {}: lower one of them", *.train as u128 + *.validation as u128
    )]
    TooMany { set: &'static str, held: usize, train: usize, validation: usize },
    /// More examples were asked for than there are to divide.
    #[error(
        "'{set}' has {held} examples, but train ({train}), validation ({validation}) and test \
         ({test}) together ask for {}: lower one of them", *.train as u128 + *.validation as u128 + *.test as u128
    )]
    TooManyInAll { set: &'static str, held: usize, train: usize, validation: usize, test: usize },
    /// A file could not be read.
    #[error("{} cannot be read ({source}): check that it is there and readable", .path.display())]
    Read { path: PathBuf, source: std::io::Error },
    /// A file could not be written.
    #[error("{} cannot be written ({source}): make room, or name another folder", .path.display())]
    Write { path: PathBuf, source: std::io::Error },
    /// No set of that name can be downloaded.
    #[error("there is nothing to fetch for '{set}': the sets that can be fetched are {known}")]
    NotFetchable { set: String, known: String },
    /// A file could not be had from any mirror.
    #[error(
        "{file} could not be downloaded:{}\nconnect to the network and try again, or copy the file \
         into {} by hand", lines(.tried),
        .folder.display()
    )]
    Download { file: &'static str, tried: Vec<String>, folder: PathBuf },
    /// The set could not be placed on the device.
    #[error("the data set does not fit on {device}: {reason}; take fewer examples (train: N)")]
    Device { device: String, reason: String },
}

/// Each line indented, on a line of its own.
fn lines(lines: &[String]) -> String {
    lines.iter().fold(String::new(), |all, line| all + "\n  " + line)
}
