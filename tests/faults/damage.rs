//! Checkpoints whose bytes are not those that were written: seen, said, and not used.

use super::look::Results;
use super::place::{EPOCHS, Place, said};
use super::power::died_before;
use std::path::Path;

/// What happens to a file.
#[derive(Debug, Clone, Copy)]
enum Damage {
    /// A bit is flipped at so many thousandths of its length.
    Flip(usize),
    /// So many bytes at its end are gone.
    Short(usize),
    Empty,
    Gone,
}

impl Damage {
    fn strike(self, path: &Path) {
        let mut bytes = std::fs::read(path).unwrap();
        let length = bytes.len();
        match self {
            Self::Flip(thousandths) => bytes[(length - 1) * thousandths / 1000] ^= 0b100,
            Self::Short(count) => bytes.truncate(length - count),
            Self::Empty => bytes.clear(),
            Self::Gone => return std::fs::remove_file(path).unwrap(),
        }
        std::fs::write(path, bytes).unwrap();
    }
}

/// The length of the header, the header, the tensors from the first byte to the last.
const ALL: [Damage; 10] = [
    Damage::Flip(0),
    Damage::Flip(2),
    Damage::Flip(20),
    Damage::Flip(300),
    Damage::Flip(700),
    Damage::Flip(1000),
    Damage::Short(1),
    Damage::Short(5000),
    Damage::Empty,
    Damage::Gone,
];

/// Damages files of a crashed job, resumes, and sees `expected` both on the screen and in the
/// record; `from` is the step that the job must go on from.
fn check(
    straight: &Results,
    crashed: &Place,
    damaged: &[(&str, Damage)],
    expected: &[&str],
    from: Option<u64>,
) {
    let place = crashed.copy();
    for (file, damage) in damaged {
        damage.strike(&place.job().join("checkpoints").join(file));
    }
    let what = format!("{damaged:?}");
    let screen = said(&place.resume());
    let record = std::fs::read_to_string(place.job().join("events.jsonl")).unwrap();
    let lines = |event: &str| {
        let lines = record.lines().map(|line| serde_json::from_str(line).unwrap());
        let of = lines.filter(|line: &serde_json::Value| line["event"] == event);
        of.collect::<Vec<_>>()
    };
    let warnings = lines("warning");
    for words in expected {
        assert!(screen.contains(words), "{what}: {screen}");
        let told = warnings.iter().any(|line| line["message"].as_str().unwrap().contains(words));
        assert!(told, "{what}: {words} is not in {warnings:?}");
    }
    assert_eq!(warnings.is_empty(), expected.is_empty(), "{what}: {warnings:?}");
    let started = lines("started");
    assert_eq!(started.last().unwrap()["resumed_from"].as_u64(), from, "{what}: {started:?}");
    straight.assert_at(&place, &what);
}

const THIRD: &str = "step-00000003.safetensors";
const SIXTH: &str = "step-00000006.safetensors";
const INDEX: &str = "index.json";
const COPY: &str = "index.copy.json";

#[test]
fn a_damaged_checkpoint_is_said_and_the_one_before_it_used() {
    let straight = Results::straight(EPOCHS);
    let crashed = died_before(9);
    let before = [SIXTH, "the checkpoint before it is used"];
    for damage in ALL {
        check(&straight, &crashed, &[(SIXTH, damage)], &before, Some(3));
    }
    check(&straight, &crashed, &[], &[], Some(6));
    let both = [(SIXTH, Damage::Flip(700)), (THIRD, Damage::Flip(20))];
    check(&straight, &crashed, &both, &[SIXTH, THIRD, "the job restarts from step 0"], None);
    let only = died_before(6);
    for damage in [Damage::Flip(2), Damage::Flip(700), Damage::Gone] {
        check(&straight, &only, &[(THIRD, damage)], &[THIRD, "the job restarts from step 0"], None);
    }
    println!("{} kinds of damage to the newest checkpoint", ALL.len());
}

#[test]
fn a_damaged_index_is_said_and_its_copy_used() {
    let straight = Results::straight(EPOCHS);
    let crashed = died_before(9);
    let said = [INDEX, "its copy is used"];
    for damage in ALL.into_iter().filter(|damage| !matches!(damage, Damage::Short(5000))) {
        // The last byte is a newline, which means nothing.
        let damage = if let Damage::Short(_) = damage { Damage::Short(3) } else { damage };
        check(&straight, &crashed, &[(INDEX, damage)], &said, Some(6));
    }
    check(&straight, &crashed, &[(COPY, Damage::Flip(300))], &[], Some(6));
    let both = [(INDEX, Damage::Flip(300)), (COPY, Damage::Flip(700))];
    check(&straight, &crashed, &both, &[INDEX, "the job restarts from step 0"], None);
    let more = [(INDEX, Damage::Empty), (SIXTH, Damage::Flip(300))];
    check(&straight, &crashed, &more, &[INDEX, SIXTH], Some(3));
}
