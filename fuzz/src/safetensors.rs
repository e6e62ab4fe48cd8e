//! Files of tensors: [`safetensors`].

use exp::train::checkpoint::file::{decode, encode};
use std::path::Path;
use tch::Device;

/// The bytes of a file. What is read from it is written and read again without a difference.
pub fn safetensors(bytes: &[u8]) {
    let read = |bytes: &[u8]| decode(Path::new("fuzz.safetensors"), bytes, Device::Cpu);
    match read(bytes) {
        Ok((tensors, note)) => {
            let written = encode(&tensors, &note).expect("what was read can be written");
            let (again, same) = read(&written).expect("what was written can be read");
            assert_eq!(note, same);
            assert_eq!(written, encode(&again, &same).expect("and written again"));
            for (name, tensor) in &tensors {
                assert_eq!(tensor.size(), again[name].size(), "{name}");
                assert_eq!(tensor.kind(), again[name].kind(), "{name}");
            }
        }
        Err(error) => assert!(!error.to_string().is_empty()),
    }
}
