//! Whether jobs fit into the memory of this machine: [`too_large`].

use super::decide::Decision;
use super::devices::Inventory;
use super::plan::{Plan, Planned};
use crate::device::DeviceName;
use crate::job::Memory;

/// What is said of each job that would have to run and cannot: one line each. `memory` is what the machine
/// has, in bytes; nothing is said where that is not known, or where jobs run on another device than its
/// CPU.
#[must_use]
pub fn too_large(
    plan: &Plan,
    decisions: &[Decision],
    devices: &Inventory,
    memory: Option<u64>,
) -> Vec<String> {
    let on_cpu = devices.choose(plan.device, 0).is_ok_and(|device| device == DeviceName::Cpu);
    let memory = memory.filter(|_| on_cpu).and_then(|memory| i64::try_from(memory).ok());
    let Some(memory) = memory else { return Vec::new() };
    let runs = |decision: &Decision| matches!(decision, Decision::Run | Decision::Again(_));
    let jobs = plan.jobs.iter().zip(decisions).filter(|(_, decision)| runs(decision));
    jobs.filter_map(|(job, _)| said(job, memory)).collect()
}

fn said(job: &Planned, memory: i64) -> Option<String> {
    let needs = &job.footprint.as_ref()?.memory;
    if needs.total() <= memory {
        return None;
    }
    let parts = [
        (needs.parameters, "for parameters"),
        (needs.training, "for their gradients and the optimiser's state"),
        (needs.passing, "for what passes through the network at once"),
        (needs.data, "for examples"),
    ];
    let largest = parts.into_iter().max_by_key(|(bytes, _)| *bytes)?;
    Some(format!(
        "job '{}' needs about {} of memory, {} of them {}, and this machine has {}",
        job.name,
        bytes(needs.total()),
        bytes(largest.0),
        largest.1,
        bytes(memory)
    ))
}

/// What a job needs, in words for people: `about 310 MB`.
#[must_use]
pub fn need(memory: &Memory) -> String {
    format!("about {}", bytes(memory.total()))
}

/// A number of bytes in three digits: `1.25 GB`.
fn bytes(count: i64) -> String {
    let units = ["bytes", "kB", "MB", "GB", "TB", "PB", "EB"];
    let mut value = count as f64;
    let mut unit = 0;
    while value >= 999.5 && unit + 1 < units.len() {
        value /= 1000.0;
        unit += 1;
    }
    let digits = if value >= 99.95 || unit == 0 { 0 } else { usize::from(value < 9.995) + 1 };
    format!("{value:.digits$} {}", units[unit])
}

#[cfg(test)]
mod tests {
    use super::super::prepare::tests::{job, plan};
    use super::*;
    use crate::job::Footprint;

    #[test]
    fn what_cannot_fit_is_said_and_what_is_reused_is_not() {
        let mut large = job("large", "0b", None);
        let memory = Memory { parameters: 4_000_000_000_000, ..Memory::default() };
        large.footprint = Some(Footprint { networks: Vec::new(), members: 1, memory });
        let mut plan = plan(vec![job("small", "0a", None), large]);
        let run = [Decision::Run, Decision::Run];
        let none = Inventory::default();
        let said = too_large(&plan, &run, &none, Some(16_000_000_000));
        assert_eq!(
            said,
            [
                "job 'large' needs about 4.00 TB of memory, 4.00 TB of them for parameters, and this \
              machine has 16.0 GB"
            ]
        );
        assert!(too_large(&plan, &run, &none, Some(5_000_000_000_000)).is_empty());
        assert!(too_large(&plan, &run, &none, None).is_empty());
        let reused = [Decision::Run, Decision::Same("small".to_owned())];
        assert!(too_large(&plan, &reused, &none, Some(1)).is_empty());
        plan.device = DeviceName::Cuda(Some(0));
        assert!(too_large(&plan, &run, &none, Some(1)).is_empty());
    }

    #[test]
    fn bytes_have_three_digits() {
        let found = [0, 999, 1000, 9_994, 10_000, 99_940, 999_400, 999_600, i64::MAX].map(bytes);
        let expected = [
            "0 bytes",
            "999 bytes",
            "1.00 kB",
            "9.99 kB",
            "10.0 kB",
            "99.9 kB",
            "999 kB",
            "1.00 MB",
            "9.22 EB",
        ];
        assert_eq!(found, expected);
    }
}
