//! The Rust side of `fused.cc`: one step of a rule over [`Lists`] of tensors.
//!
//! This is the one place of the module that is unsafe. Every call hands over pointers to tensors
//! that are borrowed for its length and a buffer for what went wrong.
#![expect(unsafe_code, reason = "the optimisers' kernels are reached through a C interface")]

use super::error::OptimError;
use libc::{c_char, c_int};
use std::ffi::CStr;
use tch::Tensor;
use torch_sys::C_tensor;

/// What one step works on. A list that a rule has no use for is empty; all others are as long as
/// the parameters. `rates` holds one rate, or one for each index of the parameters' first axis.
pub(super) struct Lists<'a> {
    pub(super) parameters: &'a [Tensor],
    pub(super) gradients: &'a [Tensor],
    pub(super) first: &'a [Tensor],
    pub(super) second: &'a [Tensor],
    pub(super) steps: &'a [Tensor],
    pub(super) rates: &'a [f64],
}

/// `exp_lists` of `fused.cc`.
#[repr(C)]
struct RawLists {
    parameters: *const *const C_tensor,
    gradients: *const *const C_tensor,
    first: *const *const C_tensor,
    second: *const *const C_tensor,
    steps: *const *const C_tensor,
    count: usize,
    rates: *const f64,
    rate_count: usize,
}

unsafe extern "C" {
    fn exp_step_sgd(
        lists: *const RawLists,
        momentum: f64,
        nesterov: bool,
        weight_decay: f64,
        error: *mut c_char,
        capacity: usize,
    ) -> c_int;
    fn exp_step_adam(
        lists: *const RawLists,
        decoupled: bool,
        beta1: f64,
        beta2: f64,
        epsilon: f64,
        weight_decay: f64,
        error: *mut c_char,
        capacity: usize,
    ) -> c_int;
    fn exp_step_adagrad(
        lists: *const RawLists,
        epsilon: f64,
        weight_decay: f64,
        error: *mut c_char,
        capacity: usize,
    ) -> c_int;
    fn exp_step_rmsprop(
        lists: *const RawLists,
        smoothing: f64,
        epsilon: f64,
        momentum: f64,
        weight_decay: f64,
        error: *mut c_char,
        capacity: usize,
    ) -> c_int;
}

/// One step of stochastic gradient descent; `first` is the velocity, empty without momentum.
pub(super) fn sgd(
    lists: &Lists,
    momentum: f64,
    nesterov: bool,
    weight_decay: f64,
) -> Result<(), OptimError> {
    call(lists, |raw, error, capacity| {
        // SAFETY: as `call` says of what it passes on.
        unsafe { exp_step_sgd(raw, momentum, nesterov, weight_decay, error, capacity) }
    })
}

/// One step of Adam, or of `AdamW` where the weight decay is decoupled.
pub(super) fn adam(
    lists: &Lists,
    decoupled: bool,
    (beta1, beta2): (f64, f64),
    epsilon: f64,
    decay: f64,
) -> Result<(), OptimError> {
    call(lists, |raw, error, capacity| {
        // SAFETY: as `call` says of what it passes on.
        unsafe { exp_step_adam(raw, decoupled, beta1, beta2, epsilon, decay, error, capacity) }
    })
}

/// One step of Adagrad; `first` is the sum of squares.
pub(super) fn adagrad(lists: &Lists, epsilon: f64, weight_decay: f64) -> Result<(), OptimError> {
    call(lists, |raw, error, capacity| {
        // SAFETY: as `call` says of what it passes on.
        unsafe { exp_step_adagrad(raw, epsilon, weight_decay, error, capacity) }
    })
}

/// One step of `RMSProp`; `first` is the mean square, `second` the velocity, empty without momentum.
pub(super) fn rmsprop(
    lists: &Lists,
    smoothing: f64,
    epsilon: f64,
    momentum: f64,
    decay: f64,
) -> Result<(), OptimError> {
    call(lists, |raw, error, capacity| {
        // SAFETY: as `call` says of what it passes on.
        unsafe { exp_step_rmsprop(raw, smoothing, epsilon, momentum, decay, error, capacity) }
    })
}

/// Calls a function of `fused.cc` with the lists as pointers, and reads its answer.
///
/// What it passes on holds for the length of the call: each pointer in the lists is to a tensor
/// that `lists` borrows, `count` of them in each list that is not null; `rates` has `rate_count`
/// numbers; the error buffer has `capacity` bytes. The C++ side copies the handles, changes what
/// they refer to as tch's own in-place operations do, and keeps none.
fn call(
    lists: &Lists,
    function: impl FnOnce(*const RawLists, *mut c_char, usize) -> c_int,
) -> Result<(), OptimError> {
    let count = lists.parameters.len();
    let used = [lists.first, lists.second, lists.steps];
    if lists.gradients.len() != count
        || used.iter().any(|list| !list.is_empty() && list.len() != count)
        || lists.rates.is_empty()
    {
        let message = "the lists of tensors are not equally long, or there is no rate";
        return Err(OptimError::Libtorch(message.to_owned()));
    }
    let pointers = [lists.parameters, lists.gradients, lists.first, lists.second, lists.steps]
        .map(|list| list.iter().map(Tensor::as_ptr).collect::<Vec<_>>());
    let [parameters, gradients, first, second, steps] = pointers
        .each_ref()
        .map(|list| if list.is_empty() { std::ptr::null() } else { list.as_ptr() });
    let (rates, rate_count) = (lists.rates.as_ptr(), lists.rates.len());
    let raw = RawLists { parameters, gradients, first, second, steps, count, rates, rate_count };
    let mut error: [c_char; 1024] = [0; 1024];
    if function(&raw const raw, error.as_mut_ptr(), error.len()) == 0 {
        return Ok(());
    }
    // SAFETY: the buffer began as zeros and `snprintf` ends what it writes with one.
    let text = unsafe { CStr::from_ptr(error.as_ptr()) };
    Err(OptimError::Libtorch(text.to_string_lossy().into_owned()))
}
