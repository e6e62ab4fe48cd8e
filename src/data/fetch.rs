//! Downloads of the published sets: [`fetch`].
//!
//! A file is written beside its place, checked by length and digest, and only then renamed into it; so
//! what lies in a data folder is whole, and what a mirror sends is never believed.

use super::error::DataError;
use super::published::{Published, PublishedFile};
use super::published_sets::ALL;
use crate::spec::meant;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// Downloads the set named `set` into the folder of that name below `into`, and returns that folder.
/// Files that are already there as published are kept.
///
/// # Errors
/// If no set of that name can be downloaded, no mirror gave a file as it was published (as without a
/// network), or the folder cannot be written.
pub fn fetch(set: &str, into: &Path) -> Result<PathBuf, DataError> {
    let published = ALL.iter().find(|published| published.name == set).ok_or_else(|| {
        let names = ALL.map(|published| published.name);
        let meant = meant(set, names).map(|meant| meant + " ").unwrap_or_default();
        let help = format!("{meant}those that can are {}", names.join(" and "));
        DataError::NotFetchable { set: set.to_owned(), help }
    })?;
    fetch_from(published, into, published.mirrors)
}

fn fetch_from(set: &Published, into: &Path, mirrors: &[&str]) -> Result<PathBuf, DataError> {
    let folder = into.join(set.name);
    let unwritable = |source| DataError::Write { path: folder.clone(), source };
    for file in &set.files {
        let place = folder.join(file.name);
        if fs::read(&place).is_ok_and(|bytes| fault(&bytes, file).is_none()) {
            continue;
        }
        let bytes = download(file, mirrors).map_err(|tried| DataError::Download {
            file: file.name,
            tried,
            folder: folder.clone(),
        })?;
        fs::create_dir_all(&folder).map_err(unwritable)?;
        let mut temporary = tempfile::NamedTempFile::new_in(&folder).map_err(unwritable)?;
        temporary.write_all(&bytes).map_err(unwritable)?;
        temporary.as_file().sync_all().map_err(unwritable)?;
        temporary.persist(&place).map_err(|error| unwritable(error.error))?;
    }
    Ok(folder)
}

/// The contents of a file from the first mirror that has it as published, or what each one said.
fn download(file: &PublishedFile, mirrors: &[&str]) -> Result<Vec<u8>, Vec<String>> {
    if SystemTime::now() < UNIX_EPOCH {
        // The check of certificates would panic.
        let told =
            "this machine's clock stands before 1970, so no certificate can be checked: set it";
        return Err(vec![told.to_owned()]);
    }
    let agent: ureq::Agent = ureq::Agent::config_builder()
        .timeout_connect(Some(Duration::from_secs(10)))
        .timeout_recv_response(Some(Duration::from_secs(30)))
        .timeout_global(Some(Duration::from_secs(600)))
        .build()
        .into();
    let mut tried = Vec::new();
    for mirror in mirrors {
        let address = format!("{mirror}{}", file.name);
        let bytes = agent.get(&address).call().and_then(|mut response| {
            response.body_mut().with_config().limit(file.bytes + 1).read_to_vec()
        });
        match bytes.map(|bytes| (fault(&bytes, file), bytes)) {
            Ok((None, bytes)) => return Ok(bytes),
            Ok((Some(fault), _)) => tried.push(format!("{address}: {fault}")),
            Err(error) => tried.push(format!("{address}: {error}")),
        }
    }
    Err(tried)
}

/// How the bytes differ from the published file, if they do.
fn fault(bytes: &[u8], file: &PublishedFile) -> Option<String> {
    let length = bytes.len() as u64;
    if length != file.bytes {
        return Some(format!("sent {length} bytes, the published file has {}", file.bytes));
    }
    let (by, found) = (file.verified_by, file.verified_by.digest(bytes));
    (found != file.digest).then(|| format!("sent a file of {by} {found}, not {}", file.digest))
}

#[cfg(test)]
mod tests {
    use super::super::published_sets::MNIST;
    use super::*;
    use std::io::Read;
    use std::net::TcpListener;

    /// A mirror on this machine that answers every request with `body`.
    fn mirror(body: &'static str) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        std::thread::spawn(move || {
            for mut stream in listener.incoming().flatten() {
                let _ = stream.read(&mut [0; 4096]);
                let _ = write!(
                    stream,
                    "HTTP/1.1 200 OK\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
                    body.len()
                );
            }
        });
        format!("http://{address}/")
    }

    const ABC: PublishedFile = PublishedFile::by_md5("abc", "900150983cd24fb0d6963f7d28e17f72", 3);

    #[test]
    fn the_first_mirror_with_the_published_file_is_taken() {
        let (wrong, long, right) = (mirror("abd"), mirror("abcdef"), mirror("abc"));
        let silent = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let silent = format!("http://{silent}/");
        assert_eq!(download(&ABC, &[&silent, &wrong, &long, &right]).unwrap(), b"abc");
        let tried = download(&ABC, &[&silent, &wrong, &long]).unwrap_err();
        assert_eq!(tried.len(), 3);
        assert!(tried[1].contains("md5 4911e516e5aa21d327512e0c8b197616"), "{tried:?}");
    }

    #[test]
    fn nothing_is_left_behind_where_a_download_fails() {
        let folder = tempfile::tempdir().unwrap();
        let error = fetch_from(&MNIST, folder.path(), &[&mirror("not it")]).unwrap_err();
        assert!(matches!(error, DataError::Download { .. }), "{error}");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
        let error = fetch("glyphs", folder.path()).unwrap_err().to_string();
        assert!(error.contains("mnist and fashion_mnist"), "{error}");
    }
}
