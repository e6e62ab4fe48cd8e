//! The header of a `.npy` file: [`Header`], read from the Python dictionary that it is.
//!
//! Format: NumPy Enhancement Proposal 1, "A Simple File Format for NumPy Arrays", versions 1.0 to 3.0.
//! A header must be short, so that no file makes this use more memory than a few kilobytes.

use super::fault::{NpyFault, ValueType};
use std::io::Read;

/// The longest header: NumPy's own are of 128 bytes.
const LONGEST: usize = 4096;

/// What an array says of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Header {
    /// The type of its values as it is written: `'<f4'`, or a list for records.
    pub(super) descr: String,
    /// That type and its size in bytes (of text, in characters), where values are no records.
    pub(super) value: Option<(ValueType, u64)>,
    /// Whether the most significant byte of a value comes first.
    pub(super) big_endian: bool,
    /// Whether the first dimension runs fastest.
    pub(super) fortran: bool,
    /// The size of each dimension.
    pub(super) shape: Vec<u64>,
}

impl Header {
    /// Reads the header, and nothing of the data that follow; where these begin.
    ///
    /// # Errors
    /// If it is none, or longer than any.
    pub(super) fn read(file: &mut impl Read) -> Result<(Self, u64), NpyFault> {
        let damaged = |what: &str| NpyFault::Header(what.to_owned());
        let mut bytes = Vec::new();
        let mut more = |bytes: &mut Vec<u8>, length: usize| {
            let lacking = length.saturating_sub(bytes.len()) as u64;
            file.by_ref().take(lacking).read_to_end(bytes).map_err(NpyFault::Unreadable)
        };
        more(&mut bytes, 12)?;
        let (before, length) = match bytes.as_slice() {
            [0x93, b'N', b'U', b'M', b'P', b'Y', 1, 0, low, high, ..] => {
                (10, usize::from(u16::from_le_bytes([*low, *high])))
            }
            [0x93, b'N', b'U', b'M', b'P', b'Y', 2 | 3, 0, a, b, c, d] => {
                (12, u32::from_le_bytes([*a, *b, *c, *d]) as usize)
            }
            _ => return Err(damaged("it does not begin as one")),
        };
        let end = length.saturating_add(before);
        more(&mut bytes, end.min(LONGEST))?;
        let Some(text) = bytes.get(before..end) else {
            return Err(damaged("its header is cut short, or longer than any"));
        };
        let text = std::str::from_utf8(text).map_err(|_| damaged("its header is no text"))?;
        Ok((parse(text).ok_or_else(|| damaged("its header does not read"))?, end as u64))
    }
}

/// Reads `{'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), }`, the keys in any order.
fn parse(text: &str) -> Option<Header> {
    let mut rest = text.trim().strip_prefix('{')?.strip_suffix('}')?.trim();
    let (mut descr, mut fortran, mut shape) = (None, None, None);
    while !rest.is_empty() {
        let (key, after) = rest.split_once(':')?;
        let end = value_end(after)?;
        let value = after[..end].trim();
        match key.trim().trim_matches(['\'', '"']) {
            "descr" => descr = Some(value.to_owned()),
            "fortran_order" => fortran = Some(truth(value)?),
            "shape" => shape = Some(sizes(value)?),
            _ => return None,
        }
        rest = after[end..].trim_start_matches(',').trim();
    }
    let descr = descr?;
    let (value, big_endian) = plain(&descr).unzip();
    let big_endian = big_endian.unwrap_or(false);
    Some(Header { value, big_endian, descr, fortran: fortran?, shape: shape? })
}

/// Where a value ends: at the first comma outside of brackets and quotes.
fn value_end(text: &str) -> Option<usize> {
    let (mut depth, mut quote) = (0_u32, None);
    for (index, byte) in text.bytes().enumerate() {
        match (quote, byte) {
            (Some(open), _) if byte == open => quote = None,
            (None, b'\'' | b'"') => quote = Some(byte),
            (None, b'(' | b'[' | b'{') => depth += 1,
            (None, b')' | b']' | b'}') => depth = depth.checked_sub(1)?,
            (None, b',') if depth == 0 => return Some(index),
            _ => {}
        }
    }
    (depth == 0 && quote.is_none()).then_some(text.len())
}

/// The numbers of a tuple: `(3, 4)`, `(3,)`, `()`; Python 2 wrote `3L`.
fn sizes(text: &str) -> Option<Vec<u64>> {
    let inner = text.strip_prefix('(')?.strip_suffix(')')?;
    let numbers = inner.split(',').map(str::trim).filter(|number| !number.is_empty());
    numbers.map(|number| number.trim_end_matches('L').parse().ok()).collect()
}

/// The type, the size, and whether bytes are in big-endian order, of `'<f4'`; nothing for records.
fn plain(descr: &str) -> Option<((ValueType, u64), bool)> {
    let quoted = |quote: char| descr.strip_prefix(quote)?.strip_suffix(quote);
    let text = quoted('\'').or_else(|| quoted('"'))?;
    let (order, text) = match text.chars().next()? {
        order @ ('<' | '>' | '|' | '=') => (order, &text[1..]),
        _ => ('|', text),
    };
    let letter = text.chars().next()?;
    let digits: String =
        text[letter.len_utf8()..].chars().take_while(char::is_ascii_digit).collect();
    let size = if digits.is_empty() { 0 } else { digits.parse().ok()? };
    let big = order == '>' || (order == '=' && cfg!(target_endian = "big"));
    Some(((ValueType::of(letter), size), big))
}

/// A truth value as Python writes it.
fn truth(text: &str) -> Option<bool> {
    match text {
        "True" => Some(true),
        "False" => Some(false),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_read_as_numpy_means_them() {
        let header = |text: &str| parse(text);
        let plain =
            header("{'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), }      \n").unwrap();
        assert_eq!(plain.value, Some((ValueType::Float, 4)));
        assert_eq!((plain.shape, plain.fortran, plain.big_endian), (vec![3, 4], false, false));
        let other = header("{\"shape\":(7L,),\"fortran_order\":True,\"descr\":\">i8\"}").unwrap();
        assert_eq!(other.value, Some((ValueType::Signed, 8)));
        assert_eq!((other.shape, other.fortran, other.big_endian), (vec![7], true, true));
        let scalar = header("{'descr': '|O', 'fortran_order': False, 'shape': (), }").unwrap();
        assert_eq!((scalar.value, scalar.shape), (Some((ValueType::Object, 0)), vec![]));
        let records =
            "{'descr': [('a', '<f4'), ('b', '|u1')], 'fortran_order': False, 'shape': (2,)}";
        let records = header(records).unwrap();
        assert_eq!((records.value, records.descr.as_str()), (None, "[('a', '<f4'), ('b', '|u1')]"));
        for text in [
            "",
            "{}",
            "{'descr': '<f4', 'fortran_order': False}",
            "{'descr': '<f4', 'fortran_order': false, 'shape': (1,)}",
            "{'descr': '<f4', 'fortran_order': False, 'shape': (-1,)}",
            "{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999999999,)}",
            "{'descr': '<f4', 'fortran_order': False, 'shape': (1,)), }",
            "{'descr': '<f4', 'fortran_order': False, 'shape': (1,), 'more': 1}",
            "{'descr': '<f4, 'fortran_order': False, 'shape': (1,)}",
        ] {
            assert_eq!(header(text), None, "{text}");
        }
    }
}
