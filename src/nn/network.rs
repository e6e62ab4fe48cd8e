//! K networks of one form as one: [`Network`], whatever the size of the groups in which its members are
//! run, and whether these go side by side or in turn.
//!
//! Parameters, their gradients and buffers are tensors `[K, …]`; a group sees contiguous slices of their
//! leading axis, so optimisers and checkpoints never meet the groups.

use super::dense_stack::BatchLayout;
use super::design::Design;
use super::engine::{Engine, Tape as EngineTape};
use super::gradients::{Gradients, Wanted};
use super::graph::Graph;
use super::noise::{Noise, Objective};
use super::placement::Placement;
use crate::parallel;
use std::cell::OnceCell;
use std::sync::{Mutex, MutexGuard, PoisonError};
use tch::{Tensor, no_grad};

/// K networks of one form.
pub struct Network {
    design: Design,
    names: Vec<String>,
    parameters: Vec<Tensor>,
    buffer_names: Vec<String>,
    buffers: Vec<Tensor>,
    groups: Vec<Group>,
    /// So many groups, from the first, go side by side, and the others in turn.
    beside: usize,
    layout: BatchLayout,
    gradients: OnceCell<Vec<Tensor>>,
}

/// What a recorded pass leaves for the backward pass.
pub struct Tape(Vec<EngineTape>);

/// Members that are run together.
struct Group {
    first: usize,
    members: usize,
    engine: Mutex<Engine>,
}

impl Network {
    /// Members in these groups over these parameters and buffers `[K, …]`, in the order of the design.
    pub(super) fn assemble(
        design: &Design,
        parameters: &[Tensor],
        buffers: &[Tensor],
        placement: &Placement,
        layout: BatchLayout,
    ) -> Self {
        let contiguous = |it: &[Tensor]| it.iter().map(Tensor::contiguous).collect::<Vec<_>>();
        let (parameters, buffers) = (contiguous(parameters), contiguous(buffers));
        let group = |(first, members)| {
            let own = slices(&parameters, first, members);
            let buffers = slices(&buffers, first, members);
            let engine = Engine::new(design, members as i64, own, buffers, layout);
            Group { first, members, engine: Mutex::new(engine) }
        };
        let blueprint = design.blueprint();
        Self {
            names: blueprint.parameters.iter().map(|it| it.name.clone()).collect(),
            buffer_names: blueprint.buffers.iter().map(|it| it.name.clone()).collect(),
            groups: placement.ranges().map(group).collect(),
            beside: placement.beside,
            design: design.clone(),
            parameters,
            buffers,
            layout,
            gradients: OnceCell::new(),
        }
    }

    /// Some members, from number `first` on, as a network of its own in one group, which works on this
    /// one's memory: of parameters, buffers and gradients.
    #[must_use]
    pub fn part(&self, first: usize, members: usize) -> Self {
        let of = |tensors: &[Tensor]| slices(tensors, first, members);
        let placement = Placement::together(members);
        let (parameters, buffers) = (of(&self.parameters), of(&self.buffers));
        let part = Self::assemble(&self.design, &parameters, &buffers, &placement, self.layout);
        let memory = of(self.gradients_memory());
        part.groups
            .iter()
            .for_each(|group| group.engine().write_gradients_to(slices(&memory, 0, members)));
        let _ = part.gradients.set(memory);
        part
    }

    /// The number K of members.
    #[must_use]
    pub fn members(&self) -> i64 {
        self.groups.iter().map(|group| group.members as i64).sum()
    }

    /// What it is made of.
    #[must_use]
    pub fn design(&self) -> &Design {
        &self.design
    }

    /// The names of the parameters, in the order of [`parameters`](Self::parameters).
    #[must_use]
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// The parameters, each `[K, …]` and contiguous. Change them in place (`copy_`, `add_`): the
    /// network works on this very memory.
    pub fn parameters(&self) -> &[Tensor] {
        &self.parameters
    }

    /// What layers keep besides, such as running means, each `[K, …]` with its name; memory as that of the
    /// parameters.
    pub fn buffers(&self) -> impl Iterator<Item = (&str, &Tensor)> {
        self.buffer_names.iter().map(String::as_str).zip(&self.buffers)
    }

    /// Parameters and buffers with their names: all that the network is.
    pub fn tensors(&self) -> impl Iterator<Item = (&str, &Tensor)> {
        self.names.iter().map(String::as_str).zip(&self.parameters).chain(self.buffers())
    }

    /// Outputs `[K, B, …]` for an input `[K, B, …]`, or one `[B, …]` that all members share; pictures as
    /// such or as rows. Without noise nothing drops out, and normalisation goes by what was seen in
    /// training.
    pub fn forward(&self, input: &Tensor, noise: Option<&Noise>) -> Tensor {
        joined(self.each(self.inputs(input), |group, input| {
            let noise = noise.map(|noise| group.noise(noise));
            group.engine().forward(&input, noise.as_ref())
        }))
    }

    /// What the last layer is given, `[K, B, features]`, for an input as [`forward`](Self::forward) takes
    /// it.
    pub fn features(&self, input: &Tensor) -> Tensor {
        let features =
            joined(self.each(self.inputs(input), |group, input| group.engine().features(&input)));
        if features.dim() > 3 { features.flatten(2, -1) } else { features }
    }

    /// What the layers of these names give for an input as [`forward`](Self::forward) takes it, each
    /// `[K, B, …]`, in the order of the names; none where one is not there.
    pub fn activations(&self, input: &Tensor, layers: &[&str]) -> Option<Vec<Tensor>> {
        let plans = &self.design.blueprint.layers;
        let place = |name: &&str| plans.iter().position(|plan| plan.name == **name);
        let places: Vec<usize> = layers.iter().map(place).collect::<Option<_>>()?;
        let of_group = |(group, input): (&Group, Tensor)| {
            let (parameters, buffers) = (group.parts(&self.parameters), group.parts(&self.buffers));
            let graph = Graph::new(&self.design, group.members as i64, parameters, buffers);
            no_grad(|| graph.activations(&input, &places))
        };
        let groups = self.groups.iter().zip(self.inputs(input));
        let of_groups: Vec<_> = groups.map(of_group).collect();
        let one =
            |index: usize| joined(of_groups.iter().map(|it| it[index].shallow_clone()).collect());
        Some((0..places.len()).map(one).collect())
    }

    /// Outputs as [`forward`](Self::forward), outside any graph, with what the backward pass needs; whether
    /// that will have to give the gradient of the input is said before.
    pub fn record(&self, input: &Tensor, noise: Option<&Noise>, wanted: Wanted) -> (Tensor, Tape) {
        let passes = self.each(self.inputs(input), |group, input| {
            let noise = noise.map(|noise| group.noise(noise));
            group.engine().record(&input, noise.as_ref(), wanted)
        });
        let (outputs, tapes): (Vec<_>, Vec<_>) = passes.into_iter().unzip();
        (joined(outputs), Tape(tapes))
    }

    /// The gradients, given that of the output `[K, B, …]`. Those of parameters lie in memory that the next
    /// call writes again. That of an input that members share is the sum of theirs.
    pub fn backward(&self, tape: Tape, gradient: &Tensor, wanted: Wanted) -> Gradients {
        if wanted.parameters() {
            self.gradients_memory();
        }
        let parts = tape.0.into_iter().zip(self.parts(gradient)).collect();
        let inputs = self.each(parts, |group, (tape, gradient)| {
            group.engine().backward(tape, &gradient, wanted)
        });
        let inputs: Vec<_> = inputs.into_iter().flatten().collect();
        let shared = inputs.first().is_some_and(|it| matches!(it.dim(), 2 | 4));
        let whole = |inputs: Vec<Tensor>| {
            if shared {
                inputs.iter().skip(1).fold(inputs[0].shallow_clone(), |sum, it| sum + it)
            } else {
                joined(inputs)
            }
        };
        Gradients {
            parameters: if wanted.parameters() { self.last_gradients() } else { Vec::new() },
            input: (!inputs.is_empty()).then(|| whole(inputs)),
        }
    }

    /// One training pass: the loss of each member `[K]`, and the gradient of each parameter, in memory that
    /// the next call writes again.
    pub fn gradients(
        &self,
        input: &Tensor,
        noise: &Noise,
        objective: &Objective,
    ) -> (Tensor, Vec<Tensor>) {
        let (output, tape) = self.record(input, Some(noise), Wanted::Parameters);
        let (loss, gradient) = objective(&output);
        (loss, self.backward(tape, &gradient, Wanted::Parameters).parameters)
    }

    /// The memory that gradients of parameters lie in, as the last backward pass left it.
    pub fn last_gradients(&self) -> Vec<Tensor> {
        self.gradients_memory().iter().map(Tensor::shallow_clone).collect()
    }

    /// Brings weights back within the limits on their norms after a step (Hinton et al. 2012,
    /// arXiv:1207.0580): those into a unit that are longer are scaled back to it.
    pub fn constrain(&self) {
        let layouts = self.design.blueprint.parameters.iter();
        for (weight, layout) in self.parameters.iter().zip(layouts) {
            if let Some(limit) = layout.max_norm {
                no_grad(|| shorten(weight, limit));
            }
        }
    }

    fn gradients_memory(&self) -> &[Tensor] {
        self.gradients.get_or_init(|| {
            let all: Vec<_> = self.parameters.iter().map(Tensor::zeros_like).collect();
            for group in &self.groups {
                group.engine().write_gradients_to(group.parts(&all));
            }
            all
        })
    }

    /// Runs one pass for each group, with its part of something.
    fn each<P: Send, R: Send>(
        &self,
        parts: Vec<P>,
        pass: impl Fn(&Group, P) -> R + Sync,
    ) -> Vec<R> {
        let mut beside: Vec<_> = self.groups.iter().zip(parts).collect();
        let behind = beside.split_off(self.beside);
        let mut results = parallel::each(beside, |(group, part)| pass(group, part));
        results.extend(behind.into_iter().map(|(group, part)| pass(group, part)));
        results
    }

    /// The part of each group in `[K, …]`.
    fn parts(&self, tensor: &Tensor) -> Vec<Tensor> {
        self.groups.iter().map(|group| group.part(tensor)).collect()
    }

    /// The part of each group in an input: all of it, if it is shared.
    fn inputs(&self, input: &Tensor) -> Vec<Tensor> {
        if matches!(input.dim(), 3 | 5) {
            return self.parts(input);
        }
        self.groups.iter().map(|_| input.shallow_clone()).collect()
    }
}

impl Group {
    fn part(&self, tensor: &Tensor) -> Tensor {
        tensor.narrow(0, self.first as i64, self.members as i64)
    }

    fn parts(&self, tensors: &[Tensor]) -> Vec<Tensor> {
        slices(tensors, self.first, self.members)
    }

    fn engine(&self) -> MutexGuard<'_, Engine> {
        self.engine.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn noise<'a>(&self, noise: &Noise<'a>) -> Noise<'a> {
        Noise { seeds: &noise.seeds[self.first..self.first + self.members], step: noise.step }
    }
}

/// Scales each row (the last axis) that is longer than `limit` to that length.
fn shorten(weight: &Tensor, limit: f64) {
    let norm = weight.norm_scalaropt_dim(2, [-1], true);
    let _ = weight.shallow_clone().g_mul_(&(norm.reciprocal() * limit).clamp_max(1.0));
}

fn slices(tensors: &[Tensor], first: usize, members: usize) -> Vec<Tensor> {
    tensors.iter().map(|tensor| tensor.narrow(0, first as i64, members as i64)).collect()
}

fn joined(mut parts: Vec<Tensor>) -> Tensor {
    if parts.len() == 1 { parts.remove(0) } else { Tensor::cat(&parts, 0) }
}
