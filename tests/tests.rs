//! The tests that need more than one module: one binary, since each links libtorch.

mod architecture;
mod commands;
mod dispatch;
mod numerics;
mod pipeline;
mod tensorboard;
mod training;
