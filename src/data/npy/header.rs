//! The header of a `.npy` file: [`Header`], read from the Python dictionary that it is.
//!
//! Format: NumPy Enhancement Proposal 1, "A Simple File Format for NumPy Arrays", versions 1.0 to 3.0.
//! A header must be short, so that no file makes this use more memory than some kilobytes.

use super::fault::{NpyFault, ValueType};
use std::io::Read;

/// The longest header that NumPy reads; that of plain numbers has 128 bytes.
const LONGEST: usize = 10_000;

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
        more(&mut bytes, end.min(LONGEST + before))?;
        let Some(text) = bytes.get(before..end) else {
            return Err(damaged("its header is cut short, or longer than NumPy's can be"));
        };
        // Latin-1 but for version 3.
        let text = match bytes[6] {
            3 => {
                String::from_utf8(text.to_vec()).map_err(|_| damaged("its header is not UTF-8"))?
            }
            _ => text.iter().copied().map(char::from).collect(),
        };
        Ok((parse(&text).ok_or_else(|| damaged("its header does not read"))?, end as u64))
    }
}

/// Reads `{'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), }`, the keys in any order, as strictly
/// as Python reads a literal; of two values of a key the last counts.
fn parse(text: &str) -> Option<Header> {
    let mut literal = Literal(text.trim_matches(BLANK));
    let (mut descr, mut fortran, mut shape) = (None, None, None);
    literal.mark('{')?;
    while literal.mark('}').is_none() {
        let key = literal.text()?;
        literal.mark(':')?;
        match key {
            "descr" => descr = Some(literal.descr()?),
            "fortran_order" => fortran = Some(literal.truth()?),
            "shape" => shape = Some(literal.sizes()?),
            _ => return None,
        }
        if literal.mark(',').is_none() {
            literal.mark('}')?;
            break;
        }
    }
    let descr = descr.filter(|_| literal.0.is_empty())?;
    let (value, big_endian) = plain(descr).unzip();
    let (descr, big_endian) = (descr.to_owned(), big_endian.unwrap_or(false));
    Some(Header { value, big_endian, descr, fortran: fortran?, shape: shape? })
}

/// What stands between the parts of a Python literal.
const BLANK: [char; 5] = [' ', '\t', '\n', '\r', '\u{c}'];

/// What is left to read of a Python literal.
struct Literal<'a>(&'a str);

impl<'a> Literal<'a> {
    /// The next part, which has so many bytes.
    fn part(&mut self, length: usize) -> Option<&'a str> {
        let (part, rest) = self.0.split_at_checked(length)?;
        self.0 = rest.trim_start_matches(BLANK);
        Some(part)
    }

    /// A mark such as `:`.
    fn mark(&mut self, mark: char) -> Option<()> {
        self.0.starts_with(mark).then(|| self.part(mark.len_utf8())).flatten().map(|_| ())
    }

    /// A text in quotes, without them; of texts with escapes, which NumPy does not write, none.
    fn text(&mut self) -> Option<&'a str> {
        let quote = self.0.chars().next().filter(|quote| ['\'', '"'].contains(quote))?;
        let length = self.0[1..].find(quote)? + 2;
        let inner = &self.0[1..length - 1];
        self.part(length)?;
        (!inner.contains(['\\', '\n'])).then_some(inner)
    }

    /// The type: a text with its quotes, or the list of a record's fields as it is written.
    fn descr(&mut self) -> Option<&'a str> {
        let whole = self.0;
        if self.mark('[').is_none() {
            self.text()?;
        } else {
            let mut depth = 1;
            while depth > 0 {
                match self.0.chars().next()? {
                    '\'' | '"' => drop(self.text()?),
                    letter => {
                        depth += i32::from(['[', '('].contains(&letter));
                        depth -= i32::from([']', ')'].contains(&letter));
                        self.part(letter.len_utf8())?;
                    }
                }
            }
        }
        Some(whole[..whole.len() - self.0.len()].trim_end_matches(BLANK))
    }

    /// A truth value.
    fn truth(&mut self) -> Option<bool> {
        let values = [("True", true), ("False", false)];
        let (word, value) = values.into_iter().find(|(word, _)| self.0.starts_with(word))?;
        self.part(word.len())?;
        (!self.0.starts_with(|next: char| next.is_alphanumeric() || next == '_')).then_some(value)
    }

    /// The numbers of a tuple: `(3, 4)`, `(3,)`, `()`; Python 2 wrote `3L`.
    fn sizes(&mut self) -> Option<Vec<u64>> {
        let mut sizes = Vec::new();
        self.mark('(')?;
        while self.mark(')').is_none() {
            let digits = self.0.bytes().take_while(u8::is_ascii_digit).count();
            let number = self.part(digits)?;
            let zeros = number.len() > 1 && number.starts_with('0');
            sizes.push(number.parse().ok().filter(|_| !zeros)?);
            let _ = self.mark('L');
            let more = self.mark(',').is_some();
            if !more {
                self.mark(')')?;
                return (sizes.len() > 1).then_some(sizes); // `(3)` is a number
            }
        }
        Some(sizes)
    }
}

/// The type, the size, and whether bytes are in big-endian order, of `'<f4'` or `'float32'`; nothing for
/// records and what else is no plain type.
fn plain(descr: &str) -> Option<((ValueType, u64), bool)> {
    let quoted = |quote: char| descr.strip_prefix(quote)?.strip_suffix(quote);
    let text = quoted('\'').or_else(|| quoted('"'))?;
    let named = [
        ("uint", ValueType::Unsigned),
        ("int", ValueType::Signed),
        ("float", ValueType::Float),
        ("complex", ValueType::Other),
    ];
    let named = named.into_iter().find_map(|(name, kind)| Some((kind, text.strip_prefix(name)?)));
    if let Some((kind, bits)) = named.filter(|(_, bits)| !bits.is_empty()) {
        return Some(((kind, number(bits)? / 8), cfg!(target_endian = "big")));
    }
    if text == "bool" {
        return Some(((ValueType::Boolean, 1), false));
    }
    let (order, text) = match text.chars().next()? {
        order @ ('<' | '>' | '|' | '=') => (order, &text[1..]),
        _ => ('|', text),
    };
    let letter = text.chars().next()?;
    let digits = &text[letter.len_utf8()..];
    // Times have a unit: `<M8[ns]`.
    let unit = digits.find('[').filter(|_| matches!(letter, 'M' | 'm') && digits.ends_with(']'));
    let digits = &digits[..unit.unwrap_or(digits.len())];
    let size = if digits.is_empty() { 0 } else { number(digits)? };
    let big = order == '>' || (order == '=' && cfg!(target_endian = "big"));
    Some(((ValueType::of(letter), size), big))
}

/// A number of digits alone.
fn number(text: &str) -> Option<u64> {
    text.bytes().all(|letter| letter.is_ascii_digit()).then(|| text.parse().ok()).flatten()
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
            "{'descr: '<f4', 'fortran_order': False, 'shape': (1,)}",
            "{descr: '<f4', 'fortran_order': False, 'shape': (1,)}",
            "{'descr': '<f4',, 'fortran_order': False, 'shape': (1,)}",
            "{'descr': '<f4', 'fortran_order': False, 'shape': (1,),,}",
            "{'descr': '<f4' nonsense, 'fortran_order': False, 'shape': (1,)}",
            "{'descr': '<f4':'x', 'fortran_order': False, 'shape': (1,)}",
            "{'descr': '<f4', 'fortran_order': Falsehood, 'shape': (1,)}",
            "{'descr': '<f4', 'fortran_order': False, 'shape': (1)}",
            "{'descr': '<f4', 'fortran_order': False, 'shape': (,)}",
            "{'descr': '<f4', 'fortran_order': False, 'shape': (1,,2)}",
            "{'descr': '<f4', 'fortran_order': False, 'shape': (012, 6)}",
            "{'descr': '<f4', 'fortran_order': False, 'shape': (12LL, 6)}",
            "{'descr': '<f4',\u{a0}'fortran_order': False, 'shape': (1,)}",
            "{'descr': '<f4', 'fortran_order': False, 'shape': (1,)}\u{b}",
            "{'descr': [('a', '<f4'), 'fortran_order': False, 'shape': (1,)}",
        ] {
            assert_eq!(header(text), None, "{text}");
        }
    }

    #[test]
    fn a_type_is_plain_or_it_is_none() {
        let value = |descr: &str| plain(descr).map(|(value, _)| value);
        assert_eq!(value("'uint8'"), Some((ValueType::Unsigned, 1)));
        assert_eq!(value("'float32'"), Some((ValueType::Float, 4)));
        assert_eq!(value("'bool'"), Some((ValueType::Boolean, 1)));
        assert_eq!(value("'<U12'"), Some((ValueType::Text, 12)));
        assert_eq!(value("'<M8[ns]'"), Some((ValueType::Other, 8)));
        for none in ["'|u1junk'", "'|u1,'", "'<f4,f4'", "'<f8\n'", "'<f8[ns]'", "'uint8x'", "''"] {
            assert_eq!(value(none), None, "{none}");
        }
    }
}
