//! Which devices there are, found out without loading a tensor library ([`Inventory`]), and which
//! of them a job gets.

use crate::device::DeviceName;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The devices of this machine that `exp-job` can use.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Inventory {
    /// How many CUDA devices are visible.
    pub cuda: usize,
    /// Whether there are CUDA devices, but no CUDA half of libtorch to use them with.
    pub half_missing: bool,
    /// Whether this is an Apple machine with its own GPU.
    pub mps: bool,
}

/// Why a job cannot have the device that it asks for; `there` names those that it could have.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DeviceError {
    /// There is a GPU, and libtorch cannot use it.
    #[error(
        "device '{wanted}' is not available: there is a GPU, but libtorch's CUDA libraries are not \
         installed; run scripts/setup --cuda, or use {there}"
    )]
    NoCudaHalf { wanted: DeviceName, there: String },
    /// There is no such device.
    #[error("device '{wanted}' is not available; available: {there} (and auto)")]
    Absent { wanted: DeviceName, there: String },
}

impl Inventory {
    /// The devices that are visible now.
    #[must_use]
    pub fn look() -> Self {
        let there = visible(cuda_devices(), std::env::var("CUDA_VISIBLE_DEVICES").ok().as_deref());
        let usable = there > 0 && has_cuda_half();
        Self {
            cuda: if usable { there } else { 0 },
            half_missing: there > 0 && !usable,
            mps: cfg!(all(target_os = "macos", target_arch = "aarch64")),
        }
    }

    /// Their names, for people and for the record of the run.
    #[must_use]
    pub fn names(&self) -> Vec<String> {
        let cuda = (0..self.cuda).map(|index| DeviceName::Cuda(Some(index)));
        let all = [DeviceName::Cpu].into_iter().chain(cuda);
        all.chain(self.mps.then_some(DeviceName::Mps)).map(|device| device.to_string()).collect()
    }

    /// The device for a job that asks for `wanted` and runs as number `lane` of those that run at
    /// the same time.
    ///
    /// # Errors
    /// What is wrong and what to do, where there is no such device.
    pub fn choose(&self, wanted: DeviceName, lane: usize) -> Result<DeviceName, DeviceError> {
        match wanted {
            DeviceName::Auto if self.cuda == 0 => Ok(DeviceName::Cpu),
            DeviceName::Auto | DeviceName::Cuda(None) if self.cuda > 0 => {
                Ok(DeviceName::Cuda(Some(lane % self.cuda)))
            }
            DeviceName::Cuda(Some(index)) if index < self.cuda => Ok(wanted),
            DeviceName::Mps if self.mps => Ok(wanted),
            DeviceName::Cpu => Ok(wanted),
            _ => Err(self.lack(wanted)),
        }
    }

    fn lack(&self, wanted: DeviceName) -> DeviceError {
        let there = self.names().join(", ");
        if matches!(wanted, DeviceName::Cuda(_)) && self.half_missing {
            return DeviceError::NoCudaHalf { wanted, there };
        }
        DeviceError::Absent { wanted, there }
    }
}

/// How many CUDA devices the system has.
fn cuda_devices() -> usize {
    let entries = std::fs::read_dir("/dev").into_iter().flatten().filter_map(Result::ok);
    let nodes = entries.filter(|entry| is_gpu(&entry.file_name().to_string_lossy())).count();
    // Under Windows' Linux the devices have no nodes of their own.
    if nodes == 0 && Path::new("/dev/dxg").exists() { listed() } else { nodes }
}

/// Whether a name in `/dev` is that of a GPU: `nvidia0`.
fn is_gpu(name: &str) -> bool {
    name.strip_prefix("nvidia")
        .is_some_and(|rest| !rest.is_empty() && rest.bytes().all(|letter| letter.is_ascii_digit()))
}

/// How many devices `nvidia-smi` lists.
fn listed() -> usize {
    let output = Command::new("nvidia-smi").arg("-L").stdin(Stdio::null()).output();
    output.map_or(0, |output| {
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        text.lines().filter(|line| line.starts_with("GPU ")).count()
    })
}

/// How many of `there` devices are left visible: as CUDA reads the variable, names up to the first
/// that is no device.
fn visible(there: usize, variable: Option<&str>) -> usize {
    let Some(list) = variable else { return there };
    let known = |name: &&str| match name.trim().parse::<usize>() {
        Ok(index) => index < there,
        Err(_) => name.trim().starts_with("GPU-") || name.trim().starts_with("MIG-"),
    };
    if there == 0 { 0 } else { list.split(',').take_while(known).count() }
}

/// Whether the CUDA half of libtorch lies where `exp-job` will look for it.
fn has_cuda_half() -> bool {
    let path = std::env::var_os("LD_LIBRARY_PATH").unwrap_or_default();
    let built_with = option_env!("EXP_LIBTORCH").map(PathBuf::from);
    let beside = std::env::current_exe().ok().and_then(|exe| Some(exe.parent()?.to_path_buf()));
    std::env::split_paths(&path)
        .chain(built_with)
        .chain(beside)
        .any(|folder| folder.join("libtorch_cuda.so").exists())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn devices_go_round_and_lacking_ones_are_named() {
        let two = Inventory { cuda: 2, ..Inventory::default() };
        assert_eq!(two.choose(DeviceName::Auto, 3), Ok(DeviceName::Cuda(Some(1))));
        assert_eq!(two.choose(DeviceName::Cuda(Some(1)), 0), Ok(DeviceName::Cuda(Some(1))));
        assert_eq!(two.choose(DeviceName::Cpu, 0), Ok(DeviceName::Cpu));
        let error = two.choose(DeviceName::Cuda(Some(2)), 0).unwrap_err().to_string();
        assert!(error.contains("'cuda:2'") && error.contains("cpu, cuda:0, cuda:1"), "{error}");
        let none = Inventory { half_missing: true, ..Inventory::default() };
        assert_eq!(none.choose(DeviceName::Auto, 0), Ok(DeviceName::Cpu));
        let error = none.choose(DeviceName::Cuda(None), 0).unwrap_err().to_string();
        assert!(error.contains("scripts/setup --cuda"), "{error}");
        assert!(none.choose(DeviceName::Mps, 0).is_err());
    }

    #[test]
    fn the_variable_hides_devices_as_cuda_reads_it() {
        for (list, left) in
            [(None, 2), (Some(""), 0), (Some("-1"), 0), (Some("1"), 1), (Some("0,1"), 2)]
        {
            assert_eq!(visible(2, list), left, "{list:?}");
        }
        assert_eq!(visible(2, Some("0,7,1")), 1);
        assert_eq!(visible(0, Some("0")), 0);
        assert_eq!(visible(0, Some("GPU-abc")), 0);
        assert!(is_gpu("nvidia0") && !is_gpu("nvidiactl") && !is_gpu("nvidia-uvm"));
    }
}
