//! What every chart has, and where it stands: title, axes with numbers, legend, caption ([`Chart`]).

use super::PictureError;
use super::axis::Axis;
use super::canvas::Colour;
use super::letters::{self, shortened, wrapped};
use super::sheet::{Anchor, Marker, Place, Sheet};

pub(super) const INK: Colour = [32, 36, 44];
pub(super) const FAINT: Colour = [98, 104, 114];
const RULE: Colour = [228, 231, 235];
const FRAME: Colour = [150, 156, 166];

const TITLE: f32 = 19.0;
const LABEL: f32 = 15.0;
const TICK: f32 = 14.0;
/// The size of captions, here and under grids.
pub(super) const CAPTION: f32 = 13.5;
/// The distance from line to line, for a size of 1.
pub(super) const LEADING: f32 = 1.4;

const WIDTH: f32 = 860.0;
const PLOT_HEIGHT: f32 = 470.0;
const GAP: f32 = 14.0;
/// The widest that a name in the legend may be.
const NAME: f32 = 190.0;

/// Ten colours that colour-blind readers can tell apart (Petroff 2021, arXiv:2107.02270).
const COLOURS: [Colour; 10] = [
    [0x3f, 0x90, 0xda],
    [0xff, 0xa9, 0x0e],
    [0xbd, 0x1f, 0x01],
    [0x94, 0xa4, 0xa2],
    [0x83, 0x2d, 0xb6],
    [0xa9, 0x6b, 0x59],
    [0xe7, 0x63, 0x00],
    [0xb9, 0xac, 0x70],
    [0x71, 0x75, 0x81],
    [0x92, 0xda, 0xdd],
];
const MARKERS: [Marker; 4] = [Marker::Circle, Marker::Square, Marker::Triangle, Marker::Diamond];

/// How one class or series is told from the others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Mark {
    pub(super) colour: Colour,
    pub(super) marker: Marker,
    /// Whether its line, if it has one, is broken.
    pub(super) dashed: bool,
}

impl Mark {
    /// That of number `index`: the first ten differ in colour, the first forty in colour or shape.
    pub(super) fn number(index: usize) -> Self {
        let marker = MARKERS[(index + index / COLOURS.len()) % MARKERS.len()];
        Self { colour: COLOURS[index % COLOURS.len()], marker, dashed: false }
    }
}

/// A chart without what is drawn into it.
pub(super) struct Chart<'a> {
    pub(super) title: &'a str,
    pub(super) caption: &'a str,
    /// What runs to the right, and its name.
    pub(super) x: (Axis, &'a str),
    /// What runs up, and its name.
    pub(super) y: (Axis, &'a str),
    /// Names and marks; drawn with a line through the mark if `through`.
    pub(super) legend: Vec<(String, Mark)>,
    pub(super) through: bool,
}

/// Where the plot is on the sheet.
pub(super) struct Plot<'a> {
    left: f32,
    top: f32,
    width: f32,
    x: &'a Axis,
    y: &'a Axis,
}

impl Plot<'_> {
    /// The place of a point, if it has one.
    pub(super) fn place(&self, [x, y]: [f64; 2]) -> Option<Place> {
        let (x, y) = (self.x.share(x)? as f32, self.y.share(y)? as f32);
        Some([self.left + x * self.width, self.top + (1.0 - y) * PLOT_HEIGHT])
    }

    /// The height of a value, within the plot: its lowest place for what has none.
    pub(super) fn height(&self, y: f64) -> f32 {
        let share = self.y.share(y).unwrap_or(0.0).clamp(0.0, 1.0);
        self.top + (1.0 - share as f32) * PLOT_HEIGHT
    }
}

impl Chart<'_> {
    /// The chart as PNG, with what `paint` draws into its plot.
    pub(super) fn png(
        &self,
        paint: impl FnOnce(&mut Sheet, &Plot),
    ) -> Result<Vec<u8>, PictureError> {
        let title = wrapped(self.title, TITLE, WIDTH - 2.0 * GAP);
        let caption = wrapped(self.caption, CAPTION, WIDTH - 2.0 * GAP);
        let top = GAP + TITLE * LEADING * title.len() as f32 + GAP * 0.7;
        let bottom = top + PLOT_HEIGHT;
        let below = bottom + TICK * LEADING + 8.0 + LABEL * LEADING + 9.0;
        let height = below + CAPTION * LEADING * caption.len() as f32 + GAP;
        let widest = self.y.0.ticks.iter().map(|(_, label)| letters::width(label, TICK));
        let left = GAP + LABEL * LEADING + widest.fold(0.0, f32::max) + 14.0;
        let right = self.legend_width() + GAP;
        let (x, y) = (&self.x.0, &self.y.0);
        let plot = Plot { left, top, width: WIDTH - left - right, x, y };
        let mut sheet = Sheet::new(WIDTH as usize, height.ceil() as usize)?;
        lines_of(&mut sheet, &title, [GAP, GAP], TITLE, INK);
        lines_of(&mut sheet, &caption, [GAP, below], CAPTION, FAINT);
        self.draw_axes(&mut sheet, &plot);
        paint(&mut sheet, &plot);
        self.draw_legend(&mut sheet, [plot.left + plot.width + GAP * 1.3, top]);
        sheet.png()
    }

    fn draw_axes(&self, sheet: &mut Sheet, plot: &Plot) {
        let Plot { left, top, width, .. } = *plot;
        let (right, bottom) = (left + width, top + PLOT_HEIGHT);
        for (value, label) in &plot.y.ticks {
            let y = crisp(plot.height(*value));
            sheet.line(&[[left, y], [right, y]], 1.0, RULE);
            sheet.words(label, [left - 8.0, y + TICK * 0.36], TICK, Anchor::End, INK);
        }
        for (x, label) in spaced(plot) {
            let x = crisp(x);
            sheet.line(&[[x, top], [x, bottom]], 1.0, RULE);
            sheet.words(label, [x, bottom + TICK + 8.0], TICK, Anchor::Middle, INK);
        }
        sheet.line(
            &[[left, top], [left, bottom], [right, bottom]].map(|at| at.map(crisp)),
            1.0,
            FRAME,
        );
        let name = [left + width / 2.0, bottom + TICK * LEADING + LABEL + 9.0];
        sheet.words(self.x.1, name, LABEL, Anchor::Middle, INK);
        let name = [GAP + LABEL * 0.8, top + PLOT_HEIGHT / 2.0];
        sheet.words(self.y.1, name, LABEL, Anchor::Upwards, INK);
    }

    fn legend_width(&self) -> f32 {
        let widest = self.legend.iter().map(|(name, _)| letters::width(name, TICK).min(NAME));
        widest.reduce(f32::max).map_or(0.0, |width| width + self.swatch() + GAP * 1.3)
    }

    fn swatch(&self) -> f32 {
        if self.through { 36.0 } else { 18.0 }
    }

    fn draw_legend(&self, sheet: &mut Sheet, [left, top]: Place) {
        let even = PLOT_HEIGHT / self.legend.len().max(1) as f32;
        let (step, swatch) = (even.clamp(TICK * 1.25, TICK * 1.6), self.swatch());
        let room = (PLOT_HEIGHT / step) as usize;
        let shown = if self.legend.len() > room { room - 1 } else { self.legend.len() };
        for (index, (name, mark)) in self.legend.iter().take(shown).enumerate() {
            let y = top + step * (index as f32 + 0.5);
            let middle = left + (swatch - 8.0) / 2.0;
            if self.through {
                sheet.curve(&[[left, y], [left + swatch - 8.0, y]], mark.dashed, mark.colour);
            }
            sheet.dot(mark.marker, [middle, y], 4.6, mark.colour, 1.0);
            let name = shortened(name, TICK, NAME);
            sheet.words(&name, [left + swatch, y + TICK * 0.36], TICK, Anchor::Start, INK);
        }
        if shown < self.legend.len() {
            let rest = format!("and {} more", self.legend.len() - shown);
            let at = [left, top + step * (shown as f32 + 0.5) + TICK * 0.36];
            sheet.words(&rest, at, TICK, Anchor::Start, FAINT);
        }
    }
}

/// The places and labels of the ticks that run to the right. A number that would run into the one
/// before it is left out.
fn spaced<'a>(plot: &Plot<'a>) -> Vec<(f32, &'a str)> {
    let mut shown = Vec::new();
    let mut free = f32::MIN;
    for (value, label) in &plot.x.ticks {
        let x = plot.x.share(*value).map(|share| plot.left + share as f32 * plot.width);
        let half = letters::width(label, TICK) / 2.0;
        if let Some(x) = x.filter(|x| x - half > free) {
            shown.push((x, label.as_str()));
            free = x + half + TICK * 0.6;
        }
    }
    shown
}

/// Writes lines of words below a place.
pub(super) fn lines_of(
    sheet: &mut Sheet,
    lines: &[String],
    [left, top]: Place,
    size: f32,
    colour: Colour,
) {
    for (index, line) in lines.iter().enumerate() {
        let baseline = top + size * (1.0 + LEADING * index as f32);
        sheet.words(line, [left, baseline], size, Anchor::Start, colour);
    }
}

/// The middle of a pixel, where a thin line is sharp.
fn crisp(place: f32) -> f32 {
    place.floor() + 0.5
}

#[cfg(test)]
mod tests {
    use super::super::axis::Scale;
    use super::*;

    #[test]
    fn forty_marks_differ() {
        for index in 0..40 {
            let twin = (0..index).find(|other| Mark::number(*other) == Mark::number(index));
            assert_eq!(twin, None, "{index}");
        }
    }

    #[test]
    fn numbers_do_not_run_into_each_other() {
        let sizes = [100.0, 101.0, 102.0, 120.0, 1000.0];
        let axis = Axis::of(sizes.into_iter(), Scale::Logarithmic).unwrap();
        let plot = Plot { left: 50.0, top: 0.0, width: 500.0, x: &axis, y: &axis };
        let labels: Vec<&str> = spaced(&plot).into_iter().map(|(_, label)| label).collect();
        assert_eq!(labels, ["100", "120", "1,000"]);
    }
}
