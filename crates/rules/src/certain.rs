//! What is known of a verdict when only some fields are known, and these perhaps in part.

use tuxmon_config::{OnMatch, Relation};
use tuxmon_event::RuleDefault;

use crate::program::{Block, Filter, Item, Program, Rule};
use crate::test::Test;

/// An answer when not everything is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Answer {
    Yes,
    No,
    Open,
}

/// What is known of the value of a field, or asked about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Known<'v> {
    /// It is this.
    Is(&'v str),
    /// It is the path of a file right in this folder, whose path ends with a slash here.
    In(&'v str),
    /// It ends so.
    EndsWith(&'v str),
    /// No filter passes on it, whatever it is.
    FailsAll,
}

/// Fields by their positions, with what is known of each; the others may be anything.
pub(crate) struct Facts<'f>(pub(crate) &'f [(usize, Known<'f>)]);

impl Program {
    /// Whether every event of which this is known is dropped, whatever its other fields are.
    pub(crate) fn drops_all(&self, known: &Facts<'_>) -> bool {
        if self.rule_default == RuleDefault::Never {
            return false;
        }
        for block in &self.blocks {
            match (block.onmatch, known.block(block)) {
                (OnMatch::Exclude, Answer::Yes) => return true,
                // An exclusion that may match only makes more dropped.
                (OnMatch::Exclude, Answer::Open | Answer::No) | (OnMatch::Include, Answer::No) => {}
                (OnMatch::Include, Answer::Yes | Answer::Open) => return false,
            }
        }
        !self.keeps_unmatched()
    }

    /// Whether no filter passes on any of these fields, of which nothing is known where the value is missing.
    pub(crate) fn fails_all(&self, fields: &[(usize, Option<&str>)]) -> bool {
        let filters = self.blocks.iter().flat_map(|block| &block.items).flat_map(|item| match item {
            Item::Rule(Rule { filters, .. }) | Item::Field(filters) => filters,
        });
        let fails = |filter: &Filter| {
            let asked = fields.iter().find(|(position, _)| Some(*position) == filter.position);
            asked.is_none_or(|(_, value)| value.is_some_and(|value| !filter.test.passes(value)))
        };
        filters.into_iter().all(fails)
    }
}

impl Facts<'_> {
    fn block(&self, block: &Block) -> Answer {
        let items = block.items.iter().map(|item| self.item(item));
        match block.relation {
            Relation::Or => any(items),
            Relation::And if block.items.is_empty() => Answer::No,
            Relation::And => all(items),
        }
    }

    fn item(&self, item: &Item) -> Answer {
        match item {
            Item::Rule(Rule { relation: Relation::And, filters, .. }) => {
                all(filters.iter().map(|filter| self.filter(filter)))
            }
            Item::Field(filters) | Item::Rule(Rule { relation: Relation::Or, filters, .. }) => {
                any(filters.iter().map(|filter| self.filter(filter)))
            }
        }
    }

    fn filter(&self, filter: &Filter) -> Answer {
        let known = match filter.position {
            None => Some(Known::Is("")),
            Some(asked) => self.0.iter().find(|(position, _)| *position == asked).map(|(_, known)| *known),
        };
        known.map_or(Answer::Open, |known| known.passes(&filter.test))
    }
}

impl<'v> Known<'v> {
    pub(crate) fn text(&self) -> &'v str {
        match self {
            Self::Is(text) | Self::In(text) | Self::EndsWith(text) => text,
            Self::FailsAll => "",
        }
    }

    /// The same of another text.
    pub(crate) fn with_text<'t>(&self, text: &'t str) -> Known<'t> {
        match self {
            Self::Is(_) => Known::Is(text),
            Self::In(_) => Known::In(text),
            Self::EndsWith(_) => Known::EndsWith(text),
            Self::FailsAll => Known::FailsAll,
        }
    }

    fn passes(self, test: &Test) -> Answer {
        match self {
            Self::Is(value) => return Answer::of(test.passes(value)),
            Self::FailsAll => return Answer::No,
            Self::In(_) | Self::EndsWith(_) => {}
        }
        match test {
            Test::Is(value) => self.is(value),
            Test::IsNot(value) => self.is(value).not(),
            Test::BeginWith(value) => self.begins_with(value),
            Test::NotBeginWith(value) => self.begins_with(value).not(),
            Test::EndWith(value) => self.ends_with(value),
            Test::NotEndWith(value) => self.ends_with(value).not(),
            Test::Contains(word) => self.contains(word),
            Test::Excludes(word) => self.contains(word).not(),
            Test::IsAny(values) => any(values.iter().map(|value| self.is(value))),
            Test::ContainsAny(words) => any(words.iter().map(|word| self.contains(word))),
            Test::ContainsAll(words) => all(words.iter().map(|word| self.contains(word))),
            Test::ExcludesAny(words) => any(words.iter().map(|word| self.contains(word))).not(),
            Test::ExcludesAll(words) => all(words.iter().map(|word| self.contains(word))).not(),
            Test::LessThan(_) | Test::MoreThan(_) | Test::Name(..) => Answer::Open,
        }
    }

    fn is(self, value: &str) -> Answer {
        match self {
            Self::Is(known) => Answer::of(known == value),
            Self::In(folder) => Answer::open_if(name_in(value, folder).is_some_and(|name| !name.is_empty())),
            Self::EndsWith(end) => Answer::open_if(value.ends_with(end)),
            Self::FailsAll => Answer::No,
        }
    }

    fn begins_with(self, value: &str) -> Answer {
        match self {
            Self::Is(known) => Answer::of(known.starts_with(value)),
            Self::In(folder) if folder.starts_with(value) => Answer::Yes,
            Self::In(folder) => Answer::open_if(name_in(value, folder).is_some()),
            Self::EndsWith(_) => Answer::Open,
            Self::FailsAll => Answer::No,
        }
    }

    fn ends_with(self, value: &str) -> Answer {
        match self {
            Self::Is(known) => Answer::of(known.ends_with(value)),
            // The last slash of the path is that of the folder.
            Self::In(folder) => Answer::open_if(folder.ends_with(up_to_last_slash(value))),
            Self::EndsWith(end) if end.ends_with(value) => Answer::Yes,
            Self::EndsWith(end) => Answer::open_if(value.ends_with(end)),
            Self::FailsAll => Answer::No,
        }
    }

    fn contains(self, word: &str) -> Answer {
        match self {
            Self::Is(known) => Answer::of(known.contains(word)),
            Self::In(part) | Self::EndsWith(part) if part.contains(word) => Answer::Yes,
            Self::In(folder) => Answer::open_if(folder.ends_with(up_to_last_slash(word))),
            Self::EndsWith(_) => Answer::Open,
            Self::FailsAll => Answer::No,
        }
    }
}

/// What stands behind the folder in a path of something right in it, or of the beginning of that.
fn name_in<'v>(path: &'v str, folder: &str) -> Option<&'v str> {
    path.strip_prefix(folder).filter(|name| !name.contains('/'))
}

/// Nothing when there is no slash.
fn up_to_last_slash(text: &str) -> &str {
    text.rfind('/').map_or("", |at| &text[..=at])
}

impl Answer {
    fn of(yes: bool) -> Self {
        if yes { Self::Yes } else { Self::No }
    }

    fn open_if(possible: bool) -> Self {
        if possible { Self::Open } else { Self::No }
    }

    fn not(self) -> Self {
        match self {
            Self::Yes => Self::No,
            Self::No => Self::Yes,
            Self::Open => Self::Open,
        }
    }
}

fn any(answers: impl Iterator<Item = Answer>) -> Answer {
    let mut found = Answer::No;
    for answer in answers {
        match answer {
            Answer::Yes => return Answer::Yes,
            Answer::Open => found = Answer::Open,
            Answer::No => {}
        }
    }
    found
}

fn all(answers: impl Iterator<Item = Answer>) -> Answer {
    let mut found = Answer::Yes;
    for answer in answers {
        match answer {
            Answer::No => return Answer::No,
            Answer::Open => found = Answer::Open,
            Answer::Yes => {}
        }
    }
    found
}
