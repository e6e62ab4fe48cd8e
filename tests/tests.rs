//! The tests that need more than one module: one binary, since each links libtorch.

mod architecture;
mod commands;
mod dispatch;
mod tensorboard;
mod training;
mod numerics;
