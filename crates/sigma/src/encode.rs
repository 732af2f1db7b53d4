//! Values as an attacker's encoding hides them: Base64 and UTF-16.

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// Base64 with padding.
pub(crate) fn base64(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for group in bytes.chunks(3) {
        let bits =
            group.iter().fold(0u32, |bits, byte| bits << 8 | u32::from(*byte)) << (8 * (3 - group.len()));
        for place in 0..4 {
            if place <= group.len() {
                text.push(char::from(ALPHABET[(bits >> (18 - 6 * place)) as usize & 63]));
            } else {
                text.push('=');
            }
        }
    }
    text
}

/// What stays the same of the Base64 of any text that holds `bytes`, for each of the three places in a group at which
/// they can begin.
pub(crate) fn base64_offsets(bytes: &[u8]) -> [String; 3] {
    [0usize, 1, 2].map(|offset| {
        let shifted: Vec<u8> = std::iter::repeat_n(b' ', offset).chain(bytes.iter().copied()).collect();
        let text = base64(&shifted);
        let start = [0, 2, 3][offset];
        let cut = [0, 3, 2][shifted.len() % 3];
        text.get(start..text.len() - cut).unwrap_or_default().to_owned()
    })
}

/// UTF-16 in the order of bytes that `of_unit` gives.
pub(crate) fn utf16(text: &str, of_unit: fn(u16) -> [u8; 2]) -> Vec<u8> {
    text.encode_utf16().flat_map(of_unit).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_is_that_of_rfc_4648() {
        for (text, encoded) in [
            ("", ""),
            ("f", "Zg=="),
            ("fo", "Zm8="),
            ("foo", "Zm9v"),
            ("foob", "Zm9vYg=="),
            ("fooba", "Zm9vYmE="),
        ] {
            assert_eq!(base64(text.as_bytes()), encoded);
        }
    }

    #[test]
    fn offsets_occur_in_every_encoding() {
        let value = b"http://";
        for before in 0..6 {
            for behind in 0..4 {
                let mut text = vec![b'x'; before];
                text.extend_from_slice(value);
                text.extend(std::iter::repeat_n(b'y', behind));
                let encoded = base64(&text);
                let offsets = base64_offsets(value);
                assert!(
                    offsets.iter().any(|part| encoded.contains(part.as_str())),
                    "{before} {behind} {encoded}"
                );
            }
        }
        assert_eq!(base64_offsets(b"foobar"), ["Zm9vYmFy", "Zvb2Jhc", "mb29iYX"].map(str::to_owned));
    }
}
