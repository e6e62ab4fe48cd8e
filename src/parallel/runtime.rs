//! The threads of libtorch's own OpenMP runtime, lent to a [`section`].
//!
//! This is the one place of the module that is unsafe: the runtime is reached through its C
//! interface, found by name, so that none is linked beside it.
#![expect(unsafe_code, reason = "OpenMP's threads are reached through its runtime's C interface")]

use libc::{c_int, c_uint, c_void};
use std::ffi::CStr;
use std::sync::LazyLock;

/// Calls the function with the pointer in so many threads, this one among them, and returns when all
/// have returned. The last argument is 0. Part of GNU's runtime, and of LLVM's on Linux.
type Parallel = unsafe extern "C" fn(extern "C" fn(*mut c_void), *mut c_void, c_uint, c_uint);

/// How many threads an operation of this thread is shared between, until the section ends.
type Share = unsafe extern "C" fn(c_int);

/// What each thread of a section runs.
type Section<'a> = &'a (dyn Fn() + Sync);

/// The runtime that libtorch was linked with, if it has the interface.
static RUNTIME: LazyLock<Option<(Parallel, Share)>> = LazyLock::new(|| {
    let (parallel, share) = (find(c"GOMP_parallel")?, find(c"omp_set_num_threads")?);
    // SAFETY: a runtime that has functions of these names has them with these types.
    Some(unsafe {
        (
            std::mem::transmute::<*mut c_void, Parallel>(parallel),
            std::mem::transmute::<*mut c_void, Share>(share),
        )
    })
});

fn find(name: &CStr) -> Option<*mut c_void> {
    // SAFETY: the name ends in a zero byte.
    let found = unsafe { libc::dlsym(libc::RTLD_DEFAULT, name.as_ptr()) };
    (!found.is_null()).then_some(found)
}

/// Whether there are threads to lend.
pub(super) fn is_there() -> bool {
    RUNTIME.is_some()
}

/// Runs `lane` in so many threads, none of whose operations is shared; in this one alone where there
/// are none to lend. `lane` must not panic.
pub(super) fn section(lane: Section, threads: usize) {
    let Some((parallel, share)) = *RUNTIME else { return lane() };
    // oneDNN lays its work out for as many threads as the runtime names, and waits for all of them:
    // without this a convolution in a lane would never end.
    let alone = || {
        // libtorch sets the number itself when a thread first asks for it.
        let _ = tch::get_num_threads();
        // SAFETY: it takes any number above 0.
        unsafe { share(1) };
        lane();
    };
    let mut lane: Section = &alone;
    // SAFETY: the runtime gives the pointer to `run` alone and keeps nothing after it returns; what
    // the threads share is `Sync`.
    unsafe { parallel(run, (&raw mut lane).cast(), threads as c_uint, 0) };
}

extern "C" fn run(lane: *mut c_void) {
    // SAFETY: `section` passes a pointer to a section that outlives the call.
    let lane = unsafe { *lane.cast::<Section>() };
    lane();
}
