//! Files that are either the old or the new version, whatever happens meanwhile: [`write`].

use super::RunDirError;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::fs::File;
use std::io::{self, Write};
use std::path::Path;

/// Replaces the contents of `path` by `bytes`: a temporary file in the same folder is written and
/// synced, renamed over `path`, and the folder synced. After a crash at any instant `path` holds
/// either what it held before or all of `bytes`.
///
/// # Errors
/// [`RunDirError::Write`], naming `path`; the old contents are untouched then.
pub fn write(path: &Path, bytes: &[u8]) -> Result<(), RunDirError> {
    replace(path, bytes).map_err(RunDirError::write(path))
}

/// [`write`]s `value` as indented JSON with a final newline.
///
/// # Errors
/// As [`write`].
pub fn write_json(path: &Path, value: &impl Serialize) -> Result<(), RunDirError> {
    let mut bytes = serde_json::to_vec_pretty(value)
        .map_err(|error| RunDirError::Write { path: path.into(), source: error.into() })?;
    bytes.push(b'\n');
    write(path, &bytes)
}

/// Reads what [`write_json`] wrote.
///
/// # Errors
/// [`RunDirError::Read`] when the file cannot be read, [`RunDirError::Damaged`] when it does not
/// hold a `T`.
pub fn read_json<T: DeserializeOwned>(path: &Path) -> Result<T, RunDirError> {
    let bytes = std::fs::read(path).map_err(RunDirError::read(path))?;
    serde_json::from_slice(&bytes)
        .map_err(|error| RunDirError::Damaged { path: path.into(), message: error.to_string() })
}

/// Makes the names in `folder` durable.
///
/// # Errors
/// [`RunDirError::Write`], naming the folder.
pub fn sync_folder(folder: &Path) -> Result<(), RunDirError> {
    File::open(folder).and_then(|folder| folder.sync_all()).map_err(RunDirError::write(folder))
}

fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let folder = match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    // The temporary file removes itself unless it was renamed.
    let mut file =
        tempfile::Builder::new().prefix(".new-").permissions(permissions()).tempfile_in(folder)?;
    file.write_all(bytes)?;
    file.as_file().sync_all()?;
    file.persist(path).map_err(|error| error.error)?;
    File::open(folder)?.sync_all()
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
