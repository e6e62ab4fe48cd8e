//! The names of runs: `YYYYMMDD-HHMMSS-hhhh`.

/// A name for a run that is made now: the time (UTC, so that names sort by age) to a 256th of a
/// second, and two digits against chance.
pub(super) fn new(attempt: u32) -> String {
    let now = crate::clock::now();
    let salt = format!("{:?} {} {attempt}", now, std::process::id());
    let digest = blake3::hash(salt.as_bytes()).to_hex();
    let part = now.timestamp_subsec_micros().min(999_999) * 256 / 1_000_000;
    format!("{}-{part:02x}{}", now.format("%Y%m%d-%H%M%S"), &digest[..2])
}

/// Whether a folder is named as runs are.
pub(crate) fn is_stamp(name: &str) -> bool {
    let pattern = "dddddddd-dddddd-hhhh";
    name.len() == pattern.len()
        && name.chars().zip(pattern.chars()).all(|(letter, wanted)| match wanted {
            'd' => letter.is_ascii_digit(),
            'h' => letter.is_ascii_hexdigit(),
            _ => letter == wanted,
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_sort_by_age_within_a_second_too() {
        let next = |_| {
            std::thread::sleep(std::time::Duration::from_millis(8));
            new(0)
        };
        let stamps: Vec<String> = (0..20).map(next).collect();
        assert!(stamps.is_sorted(), "{stamps:?}");
        assert!(stamps.iter().all(|stamp| is_stamp(stamp)), "{stamps:?}");
        for other in
            ["", ".git", "20260101-000000-abc", "20260101-000000-abcde", "2026010é-00000-abcd"]
        {
            assert!(!is_stamp(other), "{other}");
        }
    }
}
