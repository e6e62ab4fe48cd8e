//! What the jobs of a run say together: their final figures against the settings that they differ in
//! ([`figures`]), and the summary of the run ([`summary`]).

mod chart;
mod comparison;
pub mod figures;
mod metric;
mod picture_file;
mod settings;
pub mod summary;

pub use settings::Job;

#[cfg(test)]
mod tests;
