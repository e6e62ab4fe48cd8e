//! The path of an override, as it is typed: [`parse`].

use super::node::Segment;
use super::words::quoted;

/// The most steps of a path.
const MAX_STEPS: usize = 64;

/// A step and where in the argument it stands: its column (from 1) and its width.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Step {
    pub(super) segment: Segment,
    pub(super) column: usize,
    pub(super) width: usize,
}

/// What is wrong with a path: the column, the width, what, and what to do.
pub(super) type Fault = (usize, usize, String, &'static str);

/// The steps of `student.network.hidden[0]`.
pub(super) fn parse(text: &str) -> Result<Vec<Step>, Fault> {
    let mut steps = Vec::new();
    let mut column = 1;
    for part in text.split('.') {
        let (name, brackets) = part.split_at(part.find('[').unwrap_or(part.len()));
        let width = name.chars().count();
        let fault = match name {
            "" => Some("an empty name"),
            _ if name.contains(char::is_whitespace) => Some("a blank"),
            _ if name.contains(']') => Some("a ']' without its '['"),
            _ => None,
        };
        if let Some(what) = fault {
            let message = format!("the path has {what} in it");
            let help = "write a path like student.epochs";
            return Err((column, part.chars().count(), message, help));
        }
        steps.push(Step { segment: name.into(), column, width });
        indices(brackets, column + width, &mut steps)?;
        column += part.chars().count() + 1;
        if let Some(step) = steps.get(MAX_STEPS) {
            let message = format!("the path has more than {MAX_STEPS} steps");
            return Err((step.column, step.width, message, "a spec is not nested so deeply"));
        }
    }
    Ok(steps)
}

/// The steps of `[0][1]`.
fn indices(text: &str, column: usize, steps: &mut Vec<Step>) -> Result<(), Fault> {
    let (mut rest, mut column) = (text, column);
    while !rest.is_empty() {
        let inner = rest.strip_prefix('[').and_then(|inner| inner.split_once(']'));
        let Some((Ok(index), after)) = inner.map(|(index, after)| (index.parse::<usize>(), after))
        else {
            let width = rest.chars().count();
            let message = if rest.starts_with('[') && !rest.contains(']') {
                "the bracket of this index is not closed".to_owned()
            } else {
                format!("{} is not the index of an item", quoted(rest))
            };
            return Err((column, width, message, "write an index like hidden[0]"));
        };
        let width = rest.len() - after.len();
        steps.push(Step { segment: index.into(), column, width });
        column += width;
        rest = after;
        if steps.len() > MAX_STEPS {
            break;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn segments(text: &str) -> Vec<Segment> {
        parse(text)
            .map(|steps| steps.into_iter().map(|step| step.segment).collect())
            .unwrap_or_default()
    }

    #[test]
    fn paths_are_read() {
        assert_eq!(segments("a.b"), ["a".into(), "b".into()]);
        assert_eq!(segments("a[0][12].b"), ["a".into(), 0.into(), 12.into(), "b".into()]);
        assert_eq!(parse("ab.c[1]").map(|steps| (steps[2].column, steps[2].width)), Ok((5, 3)));
        for bad in [
            "", "a..b", ".a", "a.", "a[", "a[]", "a[x]", "a[0", "a[0]b", "[0]", "a[-1]", " a",
            "a][",
        ] {
            let fault = parse(bad);
            assert!(fault.is_err(), "{bad}");
        }
        assert!(parse(&"a.".repeat(100)).is_err());
        assert!(parse(&format!("a{}", "[0]".repeat(100))).is_err());
    }
}
