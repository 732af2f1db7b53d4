//! The named hunts: questions that are asked again and again, each a file below `hunts/`.
//!
//! A file begins with what it tells, in comments: `title`, `tells`, `param NAME=DEFAULT: what it is`, `attack` with
//! technique ids, and `times` with the columns that hold a time. Then follows one SELECT over the documented views, as
//! [`crate::dialect`] wants it written.

use crate::dialect::Dialect;
use crate::moment;

/// The name of each hunt, and its file.
const FILES: &[(&str, &str)] = &[
    ("address", include_str!("../hunts/address.sql")),
    ("beaconing", include_str!("../hunts/beaconing.sql")),
    ("bpf-loads", include_str!("../hunts/bpf-loads.sql")),
    ("domain", include_str!("../hunts/domain.sql")),
    ("gaps", include_str!("../hunts/gaps.sql")),
    ("images", include_str!("../hunts/images.sql")),
    ("lateral", include_str!("../hunts/lateral.sql")),
    ("long-commands", include_str!("../hunts/long-commands.sql")),
    ("losses", include_str!("../hunts/losses.sql")),
    ("odd-hours", include_str!("../hunts/odd-hours.sql")),
    ("odd-places", include_str!("../hunts/odd-places.sql")),
    ("persistence", include_str!("../hunts/persistence.sql")),
    ("rare-destinations", include_str!("../hunts/rare-destinations.sql")),
    ("rare-images", include_str!("../hunts/rare-images.sql")),
    ("rare-parents", include_str!("../hunts/rare-parents.sql")),
    ("raw-reads", include_str!("../hunts/raw-reads.sql")),
    ("server-shells", include_str!("../hunts/server-shells.sql")),
    ("spread", include_str!("../hunts/spread.sql")),
];

/// What some of them are on ClickHouse, of every version: 18.16 has neither windows nor queries with names.
const ON_CLICKHOUSE: &[(&str, &str)] = &[
    ("address", include_str!("../hunts/clickhouse/address.sql")),
    ("beaconing", include_str!("../hunts/clickhouse/beaconing.sql")),
    ("gaps", include_str!("../hunts/clickhouse/gaps.sql")),
];

/// One question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hunt {
    /// Its name.
    pub name: &'static str,
    /// What it lists, in a few words.
    pub title: &'static str,
    /// What its answer means.
    pub tells: &'static str,
    /// What can be set.
    pub parameters: Vec<Parameter>,
    /// The ATT&CK techniques that it looks for.
    pub attack: Vec<&'static str>,
    /// The columns of its answer that hold milliseconds since 1970.
    pub times: Vec<String>,
    /// The question.
    pub sql: &'static str,
}

/// What can be set in a hunt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parameter {
    /// Its name.
    pub name: &'static str,
    /// Its value when none is given; `None`: one must be given.
    pub default: Option<&'static str>,
    /// What it is.
    pub meaning: &'static str,
}

/// The value of a parameter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Argument {
    /// A number, or a time in milliseconds since 1970.
    Number(i64),
    /// A text.
    Text(String),
}

/// What is wrong with a call of a hunt.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum HuntError {
    /// There is no such parameter.
    #[error("{hunt} has no parameter '{name}'; it has: {has}")]
    Unknown {
        /// The hunt.
        hunt: &'static str,
        /// What was written.
        name: String,
        /// What there is.
        has: String,
    },
    /// A number was expected.
    #[error("{hunt}: '{text}' is no value for {name}: {meaning}")]
    NoNumber {
        /// The hunt.
        hunt: &'static str,
        /// The parameter.
        name: &'static str,
        /// What was written.
        text: String,
        /// What it is.
        meaning: &'static str,
    },
    /// A parameter without a default was not given.
    #[error("{hunt} needs --param {name}=…: {meaning}")]
    Missing {
        /// The hunt.
        hunt: &'static str,
        /// The parameter.
        name: &'static str,
        /// What it is.
        meaning: &'static str,
    },
}

/// All hunts, in the order of their names.
pub fn all() -> Vec<Hunt> {
    FILES.iter().map(|(name, text)| read(name, text)).collect()
}

/// The hunt with this name.
pub fn find(name: &str) -> Option<Hunt> {
    all().into_iter().find(|hunt| hunt.name == name)
}

fn read(name: &'static str, text: &'static str) -> Hunt {
    let mut hunt = Hunt {
        name,
        title: "",
        tells: "",
        parameters: Vec::new(),
        attack: Vec::new(),
        times: Vec::new(),
        sql: "",
    };
    let mut rest = text;
    while let Some((line, behind)) = rest.strip_prefix("-- ").and_then(|rest| rest.split_once('\n')) {
        let (key, value) = line.split_once(':').expect("a line of a hunt's head has a colon");
        let value = value.trim();
        match key {
            "title" => hunt.title = value,
            "tells" => hunt.tells = value,
            "attack" => hunt.attack = value.split_whitespace().collect(),
            "times" => hunt.times = value.split_whitespace().map(str::to_owned).collect(),
            parameter => {
                let parameter = parameter.strip_prefix("param ").expect("a hunt's head has no other lines");
                let (name, default) = match parameter.split_once('=') {
                    Some((name, default)) => (name, Some(default)),
                    None => (parameter, None),
                };
                hunt.parameters.push(Parameter { name, default, meaning: value });
            }
        }
        rest = behind;
    }
    hunt.sql = rest.trim();
    hunt
}

impl Hunt {
    /// The question as one asks it in a dialect.
    pub fn written(&self, dialect: Dialect, arguments: &[(&str, Argument)]) -> String {
        let own = ON_CLICKHOUSE.iter().find(|(name, _)| *name == self.name).map(|(_, sql)| *sql);
        let sql = match dialect {
            Dialect::Sqlite => self.sql,
            Dialect::ClickHouse => own.unwrap_or(self.sql),
        };
        dialect.write(sql, arguments)
    }

    /// The value of each parameter, from what was given and the defaults.
    pub fn arguments(&self, given: &[(String, String)]) -> Result<Vec<(&'static str, Argument)>, HuntError> {
        if let Some((name, _)) =
            given.iter().find(|(name, _)| !self.parameters.iter().any(|parameter| parameter.name == name))
        {
            let has: Vec<&str> = self.parameters.iter().map(|parameter| parameter.name).collect();
            return Err(HuntError::Unknown { hunt: self.name, name: name.clone(), has: has.join(", ") });
        }
        let value = |parameter: &Parameter| {
            let given = given.iter().rev().find(|(name, _)| parameter.name == name);
            let text = given.map(|(_, value)| value.as_str()).or(parameter.default);
            let (hunt, name, meaning) = (self.name, parameter.name, parameter.meaning);
            let text = text.ok_or(HuntError::Missing { hunt, name, meaning })?;
            let argument = parameter.argument(text);
            Ok((name, argument.ok_or(HuntError::NoNumber { hunt, name, text: text.to_owned(), meaning })?))
        };
        self.parameters.iter().map(value).collect()
    }
}

impl Parameter {
    /// A parameter whose default is a number wants numbers.
    fn argument(&self, text: &str) -> Option<Argument> {
        let wants_number = self.default.is_some_and(|default| default.parse::<i64>().is_ok());
        if !wants_number {
            return Some(Argument::Text(text.to_owned()));
        }
        let time = || {
            let whole = if text.len() == 10 { format!("{text} 00:00:00") } else { text.to_owned() };
            moment::microseconds(&whole).filter(|_| TIMES.contains(&self.name)).map(|micros| micros / 1000)
        };
        text.parse().ok().or_else(time).map(Argument::Number)
    }
}

/// Parameters that are times: they may be written as `2026-11-21` or `2026-11-21 05:31:50`, in UTC.
const TIMES: &[&str] = &["since", "until"];
