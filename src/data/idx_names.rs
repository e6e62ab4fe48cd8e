//! Which file of a folder is which of an IDX set, by its name: [`the_one`].
//!
//! The publishers' names are `train-images-idx3-ubyte.gz` and the like; others have a prefix, are unpacked,
//! write a dot for a dash (`train-images.idx3-ubyte`), or end otherwise.

use super::error::DataError;
use super::idx::Contents;
use std::path::{Path, PathBuf};

/// The most names that are listed.
const LISTED: usize = 8;

/// The one file whose name ends in one of `parts` and what it holds; packed or not.
///
/// # Errors
/// If there is none, or more than one; names what is there.
pub(super) fn the_one(
    folder: &Path,
    names: &[String],
    parts: &[&str],
    contents: Contents,
) -> Result<PathBuf, DataError> {
    let fits = |name: &str| {
        let stem = before_format(unpacked(name), contents);
        stem.is_some_and(|stem| parts.iter().any(|part| stem.ends_with(part)))
    };
    let mut found: Vec<&String> = names.iter().filter(|name| fits(name)).collect();
    // A file beside its own packed form is the same file.
    let plain = found.clone();
    found.retain(|name| {
        let unpacked = unpacked(name);
        unpacked == name.as_str() || !plain.iter().any(|other| *other == unpacked)
    });
    // Some archives have each file in a folder of its own name too.
    if found.iter().any(|name| !folder.join(name).is_dir()) {
        found.retain(|name| !folder.join(name).is_dir());
    }
    let wanted = format!("{}-{}", parts.join(" or "), usual(contents));
    let what = match found[..] {
        [name] if folder.join(name).is_dir() => {
            format!("'{name}' is a folder, not a file: move the file of that name out of it")
        }
        [name] => return Ok(folder.join(name)),
        [] => {
            let there = alike(names, contents);
            format!("the folder has no file named {wanted} or {wanted}.gz{there}: copy it there")
        }
        [first, second, ..] => format!(
            "'{first}' and '{second}' could both be the file {wanted}: keep one of them there"
        ),
    };
    Err(DataError::Folder { folder: folder.to_owned(), what })
}

/// What such a file is called, after the part.
fn usual(contents: Contents) -> &'static str {
    match contents {
        Contents::Images => "images-idx3-ubyte",
        Contents::Labels => "labels-idx1-ubyte",
    }
}

/// A name without the ending of a packed file.
pub(super) fn unpacked(name: &str) -> &str {
    name.strip_suffix(".gz").unwrap_or(name)
}

/// The part of a name before what it holds and its format, with any of the usual separators.
fn before_format(name: &str, contents: Contents) -> Option<&str> {
    const SEPARATORS: [char; 3] = ['-', '.', '_'];
    usual(contents).rsplit('-').try_fold(name, |name, word| {
        // The last word may be missing: train-images.idx3
        let rest = match name.strip_suffix(word) {
            Some(rest) => rest,
            None if word == "ubyte" => return Some(name),
            None => return None,
        };
        rest.strip_suffix(SEPARATORS)
    })
}

/// What is there that may be meant, in words.
fn alike(names: &[String], contents: Contents) -> String {
    let word = usual(contents).split('-').next().unwrap_or_default();
    let word = word.trim_end_matches('s');
    let alike: Vec<&str> = names
        .iter()
        .map(String::as_str)
        .filter(|name| name.to_ascii_lowercase().contains(word))
        .take(LISTED)
        .collect();
    match alike[..] {
        [] => String::new(),
        _ => format!(" (it has '{}': rename what is meant)", alike.join("', '")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(names: &[&str]) -> Result<String, String> {
        let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
        let found = the_one(Path::new("/set"), &names, &["t10k", "test"], Contents::Images);
        found.map(|path| path.display().to_string()).map_err(|error| error.to_string())
    }

    #[test]
    fn the_names_that_are_about_are_known() {
        for name in [
            "t10k-images-idx3-ubyte",
            "t10k-images-idx3-ubyte.gz",
            "t10k-images.idx3-ubyte",
            "t10k-images.idx3-ubyte.gz",
            "t10k-images.idx3",
            "t10k_images_idx3_ubyte",
            "emnist-letters-test-images-idx3-ubyte",
            "my.test.images.idx3.ubyte",
        ] {
            let others = ["train-images-idx3-ubyte", "t10k-labels-idx1-ubyte", "README", name];
            assert_eq!(found(&others).unwrap(), format!("/set/{name}"));
        }
        let both = ["t10k-images.idx3-ubyte", "t10k-images.idx3-ubyte.gz"];
        assert_eq!(found(&both).unwrap(), "/set/t10k-images.idx3-ubyte");
    }

    #[test]
    fn what_lies_there_under_another_name_is_named() {
        for name in ["t10k.images", "TEST_IMAGES.bin", "test-image-idx3-ubyte", "images-idx3-ubyte"]
        {
            let said = found(&["t10k-labels-idx1-ubyte", name]).unwrap_err();
            let (there, wanted) = (format!("it has '{name}'"), "t10k or test-images-idx3-ubyte");
            assert!(said.contains(&there) && said.contains(wanted), "{said}");
        }
        let said = found(&["t10k-images-idx3-ubyte", "test-images.idx3-ubyte"]).unwrap_err();
        assert!(said.contains("could both be"), "{said}");
        assert!(!found(&["README"]).unwrap_err().contains("it has"));
    }
}
