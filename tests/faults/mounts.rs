//! Small disks and read-only folders, by mount(8): [`Mount`].

use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

/// Something mounted on a folder, until this value is dropped.
pub(crate) struct Mount {
    pub(crate) folder: PathBuf,
}

fn mount(words: &[&str], folder: &Path) -> bool {
    let output = Command::new("mount").args(words).arg(folder).output();
    output.is_ok_and(|output| output.status.success())
}

impl Mount {
    /// An empty disk of this size on `folder`, which is made; `None`, and a line that says so, where
    /// this process may not mount.
    pub(crate) fn disk(folder: PathBuf, size: &str) -> Option<Self> {
        std::fs::create_dir_all(&folder).unwrap();
        let size = format!("size={size}");
        if !mount(&["-t", "tmpfs", "-o", &size, "exp-test"], &folder) {
            println!("skipped: no right to mount a small disk (needs root)");
            return None;
        }
        Some(Self { folder })
    }

    /// Whatever is opened in `folder` from now on cannot be written.
    pub(crate) fn read_only(folder: PathBuf) -> Self {
        let name = folder.to_str().unwrap().to_owned();
        assert!(mount(&["--bind", &name], &folder));
        let mounted = Self { folder };
        // Refused for as long as somebody has a file open that was opened through this mount.
        let began = Instant::now();
        while !mount(&["-o", "remount,bind,ro"], &mounted.folder) {
            assert!(began.elapsed() < Duration::from_secs(20), "it stays writable");
            std::thread::sleep(Duration::from_millis(1));
        }
        mounted
    }

    /// Fills the disk to the last byte with a file, which is returned.
    pub(crate) fn fill(&self) -> PathBuf {
        let path = self.folder.join("other");
        let mut file = File::options().create(true).append(true).open(&path).unwrap();
        for size in [1 << 16, 4096, 1] {
            while file.write_all(&vec![1; size]).is_ok() {}
        }
        path
    }
}

impl Drop for Mount {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(&self.folder).status();
    }
}
