//! From the points of a stroke to a line of short pieces: [`trace`].

use super::strokes::Point;

/// Pieces between two points of a stroke.
const PIECES: u16 = 6;

/// The line through `points`: a Catmull-Rom spline (Catmull and Rom 1974, uniform, tension 1/2),
/// broken wherever a point is given twice, so that a corner stays one.
pub(super) fn trace(points: &[Point]) -> Vec<Point> {
    let mut line = Vec::with_capacity(points.len() * usize::from(PIECES));
    let mut start = 0;
    for end in 1..=points.len() {
        if end == points.len() || points[end] == points[end - 1] {
            smooth(&points[start..end], &mut line);
            start = end;
        }
    }
    line
}

/// Adds the spline through `points` to `line`; the first and last tangents are those of the chords.
fn smooth(points: &[Point], line: &mut Vec<Point>) {
    let last = points.len() - 1;
    line.push(points[0]);
    for index in 0..last {
        let around = [
            points[index.saturating_sub(1)],
            points[index],
            points[index + 1],
            points[(index + 2).min(last)],
        ];
        for piece in 1..=PIECES {
            let along = f32::from(piece) / f32::from(PIECES);
            let [xs, ys] = [around.map(|point| point.0), around.map(|point| point.1)];
            line.push((blend(xs, along), blend(ys, along)));
        }
    }
}

/// The spline's value between the two middle ones of four equally spaced values.
fn blend([before, from, to, after]: [f32; 4], along: f32) -> f32 {
    let slope = to - before;
    let square = 2.0 * before - 5.0 * from + 4.0 * to - after;
    let cube = 3.0 * (from - to) + after - before;
    from + 0.5 * along * (slope + along * (square + along * cube))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passes_through_its_points_and_keeps_corners() {
        let points = [(0.0, 0.0), (1.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 2.0)];
        let line = trace(&points);
        for point in points {
            let near = |other: &&Point| {
                (other.0 - point.0).abs() < 1e-6 && (other.1 - point.1).abs() < 1e-6
            };
            assert!(line.iter().any(|other| near(&other)), "{point:?}");
        }
        // Up to the corner the line is straight: the point after it does not pull on it.
        assert!(line[..=usize::from(PIECES)].iter().all(|point| point.1 == 0.0));
    }

    #[test]
    fn equally_spaced_points_on_a_line_stay_equally_spaced() {
        assert!((blend([0.0, 1.0, 2.0, 3.0], 0.25) - 1.25).abs() < 1e-6);
    }
}
