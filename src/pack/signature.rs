//! Who answers for a pack: `signature.toml` beside `pack.toml`, made by `kuaiban pack sign`.
//!
//! Signed is the SM3 digest of every file that belongs to the pack, in the order in which they are
//! read, each with its name and its length. Ed25519 by `ring`, which is no certified module.

use std::path::Path;

use ring::signature::{ED25519, Ed25519KeyPair, KeyPair as _, UnparsedPublicKey};
use rustls::pki_types::PrivatePkcs8KeyDer;
use rustls::pki_types::pem::PemObject as _;
use schemars::JsonSchema;
use serde::Deserialize;
use sm3::{Digest as _, Sm3};
use zeroize::Zeroizing;

use super::fault::{PackErrors, PackFault};
use super::rule::Rule;
use crate::domain::signer::{SignerKey, from_hex, to_hex};
use crate::file;

/// The file's name in the folder of a pack.
pub(super) const NAME: &str = "signature.toml";

/// Begins what is signed, so that a signature of a pack is one of nothing else.
const PURPOSE: &[u8] = b"kuaiban site pack 1\n";
/// Largest file of a private key.
const KEY_BYTES: u64 = 16 * 1024;

/// `signature.toml`.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Signature {
    /// Who signed.
    #[schemars(with = "Key")]
    key: SignerKey,
    /// Of the files of the pack, as 128 hexadecimal digits.
    #[schemars(regex(pattern = "^[0-9a-f]{128}$"))]
    signature: String,
}

/// A [`SignerKey`] in the schema.
#[derive(JsonSchema)]
#[schemars(transparent)]
#[allow(dead_code)]
struct Key(#[schemars(regex(pattern = "^ed25519:[0-9a-f]{64}$"))] String);

/// The digest of a pack that is being read.
pub(super) struct Digest(Sm3);

impl Digest {
    pub fn new() -> Digest {
        Digest(Sm3::new())
    }

    /// The next file.
    pub fn add(&mut self, name: &Path, text: &str) {
        let name = name.to_string_lossy();
        for part in [name.as_bytes(), text.as_bytes()] {
            self.0.update((part.len() as u64).to_be_bytes());
            self.0.update(part);
        }
    }

    /// What is signed.
    pub fn message(self) -> Vec<u8> {
        [PURPOSE, self.0.finalize().as_slice()].concat()
    }
}

/// Holds a pack against its signature. `trusted`: keys of which it needs one, if there are any.
///
/// # Errors
/// That it fits no file, is missing, or is somebody else's.
pub(super) fn judge(
    signature: Option<&Signature>,
    message: &[u8],
    trusted: &[SignerKey],
) -> Result<Option<SignerKey>, PackFault> {
    let fault =
        |problem: String| Err(PackFault::of_file(Path::new(NAME), Rule::Signature, problem));
    let Some(Signature { key, signature }) = signature else {
        let missing = "is missing, and a pack needs one here; sign it: kuaiban pack sign";
        return if trusted.is_empty() { Ok(None) } else { fault(missing.to_owned()) };
    };
    let given = from_hex::<64>(signature).unwrap_or([0; 64]);
    if UnparsedPublicKey::new(&ED25519, key.bytes()).verify(message, &given).is_err() {
        return fault(format!(
            "does not fit: a file of the pack was changed, added or removed since {key} signed; \
             sign it again: kuaiban pack sign"
        ));
    }
    if !trusted.is_empty() && !trusted.contains(key) {
        return fault(format!(
            "{key} signed, which is none of [pack] trusted_keys; have the pack signed by one of them"
        ));
    }
    Ok(Some(*key))
}

/// Why a pack was not signed.
#[derive(Debug, thiserror::Error)]
pub enum SignError {
    #[error(transparent)]
    Pack(#[from] PackErrors),
    #[error(
        "{0}: no Ed25519 key in PKCS #8 and PEM; make one with: openssl genpkey -algorithm ed25519"
    )]
    NoKey(std::path::PathBuf),
    #[error("{0}: {1}")]
    File(std::path::PathBuf, std::io::Error),
}

/// Signs a flawless pack with the private key in a file: PKCS #8 in PEM, as OpenSSL makes it.
///
/// # Errors
/// The pack has a fault, the file no such key, or one of them cannot be read or written.
pub fn sign(folder: &Path, key: &Path) -> Result<SignerKey, SignError> {
    let of_file = |path: &Path| {
        let path = path.to_owned();
        move |error| SignError::File(path, error)
    };
    let pem = Zeroizing::new(file::read(key, KEY_BYTES).map_err(of_file(key))?);
    let no_key = || SignError::NoKey(key.to_owned());
    let der = PrivatePkcs8KeyDer::from_pem_slice(&pem).map_err(|_| no_key())?;
    let pair =
        Ed25519KeyPair::from_pkcs8_maybe_unchecked(der.secret_pkcs8_der()).map_err(|_| no_key())?;
    let public = pair.public_key().as_ref().try_into().map(SignerKey::new).map_err(|_| no_key())?;
    let message = super::message(folder)?;
    let signature = to_hex(pair.sign(&message).as_ref());
    let text = format!(
        "# Made by `kuaiban pack sign`: fits the files beside it as they are, and no others.\n\
         key = \"{public}\"\nsignature = \"{signature}\"\n"
    );
    let path = folder.join(NAME);
    let new = folder.join(".signature.toml.new");
    std::fs::write(&new, text)
        .and_then(|()| std::fs::rename(&new, &path))
        .map_err(of_file(&path))?;
    Ok(public)
}
