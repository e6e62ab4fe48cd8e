//! How much memory this machine gives to programs: [`memory`].

use std::fs;
use std::path::Path;

/// Bytes of memory and swap space, or the limit of the control group if that is lower; `None` where the
/// system does not say.
#[must_use]
pub(crate) fn memory() -> Option<u64> {
    let groups = fs::read_to_string("/proc/self/cgroup").unwrap_or_default();
    let limits = limits(&groups, Path::new("/sys/fs/cgroup"));
    let least = limits.into_iter().fold(installed(), u64::min);
    (least < u64::MAX).then_some(least)
}

#[cfg(target_os = "linux")]
fn installed() -> u64 {
    let info = rustix::system::sysinfo();
    let units = info.totalram.saturating_add(info.totalswap);
    units.saturating_mul(u64::from(info.mem_unit))
}

/// Not known.
#[cfg(not(target_os = "linux"))]
fn installed() -> u64 {
    u64::MAX
}

/// The limits of the control groups (version 2) that a process is in, from its own up; `groups` is the
/// text of its `/proc/self/cgroup`.
fn limits(groups: &str, mounted: &Path) -> Vec<u64> {
    let own = groups.lines().find_map(|line| line.strip_prefix("0::/")).unwrap_or_default();
    let folders = Path::new(own).ancestors().map(|folder| mounted.join(folder));
    let limit =
        |folder: &Path| fs::read_to_string(folder.join("memory.max")).ok()?.trim().parse().ok();
    folders.filter_map(|folder| limit(&folder)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_limit_is_that_of_any_group_above() {
        let mounted = tempfile::tempdir().unwrap();
        let inner = mounted.path().join("user/session");
        fs::create_dir_all(&inner).unwrap();
        fs::write(inner.join("memory.max"), "max\n").unwrap();
        fs::write(mounted.path().join("user/memory.max"), "4096\n").unwrap();
        assert_eq!(limits("1:name=x:/other\n0::/user/session\n", mounted.path()), [4096]);
        assert_eq!(limits("0::/\n", mounted.path()), [0_u64; 0]);
        assert_eq!(limits("", mounted.path()), [0_u64; 0]);
    }

    #[test]
    fn a_machine_says_what_it_has() {
        if cfg!(target_os = "linux") {
            assert!(memory().unwrap() > 1 << 26);
        }
    }
}
