//! Points for TensorBoard's projector ([`Embedding`], [`write_embeddings`]): tables, and pictures on one
//! sheet, which the plugin finds by `projector_config.pbtxt` in the job's folder.

use crate::files::{FilesError, Place, atomic};
use crate::plot::{PictureError, Tiles, sprite};
use std::fmt::Write;

/// The name by which the plugin finds its settings.
const CONFIG: &str = "projector_config.pbtxt";
/// Where the tables and pictures go, below the job's folder.
const PLACE: &str = "artifacts/projector";

/// Points of many dimensions, with what is known of each.
#[derive(Debug, Clone, Copy)]
pub struct Embedding<'a> {
    /// What the plugin calls it.
    pub name: &'a str,
    /// The coordinates of one point after another.
    pub values: &'a [f32],
    /// How many coordinates a point has.
    pub dimensions: usize,
    /// Names and values, one value a point: what to colour and to search by.
    pub columns: &'a [(&'a str, &'a [String])],
    /// The picture of each point.
    pub pictures: Option<Tiles<'a>>,
}

/// Why points could not be written down for the projector.
#[derive(Debug, thiserror::Error)]
pub enum ProjectorError {
    /// The numbers, values or pictures are not as many as the points.
    #[error("the embedding '{name}' has {found} {what} where {expected} were expected")]
    Size { name: String, what: &'static str, expected: usize, found: usize },
    /// A coordinate is no number.
    #[error("the embedding '{name}' has a coordinate that is not finite, at point {point}")]
    Value { name: String, point: usize },
    /// Two embeddings have one name.
    #[error("two embeddings are called '{name}': the projector tells them apart by their names")]
    Twice { name: String },
    /// The sheet of pictures could not be drawn.
    #[error("the pictures of the embedding '{name}' cannot be put on one sheet: {error}")]
    Picture { name: String, error: PictureError },
    /// A file could not be written.
    #[error(transparent)]
    Write(#[from] FilesError),
}

/// Writes points into a job's folder, so that TensorBoard's projector shows them. What an earlier call
/// wrote is replaced. Returns what became of pictures that are smaller than they were or left out.
///
/// # Errors
/// If the parts of an embedding do not fit together, or a file cannot be written.
pub fn write_embeddings(
    folder: &Place,
    embeddings: &[Embedding],
) -> Result<Vec<String>, ProjectorError> {
    let (mut config, mut remarks) = (String::new(), Vec::new());
    for (index, embedding) in embeddings.iter().enumerate() {
        if embeddings[..index].iter().any(|other| other.name == embedding.name) {
            return Err(ProjectorError::Twice { name: embedding.name.to_owned() });
        }
        let (own, remark) = write_one(folder, &format!("{PLACE}/{index}"), embedding)?;
        config += &own;
        remarks.extend(remark);
    }
    // The settings come last: what they name is there.
    keep(folder, CONFIG, config.as_bytes())?;
    Ok(remarks)
}

/// Writes the files of one embedding below `place`; gives its part of the settings, and a remark on its
/// pictures.
fn write_one(
    folder: &Place,
    place: &str,
    embedding: &Embedding,
) -> Result<(String, Option<String>), ProjectorError> {
    let count = points(embedding)?;
    let file = |name: &str| format!("{place}/{name}");
    keep(folder, &file("tensors.tsv"), table(embedding).as_bytes())?;
    let mut config = format!(
        "embeddings {{\n  tensor_name: {}\n  tensor_path: {}\n  tensor_shape: {count}\n  \
         tensor_shape: {}\n",
        quoted(embedding.name),
        quoted(&file("tensors.tsv")),
        embedding.dimensions
    );
    if !embedding.columns.is_empty() {
        keep(folder, &file("metadata.tsv"), metadata(embedding.columns, count).as_bytes())?;
        let _ = writeln!(config, "  metadata_path: {}", quoted(&file("metadata.tsv")));
    }
    let remark = match embedding.pictures.as_ref().map(sprite) {
        Some(Ok(sprite)) => {
            keep(folder, &file("sprite.png"), &sprite.png)?;
            let (path, width, height) = (quoted(&file("sprite.png")), sprite.width, sprite.height);
            let _ = write!(
                config,
                "  sprite {{\n    image_path: {path}\n    single_image_dim: {width}\n    \
                 single_image_dim: {height}\n  }}\n"
            );
            let said = format!(
                "the pictures of '{}' in the projector have {width} x {height} pixels each: whole \
                 ones do not fit on one sheet",
                embedding.name
            );
            sprite.is_smaller.then_some(said)
        }
        Some(Err(error)) => {
            let name = embedding.name.to_owned();
            Some(ProjectorError::Picture { name, error }.to_string())
        }
        None => None,
    };
    Ok((config + "}\n", remark))
}

/// How many points an embedding has, all its parts of one length.
fn points(embedding: &Embedding) -> Result<usize, ProjectorError> {
    let Embedding { name, values, dimensions, columns, pictures } = *embedding;
    let count = values.len() / dimensions.max(1);
    let size = |what, expected, found| {
        if expected == found {
            return Ok(());
        }
        Err(ProjectorError::Size { name: name.to_owned(), what, expected, found })
    };
    size("coordinates", (count * dimensions).max(1), values.len())?;
    for (_, column) in columns {
        size("values in a column", count, column.len())?;
    }
    size("pictures", count, pictures.map_or(count, |pictures| pictures.count))?;
    match values.iter().position(|value| !value.is_finite()) {
        Some(at) => Err(ProjectorError::Value { name: name.to_owned(), point: at / dimensions }),
        None => Ok(count),
    }
}

/// A point a line, its coordinates between tabs.
fn table(embedding: &Embedding) -> String {
    let mut text = String::new();
    for (index, value) in embedding.values.iter().enumerate() {
        let end = if (index + 1) % embedding.dimensions == 0 { '\n' } else { '\t' };
        // Writing to memory cannot fail.
        let _ = write!(text, "{value}{end}");
    }
    text
}

/// A point a line; where there are several columns, with their names above them, as the plugin wants it.
fn metadata(columns: &[(&str, &[String])], count: usize) -> String {
    let mut text = String::new();
    if let [_, _, ..] = columns {
        let names: Vec<String> = columns.iter().map(|(name, _)| plain(name)).collect();
        text += &(names.join("\t") + "\n");
    }
    for point in 0..count {
        let values: Vec<String> = columns.iter().map(|(_, column)| plain(&column[point])).collect();
        text += &(values.join("\t") + "\n");
    }
    text
}

/// Words that break no table.
fn plain(text: &str) -> String {
    text.replace(|letter: char| letter.is_control(), " ")
}

/// Words as protobuf's text format writes them.
fn quoted(text: &str) -> String {
    format!("\"{}\"", plain(text).replace('\\', "\\\\").replace('"', "\\\""))
}

fn keep(folder: &Place, name: &str, bytes: &[u8]) -> Result<(), ProjectorError> {
    let place = folder.join(name);
    if let Some(above) = place.above() {
        atomic::create_folder(&above)?;
    }
    Ok(atomic::write(&place, bytes)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(words: &[&str]) -> Vec<String> {
        words.iter().map(|word| (*word).to_owned()).collect()
    }

    #[test]
    fn tables_have_a_line_a_point() {
        let folder = tempfile::tempdir().unwrap();
        let (labels, notes) = (words(&["7", "1"]), words(&["a\tb", "say \"so\""]));
        let mut embedding = Embedding {
            name: "latent \"means\"",
            values: &[0.5, -1.0, 2.0, 1e-7, 0.0, 3.25],
            dimensions: 3,
            columns: &[("label", &labels)],
            pictures: None,
        };
        let read = |name: &str| std::fs::read_to_string(folder.path().join(name)).unwrap();
        write_embeddings(&Place::trusted(folder.path()), &[embedding]).unwrap();
        assert_eq!(read("artifacts/projector/0/tensors.tsv"), "0.5\t-1\t2\n0.0000001\t0\t3.25\n");
        assert_eq!(read("artifacts/projector/0/metadata.tsv"), "7\n1\n");
        let columns: [(&str, &[String]); 2] = [("label", &labels), ("note", &notes)];
        embedding.columns = &columns;
        write_embeddings(&Place::trusted(folder.path()), &[embedding]).unwrap();
        let expected = "label\tnote\n7\ta b\n1\tsay \"so\"\n";
        assert_eq!(read("artifacts/projector/0/metadata.tsv"), expected);
        assert!(read(CONFIG).contains(r#"tensor_name: "latent \"means\"""#), "{}", read(CONFIG));
    }

    #[test]
    fn what_does_not_fit_is_an_error() {
        let folder = tempfile::tempdir().unwrap();
        let labels = words(&["7", "1", "2"]);
        let pixels = [0; 4];
        let tiles = Tiles { pixels: &pixels, count: 1, channels: 1, height: 2, width: 2 };
        let whole = Embedding {
            name: "means",
            values: &[0.0; 4],
            dimensions: 2,
            columns: &[],
            pictures: None,
        };
        let said = |embeddings: &[Embedding]| {
            write_embeddings(&Place::trusted(folder.path()), embeddings).unwrap_err().to_string()
        };
        let columns: [(&str, &[String]); 1] = [("label", &labels)];
        assert!(said(&[Embedding { columns: &columns, ..whole }]).contains("3 values"));
        assert!(
            said(&[Embedding { pictures: Some(tiles), ..whole }]).contains("1 pictures where 2")
        );
        assert!(said(&[Embedding { dimensions: 3, ..whole }]).contains("coordinates"));
        assert!(said(&[Embedding { dimensions: 0, ..whole }]).contains("coordinates"));
        assert!(said(&[Embedding { values: &[], ..whole }]).contains("coordinates"));
        let values = [0.0, 0.0, f32::NAN, 0.0];
        assert!(said(&[Embedding { values: &values, ..whole }]).contains("at point 1"));
        assert!(said(&[whole, whole]).contains("two embeddings are called 'means'"));
        std::fs::remove_dir_all(folder.path().join("artifacts")).unwrap();
        std::fs::write(folder.path().join("artifacts"), "a file").unwrap();
        assert!(said(&[whole]).contains("is a file where a folder should be"));
    }
}
