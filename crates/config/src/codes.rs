//! The table of remarks that a configuration can earn. Each has a case in `tests/config_errors`.

use tuxmon_diag::Severity::{self, Error, Warning};

/// One kind of remark.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Code {
    /// Its stable name.
    pub name: &'static str,
    /// An error refuses the configuration.
    pub severity: Severity,
}

macro_rules! codes {
    ($($(#[doc = $doc:literal])+ $ident:ident = $name:literal, $severity:ident;)+) => {
        $($(#[doc = $doc])+ pub(crate) const $ident: Code = Code { name: $name, severity: $severity };)+

        /// Every code, sorted by name.
        pub const ALL: &[Code] = &[$($ident),+];
    };
}

codes! {
    /// Bytes that are not what the encoding of the file allows.
    BAD_ENCODING = "bad-encoding", Warning;
    /// An `&` that begins no reference.
    BARE_AMPERSAND = "bare-ampersand", Warning;
    /// `--` inside a comment, most often a comment that was never closed.
    COMMENT_DASHES = "comment-dashes", Warning;
    /// A document type declaration; it is not read.
    DOCTYPE = "doctype", Warning;
    /// An option that stands twice.
    DUPLICATE_OPTION = "duplicate-option", Warning;
    /// A list with an empty word, which every value contains.
    EMPTY_ALTERNATIVE = "empty-alternative", Warning;
    /// A Rule without a filter.
    EMPTY_RULE = "empty-rule", Warning;
    /// An entity declaration: entities can grow without bound or name other files.
    ENTITY_DECLARATION = "entity-declaration", Error;
    /// A FieldSizes option that is not a list of fields and sizes.
    FIELD_SIZES = "field-sizes", Error;
    /// A field that contains elements instead of text.
    FIELD_WITH_ELEMENTS = "field-with-elements", Warning;
    /// A groupRelation that is neither `or` nor `and`.
    GROUP_RELATION = "group-relation", Warning;
    /// A name that HashAlgorithms does not know.
    HASH_ALGORITHM = "hash-algorithm", Error;
    /// A name of more than 255 characters.
    LONG_NAME = "long-name", Warning;
    /// A RuleGroup inside an event.
    MISPLACED_RULE_GROUP = "misplaced-rule-group", Warning;
    /// An event that says neither `onmatch` nor `default`.
    MISSING_ONMATCH = "missing-onmatch", Warning;
    /// A Rule inside a Rule.
    NESTED_RULE = "nested-rule", Warning;
    /// An event or option that is younger than the schema version of the file.
    NEWER_THAN_SCHEMA = "newer-than-schema", Warning;
    /// A file without an XML element.
    NO_ELEMENT = "no-element", Error;
    /// A file whose outermost element is not Sysmon.
    NO_SYSMON = "no-sysmon", Error;
    /// A file that strict XML parsers refuse.
    NOT_WELL_FORMED = "not-well-formed", Warning;
    /// An event that says both `onmatch` and `default`.
    ONMATCH_AND_DEFAULT = "onmatch-and-default", Warning;
    /// An option value that the option does not take.
    OPTION_VALUE = "option-value", Warning;
    /// An option that does nothing on Linux.
    OPTION_WITHOUT_EFFECT = "option-without-effect", Warning;
    /// `|` between words where the list separator is `;`.
    PIPE_SEPARATOR = "pipe-separator", Warning;
    /// A schema version that is not a number from 1.
    SCHEMA_INVALID = "schema-invalid", Error;
    /// A schema version with more behind its number.
    SCHEMA_SUFFIX = "schema-suffix", Warning;
    /// A schema version below 4.
    SCHEMA_UNSUPPORTED = "schema-unsupported", Error;
    /// A second outermost element.
    SEVERAL_ROOTS = "several-roots", Warning;
    /// A sound event block that is skipped because of an earlier one.
    SKIPPED_BLOCK = "skipped-block", Warning;
    /// Text where only elements mean something.
    STRAY_TEXT = "stray-text", Warning;
    /// Elements nested more deeply than any configuration needs.
    TOO_DEEP = "too-deep", Error;
    /// A file that is longer than what is read.
    TOO_LARGE = "too-large", Error;
    /// More remarks than anyone reads.
    TOO_MANY_DIAGNOSTICS = "too-many-diagnostics", Warning;
    /// More elements or attributes than what is read.
    TOO_MANY_ELEMENTS = "too-many-elements", Error;
    /// No `<` near the beginning of the file.
    TOO_MUCH_WHITE_SPACE = "too-much-white-space", Error;
    /// An attribute without a meaning.
    UNKNOWN_ATTRIBUTE = "unknown-attribute", Warning;
    /// A condition that does not exist.
    UNKNOWN_CONDITION = "unknown-condition", Warning;
    /// An event that does not exist on Linux.
    UNKNOWN_EVENT = "unknown-event", Warning;
    /// A field that its event does not have.
    UNKNOWN_FIELD = "unknown-field", Warning;
    /// An `onmatch` or `default` that is neither `include` nor `exclude`.
    UNKNOWN_ONMATCH = "unknown-onmatch", Warning;
    /// An option that does not exist on Linux.
    UNKNOWN_OPTION = "unknown-option", Warning;
    /// An attribute that is not `name="value"`.
    XML_ATTRIBUTE = "xml-attribute", Error;
    /// An end tag that closes another element than the open one.
    XML_MISMATCH = "xml-mismatch", Error;
    /// A `<` that begins no sound tag.
    XML_TAG = "xml-tag", Error;
    /// A file that ends inside something.
    XML_UNFINISHED = "xml-unfinished", Error;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique_and_sorted() {
        assert!(ALL.is_sorted_by(|a, b| a.name < b.name));
    }
}
