//! When a run is killed, and how: a [`Blow`] is drawn, a [`Victim`] is struck.

use crate::rundir::RunFolder;
use crate::seed;
use rustix::process::{Pid, Signal, kill_process};
use std::process::Child;
use std::time::Duration;

/// Of the blows after the first, this share falls soon after the runner was started, before a job
/// has gone on; within this time.
const EARLY_SHARE: f64 = 0.2;
const EARLY: Duration = Duration::from_millis(800);

/// How a run is killed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum KillMethod {
    /// The job's process, by SIGKILL.
    Job,
    /// The runner, by SIGKILL; the job finds out and stops by itself.
    Runner,
    /// Both at once, as when a machine loses power.
    Both,
    /// The runner is asked to stop, by SIGTERM.
    Request,
}

const WAYS: [KillMethod; 4] =
    [KillMethod::Job, KillMethod::Runner, KillMethod::Both, KillMethod::Request];

/// When.
#[derive(Debug, Clone, Copy, PartialEq)]
enum When {
    /// So long after the runner was started.
    After(Duration),
    /// Once the run is so many seconds along the course.
    At(f64),
}

/// One kill: when and how.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Blow {
    when: When,
    pub(super) way: KillMethod,
}

impl Blow {
    /// Whether it is time, with the runner at work for `since` and the run so far along its course.
    pub(super) fn falls(&self, since: Duration, along: Option<f64>) -> bool {
        match self.when {
            When::After(delay) => since >= delay,
            When::At(seconds) => along.is_some_and(|along| along >= seconds),
        }
    }
}

/// So many blows, in the order in which they fall on run number `attempt` of so many `seconds`.
pub(super) fn draw(seed: u64, attempt: u32, count: u32, seconds: f64) -> Vec<Blow> {
    let mut instants = Vec::new();
    let mut blows: Vec<Option<Blow>> = Vec::new();
    for index in 0..count {
        let index = u64::from(attempt) << 32 | u64::from(index);
        let way = WAYS[(uniform(seed, "way", index) * 3.999) as usize];
        let share = uniform(seed, "instant", index);
        if !blows.is_empty() && uniform(seed, "early", index) < EARLY_SHARE {
            blows.push(Some(Blow { when: When::After(EARLY.mul_f64(share)), way }));
        } else {
            instants.push(Blow { when: When::At(share * seconds), way });
            blows.push(None);
        }
    }
    let time = |blow: &Blow| match blow.when {
        When::At(seconds) => seconds,
        When::After(_) => 0.0,
    };
    instants.sort_by(|one, other| time(one).total_cmp(&time(other)));
    let mut instants = instants.into_iter();
    blows.into_iter().filter_map(|blow| blow.or_else(|| instants.next())).collect()
}

/// The job that is at work, if one is.
pub(super) struct Victim {
    job: Option<Pid>,
}

impl Victim {
    /// The job of `run` that holds its folder, among `jobs`.
    pub(super) fn of(run: Option<&RunFolder>, jobs: &[String]) -> Self {
        let job = run.and_then(|run| {
            jobs.iter().find_map(|name| Pid::from_raw(i32::try_from(run.job(name).holder()?).ok()?))
        });
        Self { job }
    }

    /// Kills in this way, or the runner where no job is at work; whom, for people.
    pub(super) fn strike(&self, runner: &Child, way: KillMethod) -> &'static str {
        let signal = |pid, signal| {
            let _ = kill_process(pid, signal); // it may just have ended
        };
        let pid = Pid::from_child(runner);
        match (way, self.job) {
            (KillMethod::Job, Some(job)) => {
                signal(job, Signal::KILL);
                "SIGKILL to the job"
            }
            (KillMethod::Both, Some(job)) => {
                signal(pid, Signal::KILL);
                signal(job, Signal::KILL);
                "SIGKILL to the runner and its job"
            }
            (KillMethod::Request, _) => {
                signal(pid, Signal::TERM);
                "SIGTERM to the runner"
            }
            _ => {
                signal(pid, Signal::KILL);
                "SIGKILL to the runner"
            }
        }
    }
}

/// A number in 0..1 for draw number `index` of `purpose`.
pub(super) fn uniform(seed: u64, purpose: &str, index: u64) -> f64 {
    seed::derive(seed, purpose, index) as f64 / i64::MAX as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::process::ExitStatusExt;
    use std::process::Command;

    /// The signals that end a runner and its job, struck in this way, and what is said of it.
    fn struck(way: KillMethod, at_work: bool) -> ([Option<Signal>; 2], &'static str) {
        let mut both = [(); 2].map(|()| Command::new("sleep").arg("60").spawn().unwrap());
        let job = at_work.then(|| Pid::from_child(&both[1]));
        let said = Victim { job }.strike(&both[0], way);
        let ended = both.each_mut().map(|child| {
            // Ends what was not struck.
            kill_process(Pid::from_child(child), Signal::VTALARM).unwrap();
            let by = child.wait().unwrap().signal().and_then(Signal::from_named_raw);
            by.filter(|signal| *signal != Signal::VTALARM)
        });
        (ended, said)
    }

    #[test]
    fn those_are_struck_who_are_said_to_be() {
        let (kill, stop) = (Some(Signal::KILL), Some(Signal::TERM));
        for (way, at_work, ended, said) in [
            (KillMethod::Job, true, [None, kill], "SIGKILL to the job"),
            (KillMethod::Both, true, [kill, kill], "SIGKILL to the runner and its job"),
            (KillMethod::Runner, true, [kill, None], "SIGKILL to the runner"),
            (KillMethod::Request, true, [stop, None], "SIGTERM to the runner"),
            (KillMethod::Job, false, [kill, None], "SIGKILL to the runner"),
            (KillMethod::Both, false, [kill, None], "SIGKILL to the runner"),
            (KillMethod::Request, false, [stop, None], "SIGTERM to the runner"),
        ] {
            assert_eq!(struck(way, at_work), (ended, said), "{way:?}, {at_work}");
        }
    }

    #[test]
    fn instants_come_in_order_and_fill_the_run() {
        let blows = draw(3, 1, 400, 10.0);
        assert_eq!(blows.len(), 400);
        let mut at = Vec::new();
        for blow in &blows {
            match blow.when {
                When::At(seconds) => at.push(seconds),
                When::After(delay) => assert!(delay <= EARLY),
            }
        }
        assert!(at.is_sorted() && at.len() > 250 && at.len() < 380, "{}", at.len());
        assert!(at[0] < 0.5 && at[at.len() - 1] > 9.5 && at[at.len() - 1] <= 10.0);
        for way in WAYS {
            assert!(blows.iter().any(|blow| blow.way == way), "{way:?}");
        }
        assert_ne!(draw(3, 2, 1, 10.0), draw(3, 3, 1, 10.0), "no attempt is the one before again");
    }
}
