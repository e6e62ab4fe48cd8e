//! Pictures that belong to no job, in an event file of their own: [`write_pictures`].

use super::records::{append, version};
use super::{files, message};
use crate::files::{FilesError, Place, atomic};

/// The name is always the same, so that there is one file however often it is written.
const FILE: &str = "events.out.tfevents.0000000000.figures";

/// Makes TensorBoard show these pictures (tags and PNG files) for `folder`, and no others from
/// before. `time`, in seconds since 1970, says when they were measured: the same pictures at the
/// same time are the same bytes.
///
/// # Errors
/// When the file cannot be written, or a picture is no PNG.
pub fn write_pictures(
    folder: &Place,
    pictures: &[(String, Vec<u8>)],
    time: f64,
) -> Result<(), FilesError> {
    let path = folder.join(FILE);
    if pictures.is_empty() {
        return files::remove(&path).map_err(FilesError::write(&path));
    }
    let mut bytes = Vec::new();
    let mut written = append(&mut bytes, &version(time));
    for (tag, png) in pictures {
        written = written.and_then(|()| {
            let picture = message::image(tag, png.clone())?;
            append(&mut bytes, &message::entry(time, 0, picture))
        });
    }
    written.map_err(FilesError::write(&path))?;
    atomic::update(&path, &bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn the_same_pictures_are_the_same_bytes_and_none_is_no_file() {
        let folder = tempfile::tempdir().unwrap();
        let place = Place::trusted(folder.path());
        let path = place.join(FILE);
        let tiles =
            crate::plot::Tiles { pixels: &[0, 255], count: 1, channels: 1, height: 1, width: 2 };
        let png = crate::plot::grid(&tiles, 1, 1).unwrap().png;
        let pictures = [("one".to_owned(), png.clone()), ("two".to_owned(), png)];
        write_pictures(&place, &pictures, 7.0).unwrap();
        let first = fs::read(&path).unwrap();
        assert_eq!(files::good_end(&path, u64::MAX).unwrap(), first.len() as u64);
        write_pictures(&place, &pictures[..1], 7.0).unwrap();
        assert!(fs::read(&path).unwrap().len() < first.len());
        write_pictures(&place, &pictures, 7.0).unwrap();
        assert_eq!(fs::read(&path).unwrap(), first);
        let broken = [("three".to_owned(), vec![1, 2, 3])];
        write_pictures(&place, &broken, 7.0).unwrap_err();
        assert_eq!(fs::read(&path).unwrap(), first);
        write_pictures(&place, &[], 7.0).unwrap();
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    }
}
