//! How long programs and threads have worked: their processor time, since what else the machine does at
//! the same time is no fault of theirs. [`Worked`] is of a program that has ended.

use rustix::process::{Pid, Signal, kill_process};
use std::io::Read;
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::time::{Duration, Instant};
use wait4::{ResUse, Wait4};

/// A build without optimisation is about ten times as slow.
pub(crate) const SLOWER: u32 = if cfg!(debug_assertions) { 10 } else { 1 };

/// What a program that has ended took.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Worked {
    /// Its processor time and that of its children.
    pub work: Duration,
    /// From its start to its end.
    pub wall: Duration,
}

/// How long this thread has worked, where the system says so.
pub(crate) fn of_thread() -> Option<Duration> {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    text.split(' ').next()?.parse().ok().map(Duration::from_nanos)
}

/// What this thread worked on `body`, or how long that took where the system does not say.
pub(crate) fn of<T>(body: impl FnOnce() -> T) -> (T, Duration) {
    let (start, clock) = (of_thread(), Instant::now());
    let made = body();
    let time = match (start, of_thread()) {
        (Some(start), Some(end)) => end.saturating_sub(start),
        _ => clock.elapsed(),
    };
    (made, time)
}

/// Runs a program to its end, as [`Command::output`] does.
pub(crate) fn output(command: &mut Command) -> (Output, Worked) {
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let began = Instant::now();
    let mut child = command.spawn().unwrap();
    let (mut out, mut errors) = (child.stdout.take().unwrap(), child.stderr.take().unwrap());
    let read = std::thread::spawn(move || {
        let mut bytes = Vec::new();
        errors.read_to_end(&mut bytes).unwrap();
        bytes
    });
    let mut stdout = Vec::new();
    out.read_to_end(&mut stdout).unwrap();
    let stderr = read.join().unwrap();
    let used = child.wait4().unwrap();
    (Output { status: used.status, stdout, stderr }, worked(&used, began))
}

/// Waits until the program ends; one that does not within `limit` is killed, and `None` returned.
pub(crate) fn within(mut child: Child, limit: Duration) -> Option<(ExitStatus, Worked)> {
    let (began, pid) = (Instant::now(), Pid::from_child(&child));
    let (send, ended) = std::sync::mpsc::channel();
    std::thread::spawn(move || send.send(child.wait4()));
    let Ok(used) = ended.recv_timeout(limit) else {
        kill_process(pid, Signal::KILL).unwrap();
        return None;
    };
    let used = used.unwrap();
    Some((used.status, worked(&used, began)))
}

fn worked(used: &ResUse, began: Instant) -> Worked {
    Worked { work: used.rusage.utime + used.rusage.stime, wall: began.elapsed() }
}
