#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| exp_fuzz::idx(bytes));
