//! The one walk over the layers of a network, without a tensor: [`walk`] gives its
//! [`Blueprint`], or the first thing that is wrong, with its place.
//!
//! Every layer plans itself through [`LayerSettings::plan`], with the [`Walk`] at hand: what it is given,
//! what it adds in parameters, buffers and work, and what it gives.

use super::blueprint::{Blueprint, BufferLayout, LayerPlan, ParameterKind, ParameterLayout};
use super::form::Form;
use super::initial::{Initial, InitialValues};
use crate::spec::FieldError;
use std::collections::HashMap;

/// What the settings of a layer say without a tensor.
pub trait LayerSettings {
    /// The word after `layer:`.
    fn kind(&self) -> &'static str;

    /// Its name, if it was given one.
    fn name(&self) -> Option<&str>;

    /// Whether it is a rectifier, or one by another slope: initial values depend on it.
    fn rectifies(&self) -> bool {
        false
    }

    /// Whether initial values look past it for the rectifier: it leaves to the next layer what becomes of
    /// the sums.
    fn is_looked_past(&self) -> bool {
        false
    }

    /// What it gives where `input` comes in; its parameters, buffers and work are added to the walk.
    ///
    /// # Errors
    /// The field of its settings (none for the layer as a whole), what is wrong and what would be right.
    fn plan(&self, walk: &mut Walk, input: Form) -> Result<Form, FieldError>;
}

/// A walk on its way.
#[derive(Debug, Default)]
pub struct Walk {
    init: InitialValues,
    rectified: bool,
    layers: Vec<LayerPlan>,
    parameters: Vec<ParameterLayout>,
    buffers: Vec<BufferLayout>,
    /// The layers that the walk is within, by their places.
    enclosing: Vec<usize>,
    /// How many layers of each kind there were.
    counts: HashMap<&'static str, usize>,
    /// The names of layers, and whether they have ended.
    named: HashMap<String, (usize, bool)>,
}

/// The blueprint of these layers for examples of this form; `field` is what the list is called in errors,
/// `init` what weights start from where a layer does not say.
///
/// # Errors
/// The first thing that is wrong.
pub fn walk<L: LayerSettings>(
    field: &str,
    layers: &[L],
    input: Form,
    init: InitialValues,
) -> Result<Blueprint, FieldError> {
    let mut walk = Walk { init, ..Walk::default() };
    let output = walk.sequence(field, layers, input)?;
    let Walk { layers, parameters, buffers, .. } = walk;
    Ok(Blueprint { input, output, layers, parameters, buffers })
}

impl Walk {
    /// Layers one after another.
    ///
    /// # Errors
    /// The first thing that is wrong, within `field`.
    pub fn sequence<L: LayerSettings>(
        &mut self,
        field: &str,
        layers: &[L],
        input: Form,
    ) -> Result<Form, FieldError> {
        let mut form = input;
        for (index, layer) in layers.iter().enumerate() {
            self.rectified = followed_by_rectifier(&layers[index + 1..]);
            let given = self.layer(layer, form);
            form = given.map_err(|error| error.within(&format!("{field}[{index}]")))?;
        }
        Ok(form)
    }

    fn layer<L: LayerSettings>(&mut self, layer: &L, input: Form) -> Result<Form, FieldError> {
        let place = self.layers.len();
        let name = self.name_of(layer, place)?;
        let (parameters, buffers) = (self.parameters.len(), self.buffers.len());
        self.layers.push(LayerPlan {
            name: name.clone(),
            kind: layer.kind(),
            depth: self.enclosing.len(),
            input,
            output: input,
            parameters: parameters..parameters,
            buffers: buffers..buffers,
            flops: 0,
            with: None,
        });
        self.enclosing.push(place);
        let output = layer.plan(self, input)?;
        self.enclosing.pop();
        self.layers[place].output = output;
        self.named.insert(name, (place, true));
        if output.numbers() < 1 {
            let message = format!("nothing is left of {input} here");
            return Err(FieldError::new("", message));
        }
        Ok(output)
    }

    fn name_of<L: LayerSettings>(&mut self, layer: &L, place: usize) -> Result<String, FieldError> {
        let kind = layer.kind();
        let number = self.counts.entry(kind).or_default();
        *number += 1;
        let name = layer.name().map_or_else(|| format!("{kind}{number}"), str::to_owned);
        if self.named.insert(name.clone(), (place, false)).is_some() {
            let message = format!("there is a layer named '{name}' before");
            return Err(
                FieldError::new("name", message).with_help("give each layer a name of its own")
            );
        }
        Ok(name)
    }

    fn current(&mut self) -> Option<&mut LayerPlan> {
        let place = *self.enclosing.last()?;
        self.layers.get_mut(place)
    }

    fn full_name(&self, part: &str) -> String {
        let layer = self.enclosing.last().map_or("", |&place| self.layers[place].name.as_str());
        format!("{layer}.{part}")
    }

    /// Adds weights of so many numbers into each unit and units from each number, and biases of so many
    /// `units` if there are to be any. `init` stands before what the network says.
    pub fn weights(&mut self, size: Vec<i64>, fans: [i64; 2], init: Option<InitialValues>) {
        let initial = init.unwrap_or(self.init).weight(fans[0], fans[1], self.rectified);
        self.parameter("weight", size, ParameterKind::Weight, initial);
    }

    /// Adds a bias for each of so many units, into each of which so many numbers flow.
    pub fn biases(&mut self, units: i64, fan_in: i64, init: Option<InitialValues>) {
        let initial = init.unwrap_or(self.init).bias(fan_in);
        self.parameter("bias", vec![units], ParameterKind::Bias, initial);
    }

    /// Adds a parameter to the layer.
    pub fn parameter(&mut self, part: &str, size: Vec<i64>, kind: ParameterKind, initial: Initial) {
        let name = self.full_name(part);
        self.parameters.push(ParameterLayout { name, size, kind, initial, max_norm: None });
        let end = self.parameters.len();
        if let Some(current) = self.current() {
            current.parameters.end = end;
        }
    }

    /// Limits the norm of the weights that were added last.
    pub fn limit_norm(&mut self, max_norm: Option<f64>) {
        if let Some(last) = self.parameters.last_mut() {
            last.max_norm = max_norm;
        }
    }

    /// Adds a buffer to the layer.
    pub fn buffer(&mut self, part: &str, size: Vec<i64>, start: f64) {
        let name = self.full_name(part);
        self.buffers.push(BufferLayout { name, size, start });
        let end = self.buffers.len();
        if let Some(current) = self.current() {
            current.buffers.end = end;
        }
    }

    /// Says how many operations the layer takes for one example.
    pub fn flops(&mut self, flops: i64) {
        if let Some(current) = self.current() {
            current.flops = flops;
        }
    }

    /// What an earlier layer gave, which the layer is given besides.
    ///
    /// # Errors
    /// When there is no such layer before.
    pub fn output_of(&mut self, name: &str) -> Result<Form, FieldError> {
        let Some(&(place, true)) = self.named.get(name) else {
            let ended = self.layers.iter().filter(|it| self.named[&it.name].1);
            let names: Vec<_> = ended.map(|it| it.name.as_str()).collect();
            let message = format!("no layer before is named '{name}'");
            let mut error = FieldError::new("with", message);
            error.help = crate::spec::hint(name, names);
            return Err(error);
        };
        if let Some(current) = self.current() {
            current.with = Some(place);
        }
        Ok(self.layers[place].output)
    }
}

/// Whether the next layer that is not looked past is a rectifier.
fn followed_by_rectifier<L: LayerSettings>(behind: &[L]) -> bool {
    behind.iter().find(|layer| !layer.is_looked_past()).is_some_and(LayerSettings::rectifies)
}
