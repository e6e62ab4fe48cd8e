//! Opening libtorch's CUDA half at run time: [`open`]; and asking its kernels to be exact:
//! [`be_exact`].
//!
//! `exp-job` links the CPU half alone, so that one build serves machines with and without CUDA. The
//! library registers its kernels when it is loaded, which must be before the first tensor.

use std::ffi::CStr;

/// The library, looked for beside the CPU half (the program's run path) and where the loader looks.
const LIBRARY: &CStr = c"libtorch_cuda.so";

/// The loader's own words for why the library cannot be loaded.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(crate) struct LoadError(String);

/// Loads libtorch's CUDA half.
///
/// # Errors
/// The loader's own words where it cannot be loaded.
#[expect(unsafe_code, reason = "dlopen has no safe face")]
pub(crate) fn open() -> Result<(), LoadError> {
    // SAFETY: the name is a C string that outlives the call; the handle is never closed, so that
    // what the library registers stays valid; no other thread runs yet.
    let handle = unsafe { libc::dlopen(LIBRARY.as_ptr(), libc::RTLD_NOW | libc::RTLD_GLOBAL) };
    if !handle.is_null() {
        return Ok(());
    }
    // SAFETY: after a failed dlopen, dlerror gives a C string that lives until the next call to it.
    let words = unsafe {
        let words = libc::dlerror();
        if words.is_null() { c"no reason given" } else { CStr::from_ptr(words) }
    };
    Err(LoadError(words.to_string_lossy().into_owned()))
}

#[expect(unsafe_code, reason = "a C++ function of our own")]
unsafe extern "C" {
    /// `exactness.cc`: 0, or 1 where libtorch refuses.
    fn exp_exact_cuda() -> libc::c_int;
}

/// Lets this process use only cuDNN kernels that add in a fixed order, and no TF32: what a job on CUDA
/// computes is then float32 as on the CPU, and a job that is resumed can end with the same bits.
///
/// # Errors
/// Where libtorch does not take the settings.
#[expect(unsafe_code, reason = "tch binds none of these settings")]
pub(crate) fn be_exact() -> Result<(), &'static str> {
    // SAFETY: takes nothing, keeps nothing, and lets no C++ exception out.
    match unsafe { exp_exact_cuda() } {
        0 => Ok(()),
        _ => Err("libtorch does not take the settings for exact kernels on CUDA"),
    }
}
