//! An axis: which values it spans, and where its ticks are ([`Axis`]).

use crate::number::grouped;

/// How values lie on an axis.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Scale {
    /// By their difference.
    #[default]
    Linear,
    /// By their ratio; what is not above 0 is left out.
    Logarithmic,
}

/// Values beyond this have no place on an axis.
const VAST: f64 = 1e30;
/// About how many ticks there should be.
const TICKS: f64 = 6.0;
/// The share of an axis that stays free at each end.
const MARGIN: f64 = 0.04;
/// On a logarithmic axis, so few different values are its ticks.
const NAMED: usize = 10;

/// An axis from its lowest to its highest value.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Axis {
    scale: Scale,
    /// In units of the scale: values, or their logarithms to the base 10.
    low: f64,
    high: f64,
    /// Value and label, ascending.
    pub(super) ticks: Vec<(f64, String)>,
}

impl Axis {
    /// An axis for these values; none where none of them has a place on it.
    pub(super) fn of(values: impl Iterator<Item = f64>, scale: Scale) -> Option<Self> {
        let mut values: Vec<f64> =
            values.filter(|value| position(*value, scale).is_some()).collect();
        values.sort_by(f64::total_cmp);
        values.dedup();
        let ends = [*values.first()?, *values.last()?].map(|value| position(value, scale));
        let [Some(low), Some(high)] = ends else { return None };
        let (low, high) = if high > low {
            let margin = (high - low) * MARGIN;
            (low - margin, high + margin)
        } else {
            let margin = if scale == Scale::Linear { (low.abs() * 0.1).max(0.5) } else { 0.3 };
            (low - margin, high + margin)
        };
        let ticks = match scale {
            Scale::Linear => linear(low, high, values.iter().all(|value| value.fract() == 0.0)),
            Scale::Logarithmic if values.len() <= NAMED => {
                values.iter().map(|value| (*value, plain(*value))).collect()
            }
            Scale::Logarithmic => logarithmic(low, high),
        };
        Some(Self { scale, low, high, ticks })
    }

    /// The share of the axis that lies before a value; none where the value has no place on it.
    pub(super) fn share(&self, value: f64) -> Option<f64> {
        position(value, self.scale).map(|at| (at - self.low) / (self.high - self.low))
    }
}

fn position(value: f64, scale: Scale) -> Option<f64> {
    match scale {
        _ if !value.is_finite() || value.abs() > VAST => None,
        Scale::Linear => Some(value),
        Scale::Logarithmic => (value > 1.0 / VAST).then(|| value.log10()),
    }
}

/// Multiples of 1, 2 or 5 times a power of ten.
fn linear(low: f64, high: f64, whole: bool) -> Vec<(f64, String)> {
    let rough = (high - low) / TICKS;
    let power = rough.log10().floor();
    let unit = 10_f64.powf(power);
    let step = [1.0, 2.0, 5.0, 10.0].map(|times| times * unit);
    let step = step.into_iter().find(|step| *step >= rough * 0.75).unwrap_or(10.0 * unit);
    let step = if whole { step.max(1.0) } else { step };
    let decimals = (-(step.log10() + 1e-9).floor()).max(0.0) as usize;
    let (first, last) = ((low / step).ceil() as i64, (high / step).floor() as i64);
    let largest = low.abs().max(high.abs());
    (first..=last)
        .map(|multiple| {
            let value = multiple as f64 * step;
            (value, labelled(value, decimals, largest))
        })
        .collect()
}

/// Powers of ten; over few of them their doubles and fivefolds as well.
fn logarithmic(low: f64, high: f64) -> Vec<(f64, String)> {
    let stride = ((high - low) / (TICKS + 2.0)).ceil().max(1.0) as usize;
    let times: &[f64] = if high - low <= 2.5 { &[1.0, 2.0, 5.0] } else { &[1.0] };
    let powers = (low.floor() as i32..=high.ceil() as i32).step_by(stride);
    let values = powers.flat_map(|power| times.iter().map(move |it| it * 10_f64.powi(power)));
    let ticks: Vec<(f64, String)> = values
        .filter(|value| (low..=high).contains(&value.log10()))
        .map(|value| (value, plain(value)))
        .collect();
    if ticks.len() > 1 { ticks } else { linear(10_f64.powf(low), 10_f64.powf(high), false) }
}

/// A tick of an evenly divided axis, all with as many decimals.
fn labelled(value: f64, decimals: usize, largest: f64) -> String {
    if decimals > 5 || largest >= 1e7 {
        return minus(&trimmed(&format!("{value:.3e}")));
    }
    minus(&if decimals == 0 {
        grouped(value.round() as i64)
    } else {
        format!("{value:.decimals$}")
    })
}

/// A number with no more digits than it has.
fn plain(value: f64) -> String {
    if (1e-4..1e7).contains(&value) {
        let text = if value.fract() == 0.0 { grouped(value as i64) } else { value.to_string() };
        if text.len() <= 7 {
            return text;
        }
        let decimals = (3.0 - value.log10().floor()).max(0.0) as usize;
        return format!("{value:.decimals$}");
    }
    minus(&trimmed(&format!("{value:.3e}")))
}

/// `2.500e-7` as `2.5e-7`.
fn trimmed(text: &str) -> String {
    match text.split_once('e') {
        Some((digits, power)) if digits.contains('.') => {
            format!("{}e{power}", digits.trim_end_matches('0').trim_end_matches('.'))
        }
        _ => text.to_owned(),
    }
}

fn minus(text: &str) -> String {
    text.replace('-', "\u{2212}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(values: &[f64], scale: Scale) -> Vec<String> {
        let axis = Axis::of(values.iter().copied(), scale).unwrap();
        for (value, _) in &axis.ticks {
            assert!((0.0..=1.0).contains(&axis.share(*value).unwrap()), "{value}");
        }
        axis.ticks.into_iter().map(|(_, label)| label).collect()
    }

    #[test]
    fn ticks_are_round_numbers() {
        let linear = |values: &[f64]| labels(values, Scale::Linear);
        assert_eq!(linear(&[-152.3, -98.1]), ["−150", "−140", "−130", "−120", "−110", "−100"]);
        assert_eq!(linear(&[0.0, 1.05]), ["0.0", "0.2", "0.4", "0.6", "0.8", "1.0"]);
        assert_eq!(linear(&[1.0, 4.0]), ["1", "2", "3", "4"]);
        assert_eq!(
            linear(&[0.0, 12_345.0]),
            ["0", "2,000", "4,000", "6,000", "8,000", "10,000", "12,000"]
        );
        assert_eq!(linear(&[1e-9, 4e-9])[0], "1e−9");
        assert_eq!(linear(&[7.0]), ["7"]);
        assert!(linear(&[7.5]).len() > 2);
    }

    #[test]
    fn ratios_have_powers_of_ten_or_the_values_themselves() {
        let ratio = |values: &[f64]| labels(values, Scale::Logarithmic);
        assert_eq!(ratio(&[2.0, 3.0, 5.0, 10.0, 20.0, 200.0]), ["2", "3", "5", "10", "20", "200"]);
        let many: Vec<f64> =
            (0..50).map(|power| 10_f64.powf(f64::from(power) / 10.0 - 3.0)).collect();
        assert_eq!(ratio(&many), ["0.001", "0.01", "0.1", "1", "10", "100"]);
        let few: Vec<f64> = (0..50).map(|index| 1.0 + f64::from(index)).collect();
        assert_eq!(ratio(&few), ["1", "2", "5", "10", "20", "50"]);
        let close: Vec<f64> = (0..50).map(|index| 6.0 + 0.05 * f64::from(index)).collect();
        assert!(ratio(&close).len() > 2);
    }

    #[test]
    fn what_has_no_place_is_left_out() {
        let values = [f64::NAN, f64::INFINITY, -1e300, 3.0, 4.0, -1.0];
        let axis = Axis::of(values.into_iter(), Scale::Logarithmic).unwrap();
        assert_eq!(axis.ticks.len(), 2);
        assert!(axis.share(f64::NAN).is_none() && axis.share(-1.0).is_none());
        assert!(
            (Axis::of([3.0, 5.0].into_iter(), Scale::Linear).unwrap().share(4.0).unwrap() - 0.5)
                .abs()
                < 1e-9
        );
        assert!(Axis::of([f64::NAN].into_iter(), Scale::Linear).is_none());
        assert!(Axis::of([0.0, -2.0].into_iter(), Scale::Logarithmic).is_none());
        for value in [1e29, -1e29, 1e-29] {
            assert!(!labels(&[value, value * (1.0 + 1e-15)], Scale::Linear).is_empty());
        }
    }
}
