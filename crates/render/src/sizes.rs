//! The FieldSizes option: longest values of single fields.

/// Limits in bytes by field name. The configuration has checked them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FieldSizes {
    limits: Vec<(String, usize)>, // sorted by name, each name once
}

/// Stands at the end of a shortened value.
pub(crate) const MARK: &str = "...";

/// What is written of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Cut<'e> {
    /// The part that is kept.
    pub(crate) kept: &'e str,
    /// Whether [`MARK`] follows.
    pub(crate) marked: bool,
}

impl<'e> Cut<'e> {
    pub(crate) fn whole(text: &'e str) -> Cut<'e> {
        Cut { kept: text, marked: false }
    }
}

impl FieldSizes {
    /// No limits.
    pub const NONE: FieldSizes = FieldSizes { limits: Vec::new() };

    /// Limits from pairs of field name and bytes; of two limits for one field the later one counts.
    pub fn new<'a>(pairs: impl IntoIterator<Item = (&'a str, usize)>) -> FieldSizes {
        let mut sizes = FieldSizes::NONE;
        for (name, limit) in pairs {
            match sizes.limits.binary_search_by(|(known, _)| known.as_str().cmp(name)) {
                Ok(at) => sizes.limits[at].1 = limit,
                Err(at) => sizes.limits.insert(at, (name.to_owned(), limit)),
            }
        }
        sizes
    }

    /// What the limit of a field leaves of its text: at most that many bytes, the mark among them.
    ///
    /// Compat: only texts are cut; a number or an identity of half its digits would be a wrong one.
    pub(crate) fn cut<'e>(&self, field: &str, text: &'e str) -> Cut<'e> {
        match self.limit(field) {
            Some(limit) if text.len() > limit => match limit.checked_sub(MARK.len()) {
                Some(kept) => Cut { kept: &text[..text.floor_char_boundary(kept)], marked: true },
                // Not even the mark fits: the value is as good as unknown.
                None => Cut::whole(""),
            },
            Some(_) | None => Cut::whole(text),
        }
    }

    fn limit(&self, field: &str) -> Option<usize> {
        if self.limits.is_empty() {
            return None;
        }
        let at = self.limits.binary_search_by(|(known, _)| known.as_str().cmp(field)).ok()?;
        Some(self.limits[at].1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(limit: usize, text: &str, kept: &str, marked: bool) {
        let sizes = FieldSizes::new([("User", 1), ("Image", 9), ("Image", limit)]);
        assert_eq!(sizes.cut("Image", text), Cut { kept, marked });
        assert_eq!(sizes.cut("CommandLine", text), Cut::whole(text));
    }

    #[test]
    fn values_are_cut_to_the_limit_with_the_mark_in_it() {
        check(5, "ABCDE", "ABCDE", false);
        check(5, "ABCDEF", "AB", true);
        check(3, "ABCD", "", true);
        check(2, "ABC", "", false);
        check(1, "AB", "", false);
        check(2, "AB", "AB", false);
    }

    #[test]
    fn characters_stay_whole() {
        check(5, "żółć", "ż", true);
        check(6, "ażółć", "aż", true);
        check(6, "😀😀", "", true);
    }
}
