//! Text with wildcards, and how it is compared.
//!
//! Sigma compares without regard to case. Text of ASCII letters is folded by ASCII only, other text by Unicode's simple
//! lower case.

/// A part of a pattern.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Token {
    /// Text as it is.
    Text(String),
    /// `*`: anything, also nothing.
    Any,
    /// `?`: one character.
    One,
    /// Any of the characters that begin a switch on Windows (`windash`).
    Dash,
    /// `%name%` that stands for values given from outside.
    Placeholder(String),
}

/// The characters that `windash` takes as one.
const DASHES: [char; 5] = ['-', '/', '–', '—', '―'];

/// A text pattern; no two neighbours are both [`Token::Text`] or both [`Token::Any`].
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub(crate) struct Pattern(pub(crate) Vec<Token>);

/// Where the only text of a simple pattern has to stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Anchor {
    Whole,
    Start,
    End,
    Anywhere,
}

impl Anchor {
    /// Whether a text found from `start` to `end` of a value of `length` stands where it has to.
    pub(crate) fn admits(self, start: usize, end: usize, length: usize) -> bool {
        match self {
            Self::Whole => start == 0 && end == length,
            Self::Start => start == 0,
            Self::End => end == length,
            Self::Anywhere => true,
        }
    }
}

impl Pattern {
    /// Reads a value: `*` and `?` are wildcards, `\*`, `\?` and `\\` are not.
    pub(crate) fn parse(text: &str) -> Self {
        let mut pattern = Self::default();
        let mut escaped = false;
        for c in text.chars() {
            match (escaped, c) {
                (true, '*' | '?' | '\\') => pattern.push_char(c),
                (true, _) => {
                    pattern.push_char('\\');
                    pattern.push_char(c);
                }
                (false, '\\') => {}
                (false, '*') => pattern.push(Token::Any),
                (false, '?') => pattern.push(Token::One),
                (false, _) => pattern.push_char(c),
            }
            escaped = !escaped && c == '\\';
        }
        if escaped {
            pattern.push_char('\\');
        }
        pattern
    }

    /// Text without any wildcard.
    pub(crate) fn literal(text: &str) -> Self {
        Self(if text.is_empty() { Vec::new() } else { vec![Token::Text(text.to_owned())] })
    }

    /// Adds a part, and keeps the invariant.
    pub(crate) fn push(&mut self, token: Token) {
        match (self.0.last_mut(), token) {
            (Some(Token::Text(last)), Token::Text(more)) => last.push_str(&more),
            (Some(Token::Any), Token::Any) => {}
            (_, Token::Text(text)) if text.is_empty() => {}
            (_, token) => self.0.push(token),
        }
    }

    fn push_char(&mut self, c: char) {
        match self.0.last_mut() {
            Some(Token::Text(text)) => text.push(c),
            Some(Token::Any | Token::One | Token::Dash | Token::Placeholder(_)) | None => {
                self.0.push(Token::Text(c.to_string()));
            }
        }
    }

    /// The pattern with anything before it.
    pub(crate) fn open_start(mut self) -> Self {
        if self.0.first() != Some(&Token::Any) {
            self.0.insert(0, Token::Any);
        }
        self
    }

    /// The pattern with anything behind it.
    pub(crate) fn open_end(mut self) -> Self {
        self.push(Token::Any);
        self
    }

    /// The text, if nothing but text is in it.
    pub(crate) fn as_text(&self) -> Option<&str> {
        match self.0.as_slice() {
            [] => Some(""),
            [Token::Text(text)] => Some(text),
            [..] => None,
        }
    }

    /// The only text and where it has to stand, if the pattern is that simple.
    pub(crate) fn simple(&self) -> Option<(&str, Anchor)> {
        match self.0.as_slice() {
            [Token::Text(text)] => Some((text, Anchor::Whole)),
            [Token::Text(text), Token::Any] => Some((text, Anchor::Start)),
            [Token::Any, Token::Text(text)] => Some((text, Anchor::End)),
            [Token::Any, Token::Text(text), Token::Any] => Some((text, Anchor::Anywhere)),
            [..] => None,
        }
    }

    /// The longest ASCII text without which the pattern cannot fit.
    pub(crate) fn longest_ascii(&self) -> Option<&str> {
        let texts = self.0.iter().filter_map(|token| match token {
            Token::Text(text) => Some(text),
            Token::Any | Token::One | Token::Dash | Token::Placeholder(_) => None,
        });
        // Letters whose other case is not ASCII (K and the Kelvin sign) only matter beside letters that are not ASCII.
        let runs = texts.flat_map(|text| text.split(|c: char| !c.is_ascii()));
        runs.filter(|run| !run.is_empty()).max_by_key(|run| run.len())
    }

    /// Each `-` or `/` that begins a word stands for every dash.
    pub(crate) fn with_any_dash(&self) -> Self {
        let mut changed = Self::default();
        let mut before_is_word = false;
        for (index, token) in self.0.iter().enumerate() {
            let Token::Text(text) = token else {
                changed.push(token.clone());
                before_is_word = false;
                continue;
            };
            let follows_text = matches!(self.0.get(index + 1), Some(Token::Text(_)));
            let mut chars = text.chars().peekable();
            while let Some(c) = chars.next() {
                let begins_word = chars.peek().map_or(follows_text, |&next| is_word(next));
                if DASHES.contains(&c) && !before_is_word && begins_word {
                    changed.push(Token::Dash);
                } else {
                    changed.push_char(c);
                }
                before_is_word = is_word(c);
            }
        }
        changed
    }

    /// `%name%` in the text becomes a placeholder.
    pub(crate) fn with_placeholders(&self) -> Self {
        let mut changed = Self::default();
        for token in &self.0 {
            let Token::Text(text) = token else {
                changed.push(token.clone());
                continue;
            };
            let mut rest = text.as_str();
            while let Some((before, name, behind)) = placeholder(rest) {
                changed.push(Token::Text(before.to_owned()));
                changed.push(Token::Placeholder(name.to_owned()));
                rest = behind;
            }
            changed.push(Token::Text(rest.to_owned()));
        }
        changed
    }

    /// Whether `value` fits, with or without regard to case.
    #[cfg(test)]
    fn fits(&self, value: &str, cased: bool) -> bool {
        self.glob(cased).fits(value)
    }

    /// The pattern as it is compared, with or without regard to case.
    pub(crate) fn glob(&self, cased: bool) -> Glob {
        let mut elements = Vec::new();
        for token in &self.0 {
            match token {
                Token::Text(text) if cased => elements.extend(text.chars().map(Element::Char)),
                Token::Text(text) => elements.extend(text.chars().map(fold).map(Element::Char)),
                Token::Any => elements.push(Element::Any),
                Token::One => elements.push(Element::One),
                Token::Dash => elements.push(Element::Dash),
                // Rules with placeholders left are not compiled.
                Token::Placeholder(_) => elements.push(Element::Never),
            }
        }
        Glob { elements, cased }
    }
}

/// A pattern, character by character.
#[derive(Debug)]
pub(crate) struct Glob {
    elements: Vec<Element>,
    cased: bool,
}

/// One character of a pattern.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Element {
    Char(char),
    One,
    Dash,
    Any,
    Never,
}

impl Glob {
    /// The usual matching of wildcards: at a mismatch, the last `*` takes one character more.
    pub(crate) fn fits(&self, value: &str) -> bool {
        let (mut element, mut rest) = (0, value.chars());
        let mut back: Option<(usize, std::str::Chars<'_>)> = None;
        loop {
            if self.elements.get(element) == Some(&Element::Any) {
                element += 1;
                back = Some((element, rest.clone()));
                continue;
            }
            let fits = match (self.elements.get(element), rest.next()) {
                (None, None) => return true,
                (Some(one), Some(c)) => match one {
                    Element::Char(wanted) => *wanted == if self.cased { c } else { fold(c) },
                    Element::One => true,
                    Element::Dash => DASHES.contains(&c),
                    Element::Any | Element::Never => false,
                },
                (None, Some(_)) => false,
                (Some(_), None) => return false,
            };
            if fits {
                element += 1;
                continue;
            }
            let Some((after_star, from)) = &mut back else { return false };
            if from.next().is_none() {
                return false;
            }
            element = *after_star;
            rest = from.clone();
        }
    }
}

/// One character in lower case; those whose lower case is several stay as they are.
pub(crate) fn fold(c: char) -> char {
    if c.is_ascii() {
        return c.to_ascii_lowercase();
    }
    let mut lower = c.to_lowercase();
    match (lower.next(), lower.next()) {
        (Some(one), None) => one,
        (_, _) => c,
    }
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// The first `%name%` of a text, with what stands before and behind it.
fn placeholder(text: &str) -> Option<(&str, &str, &str)> {
    let mut from = 0;
    while let Some(start) = text[from..].find('%').map(|at| from + at) {
        let end = text[start + 1..].find('%').map(|at| start + 1 + at)?;
        let name = &text[start + 1..end];
        if !name.is_empty() && name.chars().all(|c| is_word(c) || matches!(c, '-' | '.' | ' ')) {
            return Some((&text[..start], name, &text[end + 1..]));
        }
        from = end;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(text: &str) -> Token {
        Token::Text(text.to_owned())
    }

    #[test]
    fn backslashes_escape_wildcards_and_themselves() {
        for (written, tokens) in [
            (r"C:\a", vec![text(r"C:\a")]),
            (r"a\\b", vec![text(r"a\b")]),
            (r"\\\\host", vec![text(r"\\host")]),
            (r"a\*b*", vec![text("a*b"), Token::Any]),
            (r"a\\*", vec![text(r"a\"), Token::Any]),
            (r"a\", vec![text(r"a\")]),
            ("a?**", vec![text("a"), Token::One, Token::Any]),
            ("", vec![]),
        ] {
            assert_eq!(Pattern::parse(written).0, tokens, "{written}");
        }
    }

    #[test]
    fn wildcards_fit() {
        for (pattern, value, fits) in [
            ("a*c", "aXbC", true),
            ("a*c", "aXbCd", false),
            ("*a*b*", "xxAyyBzz", true),
            ("?b", "éB", true),
            ("?b", "b", false),
            ("*ÄÖ*", "xxäöyy", true),
            ("", "", true),
            ("", "x", false),
            ("*", "", true),
            ("*a*a*a*", "aa", false),
            ("*x?", "x", false),
        ] {
            assert_eq!(Pattern::parse(pattern).fits(value, false), fits, "{pattern} {value}");
        }
        assert!(Pattern::parse("a*C").fits("abC", true) && !Pattern::parse("a*C").fits("abc", true));
    }

    #[test]
    fn dashes_before_words_are_one() {
        let pattern = Pattern::parse("* -enc a-b /c").with_any_dash();
        for value in ["x -enc a-b /c", "x /enc a-b –c", "x ―ENC a-b —c"] {
            assert!(pattern.fits(value, false), "{value}");
        }
        assert!(!pattern.fits("x -enc a/b /c", false));
    }

    #[test]
    fn placeholders_have_names() {
        let pattern = Pattern::parse("a%Admin_1%b 100%").with_placeholders();
        assert_eq!(pattern.0, [text("a"), Token::Placeholder("Admin_1".to_owned()), text("b 100%")]);
    }
}
