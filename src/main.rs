//! `exp`: reads, checks, plans, starts and watches experiments. It loads no tensor library.

fn main() {}
