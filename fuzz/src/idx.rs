//! IDX files, packed or not: [`idx`].

use exp::data::{Contents, parse_idx};

/// The bytes of a file, read as pictures and as labels.
pub fn idx(bytes: &[u8]) {
    for (contents, rank) in [(Contents::Images, 3), (Contents::Labels, 1)] {
        match parse_idx(bytes, contents) {
            Ok(found) => {
                assert_eq!(found.dimensions.len(), rank);
                assert_eq!(found.dimensions.iter().product::<usize>(), found.bytes.len());
                let packed = bytes.starts_with(&[0x1f, 0x8b]);
                assert!(packed || bytes.ends_with(&found.bytes));
            }
            Err(fault) => assert!(!fault.to_string().is_empty()),
        }
    }
}
