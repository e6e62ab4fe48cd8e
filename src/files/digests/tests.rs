//! Tests of what is remembered of files, and for how long.

use super::*;
use std::time::{Duration, SystemTime};

/// Longer than what is too fresh to be remembered.
const A_WHILE: Duration = Duration::from_millis(2100);

struct Place(tempfile::TempDir);

impl Place {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// A file that says it was modified an hour ago.
    fn write(&self, name: &str, contents: &str) -> PathBuf {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, contents).unwrap();
        let then = SystemTime::UNIX_EPOCH + Duration::from_secs(1_600_000_000);
        fs::File::options().append(true).open(&path).unwrap().set_modified(then).unwrap();
        path
    }

    /// As another process would open it.
    fn digests(&self) -> Digests {
        Digests::kept_in(Some(self.path(&format!("cache/{FILE}"))))
    }

    /// Replaces a text in what is remembered.
    fn tamper(&self, from: &str, to: &str) {
        let file = self.path(&format!("cache/{FILE}"));
        let text = fs::read_to_string(&file).unwrap();
        assert!(text.contains(from), "{text}");
        fs::write(&file, text.replace(from, to)).unwrap();
    }
}

const MD5_OF_ABC: &str = "900150983cd24fb0d6963f7d28e17f72";
const MD5_OF_ABD: &str = "4911e516e5aa21d327512e0c8b197616";

#[test]
fn digests_are_remembered_until_the_file_changes() {
    let place = Place::new();
    let path = place.write("data", "abc");
    let of = |digests: &Digests| digests.digest(&path, Algorithm::Md5).unwrap();
    assert_eq!(of(&place.digests()), MD5_OF_ABC);
    assert!(!place.path("cache").exists(), "changed a moment ago, whatever it says");
    std::thread::sleep(A_WHILE);
    assert_eq!(of(&place.digests()), MD5_OF_ABC);
    for looked_up_before in [false, true] {
        place.tamper("9001", "feed");
        let digests = place.digests();
        if looked_up_before {
            assert!(of(&digests).starts_with("feed"), "it was remembered");
        }
        digests.distrust();
        assert_eq!(of(&digests), MD5_OF_ABC, "but need not be believed");
    }
    place.tamper("9001", "feed");
    // The same length, and the time of modification that it had.
    place.write("data", "abd");
    assert_eq!(of(&place.digests()), MD5_OF_ABD);
    place.write("other", "abc");
    fs::rename(place.path("other"), &path).unwrap();
    assert_eq!(of(&place.digests()), MD5_OF_ABC);
    assert_ne!(place.digests().digest(&path, Algorithm::Blake3).unwrap(), MD5_OF_ABC);
}

#[test]
fn a_file_that_changes_while_it_is_hashed_is_not_remembered() {
    let place = Place::new();
    for name in ["same", "written", "replaced", "removed", "other"] {
        place.write(name, "abc");
    }
    std::thread::sleep(A_WHILE);
    let while_hashed = |name: &str, change: &dyn Fn(&Path)| {
        let path = place.path(name);
        let digest = place.digests().digest_by(&path, Algorithm::Md5, |file| {
            let digest = file.finish();
            change(&path);
            digest
        });
        assert_eq!(digest.unwrap(), MD5_OF_ABC, "{name}");
        place.path("cache").exists()
    };
    // Each has the size and the time of modification that it had.
    assert!(!while_hashed("written", &|_| drop(place.write("written", "abd"))));
    assert!(!while_hashed("replaced", &|path| fs::rename(place.path("other"), path).unwrap()));
    assert!(!while_hashed("removed", &|path| fs::remove_file(path).unwrap()));
    assert!(while_hashed("same", &|_| {}));
}

#[test]
fn a_link_that_leads_elsewhere_is_another_file() {
    let place = Place::new();
    let (one, other) = (place.write("one", "abc"), place.write("other", "abd"));
    std::thread::sleep(A_WHILE);
    let link = place.path("link");
    for (target, expected) in [(&one, MD5_OF_ABC), (&other, MD5_OF_ABD), (&one, MD5_OF_ABC)] {
        let _ = fs::remove_file(&link);
        std::os::unix::fs::symlink(target, &link).unwrap();
        assert_eq!(place.digests().digest(&link, Algorithm::Md5).unwrap(), expected);
    }
}

#[test]
fn many_files_have_one_digest_that_follows_names_and_contents() {
    let place = Place::new();
    place.write("all/one", "abc");
    place.write("all/two", "abc");
    std::thread::sleep(A_WHILE);
    let of = |names: &[&str]| {
        let files: Vec<PathBuf> = names.iter().map(|name| place.path("all").join(name)).collect();
        place.digests().digest_all(&place.path("all"), &files)
    };
    let one = of(&["one"]).unwrap();
    place.tamper(&one[..8], "feedfeed");
    assert!(of(&["one"]).unwrap().starts_with("feedfeed"), "it was remembered");
    let both = of(&["one", "two"]).unwrap();
    assert_ne!(of(&["two"]).unwrap(), one, "the names differ");
    place.write("all/two", "abd");
    assert_ne!(both, of(&["one", "two"]).unwrap());
    let (path, _) = of(&["one", "none"]).unwrap_err();
    assert!(path.ends_with("none"), "{}", path.display());
}

#[test]
fn many_files_of_which_one_changed_a_moment_ago_are_not_remembered() {
    let place = Place::new();
    let old = place.write("all/old", "abc");
    std::thread::sleep(A_WHILE);
    let new = place.write("all/new", "abc");
    let all = |files: [&PathBuf; 2]| {
        place.digests().digest_all(&place.path("all"), &files.map(Clone::clone)).unwrap();
        place.path("cache").exists()
    };
    assert!(!all([&old, &new]) && !all([&new, &old]), "whatever the time of modification says");
    std::thread::sleep(A_WHILE);
    assert!(all([&old, &new]));
}

#[test]
fn of_many_entries_those_of_files_that_are_gone_are_dropped() {
    let place = Place::new();
    let gone = (1..MANY).map(|index| {
        let key = format!("Md5:{}", place.path(&format!("gone-{index}")).display());
        (key, serde_json::json!({ "state": "", "digest": "" }))
    });
    let entries = serde_json::Value::Object(gone.collect());
    place.write(&format!("cache/{FILE}"), &entries.to_string());
    let (one, other) = (place.write("one", "abc"), place.write("other", "abd"));
    std::thread::sleep(A_WHILE);
    let kept_with = |path: &Path| {
        place.digests().digest(path, Algorithm::Md5).unwrap();
        let text = fs::read_to_string(place.path(&format!("cache/{FILE}"))).unwrap();
        serde_json::from_str::<BTreeMap<String, Entry>>(&text).unwrap().into_keys()
    };
    assert_eq!(kept_with(&one).len(), MANY, "so many are no trouble");
    let key = |path: &Path| format!("Md5:{}", path.canonicalize().unwrap().display());
    assert_eq!(kept_with(&other).collect::<Vec<_>>(), [key(&one), key(&other)]);
}

#[test]
fn what_an_earlier_build_or_damage_left_costs_only_time() {
    let place = Place::new();
    let path = place.write("data", "abc");
    std::thread::sleep(A_WHILE);
    let metadata = fs::metadata(&path).unwrap();
    let old = serde_json::json!({ "size": metadata.len(), "digest": "feed",
                                  "modified_nanoseconds": 1_600_000_000_000_000_000_u64 });
    let old = serde_json::json!({ format!("Md5:{}", path.display()): old }).to_string();
    for (name, text) in [("digests.json", &old), (FILE, &old), (FILE, &"{ not JSON".to_owned())] {
        place.write(&format!("cache/{name}"), text);
        assert_eq!(place.digests().digest(&path, Algorithm::Md5).unwrap(), MD5_OF_ABC);
    }
    let unwritable = Digests::kept_in(Some(place.path("data/in/a/file.json")));
    assert_eq!(unwritable.digest(&path, Algorithm::Md5).unwrap(), MD5_OF_ABC);
    assert!(place.digests().digest(place.0.path(), Algorithm::Md5).is_err());
    place.digests().forget();
    assert!(!place.path(&format!("cache/{FILE}")).exists());
}

#[test]
fn what_is_no_file_of_digests_is_none_and_nobody_waits_for_it() {
    let place = Place::new();
    let data = place.write("data/a", "abc");
    fs::create_dir_all(place.path("cache")).unwrap();
    let pipe = place.path(&format!("cache/{FILE}"));
    assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let digest = place.digests().digest(&data, Algorithm::Blake3).unwrap();
    assert_eq!(digest, blake3::hash(b"abc").to_hex().to_string());
}
