//! Which classes are taken for which: [`confusion`].

use tch::Tensor;

/// How often the class of the row was taken for the class of the column: `[classes, classes]`
/// (int64), on the device of the labels.
///
/// Predictions and labels `[N]` (int64), each below `classes`.
pub fn confusion(predictions: &Tensor, labels: &Tensor, classes: i64) -> Tensor {
    let cells = labels * classes + predictions;
    cells.bincount(None::<Tensor>, classes * classes).view([classes, classes])
}
