//! One forward pass over layers: [`Pass`] leads through them as the walk did, and [`Layer`] is what each
//! has to do in it.

use super::blueprint::{Blueprint, LayerPlan};
use super::noise::Noise;
use super::value::Value;
use super::walk::LayerSettings;
use std::collections::{HashMap, HashSet};
use tch::Tensor;

/// What a layer does with tensors.
pub(super) trait Layer: LayerSettings {
    /// What it makes of a value.
    fn forward(&self, plan: &LayerPlan, value: Value, pass: &mut Pass) -> Value;
}

/// A pass on its way through a network of K members.
pub(super) struct Pass<'a> {
    pub(super) members: i64,
    /// The draws of training; none where the network is only used.
    pub(super) noise: Option<&'a Noise<'a>>,
    blueprint: &'a Blueprint,
    /// The place of the next layer.
    next: usize,
    parameters: &'a [Tensor],
    buffers: &'a [Tensor],
    keep: &'a HashSet<usize>,
    kept: HashMap<usize, Value>,
}

impl<'a> Pass<'a> {
    /// A pass that has not begun, over parameters and buffers `[K, …]`; the outputs of the layers at the
    /// places `keep` stay.
    pub(super) fn new(
        blueprint: &'a Blueprint,
        (parameters, buffers): (&'a [Tensor], &'a [Tensor]),
        members: i64,
        noise: Option<&'a Noise<'a>>,
        keep: &'a HashSet<usize>,
    ) -> Self {
        let kept = HashMap::new();
        Self { members, noise, blueprint, next: 0, parameters, buffers, keep, kept }
    }

    /// What layers, one after another, make of a value.
    pub(super) fn sequence<L: Layer>(&mut self, layers: &[L], mut value: Value) -> Value {
        let blueprint = self.blueprint;
        for layer in layers {
            let place = self.next;
            self.next += 1;
            value = layer.forward(&blueprint.layers[place], value, self);
            if self.keep.contains(&place) {
                let kept = value.share();
                self.kept.insert(place, kept);
            }
        }
        value
    }

    /// The parameters of a layer, `[K, …]`.
    pub(super) fn parameters(&self, plan: &LayerPlan) -> &'a [Tensor] {
        &self.parameters[plan.parameters.clone()]
    }

    /// The buffers of a layer, `[K, …]`.
    pub(super) fn buffers(&self, plan: &LayerPlan) -> &'a [Tensor] {
        &self.buffers[plan.buffers.clone()]
    }

    /// The output of the layer at a place that was to be kept.
    pub(super) fn output_of(&mut self, place: Option<usize>) -> Option<Value> {
        self.kept.get_mut(&place?).map(Value::share)
    }
}
