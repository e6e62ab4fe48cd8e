//! The table that closes a run: a [`Row`] a model, for the [`terminal`] and as [`markdown`].
//!
//! How a number is written follows from its column: `errors`, `parameters`, `bytes` and the like
//! are counts, a `rate` or an `accuracy` is a share and shown in per cent, times have three digits.

use crate::number::{grouped, significant};
use crate::shown;
use comfy_table::{CellAlignment, Table, presets};
use indexmap::{IndexMap, IndexSet};
use serde::{Deserialize, Serialize};

/// One line of the table.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Row {
    /// What the line is about: `teachers (ensemble of 5)`.
    pub label: String,
    /// By the name of the column. An underscore in a name is shown as a space.
    pub values: IndexMap<String, Value>,
}

/// What stands in one cell.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Value {
    Integer(i64),
    Number(f64),
    Text(String),
}

impl From<i64> for Value {
    fn from(value: i64) -> Self {
        Self::Integer(value)
    }
}

impl From<f64> for Value {
    fn from(value: f64) -> Self {
        Self::Number(value)
    }
}

impl From<&str> for Value {
    fn from(value: &str) -> Self {
        Self::Text(value.to_owned())
    }
}

/// The rows as tables of their own: one joins a table with which it shares half of its columns or of the
/// table's. Models of different kinds have little to compare, and one table of all would be mostly
/// empty and wider than a screen.
#[must_use]
pub fn apart(rows: Vec<Row>) -> Vec<Vec<Row>> {
    let mut tables: Vec<Vec<Row>> = Vec::new();
    for row in rows {
        let fits = |table: &&mut Vec<Row>| {
            let columns = columns(table);
            let shared = row.values.keys().filter(|name| columns.contains(name.as_str())).count();
            2 * shared >= row.values.len().min(columns.len())
        };
        match tables.iter_mut().find(fits) {
            Some(table) => table.push(row),
            None => tables.push(vec![row]),
        }
    }
    tables
}

/// The table with a rule under its head, for a terminal. It ends without a newline.
#[must_use]
pub fn terminal(rows: &[Row]) -> String {
    let mut table = Table::new();
    table.load_style(presets::UTF8_HORIZONTAL_ONLY);
    table.set_header(head(rows)).add_rows(body(rows));
    for column in table.column_iter_mut().skip(1) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    table.trim_fmt()
}

/// The table in Markdown, as GitHub reads it, with columns of one width. It ends with a newline.
#[must_use]
pub fn markdown(rows: &[Row]) -> String {
    let escape = |cells: Vec<String>| -> Vec<String> {
        cells.into_iter().map(|cell| cell.replace('|', "\\|").replace('\n', " ")).collect()
    };
    let mut lines: Vec<_> = std::iter::once(head(rows)).chain(body(rows)).map(escape).collect();
    let width =
        |index: usize| lines.iter().map(|line| line[index].chars().count()).max().unwrap_or(0);
    let widths: Vec<usize> = (0..lines[0].len()).map(|index| width(index).max(3)).collect();
    let rule = |(index, width): (usize, &usize)| match index {
        0 => "-".repeat(*width),
        _ => "-".repeat(width - 1) + ":",
    };
    lines.insert(1, widths.iter().enumerate().map(rule).collect());
    let pad = |(index, (cell, width)): (usize, (&String, &usize))| match index {
        0 => format!("{cell:<width$}"),
        _ => format!("{cell:>width$}"),
    };
    let line = |cells: &Vec<String>| {
        let cells: Vec<_> = cells.iter().zip(&widths).enumerate().map(pad).collect();
        format!("| {} |\n", cells.join(" | "))
    };
    lines.iter().map(line).collect()
}

/// The columns, in the order in which they first appear.
fn columns(rows: &[Row]) -> IndexSet<&str> {
    rows.iter().flat_map(|row| row.values.keys().map(String::as_str)).collect()
}

fn head(rows: &[Row]) -> Vec<String> {
    let plain = |name: &str| shown::line(&name.replace('_', " ")).into_owned();
    let names = columns(rows).into_iter().map(plain);
    std::iter::once(String::new()).chain(names).collect()
}

fn body(rows: &[Row]) -> impl Iterator<Item = Vec<String>> {
    let columns = columns(rows);
    rows.iter().map(move |row| {
        let cell =
            |name: &&str| row.values.get(*name).map_or(String::new(), |it| written(name, it));
        std::iter::once(shown::line(&row.label).into_owned())
            .chain(columns.iter().map(cell))
            .collect()
    })
}

/// A value as its column writes it.
fn written(column: &str, value: &Value) -> String {
    let has = |words: &[&str]| {
        column.to_lowercase().split(|it: char| !it.is_alphanumeric()).any(|it| words.contains(&it))
    };
    let number = match value {
        Value::Text(text) => return shown::line(text).into_owned(),
        Value::Number(number) => *number,
        Value::Integer(integer) => *integer as f64,
    };
    if has(&["rate", "accuracy", "share", "agreement"]) && !has(&["learning"]) {
        return format!("{:.2} %", number * 100.0);
    }
    match value {
        Value::Integer(integer) => grouped(*integer),
        _ if has(&["errors", "parameters", "bytes", "examples", "members", "steps", "epochs"]) => {
            count(number)
        }
        _ if has(&["microseconds", "milliseconds", "seconds"]) => significant(number, 3),
        _ => significant(number, 4),
    }
}

/// A count; a mean of counts keeps one decimal.
fn count(number: f64) -> String {
    let tenths = (number * 10.0).round();
    if !number.is_finite() {
        return number.to_string();
    }
    let whole = grouped((tenths / 10.0).trunc() as i64);
    match (tenths % 10.0).abs() as i64 {
        0 => whole,
        tenth => format!("{whole}.{tenth}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows() -> Vec<Row> {
        let row = |label: &str, values: Vec<(&str, Value)>| Row {
            label: label.to_owned(),
            values: values.into_iter().map(|(name, value)| (name.to_owned(), value)).collect(),
        };
        vec![
            row(
                "teachers | 5",
                vec![
                    ("errors", 67.into()),
                    ("error_rate", 0.006_7.into()),
                    ("parameters", 2_395_210.into()),
                    ("bytes", 9_580_840.into()),
                    ("microseconds per example", 12.3456.into()),
                ],
            ),
            row(
                "student",
                vec![
                    ("errors", 146.4.into()),
                    ("error_rate", 0.0146.into()),
                    ("microseconds per example", 0.4321.into()),
                    ("note", "T = 4".into()),
                ],
            ),
        ]
    }

    #[test]
    fn models_of_different_kinds_have_tables_of_their_own() {
        let mut all = rows();
        let row = |label: &str, values: &[(&str, f64)]| Row {
            label: label.to_owned(),
            values: values
                .iter()
                .map(|(name, value)| ((*name).to_owned(), (*value).into()))
                .collect(),
        };
        all.insert(1, row("variational", &[("bound", -97.5), ("kl", 25.0), ("parameters", 800.0)]));
        all.push(row("plain", &[("reconstruction", -80.0), ("kl", 0.0)]));
        let labels = |table: &Vec<Row>| -> Vec<String> {
            table.iter().map(|row| row.label.clone()).collect()
        };
        let tables: Vec<Vec<String>> = apart(all).iter().map(labels).collect();
        assert_eq!(tables, [["teachers | 5", "student"], ["variational", "plain"]]);
        assert!(apart(Vec::new()).is_empty());
    }

    #[test]
    fn markdown_lines_up_and_escapes() {
        let expected = "\
|               | errors | error rate | parameters |     bytes | microseconds per example |  note |
| ------------- | -----: | ---------: | ---------: | --------: | -----------------------: | ----: |
| teachers \\| 5 |     67 |     0.67 % |  2,395,210 | 9,580,840 |                     12.3 |       |
| student       |  146.4 |     1.46 % |            |           |                    0.432 | T = 4 |
";
        assert_eq!(markdown(&rows()), expected);
        assert_eq!(markdown(&[]).lines().count(), 2);
    }

    #[test]
    fn the_terminal_has_the_same_cells() {
        let table = terminal(&rows());
        for cell in ["teachers | 5", "146.4", "0.67 %", "9,580,840", "0.432", "error rate"] {
            assert!(table.contains(cell), "{cell} is not in\n{table}");
        }
    }

    #[test]
    fn values_are_plain_in_json() {
        let values = vec![Value::from(3), Value::from(3.0), Value::from("three")];
        let json = serde_json::to_string(&values).unwrap();
        assert_eq!(json, r#"[3,3.0,"three"]"#);
        assert_eq!(serde_json::from_str::<Vec<Value>>(&json).unwrap(), values);
    }
}
