//! The processor time of one thread ([`thread_time`]), which stands still while others have the
//! processor.
//!
//! It is unsafe: the standard library has no such clock, and the system's is reached through C.

#![expect(unsafe_code, reason = "the clock of a thread is reached through libc")]

use std::time::Duration;

/// How long this thread has had a processor since it began.
#[must_use]
pub fn thread_time() -> Duration {
    let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: the pointer is to a live `timespec` of ours, which the call fills in and does not keep;
    // where it fails the time stays 0.
    let _ = unsafe { libc::clock_gettime(libc::CLOCK_THREAD_CPUTIME_ID, &raw mut time) };
    let nanoseconds = time.tv_nsec.clamp(0, 999_999_999) as u32;
    Duration::new(time.tv_sec.max(0) as u64, nanoseconds)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Instant;

    #[test]
    fn it_goes_on_while_the_thread_works_and_stands_still_while_it_waits() {
        let (before, began) = (thread_time(), Instant::now());
        std::thread::sleep(Duration::from_millis(100));
        let waited = thread_time().saturating_sub(before);
        assert!(waited < Duration::from_millis(20), "{waited:?}");
        let mut sum = 0_u64;
        while thread_time().saturating_sub(before) < Duration::from_millis(20) {
            sum = std::hint::black_box(sum.wrapping_mul(3) + 1);
        }
        assert!(began.elapsed() >= Duration::from_millis(110), "{sum}");
    }
}
