//! What is drawn of a trained network: [`draw`]. None of it is what the job was for, so each part goes
//! through [`Context::decorate`].

use crate::data::Labelled;
use crate::files::atomic;
use crate::job::{Context, RunError};
use crate::metric;
use crate::plot::{self, Drawn, Tiles};
use crate::train::show;
use tch::{Device, Tensor};

use super::evaluation::ClassifierMetrics;

/// The most pictures that are shown of those that were taken for another.
const SHOWN: i64 = 64;
/// The most classes whose confusion is also written as a table.
const TABLE: usize = 2000;

/// The confusion matrix as a picture and a table, and the pictures that were taken for another.
pub(super) fn draw(context: &mut Context, data: &Labelled, test: &ClassifierMetrics, step: u64) {
    let classes = data.classes as usize;
    let mut counts = Vec::new();
    context.decorate("the confusion matrix", |_| {
        let confusion = metric::confusion(&test.predictions, &data.test.labels, data.classes);
        counts = Vec::<i64>::try_from(&confusion.to_device(Device::Cpu).flatten(0, -1))?;
        Ok(())
    });
    if !counts.is_empty() {
        let names = (0..classes).map(|class| class.to_string()).collect::<Vec<_>>();
        show(context, "test/confusion", step, || plot::confusion_matrix(&counts, classes, &names));
        context.decorate("the table confusion.csv", |context| table(context, &counts, classes));
    }
    context.decorate("the picture test/misclassified", |context| {
        let wrong = test.predictions.not_equal_tensor(&data.test.labels).nonzero().squeeze_dim(-1);
        let shown = wrong.narrow(0, 0, wrong.size()[0].min(SHOWN));
        if shown.numel() > 0 {
            show(context, "test/misclassified", step, || {
                grid(&data.test.images.index_select(0, &shown).to_device(Device::Cpu))
            });
        }
        Ok(())
    });
}

fn table(context: &Context, counts: &[i64], classes: usize) -> Result<(), RunError> {
    if classes > TABLE {
        return Err(format!("it would have more than {TABLE} rows and columns").into());
    }
    let rows = counts.chunks(classes).map(|row| row.iter().map(ToString::to_string).collect());
    let text = rows.map(|row: Vec<String>| row.join(",") + "\n").collect::<String>();
    Ok(atomic::write(&context.artefact("confusion.csv"), text.as_bytes())?)
}

/// Pictures `[N, C, H, W]` of bytes, side by side.
fn grid(tiles: &Tensor) -> Result<Drawn, RunError> {
    let (count, channels, height, width) = tiles.size4()?;
    let mut pixels = vec![0; tiles.numel()];
    let length = pixels.len();
    tiles.contiguous().copy_data_u8(&mut pixels, length);
    let tiles = Tiles {
        pixels: &pixels,
        count: count as usize,
        channels: channels as usize,
        height: height as usize,
        width: width as usize,
    };
    Ok(plot::grid(&tiles, 8, 2)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_of_confusions_has_a_line_for_each_class_unless_there_are_too_many() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("artifacts")).unwrap();
        let context = Context::silent(folder.path().to_owned(), 0);
        table(&context, &[3, 1, 0, 2], 2).unwrap();
        let text = std::fs::read_to_string(context.artefact("confusion.csv")).unwrap();
        assert_eq!(text, "3,1\n0,2\n");
        assert!(table(&context, &[], TABLE).is_ok());
        let error = table(&context, &[], TABLE + 1).unwrap_err().to_string();
        assert!(error.contains("more than 2000 rows"), "{error}");
    }
}
