//! A measure along height and width: [`Pair`], one number for both or one for each.

use crate::spec::FieldError;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};

/// The largest kernel, stride, padding or dilation.
const LARGEST: i64 = 10_000;

/// One number for height and width, or one for each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Pair {
    /// The same for both.
    Both(i64),
    /// Height, then width.
    Each([i64; 2]),
}

/// What is added around a picture before a convolution.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Padding {
    /// So much on each side that the result is as large as the picture, or as the picture divided by the
    /// stride, rounded up.
    Same(SameWord),
    /// So many zeros on each side.
    Of(Pair),
}

/// The word `same`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SameWord {
    /// `same`.
    Same,
}

impl Padding {
    /// Zeros above and below, left and right.
    ///
    /// # Errors
    /// When it is `same` and an even kernel leaves no middle.
    pub(super) fn sides(
        self,
        kernel: [i64; 2],
        dilation: [i64; 2],
    ) -> Result<[i64; 2], FieldError> {
        match self {
            Self::Of(pair) => Ok(pair.sides()),
            Self::Same(_) if kernel.iter().any(|side| side % 2 == 0) => {
                let message =
                    format!("padding: same needs an odd kernel, and it is {}", shown(kernel));
                Err(FieldError::new("padding", message).with_help("use an odd kernel, or a number"))
            }
            Self::Same(_) => Ok([0, 1].map(|side| dilation[side] * (kernel[side] - 1) / 2)),
        }
    }
}

impl Pair {
    /// Height and width.
    pub(crate) fn sides(self) -> [i64; 2] {
        match self {
            Self::Both(side) => [side, side],
            Self::Each(sides) => sides,
        }
    }

    /// Height and width, both at least 1.
    ///
    /// # Errors
    /// When one is not.
    pub(super) fn positive(self, field: &str) -> Result<[i64; 2], FieldError> {
        let sides = self.sides();
        if sides.iter().all(|&side| side >= 1) {
            return Ok(sides);
        }
        Err(FieldError::new(field, format!("{field} is {}; it must be 1 or more", shown(sides))))
    }
}

/// `3 x 5`.
pub(super) fn shown([height, width]: [i64; 2]) -> String {
    format!("{height} x {width}")
}

/// Height and width of what is left where a kernel goes over a picture.
pub(super) fn passed_over(
    size: [i64; 2],
    kernel: [i64; 2],
    stride: [i64; 2],
    padding: [i64; 2],
    dilation: [i64; 2],
) -> Result<[i64; 2], FieldError> {
    let reach = [0, 1].map(|side| dilation[side] * (kernel[side] - 1) + 1);
    let padded = [0, 1].map(|side| size[side] + 2 * padding[side]);
    if (0..2).any(|side| padded[side] < reach[side]) {
        let message = format!(
            "the kernel reaches over {}, and the picture with its padding is {}",
            shown(reach),
            shown(padded)
        );
        return Err(FieldError::new("kernel", message)
            .with_help("use a smaller kernel, or fewer layers that shrink the picture"));
    }
    Ok([0, 1].map(|side| (padded[side] - reach[side]) / stride[side] + 1))
}

fn one_or_two() -> Schema {
    let one = json_schema!({ "type": "integer", "minimum": 0, "maximum": LARGEST });
    json_schema!({
        "description": "one number for height and width, or [height, width]",
        "anyOf": [one, { "type": "array", "items": one, "minItems": 2, "maxItems": 2 }],
    })
}

impl JsonSchema for Pair {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Pair".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        one_or_two()
    }
}

impl JsonSchema for Padding {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Padding".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let one = json_schema!({ "type": "integer", "minimum": 0, "maximum": LARGEST });
        json_schema!({
            "description": "'same', one number for height and width, or [height, width]",
            "anyOf": [
                { "type": "string", "enum": ["same"] },
                one,
                { "type": "array", "items": one, "minItems": 2, "maxItems": 2 },
            ],
        })
    }
}
