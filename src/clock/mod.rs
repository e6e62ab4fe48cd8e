//! The time of day, and that of a processor: [`now`], which holds whatever the machine's clock says.
//!
//! Clocks that lost their battery stand before 1970, and others are set far ahead. Names of runs and
//! times in records have a fixed form that knows the years 1970 to 9999 alone, so a time outside of
//! these is taken for the nearest within.

mod thread;

pub use thread::thread_time;

use chrono::{DateTime, Utc};
use std::time::{SystemTime, UNIX_EPOCH};

/// The last second of the year 9999, counted from 1970.
const LAST: u64 = 253_402_300_799;

/// The time now.
#[must_use]
pub fn now() -> DateTime<Utc> {
    within(SystemTime::now())
}

fn within(time: SystemTime) -> DateTime<Utc> {
    let since = time.duration_since(UNIX_EPOCH).unwrap_or_default();
    let (seconds, nanoseconds) = match since.as_secs() {
        seconds @ ..=LAST => (seconds, since.subsec_nanos()),
        _ => (LAST, 0),
    };
    DateTime::from_timestamp(seconds as i64, nanoseconds).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn a_time_outside_of_the_years_that_records_know_is_the_nearest_within() {
        let shown = |time: SystemTime| within(time).to_rfc3339();
        let day = Duration::from_secs(86_400);
        assert_eq!(shown(UNIX_EPOCH - day), "1970-01-01T00:00:00+00:00");
        assert_eq!(shown(UNIX_EPOCH - 100_000 * day), "1970-01-01T00:00:00+00:00");
        assert_eq!(shown(UNIX_EPOCH + 11_016 * day), "2000-02-29T00:00:00+00:00");
        let last = UNIX_EPOCH + Duration::from_secs(LAST);
        assert_eq!(shown(last), "9999-12-31T23:59:59+00:00");
        assert_eq!(shown(last + Duration::from_secs(1)), "9999-12-31T23:59:59+00:00");
        assert_eq!(shown(UNIX_EPOCH + Duration::from_secs(1 << 62)), "9999-12-31T23:59:59+00:00");
    }
}
