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
        "the data set '{set}' was not found; looked for:{}\n{advice}", lines(.looked))]
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
        "{} holds {first_holds}, but {} holds {second_holds}, which does not match: check that both \
         are complete and belong together",
        .first.display(), .second.display()
    )]
    Disagree { first: PathBuf, first_holds: String, second: PathBuf, second_holds: String },
    /// A folder does not hold what it should.
    #[error("{}: {what}", .folder.display())]
    Folder { folder: PathBuf, what: String },
    /// More examples were asked for than there are.
    #[error("'{set}' has {held} training examples, but {}", too_many(*.train, &[("validation", *.validation)]))]
    TooMany { set: &'static str, held: usize, train: Option<usize>, validation: usize },
    /// More examples were asked for than there are to divide.
    #[error(
        "'{set}' has {held} examples, but {}",
        too_many(*.train, &[("validation", *.validation), ("test", *.test)])
    )]
    TooManyInAll {
        set: &'static str,
        held: usize,
        train: Option<usize>,
        validation: usize,
        test: usize,
    },
    /// A file could not be read.
    #[error("{} cannot be read ({source}): check that it is there and readable", .path.display())]
    Read { path: PathBuf, source: std::io::Error },
    /// A file could not be written.
    #[error("{} cannot be written ({source}): make room, or name another folder", .path.display())]
    Write { path: PathBuf, source: std::io::Error },
    /// No set of that name can be downloaded.
    #[error("no data set '{set}' can be downloaded: {help}")]
    NotFetchable { set: String, help: String },
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

/// Which parts ask for too many examples; where nobody said how many there are to train on, which leave none.
fn too_many(train: Option<usize>, others: &[(&str, usize)]) -> String {
    let train = train.map(|train| ("train", train));
    let asking = others.iter().copied().filter(|(_, number)| *number > 0);
    let all: Vec<(&str, usize)> = train.into_iter().chain(asking).collect();
    let sum: u128 = all.iter().map(|(_, number)| *number as u128).sum();
    let named: Vec<String> =
        all.iter().map(|(part, number)| format!("{part} ({number})")).collect();
    match (named.as_slice(), train) {
        ([only], Some(_)) => format!("{only} asks for more: lower it"),
        ([only], None) => format!("{only} leaves none to train on: lower it"),
        ([most @ .., last], Some(_)) => {
            format!("{} and {last} together ask for {sum}: lower one of them", most.join(", "))
        }
        ([most @ .., last], None) => {
            format!("{} and {last} leave none to train on: lower one of them", most.join(", "))
        }
        ([], _) => "none is left to train on".to_owned(),
    }
}

/// Each line indented, on a line of its own.
fn lines(lines: &[String]) -> String {
    lines.iter().fold(String::new(), |all, line| all + "\n  " + line)
}
