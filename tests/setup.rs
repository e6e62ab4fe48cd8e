//! The set-up: several at once, one that was killed, odd folders, wheels that are not those pinned. It
//! runs the real scripts and the real pip, over wheels that hold next to nothing.

use rustix::process::{Pid, Signal, kill_process_group};
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

/// Wheels, and clones that have the scripts alone.
struct Place(tempfile::TempDir);

impl Place {
    fn new() -> Self {
        let place = Self(tempfile::tempdir().unwrap());
        for folder in ["wheels", "pins", "home", "bin"] {
            fs::create_dir(place.path(folder)).unwrap();
        }
        let wheels = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/setup/wheels.py");
        let mut command = Command::new("python3");
        command.arg(wheels).args(["wheels", "pins"].map(|folder| place.path(folder)));
        assert!(command.status().unwrap().success());
        place
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// A clone with the scripts as they are and pins of the small wheels.
    fn clone(&self, name: &str) -> PathBuf {
        let (from, to) = (Path::new(env!("CARGO_MANIFEST_DIR")).join("scripts"), self.path(name));
        fs::create_dir_all(to.join("scripts/requirements")).unwrap();
        for script in ["setup", "python", "cache.sh"] {
            fs::copy(from.join(script), to.join("scripts").join(script)).unwrap();
        }
        for pins in ["libtorch.txt", "python.txt"] {
            let copy = to.join("scripts/requirements").join(pins);
            fs::copy(self.path("pins").join(pins), copy).unwrap();
        }
        to
    }

    /// A script of a clone, as a user without settings starts it from `folder`.
    fn script(&self, clone: &Path, script: &str, folder: &Path) -> Command {
        let mut command = Command::new(clone.join("scripts").join(script));
        let variables = ["EXP_CACHE", "XDG_CACHE_HOME", "PIP_REQUIRE_VIRTUALENV", "PIP_USER"];
        for name in variables {
            command.env_remove(name);
        }
        command
            .current_dir(folder)
            .env("HOME", self.path("home"))
            .env("PIP_CONFIG_FILE", "/dev/null")
            .env("PIP_NO_INDEX", "1")
            .env("PIP_FIND_LINKS", self.path("wheels"))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        // Tools that keep their own versions in the home folder are found as before.
        for (name, below) in [("RUSTUP_HOME", ".rustup"), ("CARGO_HOME", ".cargo")] {
            if let (None, Some(home)) = (std::env::var_os(name), std::env::var_os("HOME")) {
                command.env(name, Path::new(&home).join(below));
            }
        }
        command
    }

    fn setup(&self, clone: &Path) -> Command {
        self.script(clone, "setup", clone)
    }

    /// Puts a `python3` before the real one: `what` is done when it is asked for pip's `install`.
    fn python(&self, command: &mut Command, what: &str) {
        let text = format!(
            "#!/bin/sh\nPATH=${{PATH#*:}}\ncase \"$*\" in *'pip install'*) {what} ;; esac\nexec python3 \"$@\"\n"
        );
        let file = self.path("bin/python3");
        fs::write(&file, text).unwrap();
        fs::set_permissions(&file, fs::Permissions::from_mode(0o755)).unwrap();
        let rest = std::env::var("PATH").unwrap();
        command.env("PATH", format!("{}:{rest}", self.path("bin").display()));
    }
}

fn words(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn done(output: &Output) {
    assert!(output.status.success(), "{}", words(output));
}

/// The names in a folder, sorted.
fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).into_iter().flatten();
    let mut names: Vec<String> =
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

const LIBTORCH: &str = "libtorch-2.11.0-cpu";

/// Whether a clone has a whole libtorch, in that cache.
fn assert_whole(clone: &Path, cache: &Path) {
    let home = fs::canonicalize(clone.join(".libtorch")).unwrap();
    assert_eq!(home, fs::canonicalize(cache.join(LIBTORCH)).unwrap());
    for file in ["complete", "include/torch.h"] {
        assert!(home.join(file).is_file(), "{file}");
    }
    let library = ["lib/libtorch_cpu.so", "lib/libtorch_cpu.dylib"];
    assert!(library.iter().any(|file| home.join(file).is_file()));
    assert!(!home.join("site/torch/lib/libtorch_cuda.so").exists());
    assert_eq!(names(cache), [LIBTORCH, "setup.lock"]);
}

#[test]
fn five_at_once_fetch_it_once_and_all_have_it() {
    let place = Place::new();
    let clones = [place.clone("one"), place.clone("two")];
    let start = |index: usize| {
        let mut command = place.setup(&clones[index % 2]);
        place.python(&mut command, &format!("echo $$ >>'{}'", place.path("calls").display()));
        command.spawn().unwrap()
    };
    let all: Vec<Child> = (0..5).map(start).collect();
    for child in all {
        done(&child.wait_with_output().unwrap());
    }
    let cache = place.path("home/.cache/exp");
    for clone in &clones {
        assert_whole(clone, &cache);
    }
    assert_eq!(fs::read_to_string(place.path("calls")).unwrap().lines().count(), 1);
    // And again: nothing is fetched, nothing is said.
    let again = place.setup(&clones[0]).output().unwrap();
    assert_eq!((again.status.success(), words(&again)), (true, String::new()));
}

#[test]
fn one_that_was_killed_holds_nobody_up() {
    let place = Place::new();
    let clone = place.clone("clone");
    let mut command = place.setup(&clone);
    place.python(&mut command, &format!("touch '{}'; sleep 600", place.path("began").display()));
    let mut first = command.process_group(0).spawn().unwrap();
    let group = Pid::from_child(&first);
    let patience = Instant::now() + Duration::from_secs(60);
    while !place.path("began").exists() {
        assert!(Instant::now() < patience, "the first did not begin to fetch");
        std::thread::sleep(Duration::from_millis(10));
    }
    first.kill().unwrap();
    first.wait().unwrap();
    // Its pip lives on; what it has begun is cleared away.
    let second = place.setup(&clone).output();
    kill_process_group(group, Signal::KILL).unwrap();
    done(&second.unwrap());
    assert_whole(&clone, &place.path("home/.cache/exp"));
}

#[test]
fn a_cache_is_found_wherever_it_is_named_from_and_spaces_are_kept() {
    let place = Place::new();
    let (clone, elsewhere) = (place.clone("a clone/of mine"), place.path("else where"));
    fs::create_dir(&elsewhere).unwrap();
    for cache in ["a cache", "./below/a cache"] {
        let mut command = place.script(&clone, "setup", &elsewhere);
        done(&command.env("EXP_CACHE", cache).output().unwrap());
        assert_whole(&clone, &elsewhere.join(cache));
        fs::remove_file(clone.join(".libtorch")).unwrap();
    }
    let absolute = place.path("an other");
    done(&place.setup(&clone).env("EXP_CACHE", &absolute).output().unwrap());
    assert_whole(&clone, &absolute);
}

#[test]
fn without_a_home_it_says_what_to_set_or_takes_what_is_set() {
    let place = Place::new();
    for script in ["setup", "python"] {
        let clone = place.clone(&format!("homeless {script}"));
        let output = place.script(&clone, script, &clone).env_remove("HOME").output().unwrap();
        assert_eq!(output.status.code(), Some(1));
        let said = words(&output);
        assert_eq!(said.lines().count(), 1, "{said}");
        assert!(said.contains("HOME is not set") && said.contains("EXP_CACHE"), "{said}");
    }
    for (variable, cache) in [("XDG_CACHE_HOME", "named/exp"), ("EXP_CACHE", "named")] {
        let clone = place.clone(variable);
        let mut command = place.setup(&clone);
        let folder = place.path(variable).join("named");
        done(&command.env_remove("HOME").env(variable, folder).output().unwrap());
        assert_whole(&clone, &place.path(variable).join(cache));
    }
}

/// The one line that a failed set-up ends with, which leaves nothing behind.
fn refused(place: &Place, clone: &Path) -> String {
    let output = place.setup(clone).arg("--quiet").output().unwrap();
    assert_eq!(output.status.code(), Some(1), "{}", words(&output));
    assert_eq!(names(&place.path("home/.cache/exp")), ["setup.lock"]);
    assert!(!clone.join(".libtorch").is_symlink());
    let said = words(&output);
    assert_eq!(said.lines().count(), 1, "{said}");
    said
}

#[test]
fn a_wheel_that_is_not_the_pinned_one_is_refused() {
    let place = Place::new();
    let clone = place.clone("clone");
    let wheel = place.path("wheels/torch-2.11.0-py3-none-any.whl");
    let good = fs::read(&wheel).unwrap();
    // What follows an archive's end is passed over by whoever unpacks it.
    fs::write(&wheel, [good.as_slice(), b"\0"].concat()).unwrap();
    let said = refused(&place, &clone);
    assert!(said.contains("torch==2.11.0 is refused") && said.contains("libtorch.txt"), "{said}");
    fs::write(&wheel, &good).unwrap();
    let other = place.path("wheels/nvidia_cuda_cupti-13.0.85-py3-none-any.whl");
    let cupti = fs::read(&other).unwrap();
    fs::write(&other, &good).unwrap();
    assert!(refused(&place, &clone).contains("is refused"));
    fs::remove_file(&other).unwrap();
    let said = refused(&place, &clone);
    assert!(said.contains("could not fetch") && said.contains("nvidia-cuda-cupti"), "{said}");
    fs::write(&other, cupti).unwrap();
    done(&place.setup(&clone).output().unwrap());
    assert_whole(&clone, &place.path("home/.cache/exp"));
}

#[test]
fn what_is_not_ours_stays() {
    let place = Place::new();
    let (clone, cache) = (place.clone("clone"), place.path("home/.cache/exp"));
    for (folder, script, code) in [(LIBTORCH, "setup", 1), ("python", "python", 0)] {
        fs::create_dir_all(cache.join(folder)).unwrap();
        fs::write(cache.join(folder).join("mine"), "kept").unwrap();
        let output = place.script(&clone, script, &clone).output().unwrap();
        assert_eq!(output.status.code(), Some(code), "{}", words(&output));
        assert!(words(&output).contains("not made by this script"), "{}", words(&output));
        assert_eq!(fs::read_to_string(cache.join(folder).join("mine")).unwrap(), "kept");
    }
}

#[test]
fn the_python_of_tests_is_made_once_and_from_its_pins_alone() {
    let place = Place::new();
    let clone = place.clone("a clone");
    let wheel = place.path("wheels/tensorboard-2.21.0-py3-none-any.whl");
    let good = fs::read(&wheel).unwrap();
    fs::write(&wheel, [good.as_slice(), b"\0"].concat()).unwrap();
    let start = || place.script(&clone, "python", &clone);
    let output = start().output().unwrap();
    let said = words(&output);
    assert!(output.status.success() && said.contains("tensorboard==2.21.0 is refused"), "{said}");
    let cache = place.path("home/.cache/exp");
    assert_eq!(names(&cache), ["python.lock"]);
    fs::write(&wheel, good).unwrap();
    let both = [start().spawn().unwrap(), start().spawn().unwrap()];
    let said = both.map(|child| child.wait_with_output().unwrap());
    said.iter().for_each(done);
    let fetched = said.iter().filter(|output| words(output).contains("fetching")).count();
    assert_eq!(fetched, 1);
    let python =
        Command::new(cache.join("python/bin/python")).args(["-c", "import tensorboard"]).status();
    assert!(python.unwrap().success());
    assert!(words(&start().output().unwrap()).is_empty());
}
