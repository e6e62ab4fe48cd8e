//! Numbers of an optimiser's settings within their ranges, for settings that no schema has seen:
//! [`fraction`], [`at_least_zero`], [`in_range`].

use super::OptimError;

pub(super) fn fraction(field: &'static str, value: f64) -> Result<(), OptimError> {
    in_range(field, value, "at least 0 and below 1", (0.0..1.0).contains(&value))
}

pub(super) fn at_least_zero(field: &'static str, value: f64) -> Result<(), OptimError> {
    in_range(field, value, "at least 0 and at most 1e6", (0.0..=1e6).contains(&value))
}

pub(super) fn in_range(
    field: &'static str,
    value: f64,
    range: &'static str,
    holds: bool,
) -> Result<(), OptimError> {
    // A number past what anybody reads digit by digit has an exponent.
    let plain = value == 0.0 || (1e-5..1e15).contains(&value.abs()) || !value.is_finite();
    let shown = if plain { value.to_string() } else { format!("{value:e}") };
    if holds { Ok(()) } else { Err(OptimError::Range { field, value: shown, range }) }
}
