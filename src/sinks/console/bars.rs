//! Progress bars on a terminal ([`Bars`]), one a job; a job that has ended collapses to a line.

use super::display::Display;
use super::view::View;
use crate::event::{Ending, Event, Record};
use console::style;
use indexmap::IndexMap;
use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};

/// One bar a job below the lines that stay.
pub struct Bars {
    drawn: MultiProgress,
    jobs: IndexMap<String, (View, ProgressBar)>,
    width: usize,
}

impl Bars {
    /// Draws on `target`.
    #[must_use]
    pub fn new(target: ProgressDrawTarget) -> Self {
        let drawn = MultiProgress::with_draw_target(target);
        Self { drawn, jobs: IndexMap::new(), width: 0 }
    }

    /// A line above the bars.
    fn say(&self, text: &str) {
        let _ = self.drawn.println(text);
    }

    /// Makes room for a job, and the names of all one width.
    fn know(&mut self, name: &str) {
        if self.jobs.contains_key(name) {
            return;
        }
        let bar = self.drawn.add(ProgressBar::new(0).with_style(waiting()));
        self.jobs.insert(name.to_owned(), (View::default(), bar));
        self.width = self.width.max(name.chars().count());
        for (name, (_, bar)) in &self.jobs {
            bar.set_prefix(format!("{name:<width$}", width = self.width));
        }
    }
}

impl Display for Bars {
    fn show(&mut self, name: &str, record: &Record) {
        self.know(name);
        let Some((view, bar)) = self.jobs.get_mut(name) else { return };
        view.take(record);
        if let Event::Warning { message } = &record.event {
            let text = format!("{name}: {}: {message}", style("warning").yellow().for_stderr());
            return self.say(&text);
        }
        match (&record.event, &view.phase) {
            (Event::Phase { .. }, Some(phase)) => {
                bar.set_style(if phase.total > 0 { working() } else { waiting() });
                bar.set_length(phase.total);
                bar.set_position(0);
                bar.set_message(view.beginning());
            }
            (_, Some(phase)) => {
                bar.set_position(phase.done);
                bar.set_message(view.progress());
            }
            (_, None) => {
                bar.set_style(waiting());
                bar.set_message(view.beginning());
            }
        }
    }

    fn job_ended(&mut self, name: &str, ending: Ending, message: Option<&str>) {
        let view = match self.jobs.shift_remove(name) {
            Some((view, bar)) => {
                bar.finish_and_clear();
                self.drawn.remove(&bar);
                view
            }
            None => View::default(),
        };
        let mark = match ending {
            Ending::Done => style("✓").green(),
            Ending::Failed => style("✗").red(),
            Ending::Interrupted => style("‖").yellow(),
        };
        let width = self.width;
        self.say(&format!("{} {name:<width$} {}", mark.for_stderr(), view.ended(ending, message)));
    }

    fn note(&mut self, text: &str) {
        self.say(text);
    }
}

impl Drop for Bars {
    /// Leaves no half-drawn bar behind.
    fn drop(&mut self) {
        let _ = self.drawn.clear();
    }
}

/// A bar whose length is known.
fn working() -> ProgressStyle {
    styled("  {prefix:.bold} {bar:20.cyan/dim} {wide_msg}").progress_chars("━╸─")
}

/// A job of which nothing is known yet.
fn waiting() -> ProgressStyle {
    styled("  {prefix:.bold} {wide_msg}")
}

fn styled(template: &str) -> ProgressStyle {
    // The templates are constants above, drawn by the tests.
    ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar())
}

#[cfg(test)]
mod tests {
    use super::super::super::outage::tests::Shared;
    use super::super::Plain;
    use super::super::plain::tests::{NASTY, SEEN, tell};
    use super::super::view::tests::{at, training};
    use super::*;
    use indicatif::TermLike;
    use std::io::{self, Write};

    /// A terminal of 100 columns that remembers all that was ever drawn.
    #[derive(Clone)]
    struct Paper(Shared);

    impl std::fmt::Debug for Paper {
        fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            formatter.write_str("Paper")
        }
    }

    impl TermLike for Paper {
        fn width(&self) -> u16 {
            100
        }
        fn move_cursor_up(&self, _: usize) -> io::Result<()> {
            Ok(())
        }
        fn move_cursor_down(&self, _: usize) -> io::Result<()> {
            Ok(())
        }
        fn move_cursor_right(&self, _: usize) -> io::Result<()> {
            Ok(())
        }
        fn move_cursor_left(&self, _: usize) -> io::Result<()> {
            Ok(())
        }
        fn write_line(&self, text: &str) -> io::Result<()> {
            writeln!(self.0.clone(), "{text}")
        }
        fn write_str(&self, text: &str) -> io::Result<()> {
            self.0.clone().write_all(text.as_bytes())
        }
        fn clear_line(&self) -> io::Result<()> {
            Ok(())
        }
        fn flush(&self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_job_has_a_bar_and_then_a_line() {
        let paper = Paper(Shared::default());
        let mut bars = Bars::new(ProgressDrawTarget::term_like(Box::new(paper.clone())));
        bars.note("run distill");
        for record in training(0.0).iter().take(8) {
            bars.show("student", record);
        }
        bars.show("teachers", &training(0.0)[0]);
        let bar = &bars.jobs["student"].1;
        assert_eq!((bar.length(), bar.position()), (Some(1000), 300));
        assert_eq!(bar.prefix(), "student ");
        bars.show("student", &at(7.0, Event::Warning { message: "slow".into() }));
        bars.job_ended("student", Ending::Done, None);
        bars.job_ended("unknown", Ending::Failed, Some("did not start"));
        drop(bars);
        let text = console::strip_ansi_codes(&paper.0.text()).into_owned();
        assert!(text.contains("run distill"), "{text}");
        assert!(text.contains("student: warning: slow"), "{text}");
        assert!(text.contains("student  ━━━━━━"), "{text}");
        assert!(text.contains("train 300/1,000 steps, 5,012 examples/s, 14 s left"), "{text}");
        assert!(text.contains("✓ student  done in 7.0 s, train loss 0.3333"), "{text}");
        assert!(text.contains("✗ unknown  failed: did not start"), "{text}");
    }

    #[test]
    fn what_a_terminal_would_obey_is_shown_and_its_own_signs_stay() {
        let paper = Paper(Shared::default());
        let bars = Bars::new(ProgressDrawTarget::term_like(Box::new(paper.clone())));
        tell(&mut Plain(bars));
        let text = paper.0.text();
        assert!(text.contains(SEEN) && text.contains('✗'), "{text}");
        assert!(!text.contains(NASTY) && !text.contains('\u{202e}'), "{text:?}");
    }
}
