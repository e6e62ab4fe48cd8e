//! The [`Course`] of a run that was left alone, in seconds, and the [`Follower`] that says how far
//! along it another run of the same spec is.

use crate::event::{Event, Record};
use crate::rundir::{RunDirError, RunFolder, Status};
use crate::sinks::Tail;
use std::time::Instant;

/// What a run did when.
#[derive(Debug)]
pub(super) struct Course {
    /// The jobs, in the order in which they were started.
    jobs: Vec<String>,
    /// Points of each job in time: steps taken (0: begun), and seconds since the run began.
    points: Vec<Vec<(u64, f64)>>,
    seconds: f64,
}

impl Course {
    /// The course of a run that is done. Jobs that stand for others of the run have no course.
    ///
    /// # Errors
    /// When the run's files do not read.
    pub(super) fn of(run: &RunFolder) -> Result<Self, RunDirError> {
        let record = run.record()?;
        let began = seconds(&record.started);
        let mut jobs = Vec::new();
        for name in &record.jobs {
            let job = run.job(name).record()?;
            if let (None, Some(started)) = (job.reused_from, job.started) {
                jobs.push((seconds(&started), name.clone()));
            }
        }
        jobs.sort_by(|one, other| one.0.total_cmp(&other.0));
        let jobs: Vec<String> = jobs.into_iter().map(|(_, name)| name).collect();
        let points = jobs.iter().map(|name| {
            let records = Tail::new(run.job(name).place()).poll();
            records.iter().filter_map(|it| Some((step(it)?, it.time - began))).collect()
        });
        let points = points.collect();
        let ended = record.ended.as_deref().map_or(began, seconds);
        Ok(Self { jobs, points, seconds: ended - began })
    }

    pub(super) fn jobs(&self) -> &[String] {
        &self.jobs
    }

    /// How long the run took.
    pub(super) fn seconds(&self) -> f64 {
        self.seconds
    }

    /// When the run had taken `step` steps of job number `job`.
    fn time(&self, job: usize, step: u64) -> Option<f64> {
        let points = self.points.get(job)?;
        let after = points.partition_point(|(there, _)| *there <= step);
        points[..after].last().or_else(|| points.first()).map(|(_, seconds)| *seconds)
    }
}

/// Follows a run along a course, from a start of its runner on.
pub(super) struct Follower<'a> {
    course: &'a Course,
    job: usize,
    tail: Option<Tail>,
    step: Option<u64>,
    since: Instant,
}

impl<'a> Follower<'a> {
    pub(super) fn new(course: &'a Course) -> Self {
        Self { course, job: 0, tail: None, step: None, since: Instant::now() }
    }

    /// How far the run is, in seconds of the course; `None` as long as no job has begun since the
    /// runner was started.
    pub(super) fn look(&mut self, run: &RunFolder) -> Option<f64> {
        let name = self.course.jobs.get(self.job)?;
        let folder = run.job(name);
        let tail = self.tail.get_or_insert_with(|| {
            let mut tail = Tail::new(folder.place());
            tail.poll();
            tail
        });
        for record in tail.poll() {
            if let Some(step) = step(&record) {
                (self.step, self.since) = (Some(step), Instant::now());
            }
        }
        if folder.record().is_ok_and(|record| record.status == Status::Done)
            && self.job + 1 < self.course.jobs.len()
        {
            self.job += 1;
            (self.tail, self.step) = (None, None);
            return None;
        }
        let time = self.course.time(self.job, self.step?)?;
        Some(time + self.since.elapsed().as_secs_f64())
    }

    /// Where the run is, for people.
    pub(super) fn place(&self) -> String {
        let job = self.course.jobs.get(self.job).map_or("a job", String::as_str);
        match self.step {
            Some(step) => format!("in '{job}' after step {step}"),
            None => format!("before '{job}' went on"),
        }
    }
}

/// The steps behind a job when it wrote a record; `None` where the record does not tell.
fn step(record: &Record) -> Option<u64> {
    match &record.event {
        Event::Started { resumed_from, .. } => Some(resumed_from.unwrap_or(0)),
        Event::Progress { done, .. } => Some(*done),
        Event::Scalar { step, .. } | Event::Checkpoint { step, .. } => Some(*step),
        _ => None,
    }
}

/// An RFC 3339 time in seconds since 1970.
fn seconds(time: &str) -> f64 {
    let time = chrono::DateTime::parse_from_rfc3339(time);
    time.map_or(0.0, |time| time.timestamp_millis() as f64 / 1e3)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::device::DeviceName;
    use crate::dispatch::decide::Decision;
    use crate::dispatch::prepare::create;
    use crate::dispatch::prepare::tests::{job, plan, resources};
    use crate::sinks::EVENTS;
    use std::io::Write;
    use std::path::Path;

    /// A run of two jobs, and of one that a finished job stands for.
    fn run(root: &Path) -> RunFolder {
        let plan =
            plan(vec![job("one", "0a", None), job("two", "0b", None), job("old", "0c", None)]);
        let reuse = Decision::Reuse(RunFolder::new(root.join("earlier/1")).job("old"));
        let decisions = [Decision::Run, Decision::Run, reuse];
        create(&plan, &decisions, &|_| DeviceName::Cpu, &resources(1), root).unwrap().0
    }

    fn tell(run: &RunFolder, job: &str, time: f64, event: Event) {
        let file = run.job(job).path().join(EVENTS);
        let mut file = std::fs::File::options().append(true).create(true).open(file).unwrap();
        writeln!(file, "{}", serde_json::to_string(&Record { time, event }).unwrap()).unwrap();
    }

    fn progress(done: u64) -> Event {
        Event::Progress { done, per_second: 1.0 }
    }

    #[test]
    fn a_course_has_the_jobs_in_the_order_of_their_starts_and_when_each_took_how_many_steps() {
        let root = tempfile::tempdir().unwrap();
        let run = run(root.path());
        let mut record = run.record().unwrap();
        record.started = "2026-01-01T00:00:00Z".to_owned();
        record.ended = Some("2026-01-01T00:00:10.500Z".to_owned());
        run.write_record(&record).unwrap();
        for (name, second) in [("one", 4), ("two", 1), ("old", 2)] {
            let job = run.job(name);
            let mut record = job.record().unwrap();
            record.started = Some(format!("2026-01-01T00:00:0{second}Z"));
            job.write_record(&record).unwrap();
        }
        let began = 1_767_225_600.0;
        let started = |resumed_from| {
            let device = "cpu".to_owned();
            Event::Started { attempt: 1, device, threads: 1, resumed_from }
        };
        tell(&run, "two", began + 1.0, started(None));
        tell(&run, "two", began + 1.5, Event::Warning { message: String::new() });
        tell(&run, "two", began + 2.5, progress(5));
        tell(&run, "one", began + 4.0, started(Some(3)));
        tell(&run, "one", began + 5.0, Event::Checkpoint { step: 8, best: false, seconds: 0.0 });
        let course = Course::of(&run).unwrap();
        assert_eq!(course.jobs(), ["two", "one"]);
        assert_eq!(course.points, [[(0, 1.0), (5, 2.5)], [(3, 4.0), (8, 5.0)]]);
        assert!((course.seconds() - 10.5).abs() < 1e-9, "{}", course.seconds());
        let times = [0, 4, 5, 99].map(|step| course.time(0, step));
        assert_eq!(times, [Some(1.0), Some(1.0), Some(2.5), Some(2.5)]);
        assert_eq!([course.time(1, 0), course.time(2, 0)], [Some(4.0), None]);
    }

    #[test]
    fn a_run_is_followed_from_job_to_job() {
        let root = tempfile::tempdir().unwrap();
        let run = run(root.path());
        let points = vec![vec![(0, 1.0), (5, 2.5)], vec![(0, 40.0), (5, 50.0)]];
        let jobs = ["one", "two"].map(str::to_owned).to_vec();
        let course = Course { jobs, points, seconds: 60.0 };
        let mut follower = Follower::new(&course);
        // What a job said before the runner was started is none of its steps now.
        tell(&run, "one", 0.0, progress(5));
        assert_eq!(follower.look(&run), None);
        assert_eq!(follower.place(), "before 'one' went on");
        let is_at = |follower: &mut Follower<'_>, begin: f64, place: &str| {
            let along = follower.look(&run).unwrap();
            assert!((begin..begin + 5.0).contains(&along), "{along} is not near {begin}");
            assert_eq!(follower.place(), place);
        };
        tell(&run, "one", 0.0, progress(2));
        is_at(&mut follower, 1.0, "in 'one' after step 2");
        tell(&run, "one", 0.0, progress(5));
        is_at(&mut follower, 2.5, "in 'one' after step 5");
        let end = |name: &str| {
            let mut record = run.job(name).record().unwrap();
            record.end(Status::Done, None);
            run.job(name).write_record(&record).unwrap();
        };
        end("one");
        assert_eq!(follower.look(&run), None);
        assert_eq!(follower.place(), "before 'two' went on");
        assert_eq!(follower.look(&run), None);
        tell(&run, "two", 0.0, progress(5));
        end("two");
        is_at(&mut follower, 50.0, "in 'two' after step 5");
    }
}
