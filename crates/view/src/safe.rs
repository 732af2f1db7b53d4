//! Values that a terminal shows and obeys none of.

use tuxmon_render::escape;

/// Appends a value so that a terminal shows it and obeys none of it.
pub(crate) fn append_safely(value: &str, out: &mut String) {
    if is_printable_ascii(value) { out.push_str(value) } else { escape::TERMINAL.append(value, out) }
}

/// The same, of at most `longest` characters.
pub(crate) fn append_cut(value: &str, longest: usize, out: &mut String) {
    match value.char_indices().nth(longest) {
        Some((end, _)) if longest < value.len() => {
            append_safely(&value[..end], out);
            out.push_str("...");
        }
        Some(_) | None => append_safely(value, out),
    }
}

/// Whether no character needs a closer look. Written without an early end, so that it runs on many bytes at once.
pub(crate) fn is_printable_ascii(text: &str) -> bool {
    const FIRST: u8 = b' ';
    const COUNT: u8 = b'~' - b' ' + 1;
    !text.bytes().fold(false, |odd, byte| odd | (byte.wrapping_sub(FIRST) >= COUNT))
}
