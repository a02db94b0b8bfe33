//! Personal data at rest: SM4-CCM with a key that lies in a file beside the database.
//!
//! What that protects: a database, a backup or a log of it that leaves the kiosk without the key
//! file; a value that is moved to another row, column or table, or changed. What it does not
//! protect: a kiosk whose whole disk was taken, key file included, and a running program that
//! somebody controls. It is no certified cryptographic module (商用密码产品).

use std::path::Path;
use std::sync::LazyLock;

use ccm::KeyInit as _;
use ccm::aead::{AeadInPlace as _, generic_array::GenericArray};
use ccm::consts::{U13, U16};
use hmac::{Hmac, Mac as _};
use rustls::crypto::CryptoProvider;
use sm3::Sm3;
use zeroize::Zeroizing;

use super::{StoreError, files};
use crate::case::QueryToken;

type HmacSm3 = Hmac<Sm3>;
type Sm4Ccm = ccm::Ccm<sm4::Sm4, U16, U13>;

const KEY_LEN: usize = 16;
const NONCE_LEN: usize = 13;
const TAG_LEN: usize = 16;
/// First byte of every sealed value, so that another cipher can follow. Scheme 1, of the first
/// schema, was bound to a case number only.
const SCHEME: u8 = 2;
const SCHEME_1: u8 = 1;
/// `scheme ‖ nonce ‖ tag`, then the ciphertext.
const HEAD_LEN: usize = 1 + NONCE_LEN + TAG_LEN;

/// Where a sealed value stands; it opens nowhere else.
#[derive(Clone, Copy)]
pub(super) struct Place<'a> {
    pub(super) table: &'static str,
    pub(super) column: &'static str,
    /// What names the row and is never given to another one.
    pub(super) row: &'a str,
}

impl Place<'_> {
    /// What the value is bound to: each part behind its length, the scheme before them.
    fn bytes(self) -> Vec<u8> {
        let mut bytes = vec![SCHEME];
        for part in [self.table, self.column, self.row] {
            bytes.extend_from_slice(&(part.len() as u64).to_be_bytes());
            bytes.extend_from_slice(part.as_bytes());
        }
        bytes
    }
}

/// The secret of one database. Working keys are derived from the file's 16 random bytes, so that
/// look-up digests and tokens say nothing about the sealing key.
pub(super) struct Sealer {
    cipher: Sm4Ccm,
    lookup: HmacSm3,
    tokens: HmacSm3,
    check: [u8; 32],
}

impl Sealer {
    fn new(secret: &[u8; KEY_LEN]) -> Sealer {
        let keyed = keyed(secret);
        let derive = |purpose: &[u8]| Zeroizing::new(hmac_sm3(&keyed, purpose));
        Sealer {
            cipher: Sm4Ccm::new(GenericArray::from_slice(&derive(b"kuaiban sealing 1")[..KEY_LEN])),
            lookup: self::keyed(&*derive(b"kuaiban lookup 1")),
            tokens: self::keyed(&*derive(b"kuaiban tokens 1")),
            check: hmac_sm3(&keyed, b"kuaiban check 1"),
        }
    }

    /// Reads the key file.
    ///
    /// # Errors
    /// `KeyUnusable` when it is not 16 bytes long.
    pub(super) fn read(path: &Path) -> Result<Option<Sealer>, StoreError> {
        let Some(bytes) = files::read_small(path, "reading the sealing key")? else {
            return Ok(None);
        };
        let secret = Zeroizing::new(<[u8; KEY_LEN]>::try_from(&bytes[..]).map_err(|_| {
            StoreError::KeyUnusable { path: path.to_owned(), detail: "not 16 bytes long" }
        })?);
        Ok(Some(Sealer::new(&secret)))
    }

    /// Makes a new random key in a file, 0600, on the disk.
    pub(super) fn create(path: &Path) -> Result<Sealer, StoreError> {
        let mut secret = Zeroizing::new([0; KEY_LEN]);
        random(&mut *secret);
        files::write_new(path, &*secret, "creating the sealing key")?;
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
        (!number.is_empty()).then(|| hmac_sm3(&self.lookup, number.as_bytes()))
    }

    /// The token of the case with this idempotency key: unguessable without the key file, and the
    /// same whenever it is asked for, so that it need not be stored.
    pub(super) fn query_token(&self, idempotency_key: &str) -> QueryToken {
        let digest = hmac_sm3(&self.tokens, idempotency_key.as_bytes());
        let (half, _) = digest.split_first_chunk().expect("32 bytes hold 16");
        QueryToken::from_bits(u128::from_be_bytes(*half))
    }

    /// Seals `plain` in place, for this place only.
    pub(super) fn seal(&self, place: Place<'_>, mut plain: Zeroizing<Vec<u8>>) -> Vec<u8> {
        let mut nonce = [0; NONCE_LEN];
        random(&mut nonce);
        let tag = self
            .cipher
            .encrypt_in_place_detached(GenericArray::from_slice(&nonce), &place.bytes(), &mut plain)
            .expect("the payload is far below the 64 KiB of a 13-byte nonce");
        let mut sealed = Vec::with_capacity(HEAD_LEN + plain.len());
        sealed.push(SCHEME);
        sealed.extend_from_slice(&nonce);
        sealed.extend_from_slice(&tag);
        sealed.extend_from_slice(&plain);
        sealed
    }

    /// Opens what [`Sealer::seal`] sealed for the same place; `None` if anything was changed.
    pub(super) fn open(&self, place: Place<'_>, sealed: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        self.open_as(SCHEME, &place.bytes(), sealed)
    }

    /// Opens what the first schema sealed for `place`.
    pub(super) fn open_scheme_1(&self, place: &str, sealed: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        self.open_as(SCHEME_1, place.as_bytes(), sealed)
    }

    fn open_as(&self, scheme: u8, bound: &[u8], sealed: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        let (head, body) = sealed.split_at_checked(HEAD_LEN)?;
        if head[0] != scheme {
            return None;
        }
        let mut plain = Zeroizing::new(body.to_vec());
        self.cipher
            .decrypt_in_place_detached(
                GenericArray::from_slice(&head[1..1 + NONCE_LEN]),
                bound,
                &mut plain,
                GenericArray::from_slice(&head[1 + NONCE_LEN..]),
            )
            .ok()?;
        Some(plain)
    }
}

/// HMAC-SM3 that has taken its key in already.
fn keyed(key: &[u8]) -> HmacSm3 {
    <HmacSm3 as hmac::Mac>::new_from_slice(key).expect("HMAC takes any key length")
}

fn hmac_sm3(keyed: &HmacSm3, text: &[u8]) -> [u8; 32] {
    keyed.clone().chain_update(text).finalize().into_bytes().into()
}

/// Fills from the kernel's generator, through the TLS library that is linked anyway.
fn random(bytes: &mut [u8]) {
    static PROVIDER: LazyLock<CryptoProvider> =
        LazyLock::new(rustls::crypto::ring::default_provider);
    PROVIDER.secure_random.fill(bytes).expect("getrandom(2) exists on every kernel this runs on");
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLACE: Place<'static> = Place { table: "application", column: "note", row: "12" };

    fn plain() -> Zeroizing<Vec<u8>> {
        Zeroizing::new("达川区 511703189503150028".as_bytes().to_vec())
    }

    #[test]
    fn p4_what_is_sealed_opens_only_whole_and_in_its_place() {
        let sealer = Sealer::new(&[7; 16]);
        let sealed = sealer.seal(PLACE, plain());
        assert_eq!(*sealer.open(PLACE, &sealed).unwrap(), *plain());
        for elsewhere in [
            Place { table: "part", ..PLACE },
            Place { column: "request", ..PLACE },
            Place { row: "1", ..PLACE },
            Place { column: "note1", row: "2", ..PLACE },
        ] {
            assert!(sealer.open(elsewhere, &sealed).is_none(), "another row, column or table");
        }
        for at in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[at] ^= 1;
            assert!(sealer.open(PLACE, &changed).is_none(), "byte {at}");
        }
        for len in 0..sealed.len() {
            assert!(sealer.open(PLACE, &sealed[..len]).is_none(), "cut to {len}");
        }
        assert!(Sealer::new(&[8; 16]).open(PLACE, &sealed).is_none());
        let mut as_scheme_1 = sealed.clone();
        as_scheme_1[0] = SCHEME_1;
        for bound in ["12", "12 note", ""] {
            assert!(
                sealer.open_scheme_1(bound, &as_scheme_1).is_none(),
                "the scheme is bound, too"
            );
        }
        assert!(sealer.open(PLACE, &as_scheme_1).is_none());
    }

    #[test]
    fn a_token_is_the_same_for_one_case_and_another_for_each_other() {
        let sealer = Sealer::new(&[7; 16]);
        assert_eq!(sealer.query_token("a"), sealer.query_token("a"));
        assert_ne!(sealer.query_token("a"), sealer.query_token("b"));
        assert_ne!(sealer.query_token("a"), Sealer::new(&[8; 16]).query_token("a"));
    }

    #[test]
    fn p4_sealing_twice_gives_two_different_values() {
        let sealer = Sealer::new(&[7; 16]);
        assert_ne!(sealer.seal(PLACE, plain()), sealer.seal(PLACE, plain()));
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
