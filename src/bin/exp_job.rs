//! `exp-job DIR`: carries the job in a folder to its end.

fn main() {}
