//! Keys by which a bureau answers for a pack.

use serde::{Deserialize, Serialize};

/// The public half of a bureau's key as `kiosk.toml` and `signature.toml` write it:
/// `ed25519:` and 64 hexadecimal digits (RFC 8032). The name of the scheme leaves room for SM2.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct SignerKey([u8; 32]);

/// Why a text is no [`SignerKey`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("\"ed25519:\" and 64 hexadecimal digits are needed; kuaiban pack sign prints them")]
pub struct NoSignerKey;

const SCHEME: &str = "ed25519:";

impl SignerKey {
    pub fn new(bytes: [u8; 32]) -> SignerKey {
        SignerKey(bytes)
    }

    pub fn bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl std::str::FromStr for SignerKey {
    type Err = NoSignerKey;

    fn from_str(text: &str) -> Result<SignerKey, NoSignerKey> {
        let digits = text.strip_prefix(SCHEME).ok_or(NoSignerKey)?;
        from_hex(digits).map(SignerKey).ok_or(NoSignerKey)
    }
}

impl TryFrom<String> for SignerKey {
    type Error = NoSignerKey;

    fn try_from(text: String) -> Result<SignerKey, NoSignerKey> {
        text.parse()
    }
}

impl From<SignerKey> for String {
    fn from(key: SignerKey) -> String {
        key.to_string()
    }
}

impl std::fmt::Display for SignerKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{SCHEME}{}", to_hex(&self.0))
    }
}

/// Bytes as lower-case hexadecimal digits.
pub fn to_hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// So many bytes from hexadecimal digits, and nothing else.
pub fn from_hex<const N: usize>(text: &str) -> Option<[u8; N]> {
    let digits = text.as_bytes();
    if digits.len() != 2 * N || !digits.iter().all(u8::is_ascii_hexdigit) {
        return None;
    }
    let mut bytes = [0; N];
    for (byte, place) in bytes.iter_mut().zip((0..).step_by(2)) {
        *byte = u8::from_str_radix(&text[place..place + 2], 16).ok()?;
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_read_as_it_is_written() {
        let key = SignerKey::new(std::array::from_fn(|i| i as u8 * 7));
        assert_eq!(key.to_string().parse(), Ok(key));
        assert!(key.to_string().starts_with("ed25519:00070e15"));
        let digits = "0".repeat(64);
        for wrong in [
            String::new(),
            digits.clone(),
            format!("sm2:{digits}"),
            format!("ed25519:{}", &digits[1..]),
            format!("ed25519:{}+0", &digits[2..]),
            format!("ed25519:{}一", &digits[3..]),
        ] {
            assert_eq!(wrong.parse::<SignerKey>(), Err(NoSignerKey), "{wrong}");
        }
    }
}
