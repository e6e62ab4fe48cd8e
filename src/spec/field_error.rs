//! What is wrong with one field of settings: [`FieldError`].

use serde::Serialize;

/// Something wrong with settings that a schema cannot say, such as two fields at odds.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{path}: {message}")]
pub struct FieldError {
    /// The field, from the job's settings down: `network.hidden[1]`.
    pub path: String,
    /// What is wrong.
    pub message: String,
    /// What to do about it.
    pub help: Option<String>,
    /// Where what is wrong lies.
    pub cause: Cause,
}

/// Where what is wrong lies.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Cause {
    /// In the settings alone.
    #[default]
    Settings,
    /// In the data they name, or in what is asked of it.
    Data,
    /// The data they name is not here; elsewhere nothing may be wrong.
    Absent,
}

impl FieldError {
    /// An error about the field at `path`.
    pub fn new(path: impl Into<String>, message: impl Into<String>) -> Self {
        let (path, message) = (path.into(), message.into());
        Self { path, message, help: None, cause: Cause::default() }
    }

    /// An error about the setting of `settings`, which stand at `path`, that `message` begins with
    /// (`kernel is 4; …`); about all of them where it begins with none.
    pub fn naming(path: &str, settings: &impl Serialize, message: impl Into<String>) -> Self {
        let message = message.into();
        let word = message.split(' ').next().unwrap_or_default();
        let name = word.strip_prefix(path).and_then(|rest| rest.strip_prefix('.')).unwrap_or(word);
        let known = serde_json::to_value(settings).is_ok_and(|value| value.get(name).is_some());
        let path = if known { format!("{path}.{name}") } else { path.to_owned() };
        Self::new(path, message)
    }

    /// The same error, of settings that stand at `above` in others.
    #[must_use]
    pub fn within(mut self, above: &str) -> Self {
        self.path = match self.path.as_str() {
            "" => above.to_owned(),
            path => format!("{above}.{path}"),
        };
        self
    }

    /// Says where what is wrong lies.
    #[must_use]
    pub fn caused_by(mut self, cause: Cause) -> Self {
        self.cause = cause;
        self
    }

    /// Adds what to do about it.
    #[must_use]
    pub fn with_help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn an_error_is_about_the_setting_it_begins_with() {
        let settings = json!({ "kernel": 4, "rate": 1 });
        let place = |message| FieldError::naming("network", &settings, message).path;
        assert_eq!(place("kernel is 4; it must be odd"), "network.kernel");
        assert_eq!(place("network.rate lists 2 rates"), "network.rate");
        assert_eq!(place("the picture is too small"), "network");
    }

    #[test]
    fn an_error_knows_the_way_to_its_field() {
        let inner = FieldError::new("hidden[1]", "is 0");
        assert_eq!(inner.within("network").to_string(), "network.hidden[1]: is 0");
        assert_eq!(FieldError::new("", "is 0").within("network").path, "network");
    }
}
