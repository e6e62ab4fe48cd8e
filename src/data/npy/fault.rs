//! What an array should hold ([`Wanted`]), and what can be wrong with its file ([`NpyFault`]).

use std::io;
use std::path::PathBuf;
use thiserror::Error;

/// What the values of an array are, as NumPy's letters tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ValueType {
    /// `f`
    Float,
    /// `u`
    Unsigned,
    /// `i`
    Signed,
    /// `b`
    Boolean,
    /// `U` and `S`
    Text,
    /// `O`
    Object,
    /// Complex numbers, times and the like.
    Other,
}

impl ValueType {
    pub(super) fn of(letter: char) -> Self {
        match letter {
            'f' => Self::Float,
            'u' => Self::Unsigned,
            'i' => Self::Signed,
            'b' => Self::Boolean,
            'U' | 'S' | 'a' => Self::Text,
            'O' => Self::Object,
            _ => Self::Other,
        }
    }
}

/// What an array should hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Wanted {
    /// Grey values or colours.
    Pictures,
    /// A class each.
    Labels,
}

impl Wanted {
    fn types(self) -> &'static str {
        match self {
            Self::Pictures => "bytes (uint8), float32 or float64",
            Self::Labels => "whole numbers",
        }
    }

    /// Whether values of this type, and of so many bytes, are wanted.
    pub(super) fn takes(self, kind: ValueType, size: u64) -> bool {
        match self {
            Self::Pictures => {
                matches!((kind, size), (ValueType::Unsigned, 1) | (ValueType::Float, 4 | 8))
            }
            Self::Labels => {
                matches!(kind, ValueType::Unsigned | ValueType::Signed)
                    && [1, 2, 4, 8].contains(&size)
            }
        }
    }

    /// What to do about values of another type.
    pub(super) fn advice(self, kind: Option<ValueType>) -> &'static str {
        match (self, kind) {
            (_, None | Some(ValueType::Object)) => "save an array of plain numbers",
            (Self::Labels, Some(ValueType::Text)) => {
                "number the words, as numpy.unique(labels, return_inverse=True)[1] does"
            }
            (Self::Labels, _) => "convert them with astype('int64')",
            (Self::Pictures, Some(ValueType::Boolean)) => {
                "convert them with astype('float32'), which makes True white"
            }
            (Self::Pictures, Some(ValueType::Float)) => "convert them with astype('float32')",
            (Self::Pictures, Some(ValueType::Signed | ValueType::Unsigned)) => {
                "if they are 0 to 255, convert them with astype('uint8'); else scale them to 0..1, as \
                 float32"
            }
            (Self::Pictures, _) => "save grey values",
        }
    }
}

/// A file is no array, a damaged one, or not of the kind that is wanted; names the file.
#[derive(Debug, Error)]
#[error("{}: {fault}", .path.display())]
pub struct NpyError {
    /// The file.
    pub path: PathBuf,
    /// What is wrong with it.
    pub fault: NpyFault,
}

/// What is wrong with an array's file, and what to do about it.
#[derive(Debug, Error)]
pub enum NpyFault {
    /// It is missing, or reading failed.
    #[error("it cannot be read ({0}): check that it is there and readable")]
    Unreadable(io::Error),
    /// It is a folder, a pipe or a device.
    #[error("it is not a file: name the .npy file itself")]
    NotAFile,
    /// Its header is not one.
    #[error("it is not an array as numpy.save writes it ({0}): save or copy it again")]
    Header(String),
    /// It holds another kind of values.
    #[error("its dtype is {found}; expected {}: {advice}", .wanted.types())]
    Type { found: String, wanted: Wanted, advice: &'static str },
    /// It is in Fortran's order.
    #[error("it is in Fortran (column-major) order: save numpy.ascontiguousarray(array)")]
    Fortran,
    /// Its dimensions are not those wanted.
    #[error("its shape is {found:?}; expected {wanted}: reshape or transpose it")]
    Shape { found: Vec<usize>, wanted: String },
    /// It announces more than can be meant.
    #[error("its header says {dimensions:?}, which is beyond 4 Gi values: take a part of it")]
    TooLarge { dimensions: Vec<u64> },
    /// It is shorter or longer than its header says.
    #[error("it is {found} bytes long where its header says {expected}: save or copy it again")]
    Length { expected: u64, found: u64 },
    /// A grey value is outside 0..1.
    #[error(
        "the value at index {index} is {value}; floats are read as grey values from 0 to 1, and rounded \
         to 256 steps: scale them to that range (without NaN or inf), or save bytes (uint8)"
    )]
    Grey { index: usize, value: f64 },
    /// A label is not a class.
    #[error("the label at index {index} is {value}: labels must be from 0 to 65535")]
    Label { index: usize, value: i128 },
}
