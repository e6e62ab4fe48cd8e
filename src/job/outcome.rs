//! What a finished job says of itself: [`Outcome`], kept as `outcome.json` in its folder.

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

/// The final figures of a job, for `summary.json`, the closing table and TensorBoard's hparams. What is
/// not a finite number is kept by its name.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Outcome {
    /// Final metrics by name: `test/errors`.
    #[serde(with = "figures")]
    pub metrics: IndexMap<String, f64>,
    /// Lines of the run's closing table.
    pub rows: Vec<Row>,
}

/// One line of the closing table. Columns are named with their units.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Row {
    /// What the line is about: `ensemble of 5`.
    pub label: String,
    /// Figures by column; a column that a line lacks is left blank.
    #[serde(with = "figures")]
    pub values: IndexMap<String, f64>,
}

/// Figures by name, each of which may be no finite number.
mod figures {
    use crate::event::finite_or_name;
    use indexmap::IndexMap;
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    #[derive(Serialize, Deserialize)]
    struct Figure(#[serde(with = "finite_or_name")] f64);

    pub(super) fn serialize<S: Serializer>(
        figures: &IndexMap<String, f64>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.collect_map(figures.iter().map(|(name, value)| (name, Figure(*value))))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<IndexMap<String, f64>, D::Error> {
        let read = IndexMap::<String, Figure>::deserialize(deserializer)?;
        Ok(read.into_iter().map(|(name, Figure(value))| (name, value)).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_that_are_no_numbers_come_back() {
        let values: IndexMap<String, f64> =
            [("nll", f64::INFINITY), ("error", 0.25)].map(|(name, it)| (name.into(), it)).into();
        let row = Row { label: "student".into(), values: values.clone() };
        let outcome = Outcome { metrics: values, rows: vec![row] };
        let text = serde_json::to_string(&outcome).unwrap();
        assert!(text.contains(r#""nll":"inf","error":0.25"#), "{text}");
        assert_eq!(serde_json::from_str::<Outcome>(&text).unwrap(), outcome);
        let old: Outcome = serde_json::from_str(r#"{"metrics":{"test/nll":null}}"#).unwrap();
        assert!(old.metrics["test/nll"].is_nan());
        assert!(serde_json::from_str::<Outcome>(r#"{"metrics":{"a":"b"}}"#).is_err());
    }
}
