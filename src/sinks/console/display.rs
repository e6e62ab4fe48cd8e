//! What shows the records of jobs to people: the trait [`Display`].

use crate::event::{Ending, Record};

/// Shows the records of several jobs.
pub trait Display: Send {
    /// Shows one record of a job. A job is known from its first record on.
    fn show(&mut self, job: &str, record: &Record);

    /// A job's process has ended; `message` says why, where that is not plain.
    fn job_ended(&mut self, job: &str, ending: Ending, message: Option<&str>);

    /// A line about the run as a whole, or about a job that need not run.
    fn note(&mut self, text: &str);
}
