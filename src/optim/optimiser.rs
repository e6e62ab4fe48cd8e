//! [`Optimiser`]: steps parameters by a rule, and holds the state of that rule.

use super::OptimError;
use super::fused::Lists;
use super::rule::{Rule, Slots, rule};
use super::spec::OptimiserSpec;
use std::collections::BTreeMap;
use tch::{Kind, Tensor};

/// An optimiser for a list of parameters, each `[members, …]`, and its state.
///
/// Members that share a rate are stepped together in one fused call. Members with rates of their
/// own are stepped one after another over their slices, all in one call as well; either way each
/// member ends where it would have ended alone.
pub struct Optimiser {
    spec: OptimiserSpec,
    rule: Box<dyn Rule>,
    /// One rate for all members, or one for each.
    rates: Vec<f64>,
    slots: Slots,
    count: usize,
    first: Vec<Tensor>,
    second: Vec<Tensor>,
    steps: Vec<Tensor>,
}

impl Optimiser {
    /// An optimiser at its start, its state beside the parameters on their device.
    ///
    /// # Errors
    /// Settings that do not hold for so many members ([`OptimiserSpec::check`]), or parameters
    /// without a slice for each member where the members' rates differ.
    pub fn new(
        spec: &OptimiserSpec,
        parameters: &[Tensor],
        members: usize,
    ) -> Result<Self, OptimError> {
        spec.check(members)?;
        let rates = spec.rates().distinct();
        if rates.len() > 1 {
            check_member_axis(parameters, members)?;
        }
        let rule = rule(spec);
        let slots = rule.slots();
        let zeros = |slot: Option<&str>| -> Vec<Tensor> {
            let like = |parameter: &Tensor| parameter.detach().zeros_like();
            slot.map_or_else(Vec::new, |_| parameters.iter().map(like).collect())
        };
        let counter = |parameter: &Tensor| Tensor::zeros([], (Kind::Float, parameter.device()));
        let with_counter: &[Tensor] = if slots.steps { parameters } else { &[] };
        Ok(Self {
            spec: spec.clone(),
            rates,
            count: parameters.len(),
            first: zeros(slots.first),
            second: zeros(slots.second),
            steps: with_counter.iter().map(counter).collect(),
            slots,
            rule,
        })
    }

    /// Optimisers that work on this one's state, each for its members (the first, and how many) of
    /// parameters `[members, …]`. Either this one takes a step, or each of them does; steps are
    /// counted by the first of them. After [`restore`](Self::restore) they have to be made again.
    #[must_use]
    pub fn parts(&self, ranges: impl Iterator<Item = (usize, usize)>) -> Vec<Self> {
        let part = |(index, (first, members)): (usize, (usize, usize))| {
            let slices = |state: &[Tensor]| -> Vec<Tensor> {
                let slice = |it: &Tensor| it.narrow(0, first as i64, members as i64);
                state.iter().map(slice).collect()
            };
            let counter = |it: &Tensor| if index == 0 { it.shallow_clone() } else { it.copy() };
            Self {
                spec: self.spec.clone(),
                rule: rule(&self.spec),
                rates: match self.rates.as_slice() {
                    [one] => vec![*one],
                    each => each[first..first + members].to_vec(),
                },
                slots: self.slots,
                count: self.count,
                first: slices(&self.first),
                second: slices(&self.second),
                steps: self.steps.iter().map(counter).collect(),
            }
        };
        ranges.enumerate().map(part).collect()
    }

    /// Takes one step: changes `parameters` (those the optimiser was made for, in their order) in
    /// place, by `gradients`, at the rates of the spec times `factor` (of the schedule).
    ///
    /// # Errors
    /// Lists or shapes that do not fit; nothing has been changed then.
    pub fn step(
        &mut self,
        parameters: &[Tensor],
        gradients: &[Tensor],
        factor: f64,
    ) -> Result<(), OptimError> {
        if parameters.len() != self.count || gradients.len() != self.count {
            return Err(OptimError::Count {
                expected: self.count,
                parameters: parameters.len(),
                gradients: gradients.len(),
            });
        }
        let rates: Vec<f64> = self.rates.iter().map(|rate| rate * factor).collect();
        let lists = Lists {
            parameters,
            gradients,
            first: &self.first,
            second: &self.second,
            steps: &self.steps,
            rates: &rates,
        };
        self.rule.step(&lists)
    }

    /// The state for a checkpoint: tensors named `<index of the parameter>/<slot>`.
    ///
    /// They share memory with the optimiser: write or copy them before the next step.
    #[must_use]
    pub fn state(&self) -> Vec<(String, Tensor)> {
        let lists = [
            (self.slots.first.unwrap_or_default(), &self.first),
            (self.slots.second.unwrap_or_default(), &self.second),
            ("step", &self.steps),
        ];
        (0..self.count)
            .flat_map(|index| {
                lists.iter().filter_map(move |(slot, list)| {
                    Some((format!("{index}/{slot}"), list.get(index)?.shallow_clone()))
                })
            })
            .collect()
    }

    /// Takes over what [`Optimiser::state`] gave; the next steps are then those that would have
    /// followed it, to the bit.
    ///
    /// # Errors
    /// A tensor is missing, unknown or unlike this optimiser's; nothing has been changed then.
    pub fn restore(&mut self, saved: &[(String, Tensor)]) -> Result<(), OptimError> {
        let own = self.state();
        let names: BTreeMap<&str, &Tensor> =
            saved.iter().map(|(name, tensor)| (name.as_str(), tensor)).collect();
        let mut pairs = Vec::with_capacity(own.len());
        for (name, tensor) in &own {
            let source = *names
                .get(name.as_str())
                .ok_or_else(|| OptimError::Missing { name: name.clone() })?;
            if source.size() != tensor.size() || source.kind() != tensor.kind() {
                return Err(OptimError::Mismatch {
                    name: name.clone(),
                    found: format!("{:?} {:?}", source.kind(), source.size()),
                    expected: format!("{:?} {:?}", tensor.kind(), tensor.size()),
                });
            }
            pairs.push((tensor, source));
        }
        if let Some((name, _)) = saved.iter().find(|(name, _)| own.iter().all(|own| own.0 != *name))
        {
            return Err(OptimError::Unknown { name: name.clone() });
        }
        tch::no_grad(|| {
            pairs.into_iter().try_for_each(|(tensor, source)| {
                tensor
                    .shallow_clone()
                    .f_copy_(source)
                    .map_err(|error| OptimError::Libtorch(error.to_string()))
            })
        })
    }
}

fn check_member_axis(parameters: &[Tensor], members: usize) -> Result<(), OptimError> {
    parameters.iter().enumerate().try_for_each(|(index, parameter)| {
        let size = parameter.size();
        if size.first() == Some(&(members as i64)) {
            Ok(())
        } else {
            Err(OptimError::NoMemberAxis { index, size, members })
        }
    })
}
