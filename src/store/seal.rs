//! Personal data at rest: SM4-CCM with a key that lies in a file beside the database.
//!
//! This is no certified cryptographic module (商用密码产品): it protects a lost disk or a copied
//! database without its key file, not a kiosk whose whole file system was taken.

use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

use ccm::KeyInit as _;
use ccm::aead::{AeadInPlace as _, generic_array::GenericArray};
use ccm::consts::{U13, U16};
use hmac::{Hmac, Mac as _};
use sm3::Sm3;
use zeroize::Zeroizing;

use super::StoreError;

type Sm4Ccm = ccm::Ccm<sm4::Sm4, U16, U13>;

const KEY_LEN: usize = 16;
const NONCE_LEN: usize = 13;
const TAG_LEN: usize = 16;
/// First byte of every sealed value, so that another cipher can follow.
const SCHEME_SM4_CCM: u8 = 1;
/// `scheme ‖ nonce ‖ tag`, then the ciphertext.
const HEAD_LEN: usize = 1 + NONCE_LEN + TAG_LEN;

/// The secret of one database. Two working keys are derived from the file's 16 random bytes, so
/// that the look-up digests say nothing about the sealing key.
pub(super) struct Sealer {
    sealing: Zeroizing<[u8; KEY_LEN]>,
    lookup: Zeroizing<[u8; 32]>,
    check: [u8; 32],
}

impl Sealer {
    fn new(secret: &[u8; KEY_LEN]) -> Sealer {
        let derived = Zeroizing::new(hmac_sm3(secret, b"kuaiban sealing 1"));
        let mut sealing = Zeroizing::new([0; KEY_LEN]);
        sealing.copy_from_slice(&derived[..KEY_LEN]);
        Sealer {
            sealing,
            lookup: Zeroizing::new(hmac_sm3(secret, b"kuaiban lookup 1")),
            check: hmac_sm3(secret, b"kuaiban check 1"),
        }
    }

    /// Reads the key file.
    ///
    /// # Errors
    /// `KeyUnusable` when it is not 16 bytes long.
    pub(super) fn read(path: &Path) -> Result<Option<Sealer>, StoreError> {
        let bytes = match std::fs::read(path) {
            Ok(bytes) => Zeroizing::new(bytes),
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(e) => return Err(StoreError::io(path, "reading the sealing key", e)),
        };
        let secret = Zeroizing::new(<[u8; KEY_LEN]>::try_from(&bytes[..]).map_err(|_| {
            StoreError::KeyUnusable { path: path.to_owned(), detail: "not 16 bytes long" }
        })?);
        Ok(Some(Sealer::new(&secret)))
    }

    /// Makes a new random key file, 0600, complete or not there at all.
    pub(super) fn create(path: &Path) -> Result<Sealer, StoreError> {
        let doing = "creating the sealing key";
        let mut secret = Zeroizing::new([0; KEY_LEN]);
        random(&mut *secret);
        let new = super::open::beside(path, ".new");
        remove_leftover(&new)?;
        let io = |e| StoreError::io(&new, doing, e);
        let mut file = std::fs::OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(&new)
            .map_err(io)?;
        file.write_all(&*secret).map_err(io)?;
        file.sync_all().map_err(io)?;
        std::fs::rename(&new, path).map_err(|e| StoreError::io(path, doing, e))?;
        super::open::sync_folder(path)?;
        Ok(Sealer::new(&secret))
    }

    /// Tells this key from any other without telling anything else about it.
    pub(super) fn check(&self) -> &[u8; 32] {
        &self.check
    }

    /// Digest by which the cases of one person are found: HMAC-SM3 of the document number.
    /// `None` without a number, so that nameless cases are never taken for one person's.
    pub(super) fn person(&self, number: &str) -> Option<[u8; 32]> {
        let number = Zeroizing::new(number.trim().to_ascii_uppercase());
        (!number.is_empty()).then(|| hmac_sm3(&*self.lookup, number.as_bytes()))
    }

    /// Seals `plain` in place, bound to `place` (the case number).
    pub(super) fn seal(&self, place: &str, mut plain: Zeroizing<Vec<u8>>) -> Vec<u8> {
        let mut nonce = [0; NONCE_LEN];
        random(&mut nonce);
        let tag = self
            .cipher()
            .encrypt_in_place_detached(
                GenericArray::from_slice(&nonce),
                place.as_bytes(),
                &mut plain,
            )
            .expect("the payload is far below the 64 KiB of a 13-byte nonce");
        let mut sealed = Vec::with_capacity(HEAD_LEN + plain.len());
        sealed.push(SCHEME_SM4_CCM);
        sealed.extend_from_slice(&nonce);
        sealed.extend_from_slice(&tag);
        sealed.extend_from_slice(&plain);
        sealed
    }

    /// Opens what [`Sealer::seal`] sealed for the same place; `None` if anything was changed.
    pub(super) fn open(&self, place: &str, sealed: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        let (head, body) = sealed.split_at_checked(HEAD_LEN)?;
        if head[0] != SCHEME_SM4_CCM {
            return None;
        }
        let mut plain = Zeroizing::new(body.to_vec());
        self.cipher()
            .decrypt_in_place_detached(
                GenericArray::from_slice(&head[1..1 + NONCE_LEN]),
                place.as_bytes(),
                &mut plain,
                GenericArray::from_slice(&head[1 + NONCE_LEN..]),
            )
            .ok()?;
        Some(plain)
    }

    fn cipher(&self) -> Sm4Ccm {
        Sm4Ccm::new(GenericArray::from_slice(&*self.sealing))
    }
}

fn hmac_sm3(key: &[u8], text: &[u8]) -> [u8; 32] {
    let mut mac = <Hmac<Sm3> as hmac::Mac>::new_from_slice(key).expect("HMAC takes any key length");
    mac.update(text);
    mac.finalize().into_bytes().into()
}

/// Fills from the kernel's generator, through the TLS library that is linked anyway.
fn random(bytes: &mut [u8]) {
    rustls::crypto::ring::default_provider()
        .secure_random
        .fill(bytes)
        .expect("getrandom(2) exists on every kernel this runs on");
}

/// A file of ours that a power cut left half made.
pub(super) fn remove_leftover(path: &Path) -> Result<(), StoreError> {
    match std::fs::remove_file(path) {
        Err(e) if e.kind() != std::io::ErrorKind::NotFound => {
            Err(StoreError::io(path, "removing a half-made file", e))
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain() -> Zeroizing<Vec<u8>> {
        Zeroizing::new("达川区 511703189503150028".as_bytes().to_vec())
    }

    #[test]
    fn p4_what_is_sealed_opens_only_whole_and_in_its_place() {
        let sealer = Sealer::new(&[7; 16]);
        let sealed = sealer.seal("5117030100000012", plain());
        assert_eq!(*sealer.open("5117030100000012", &sealed).unwrap(), *plain());
        assert!(sealer.open("5117030100000020", &sealed).is_none(), "another case's row");
        for at in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[at] ^= 1;
            assert!(sealer.open("5117030100000012", &changed).is_none(), "byte {at}");
        }
        for len in 0..sealed.len() {
            assert!(sealer.open("5117030100000012", &sealed[..len]).is_none(), "cut to {len}");
        }
        assert!(Sealer::new(&[8; 16]).open("5117030100000012", &sealed).is_none());
    }

    #[test]
    fn p4_sealing_twice_gives_two_different_values() {
        let sealer = Sealer::new(&[7; 16]);
        assert_ne!(sealer.seal("x", plain()), sealer.seal("x", plain()));
    }

    #[test]
    fn sm4_and_sm3_are_the_standards_own() {
        // GB/T 32907-2016 annex A.1.
        use sm4::cipher::BlockEncrypt as _;
        let key = 0x0123_4567_89ab_cdef_fedc_ba98_7654_3210_u128.to_be_bytes();
        let mut block = GenericArray::from(key);
        sm4::Sm4::new(&GenericArray::from(key)).encrypt_block(&mut block);
        assert_eq!(block[..], 0x681e_df34_d206_965e_86b3_e94f_536e_4246_u128.to_be_bytes());
        // GB/T 32905-2016 annex A.1.
        use sm3::Digest as _;
        let hex: String = Sm3::digest(b"abc").iter().map(|b| format!("{b:02x}")).collect();
        assert_eq!(hex, "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0");
    }
}
