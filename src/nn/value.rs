//! What flows through the layers of K members at once: [`Value`].

use super::form::Form;
use crate::shape::Shape;
use tch::Tensor;

/// A batch of one form for every member, or one that all members share.
///
/// Rows are `[K, B, numbers]`, shared `[B, numbers]`. Pictures are `[B, K * channels, height, width]`, the
/// channels of the members side by side, so that one grouped convolution serves all; shared
/// `[B, channels, height, width]`.
#[derive(Debug)]
pub(super) struct Value {
    pub(super) tensor: Tensor,
    pub(super) form: Form,
    /// Whether it is one for all members.
    pub(super) shared: bool,
    /// Whether it may be overwritten: no backward pass and nobody else looks at it again.
    pub(super) overwritable: bool,
}

impl Value {
    /// What a network is given: `[K, B, …]`, or `[B, …]` for all members, as rows or pictures.
    pub(super) fn from_input(input: &Tensor, form: Form) -> Self {
        let picture = matches!(input.dim(), 4 | 5);
        let shared = matches!(input.dim(), 2 | 4);
        let (tensor, form) = match (form, picture, shared) {
            (Form::Picture(shape), true, false) => (into_channels(input, shape), form),
            (Form::Picture(shape), false, false) => {
                (into_channels(input, shape), Form::Picture(shape))
            }
            (Form::Picture(shape), false, true) => {
                let Shape { channels, height, width } = shape;
                (input.reshape([-1, channels, height, width]), form)
            }
            _ => (input.shallow_clone(), form),
        };
        Self { tensor, form, shared, overwritable: false }
    }

    /// What a network gives: `[K, B, numbers]` or `[K, B, channels, height, width]`.
    pub(super) fn into_output(self, members: i64) -> Tensor {
        let own = self.own(members);
        match own.form {
            Form::Row(_) => own.tensor,
            Form::Picture(shape) => out_of_channels(&own.tensor, members, shape),
        }
    }

    /// The result of a layer whose backward pass does not look at it.
    pub(super) fn computed(self, tensor: Tensor, form: Form) -> Self {
        Self { tensor, form, shared: self.shared, overwritable: true }
    }

    /// The same in another form or shape, or the result of a layer whose backward pass looks at it.
    pub(super) fn viewed(self, tensor: Tensor, form: Form) -> Self {
        Self { tensor, form, shared: self.shared, overwritable: false }
    }

    /// A second one of the same memory; neither may be overwritten from here on.
    pub(super) fn share(&mut self) -> Self {
        self.overwritable = false;
        Self {
            tensor: self.tensor.shallow_clone(),
            form: self.form,
            shared: self.shared,
            overwritable: false,
        }
    }

    /// One for each member.
    pub(super) fn own(self, members: i64) -> Self {
        if !self.shared {
            return self;
        }
        let tensor = match self.form {
            Form::Row(_) => self.tensor.unsqueeze(0).expand([members, -1, -1], false),
            Form::Picture(_) if members == 1 => self.tensor,
            Form::Picture(_) => self.tensor.repeat([1, members, 1, 1]),
        };
        Self {
            tensor,
            form: self.form,
            shared: false,
            overwritable: self.overwritable && members == 1,
        }
    }

    /// Pictures as rows: channel by channel, row by row.
    pub(super) fn rows(self, members: i64) -> Self {
        let Form::Picture(_) = self.form else { return self };
        let form = Form::Row(self.form.numbers());
        let tensor = if self.shared {
            self.tensor.flatten(1, -1)
        } else {
            let batch = self.tensor.size()[0];
            self.tensor.reshape([batch, members, -1]).transpose(0, 1)
        };
        self.viewed(tensor, form)
    }

    /// Rows as pictures.
    pub(super) fn pictures(self, shape: Shape) -> Self {
        let Shape { channels, height, width } = shape;
        let value = match self.form {
            Form::Row(_) => self,
            Form::Picture(_) => return self,
        };
        let tensor = if value.shared {
            value.tensor.reshape([-1, channels, height, width])
        } else {
            into_channels(&value.tensor, shape)
        };
        value.viewed(tensor, Form::Picture(shape))
    }

    /// Numbers of all members next to each other: rows `[B, K * numbers]`, pictures as they are.
    pub(super) fn merge_members(&self) -> Tensor {
        match self.form {
            Form::Row(numbers) if !self.shared => {
                let size = self.tensor.size();
                self.tensor.transpose(0, 1).reshape([size[1], size[0] * numbers])
            }
            _ => self.tensor.shallow_clone(),
        }
    }

    /// The way back from [`merge_members`](Self::merge_members).
    pub(super) fn split_members(self, tensor: &Tensor, members: i64) -> Self {
        let form = self.form;
        let tensor = match form {
            Form::Row(numbers) if !self.shared => {
                tensor.view([-1, members, numbers]).transpose(0, 1)
            }
            _ => tensor.shallow_clone(),
        };
        self.computed(tensor, form)
    }

    /// With another of the same measures behind it along the channels; both are the members' own.
    pub(super) fn concatenate(self, other: &Self, members: i64) -> Self {
        let form = match (self.form, other.form) {
            (Form::Row(first), Form::Row(second)) => Form::Row(first + second),
            (Form::Picture(first), other) => {
                let pixels = (first.height * first.width).max(1);
                let channels = first.channels + other.numbers() / pixels;
                Form::Picture(Shape { channels, ..first })
            }
            (own, Form::Picture(_)) => own,
        };
        let tensor = match form {
            Form::Row(_) => Tensor::cat(&[&self.tensor, &other.tensor], 2),
            Form::Picture(Shape { channels, height, width }) => {
                let of = |it: &Self| {
                    it.tensor.reshape([-1, members, it.tensor.size()[1] / members, height, width])
                };
                let both = Tensor::cat(&[of(&self), of(other)], 2);
                both.reshape([-1, members * channels, height, width])
            }
        };
        self.computed(tensor, form)
    }
}

/// From `[K, B, …]` of so many numbers to `[B, K * channels, height, width]`.
fn into_channels(input: &Tensor, shape: Shape) -> Tensor {
    let size = input.size();
    let full = [size[1], size[0] * shape.channels, shape.height, shape.width];
    input.transpose(0, 1).reshape(full)
}

/// From `[B, K * channels, height, width]` to `[K, B, channels, height, width]`.
fn out_of_channels(pictures: &Tensor, members: i64, shape: Shape) -> Tensor {
    let full = [-1, members, shape.channels, shape.height, shape.width];
    pictures.reshape(full).transpose(0, 1)
}
