//! How much memory a network takes, before a tensor exists. Plain values.

use super::blueprint::{Blueprint, LayerPlan};
use super::design::Design;
use super::form::product;

impl Design {
    /// Bytes that training steps over batches and passes over chunks of examples hold at their peak besides
    /// parameters and their gradients. What the former held is kept for the next, so both count.
    #[must_use]
    pub fn bytes_passing(&self, members: i64, batch: i64, chunk: i64) -> i64 {
        // On a CPU, members of networks that are not dense are passed through in turn.
        let at_once = if self.is_dense() { members } else { 1 };
        let pass = self.blueprint().bytes_of_a_pass(at_once, chunk);
        self.blueprint().bytes_of_a_step(members, batch).saturating_add(pass)
    }
}

/// Bytes of a number in a network.
const NUMBER: i64 = 4;

impl Blueprint {
    /// Bytes of the parameters and buffers of so many members.
    #[must_use]
    pub fn bytes(&self, members: i64) -> i64 {
        let buffers = self.buffers.iter().map(|buffer| product(&buffer.size));
        let numbers = buffers.fold(self.count(), i64::saturating_add);
        product(&[NUMBER, members, numbers])
    }

    /// Bytes that a training step over a batch holds at its peak besides parameters and their gradients:
    /// what every layer gave, and twice the largest of it on the way back.
    fn bytes_of_a_step(&self, members: i64, batch: i64) -> i64 {
        // Activations overwrite what they are given, mostly.
        let each = self.layers.iter().filter(|layer| layer.kind != "activation").map(numbers);
        let all = each.clone().fold(self.input.numbers(), i64::saturating_add);
        let largest = each.max().unwrap_or(0);
        let numbers = all.saturating_add(product(&[2, largest]));
        product(&[NUMBER, members, batch, numbers])
    }

    /// Bytes that a pass over a batch holds at its peak besides parameters: what one layer is given and
    /// what it gives, and what is kept for later ones.
    fn bytes_of_a_pass(&self, members: i64, batch: i64) -> i64 {
        let at = |layer: &LayerPlan| layer.input.numbers().saturating_add(numbers(layer));
        let most = self.layers.iter().map(at).max().unwrap_or(0);
        let kept = self.layers.iter().filter_map(|layer| layer.with);
        let kept = kept.map(|place| numbers(&self.layers[place])).fold(0, i64::saturating_add);
        product(&[NUMBER, members, batch, most.saturating_add(kept)])
    }
}

fn numbers(layer: &LayerPlan) -> i64 {
    layer.output.numbers()
}
