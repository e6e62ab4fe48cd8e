//! Numbers as people read them: [`grouped`], [`significant`], [`bound`], [`duration`].

/// An integer with a comma at each thousand: `1,234,567`.
pub(crate) fn grouped(value: i64) -> String {
    let digits = value.unsigned_abs().to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    if value < 0 { format!("-{text}") } else { text }
}

/// A number with so many digits that say something; what is very large or very small has an
/// exponent.
pub(crate) fn significant(value: f64, digits: i32) -> String {
    if !value.is_finite() {
        return value.to_string();
    }
    if value == 0.0 {
        return "0".to_owned();
    }
    let scientific = format!("{value:.*e}", (digits - 1).max(0) as usize);
    let exponent =
        scientific.split_once('e').and_then(|(_, power)| power.parse::<i32>().ok()).unwrap_or(0);
    if !(-5..9).contains(&exponent) {
        return scientific;
    }
    let decimals = digits - 1 - exponent;
    if decimals > 0 {
        format!("{value:.*}", decimals as usize)
    } else {
        grouped(value.round() as i64)
    }
}

/// A bound of what may be written, exactly, with an exponent where it has many zeros: `1e-6`, `1000000`.
pub(crate) fn bound(value: f64) -> String {
    if value != 0.0 && value.abs() < 1e-4 { format!("{value:e}") } else { value.to_string() }
}

/// A stretch of time: `4.2 s`, `41 s`, `12 min 4 s`, `3 h 12 min`.
pub(crate) fn duration(seconds: f64) -> String {
    let whole = seconds.max(0.0).round() as u64;
    match whole {
        0..10 => format!("{:.1} s", seconds.max(0.0)),
        10..60 => format!("{whole} s"),
        60..3600 => format!("{} min {} s", whole / 60, whole % 60),
        _ => format!("{} h {} min", whole / 3600, whole % 3600 / 60),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_as_long_as_they_need_to_be() {
        for (value, text) in [(0, "0"), (999, "999"), (-1000, "-1,000"), (12_345_678, "12,345,678")]
        {
            assert_eq!(grouped(value), text);
        }
        for (value, text) in [
            (0.0, "0"),
            (0.031_24, "0.0312"),
            (9.996, "10.0"),
            (123.4, "123"),
            (-52_123.0, "-52,123"),
            (1.5e-7, "1.50e-7"),
            (3e12, "3.00e12"),
            (f64::NAN, "NaN"),
        ] {
            assert_eq!(significant(value, 3), text);
        }
        for (seconds, text) in [
            (0.04, "0.0 s"),
            (9.4, "9.4 s"),
            (41.2, "41 s"),
            (59.9, "1 min 0 s"),
            (724.0, "12 min 4 s"),
            (11_520.0, "3 h 12 min"),
        ] {
            assert_eq!(duration(seconds), text);
        }
    }
}
