//! Files that are either the old or the new version, whatever happens meanwhile: [`write`]; and
//! folders that are still there after the power was cut: [`create_folder`].

use super::{FilesError, fault};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::fs::File;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// Replaces the contents of `path` by `bytes`: a temporary file in the same folder is written and
/// synced, renamed over `path`, and the folder synced. After a crash at any instant `path` holds
/// either what it held before or all of `bytes`.
///
/// # Errors
/// [`FilesError::Write`], naming `path`; the old contents are untouched then.
pub fn write(path: &Path, bytes: &[u8]) -> Result<(), FilesError> {
    replace(path, bytes).map_err(FilesError::write(path))
}

/// [`write`]s `bytes` unless `path` holds just these.
///
/// # Errors
/// As [`write`].
pub fn update(path: &Path, bytes: &[u8]) -> Result<(), FilesError> {
    if std::fs::read(path).is_ok_and(|there| there == bytes) {
        return Ok(());
    }
    write(path, bytes)
}

/// [`write`]s `value` as indented JSON with a final newline.
///
/// # Errors
/// As [`write`].
pub fn write_json(path: &Path, value: &impl Serialize) -> Result<(), FilesError> {
    let mut bytes = serde_json::to_vec_pretty(value)
        .map_err(|error| FilesError::Write { path: path.into(), source: error.into() })?;
    bytes.push(b'\n');
    write(path, &bytes)
}

/// Reads what [`write_json`] wrote.
///
/// # Errors
/// [`FilesError::Read`] when the file cannot be read, [`FilesError::Damaged`] when it does not
/// hold a `T`.
pub fn read_json<T: DeserializeOwned>(path: &Path) -> Result<T, FilesError> {
    let bytes = std::fs::read(path).map_err(FilesError::read(path))?;
    serde_json::from_slice(&bytes)
        .map_err(|error| FilesError::Damaged { path: path.into(), message: error.to_string() })
}

/// Makes the names in `folder` durable.
///
/// # Errors
/// [`FilesError::Write`], naming the folder.
pub fn sync_folder(folder: &Path) -> Result<(), FilesError> {
    sync(folder).map_err(FilesError::write(folder))
}

/// [`sync_folder`] for whoever has an error of their own.
///
/// # Errors
/// What the system said.
pub fn sync(folder: &Path) -> io::Result<()> {
    match File::open(folder)?.sync_all() {
        // Some file systems have no such thing for folders, and nothing can be done about it.
        Err(error) if error.kind() == io::ErrorKind::InvalidInput => Ok(()),
        other => other,
    }
}

/// Makes `folder` and what is missing above it, durably, and returns those that were made, the
/// outermost first.
///
/// # Errors
/// [`FilesError::Write`], naming `folder`; what was made on the way is gone again.
pub fn create_folder(folder: &Path) -> Result<Vec<PathBuf>, FilesError> {
    let mut made = Vec::new();
    let above = folder.ancestors().take_while(|path| !path.as_os_str().is_empty());
    let missing: Vec<&Path> = above.take_while(|path| !path.is_dir()).collect();
    for path in missing.into_iter().rev() {
        let created = match std::fs::create_dir(path) {
            Err(_) if path.is_dir() => Ok(()), // somebody else was faster
            Ok(()) => {
                made.push(path.to_path_buf());
                fault::point("folder made", path);
                sync(parent(path))
            }
            Err(error) => Err(error),
        };
        if let Err(source) = created {
            remove_empty(&made);
            return Err(FilesError::Write { path: folder.to_path_buf(), source });
        }
        fault::point("folder kept", path);
    }
    Ok(made)
}

/// Takes back what [`create_folder`] made, as far as nothing is in it.
pub(crate) fn remove_empty(made: &[PathBuf]) {
    for path in made.iter().rev() {
        let _ = std::fs::remove_dir(path);
    }
}

/// What the names of temporary files begin with: hidden, and no name that anything looks for.
const TEMPORARY: &str = ".new-";

/// Removes the temporary files that a crash left in `folder`: for who alone writes there.
pub(crate) fn clear(folder: &Path) {
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        if entry.file_name().as_encoded_bytes().starts_with(TEMPORARY.as_bytes()) {
            // One that stays costs space and nothing else.
            let _ = std::fs::remove_file(entry.path());
        }
    }
}

fn parent(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    }
}

fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let folder = parent(path);
    fault::point("before", path);
    // The temporary file removes itself unless it was renamed.
    let mut file = tempfile::Builder::new()
        .prefix(TEMPORARY)
        .permissions(permissions())
        .tempfile_in(folder)?;
    fault::point("made", path);
    file.write_all(bytes)?;
    fault::point("written", path);
    file.as_file().sync_all()?;
    fault::point("synced", path);
    file.persist(path).map_err(|error| error.error)?;
    fault::point("renamed", path);
    sync(folder)?;
    fault::point("kept", path);
    Ok(())
}

/// Readable by all, less what the umask takes away (temporary files are private by default).
fn permissions() -> std::fs::Permissions {
    use std::os::unix::fs::PermissionsExt;
    std::fs::Permissions::from_mode(0o666)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn replaces_whole_files_and_leaves_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("record.json");
        write_json(&path, &[1, 2]).unwrap();
        write_json(&path, &[3]).unwrap();
        assert_eq!(read_json::<Vec<i32>>(&path).unwrap(), [3]);
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn folders_are_made_with_what_is_missing_above_or_not_at_all() {
        let root = tempfile::tempdir().unwrap();
        let deep = root.path().join("a/b/c");
        let made = create_folder(&deep).unwrap();
        assert_eq!(made, [root.path().join("a"), root.path().join("a/b"), deep.clone()]);
        assert!(create_folder(&deep).unwrap().is_empty());
        std::fs::write(deep.join("file"), "").unwrap();
        remove_empty(&made);
        assert!(deep.is_dir(), "what holds something stays");
        for wrong in ["file", "file/x", "file/x/y"] {
            let error = create_folder(&deep.join(wrong)).unwrap_err().to_string();
            assert!(error.contains(&format!("a/b/c/{wrong}: ")), "{error}");
        }
        let too_long = root.path().join("d/e").join("x".repeat(300));
        create_folder(&too_long).unwrap_err();
        assert!(!root.path().join("d").exists());
    }

    #[test]
    fn what_a_crash_left_half_written_is_cleared_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        for name in [".new-abc123", ".lock", "record.json"] {
            std::fs::write(folder.path().join(name), "[1").unwrap();
        }
        clear(folder.path());
        assert!(!folder.path().join(".new-abc123").exists());
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 2);
        clear(&folder.path().join("absent"));
    }

    #[test]
    fn errors_name_the_path_and_say_what_to_do() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("absent/record.json");
        let error = write(&path, b"x").unwrap_err().to_string();
        assert!(error.contains("absent/record.json"), "{error}");
        assert!(error.contains("check the path"), "{error}");
        let damaged = folder.path().join("damaged.json");
        std::fs::write(&damaged, "[1,").unwrap();
        let error = read_json::<Vec<i32>>(&damaged).unwrap_err().to_string();
        assert!(error.contains("damaged.json is damaged"), "{error}");
    }
}
