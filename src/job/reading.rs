//! What a job reads, held against what was planned: [`Context::confirm`] for data, [`Context::needed`]
//! for what other jobs made.
//!
//! A job is known by what it reads. So the digest is of the very bytes that are loaded, it is compared
//! before anything is made of them, and the job's record bears it.

use super::context::{Context, RunError};
use crate::files::{self, Digests, FilesError, Loaded};
use crate::rundir::{JobFolder, paths};
use std::io::Read;
use std::path::PathBuf;

impl Context {
    /// Gives out what was loaded for the data that `field` names, if it is what the job was planned
    /// with.
    ///
    /// # Errors
    /// When it is not; names both digests.
    pub fn confirm<T>(&mut self, field: &str, loaded: Loaded<T>) -> Result<T, RunError> {
        self.confirm_with(field, loaded, Digests::of_user())
    }

    /// [`Self::confirm`]; `digests` is what planning has remembered.
    fn confirm_with<T>(
        &mut self,
        field: &str,
        loaded: Loaded<T>,
        digests: &Digests,
    ) -> Result<T, RunError> {
        let (value, found) = loaded.into_parts();
        if let Some(planned) = &self.inputs.planned {
            let planned = planned.get(field).map_or("none", String::as_str);
            if planned != found {
                // Planning may have been led astray by what it remembered.
                digests.forget();
                return Err(format!(
                    "'{field}' changed since the job was planned: its digest was {planned} and is now {found}; put the \
                     data back and 'exp resume', or 'exp run' the spec again"
                )
                .into());
            }
        }
        self.keep(field, found)?;
        Ok(value)
    }

    /// The bytes of a file among the artefacts of the job that `reference`, at `field` of the settings,
    /// names; and where it lies.
    ///
    /// # Errors
    /// When it cannot be read, is not what that job made, or not what this job began with.
    pub fn needed(
        &mut self,
        reference: &str,
        field: &str,
        name: &str,
    ) -> Result<(PathBuf, Vec<u8>), RunError> {
        let folder = self.need(reference)?.clone();
        let path = folder.join("artifacts").join(name);
        let (file, metadata) = files::open_file(&path).map_err(FilesError::read(&path))?;
        let mut bytes = Vec::new();
        file.take(metadata.len()).read_to_end(&mut bytes).map_err(FilesError::read(&path))?;
        let found = blake3::hash(&bytes).to_hex().to_string();
        let sealed = self.inputs.made.get(reference).and_then(|made| made.get(name));
        if self.inputs.planned.is_some() && sealed.is_none() {
            return Err(format!(
                "the output of job '{reference}' cannot be checked: its job.json has no digest of {}; run it again with --fresh",
                paths::shown(&path).display()
            )
            .into());
        }
        if let Some(sealed) = sealed.map(|seal| &seal.digest).filter(|sealed| **sealed != found) {
            let run = folder.parent().unwrap_or(&folder);
            return Err(format!(
                "the output of job '{reference}' is damaged: the digest of {} was {sealed} and is now {found}; \
                 'exp resume {}' makes it again",
                paths::shown(&path).display(),
                paths::shown(run).display()
            )
            .into());
        }
        if let Some(earlier) = self.inputs.earlier.get(field).filter(|earlier| **earlier != found) {
            return Err(format!(
                "'{reference}' changed since this job began: the digest of its {name} was {earlier} and is now \
                 {found}; put it back and 'exp resume', or 'exp run' the spec again"
            )
            .into());
        }
        self.keep(field, found)?;
        Ok((path.to_path_buf(), bytes))
    }

    /// Takes a digest down, in the job's record too.
    fn keep(&mut self, field: &str, digest: String) -> Result<(), RunError> {
        if self.inputs.planned.is_some() {
            let folder = JobFolder::at(self.folder.clone());
            let mut record = folder.record()?;
            if record.read.get(field) != Some(&digest) {
                record.read.insert(field.to_owned(), digest.clone());
                folder.write_record(&record)?;
            }
        }
        self.inputs.read.insert(field.to_owned(), digest);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::device::DeviceName;
    use crate::rundir::JobRecord;
    use std::collections::BTreeMap;

    fn planned(folder: &tempfile::TempDir) -> Context {
        let record = JobRecord::pending("classifier", &"0f".repeat(16), DeviceName::Cpu);
        JobFolder::new(folder.path()).write_record(&record).unwrap();
        let mut context = Context::silent(folder.path().to_owned(), 1);
        context.inputs.planned = Some(BTreeMap::from([("data".to_owned(), "one".to_owned())]));
        context
    }

    #[test]
    fn data_that_was_planned_with_is_given_out_and_taken_down() {
        let folder = tempfile::tempdir().unwrap();
        let mut context = planned(&folder);
        let none = Digests::kept_in(None);
        let mut refusal = |field: &str, digest: &str| {
            let loaded = Loaded::new((), digest.to_owned());
            context.confirm_with(field, loaded, &none).unwrap_err().to_string()
        };
        let said = refusal("data", "other");
        for word in ["'data'", " one ", " other;", "exp resume", "exp run"] {
            assert!(said.contains(word), "{said}");
        }
        refusal("labels", "one");
        assert_eq!(context.inputs.unread(), Some("data"));
        assert!(JobFolder::new(folder.path()).record().unwrap().read.is_empty());
        assert_eq!(context.confirm("data", Loaded::new(7, "one".into())).unwrap(), 7);
        assert_eq!(context.inputs.unread(), None);
        assert_eq!(JobFolder::new(folder.path()).record().unwrap().read["data"], "one");
    }

    #[test]
    fn what_planning_remembered_is_forgotten_once_it_was_wrong() {
        let folder = tempfile::tempdir().unwrap();
        let mut context = planned(&folder);
        let file = folder.path().join("digests.json");
        let digests = Digests::kept_in(Some(file.clone()));
        let mut read = |digest: &str| {
            let loaded = Loaded::new((), digest.to_owned());
            let read = context.confirm_with("data", loaded, &digests);
            (read.is_ok(), file.exists())
        };
        std::fs::write(&file, "{}").unwrap();
        assert_eq!(read("one"), (true, true));
        assert_eq!(read("other"), (false, false));
    }

    #[test]
    fn what_another_job_made_is_read_once_and_held_against_its_seal() {
        let folder = tempfile::tempdir().unwrap();
        let mut context = planned(&folder);
        let teachers = JobFolder::new(folder.path().join("teachers"));
        std::fs::create_dir_all(teachers.artifacts()).unwrap();
        let file = teachers.artifacts().join("model");
        std::fs::write(&file, "abc").unwrap();
        context.inputs.made.insert("t".to_owned(), teachers.seal().unwrap().0);
        context.needs.insert("t".to_owned(), teachers.place().clone());
        let read = |context: &mut Context| context.needed("t", "teachers", "model");
        assert_eq!(read(&mut context).unwrap(), (file.to_path_buf(), b"abc".to_vec()));
        let digest = blake3::hash(b"abc").to_hex().to_string();
        assert_eq!(JobFolder::new(folder.path()).record().unwrap().read["teachers"], digest);
        // It began with this one.
        context.inputs.earlier.insert("teachers".to_owned(), digest.clone());
        assert_eq!(read(&mut context).unwrap().1, b"abc");
        // It began with another model, which was sound too.
        context.inputs.earlier.insert("teachers".to_owned(), "before".to_owned());
        let said = read(&mut context).unwrap_err().to_string();
        assert!(said.contains("was before and is now") && said.contains(&digest), "{said}");
        std::fs::write(&file, "abd").unwrap();
        let said = read(&mut context).unwrap_err().to_string();
        assert!(said.contains("output of job 't' is damaged") && said.contains(&digest), "{said}");
        // A record that names nothing vouches for nothing.
        context.inputs.made.clear();
        let said = read(&mut context).unwrap_err().to_string();
        assert!(said.contains("its job.json has no digest of"), "{said}");
    }
}
