//! Whether layers are purely dense, which the written-out stack can run: [`DenseForm`]. Plain values.

use super::blueprint::Blueprint;
use super::layers::{Activation, LayerSpec};

/// Dropout of a probability, whose draws go by a name.
pub(super) type NamedDropout = (f64, String);

/// Dense layers with what lies between them.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct DenseForm {
    /// Dropout of the input.
    pub(super) input: Option<NamedDropout>,
    /// The layers.
    pub(super) layers: Vec<DenseStep>,
}

/// One dense layer with what follows it.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct DenseStep {
    pub(super) activation: Option<Activation>,
    /// Dropout behind the activation, which is a rectifier.
    pub(super) dropout: Option<NamedDropout>,
}

impl DenseForm {
    /// The form of these layers, if they are purely dense: biased dense layers, each with at most an
    /// activation whose derivative its output tells, and dropout behind rectifiers.
    pub(super) fn of(layers: &[LayerSpec], blueprint: &Blueprint) -> Option<Self> {
        let mut form = Self { input: None, layers: Vec::new() };
        for (layer, plan) in layers.iter().zip(&blueprint.layers) {
            form.add(layer, &plan.name)?;
        }
        (!form.layers.is_empty()).then_some(form)
    }

    fn add(&mut self, layer: &LayerSpec, name: &str) -> Option<()> {
        match (layer, self.layers.last_mut()) {
            (LayerSpec::Dense(dense), _) if dense.bias => {
                self.layers.push(DenseStep { activation: None, dropout: None });
            }
            (LayerSpec::Activation(layer), Some(last))
                if layer.function.is_told_by_its_output()
                    && last.activation.is_none()
                    && last.dropout.is_none() =>
            {
                last.activation = Some(layer.function);
            }
            (LayerSpec::Dropout(layer), last) if !layer.channels => {
                let name = layer.drawn_under.as_deref().unwrap_or(name);
                let drop = (layer.probability, name.to_owned());
                let place = match last {
                    None => &mut self.input,
                    // A unit that was dropped left a zero, as one that did not fire.
                    Some(last) if last.activation == Some(Activation::Relu) => &mut last.dropout,
                    Some(_) => return None,
                };
                if layer.probability > 0.0 && place.replace(drop).is_some() {
                    return None;
                }
            }
            (LayerSpec::Flatten(_), None) => {}
            _ => return None,
        }
        Some(())
    }
}
