//! The tests that need more than one module: one binary, since each links libtorch.

mod commands;
mod dispatch;
mod tensorboard;
