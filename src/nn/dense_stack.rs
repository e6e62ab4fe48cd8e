//! The dense layers of some members, forward and backward: [`DenseStack`], the engine of networks that
//! are purely dense.
//!
//! A graph of operations so small would cost as much as the operations, so the backward pass is spelt out;
//! it computes nothing that is not asked for, and writes into memory that stays. One member alone works on
//! matrices; several work on batches of matrices. A batch has its features first, `[units, B]`, or its examples
//! ([`BatchLayout`]): on CPUs `W x` with `W [out, in]` runs about 1.6 times as fast as `x W` when a layer is some
//! tens of units wide; where results are compared with pictures, rows lie as these do.

use super::dense_form::{DenseForm, NamedDropout};
use super::dropout::Masks;
use super::gradients::Wanted;
use super::layers::Activation;
use super::noise::Noise;
use tch::Tensor;

/// How the batches between the layers lie in memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BatchLayout {
    /// `[units, B]`.
    FeaturesFirst,
    /// `[B, units]`.
    ExamplesFirst,
}

/// Dense layers of all members of a group.
pub(super) struct DenseStack {
    layers: Vec<Layer>,
    input_masks: Option<Masks>,
    members: i64,
    layout: BatchLayout,
}

/// One layer: weight `[out, in]` and bias, with features first `[out, 1]`, else `[out]` (`[1, out]` where
/// several members have one each), with a leading member axis unless alone.
struct Layer {
    weight: Tensor,
    bias: Tensor,
    activation: Option<Activation>,
    masks: Option<Masks>,
}

/// What a forward pass leaves for the backward pass: the input of each layer, and the output of the last
/// where an activation is behind it.
pub(super) struct Tape {
    values: Vec<Tensor>,
    scales: Vec<f64>,
    input_mask: Option<Tensor>,
    /// The size of what came in.
    size: Vec<i64>,
}

/// Where the gradients of one layer go.
pub(super) struct Slots {
    weight: Tensor,
    bias: Tensor,
}

fn masks(drop: Option<&NamedDropout>) -> Option<Masks> {
    drop.map(|(probability, name)| Masks::new(name, *probability))
}

impl DenseStack {
    /// Over parameters `[members, …]`: weight and bias of each layer in turn.
    pub(super) fn new(form: &DenseForm, parameters: &[Tensor], layout: BatchLayout) -> Self {
        let members = parameters[0].size()[0];
        let layers = form.layers.iter().zip(parameters.chunks_exact(2));
        let layers = layers.map(|(part, pair)| Layer {
            weight: alone(&pair[0], members),
            bias: match (layout, alone(&pair[1], members)) {
                (BatchLayout::FeaturesFirst, bias) => bias.unsqueeze(-1),
                (BatchLayout::ExamplesFirst, bias) if members > 1 => bias.unsqueeze(1),
                (BatchLayout::ExamplesFirst, bias) => bias,
            },
            activation: part.activation,
            masks: masks(part.dropout.as_ref()),
        });
        let input_masks = masks(form.input.as_ref());
        Self { layers: layers.collect(), input_masks, members, layout }
    }

    /// Memory for gradients in the form in which [`backward`](Self::backward) writes it.
    pub(super) fn slots(&self, memory: &[Tensor]) -> Vec<Slots> {
        let of = |pair: &[Tensor]| Slots {
            weight: alone(&pair[0], self.members),
            bias: alone(&pair[1], self.members),
        };
        memory.chunks_exact(2).map(of).collect()
    }

    /// `[members, B, out]` for an input `[members, B, …]`, or `[B, …]` for all: of the first `count`
    /// layers, which are all or all but the last. Given noise, units drop out.
    pub(super) fn forward(
        &self,
        input: &Tensor,
        noise: Option<&Noise>,
        count: usize,
    ) -> (Tensor, Tape) {
        let mut tape = Tape {
            values: Vec::with_capacity(count + 1),
            scales: Vec::with_capacity(count),
            input_mask: None,
            size: input.size(),
        };
        let mut value = self.enter(input, noise, &mut tape);
        for layer in &self.layers[..count] {
            let mut next = self.product(layer, &value);
            if let Some(activation) = layer.activation {
                next = activation.in_place(&mut next);
            }
            let mut scale = 1.0;
            if let (Some(noise), Some(masks)) = (noise, &layer.masks) {
                next = &next * self.mask(masks, noise, &next);
                scale = masks.scale();
            }
            tape.scales.push(scale);
            tape.values.push(value);
            value = next;
        }
        let output = self.leave(&value);
        tape.values.push(value);
        (output, tape)
    }

    /// The number of its layers.
    pub(super) fn len(&self) -> usize {
        self.layers.len()
    }

    /// The input as a matrix that lies as it should, without a member axis when alone or shared.
    fn enter(&self, input: &Tensor, noise: Option<&Noise>, tape: &mut Tape) -> Tensor {
        let size = input.size();
        let own = matches!(size.len(), 3 | 5);
        let mut flat = match (size.len(), own) {
            (2 | 3, _) => input.shallow_clone(),
            (_, true) => input.view([size[0], size[1], -1]),
            (_, false) => input.view([size[0], -1]),
        };
        if let (Some(noise), Some(masks)) = (noise, &self.input_masks) {
            let one = flat.size();
            let options = (input.kind(), input.device());
            let mask = masks.draw(noise, &one[one.len() - 2..], options);
            flat = &flat * &mask;
            tape.input_mask = Some(mask);
        }
        let flat = if flat.dim() == 3 { alone(&flat, self.members) } else { flat };
        if self.layout == BatchLayout::FeaturesFirst { flat.transpose(-1, -2) } else { flat }
    }

    /// A value as `[members, B, units]`.
    fn leave(&self, value: &Tensor) -> Tensor {
        let value = if self.layout == BatchLayout::FeaturesFirst {
            value.transpose(-1, -2)
        } else {
            value.shallow_clone()
        };
        if value.dim() == 3 {
            return value;
        }
        value.unsqueeze(0).expand([self.members, -1, -1], false)
    }

    /// The mask of a value, which is drawn unit by unit however the value lies.
    fn mask(&self, masks: &Masks, noise: &Noise, value: &Tensor) -> Tensor {
        let size = value.size();
        let options = (value.kind(), value.device());
        let [.., first, second] = size.as_slice() else { return value.ones_like() };
        match self.layout {
            BatchLayout::FeaturesFirst => {
                alone(&masks.draw(noise, &[*first, *second], options), self.members)
            }
            BatchLayout::ExamplesFirst => {
                let drawn = masks.draw(noise, &[*second, *first], options);
                alone(&drawn, self.members).transpose(-1, -2)
            }
        }
    }

    /// `W x + b`.
    fn product(&self, layer: &Layer, value: &Tensor) -> Tensor {
        let Layer { weight, bias, .. } = layer;
        match (self.layout, self.members, value.dim()) {
            (BatchLayout::FeaturesFirst, 1, _) => bias.addmm(weight, value),
            (BatchLayout::FeaturesFirst, _, 3) => bias.baddbmm(weight, value, 1.0, 1.0),
            (BatchLayout::FeaturesFirst, members, _) => {
                // What all members share goes through one product, with their units below one another.
                let (weight, bias) = (weight.flatten(0, 1), bias.flatten(0, 1));
                bias.addmm(&weight, value).view([members, -1, value.size()[1]])
            }
            (BatchLayout::ExamplesFirst, 1, _) => bias.addmm(value, &weight.tr()),
            (BatchLayout::ExamplesFirst, _, 3) => {
                bias.baddbmm(value, &weight.transpose(1, 2), 1.0, 1.0)
            }
            (BatchLayout::ExamplesFirst, members, _) => {
                let value = value.unsqueeze(0).expand([members, -1, -1], false);
                bias.baddbmm(&value, &weight.transpose(1, 2), 1.0, 1.0)
            }
        }
    }

    /// Writes the gradients of all parameters into `slots`, if there are any, given that of the output
    /// `[members, B, out]`; gives that of the input, if it is wanted.
    pub(super) fn backward(
        &self,
        mut tape: Tape,
        gradient: &Tensor,
        slots: Option<&[Slots]>,
        wanted: Wanted,
    ) -> Option<Tensor> {
        let last = self.layers.last()?;
        // It may be overwritten where the last layer has dropout.
        let gradient =
            if last.masks.is_some() { gradient.copy() } else { gradient.shallow_clone() };
        let mut delta = alone(&gradient, self.members);
        if self.layout == BatchLayout::FeaturesFirst {
            delta = delta.transpose(-1, -2);
        }
        let mut output = tape.values.pop()?;
        for (index, layer) in self.layers.iter().enumerate().rev() {
            let input = tape.values.pop()?;
            if tape.scales[index] > 1.0 {
                delta *= tape.scales[index];
            }
            if let Some(activation) = layer.activation {
                delta = activation.backward(&delta, &output);
            }
            if let Some(slots) = slots {
                self.accumulate(&delta, &input, &slots[index]);
            }
            if index == 0 {
                return wanted.input().then(|| self.of_input(layer, &delta, &tape));
            }
            delta = self.above(layer, &delta);
            output = input;
        }
        None
    }

    /// The gradient of what a layer of members of their own was given.
    fn above(&self, layer: &Layer, delta: &Tensor) -> Tensor {
        let weight = &layer.weight;
        match (self.layout, self.members) {
            (BatchLayout::FeaturesFirst, 1) => weight.tr().mm(delta),
            (BatchLayout::FeaturesFirst, _) => weight.transpose(1, 2).bmm(delta),
            (BatchLayout::ExamplesFirst, 1) => delta.mm(weight),
            (BatchLayout::ExamplesFirst, _) => delta.bmm(weight),
        }
    }

    /// The gradient of the input, in its size: of one that was shared, the sum over members.
    fn of_input(&self, first: &Layer, delta: &Tensor, tape: &Tape) -> Tensor {
        let above = self.above(first, delta);
        let rows =
            if self.layout == BatchLayout::FeaturesFirst { above.transpose(-1, -2) } else { above };
        let rows = if rows.dim() == 3 { rows } else { rows.unsqueeze(0) };
        let rows = match &tape.input_mask {
            Some(mask) => rows * mask,
            None => rows,
        };
        let shared = matches!(tape.size.len(), 2 | 4);
        let rows = if shared { rows.sum_dim_intlist(0, false, None::<tch::Kind>) } else { rows };
        rows.reshape(&tape.size)
    }

    /// The gradients of one layer: those of its weights `delta inputᵀ`, of its biases the sums of `delta`
    /// over the batch.
    fn accumulate(&self, delta: &Tensor, input: &Tensor, slots: &Slots) {
        match (self.layout, self.members, input.dim()) {
            (BatchLayout::FeaturesFirst, 1, _) => drop(delta.mm_out(&slots.weight, &input.tr())),
            (BatchLayout::FeaturesFirst, _, 3) => {
                drop(delta.bmm_out(&slots.weight, &input.transpose(1, 2)));
            }
            (BatchLayout::FeaturesFirst, _, _) => {
                let weight = slots.weight.flatten(0, 1);
                let rows = delta.reshape([weight.size()[0], -1]);
                drop(rows.mm_out(&weight, &input.tr()));
            }
            (BatchLayout::ExamplesFirst, 1, _) => drop(delta.tr().mm_out(&slots.weight, input)),
            (BatchLayout::ExamplesFirst, members, dimensions) => {
                let input = if dimensions == 3 {
                    input.shallow_clone()
                } else {
                    input.unsqueeze(0).expand([members, -1, -1], false)
                };
                drop(delta.transpose(1, 2).bmm_out(&slots.weight, &input));
            }
        }
        let batch = if self.layout == BatchLayout::FeaturesFirst { -1 } else { -2 };
        let _ = delta.sum_intlist_out(&slots.bias, batch, false, delta.kind());
    }
}

/// A tensor `[members, …]` without its member axis when one member is alone.
fn alone(tensor: &Tensor, members: i64) -> Tensor {
    if members == 1 { tensor.squeeze_dim(0) } else { tensor.shallow_clone() }
}
