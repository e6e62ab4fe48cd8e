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
