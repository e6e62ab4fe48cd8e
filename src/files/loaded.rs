//! What was read from files, together with the digest of the bytes it was made of: [`Loaded`].

/// Something read, which whoever works with it is to compare with what was planned first: a job does so
/// by `Context::confirm`.
#[derive(Debug)]
#[must_use]
pub struct Loaded<T> {
    value: T,
    digest: String,
}

impl<T> Loaded<T> {
    /// `value`, made of bytes with this digest.
    pub fn new(value: T, digest: String) -> Self {
        Self { value, digest }
    }

    /// The digest of the bytes.
    #[must_use]
    pub fn digest(&self) -> &str {
        &self.digest
    }

    /// Something made of what was read.
    pub fn map<U>(self, make: impl FnOnce(T) -> U) -> Loaded<U> {
        Loaded { value: make(self.value), digest: self.digest }
    }

    /// What was read, and the digest.
    #[must_use]
    pub fn into_parts(self) -> (T, String) {
        (self.value, self.digest)
    }

    /// What was read, whatever the digest: for whoever has nothing to compare it with.
    #[must_use]
    pub fn unconfirmed(self) -> T {
        self.value
    }
}
