//! A confusion matrix as a picture ([`confusion_matrix`]).

use super::canvas::{Canvas, Colour, between, text_width};
use super::{Drawn, PictureError};

const WHITE: Colour = [255; 3];
const INK: Colour = [32, 36, 44];
const FAINT: Colour = [120, 126, 136];
/// The most pixels that the cells of a side have where they bear no numbers.
const SIDE: usize = 2400;
const RULE: Colour = [222, 225, 230];
const RIGHT: Colour = [24, 92, 160];
const WRONG: Colour = [200, 50, 32];

/// A picture of `counts` (row by row: `counts[true * classes + predicted]`), with the share of each
/// class that was missed at its right. `names` label the classes; where there are fewer, their
/// numbers do.
///
/// Cells are shaded by their share of their row: blue on the diagonal; red beside it, by the square
/// root, so that few errors are seen too. Of more than 40 classes they bear no numbers; of more than
/// 2,400 neighbours share a cell.
///
/// # Errors
///
/// When `counts` is not a square of that side.
pub fn confusion_matrix(
    counts: &[i64],
    classes: usize,
    names: &[String],
) -> Result<Drawn, PictureError> {
    let expected = classes * classes;
    if counts.len() != expected || classes == 0 {
        let found = counts.len();
        return Err(PictureError::Size { what: "a confusion matrix", expected, found });
    }
    let together = classes.div_ceil(SIDE);
    if together > 1 {
        let (counts, groups) = grouped(counts, classes, together);
        let png = confusion_matrix(&counts, groups, &[])?.png;
        let remark = format!("Each cell is of {together} neighbouring classes of {classes}.");
        return Ok(Drawn { png, remark: Some(remark) });
    }
    let names: Vec<String> = (0..classes)
        .map(|class| names.get(class).cloned().unwrap_or_else(|| class.to_string()))
        .collect();
    let layout = Layout::new(counts, classes, &names);
    let mut canvas = Canvas::new(layout.width(), layout.height(), WHITE)?;
    layout.draw_cells(&mut canvas, counts);
    layout.draw_names(&mut canvas, &names);
    layout.draw_missed(&mut canvas, counts);
    Ok(Drawn { png: canvas.png()?, remark: None })
}

/// Counts with `together` neighbouring classes as one, and how many there are then.
fn grouped(counts: &[i64], classes: usize, together: usize) -> (Vec<i64>, usize) {
    let groups = classes.div_ceil(together);
    let mut sums = vec![0; groups * groups];
    for (index, count) in counts.iter().enumerate() {
        let (row, column) = (index / classes / together, index % classes / together);
        sums[row * groups + column] += count;
    }
    (sums, groups)
}

/// Where everything is, in pixels.
struct Layout {
    classes: usize,
    /// How large letters are; 0: too many classes for any.
    zoom: usize,
    cell: usize,
    left: usize,
    top: usize,
    right: usize,
}

impl Layout {
    fn new(counts: &[i64], classes: usize, names: &[String]) -> Self {
        let zoom = match classes {
            ..=16 => 2,
            17..=40 => 1,
            _ => 0,
        };
        let largest = counts.iter().max().map_or(0, |count| text_width(&count.to_string(), zoom));
        let longest = names.iter().map(|name| text_width(name, zoom)).max().unwrap_or(0);
        let cell = match zoom {
            0 => (SIDE / classes).clamp(1, 6),
            _ => (largest.max(longest.min(12 * 6 * zoom)) + 8 * zoom).max(20 * zoom),
        };
        let letters = 6 * zoom;
        Self {
            classes,
            zoom,
            cell,
            left: longest + 5 * letters,
            top: 6 * letters,
            right: if zoom == 0 { 6 } else { 9 * letters },
        }
    }

    fn width(&self) -> usize {
        self.left.max(6) + self.cell * self.classes + self.right
    }

    fn height(&self) -> usize {
        self.top.max(6) + self.cell * self.classes + 4 * self.zoom.max(2)
    }

    /// The upper left corner of a cell.
    fn corner(&self, row: usize, column: usize) -> [usize; 2] {
        [self.left.max(6) + column * self.cell, self.top.max(6) + row * self.cell]
    }

    fn draw_cells(&self, canvas: &mut Canvas, counts: &[i64]) {
        let edge = self.cell * self.classes;
        let rule = usize::from(self.zoom > 0);
        canvas.fill(self.corner(0, 0), [edge + rule, edge + rule], RULE);
        for (row, line) in counts.chunks_exact(self.classes).enumerate() {
            let sum = line.iter().sum::<i64>().max(1) as f64;
            for (column, count) in line.iter().enumerate() {
                let share = *count as f64 / sum;
                let (colour, strength) =
                    if row == column { (RIGHT, share) } else { (WRONG, share.sqrt()) };
                let [x, y] = self.corner(row, column);
                let size = self.cell - rule;
                let tint = between(WHITE, colour, strength);
                canvas.fill([x + rule, y + rule], [size, size], tint);
                if self.zoom > 0 && *count != 0 {
                    let ink = if strength > 0.5 { WHITE } else { INK };
                    let middle = [x + self.cell / 2, y + self.cell / 2];
                    canvas.centred(&count.to_string(), middle, self.zoom, ink);
                }
            }
        }
    }

    fn draw_names(&self, canvas: &mut Canvas, names: &[String]) {
        if self.zoom == 0 {
            return;
        }
        let letter = 6 * self.zoom;
        let (middle, half) = (self.cell * self.classes / 2, self.cell / 2);
        let fits = (self.cell / letter).max(1);
        for (class, name) in names.iter().enumerate() {
            let [x, y] = self.corner(class, class);
            let short: String = name.chars().take(fits).collect();
            canvas.centred(&short, [x + half, self.top - letter], self.zoom, INK);
            let width = text_width(name, self.zoom);
            canvas.centred(name, [self.left - letter - width / 2, y + half], self.zoom, INK);
        }
        canvas.centred("predicted", [self.left + middle, 2 * letter + self.zoom], self.zoom, FAINT);
        for (index, piece) in ["t", "r", "u", "e"].into_iter().enumerate() {
            let y = self.top + middle + index * 9 * self.zoom;
            let at = [letter + letter / 2, y.saturating_sub(14 * self.zoom)];
            canvas.centred(piece, at, self.zoom, FAINT);
        }
    }

    /// The share of each class that was missed.
    fn draw_missed(&self, canvas: &mut Canvas, counts: &[i64]) {
        if self.zoom == 0 {
            return;
        }
        let middle = self.left + self.cell * self.classes + self.right / 2;
        let letter = 6 * self.zoom;
        canvas.centred("missed", [middle, self.top - letter], self.zoom, FAINT);
        for (row, line) in counts.chunks_exact(self.classes).enumerate() {
            let sum = line.iter().sum::<i64>();
            if sum == 0 {
                continue;
            }
            let missed = (sum - line[row]) as f64 / sum as f64 * 100.0;
            let y = self.corner(row, row)[1] + self.cell / 2;
            canvas.centred(&format!("{missed:.1}%"), [middle, y], self.zoom, INK);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::canvas::tests::decoded;
    use super::*;

    /// Counts as a good classifier has them.
    fn counts(classes: usize) -> Vec<i64> {
        let cell = |row: usize, column: usize| match (row * 7 + column * 13) % 11 {
            _ if row == column => (950 - 20 * row as i64).max(300),
            0 | 1 => 1 + (row * column % 37) as i64,
            2 if row > column => 120,
            _ => 0,
        };
        (0..classes * classes).map(|index| cell(index / classes, index % classes)).collect()
    }

    #[test]
    fn a_matrix_is_drawn_at_any_number_of_classes() {
        let words: Vec<String> =
            ["T-shirt", "Trouser", "Pullover", "Dress"].map(str::to_owned).to_vec();
        for (classes, names) in [(1, vec![]), (4, words), (10, vec![]), (26, vec![]), (200, vec![])]
        {
            let bytes = confusion_matrix(&counts(classes), classes, &names).unwrap().png;
            let (width, height, channels, _) = decoded(&bytes);
            assert!(width.min(height) >= 6 * classes as u32, "{classes}");
            assert_eq!(channels, 3, "{classes}");
            // To be looked at: a test cannot say whether a picture is clear.
            if let Some(folder) = std::env::var_os("EXP_TEST_PICTURES") {
                let path = std::path::Path::new(&folder).join(format!("confusion-{classes}.png"));
                std::fs::write(path, bytes).unwrap();
            }
        }
    }

    #[test]
    fn the_diagonal_is_blue_and_errors_are_red() {
        let bytes = confusion_matrix(&[10, 0, 5, 5], 2, &[]).unwrap().png;
        let (.., pixels) = decoded(&bytes);
        let has = |colour: Colour| pixels.chunks_exact(3).any(|pixel| pixel == colour);
        assert!(has(RIGHT));
        assert!(has(between(WHITE, RIGHT, 0.5)));
        assert!(has(between(WHITE, WRONG, 0.5_f64.sqrt())));
    }

    #[test]
    fn of_thousands_of_classes_neighbours_share_a_cell() {
        assert_eq!(grouped(&(1..=9).collect::<Vec<_>>(), 3, 2), (vec![12, 9, 15, 9], 2));
        for (classes, cells, said) in
            [(256, 256 * 6, false), (1000, 2000, false), (3000, 1500, true)]
        {
            let drawn = confusion_matrix(&vec![1; classes * classes], classes, &[]).unwrap();
            let (width, height, ..) = decoded(&drawn.png);
            assert!((cells..cells + 30).contains(&width.min(height)), "{classes}: {width}");
            assert_eq!(drawn.remark.is_some(), said, "{classes}");
        }
    }

    #[test]
    fn a_wrong_number_of_counts_is_an_error() {
        for (counts, classes) in [(&[1, 2, 3][..], 2), (&[], 0)] {
            assert!(matches!(
                confusion_matrix(counts, classes, &[]),
                Err(PictureError::Size { .. })
            ));
        }
    }
}
