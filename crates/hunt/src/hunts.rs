//! The named hunts: questions that are asked again and again, each a file below `hunts/`.
//!
//! A file begins with what it tells, in comments: `title`, `tells`, `param NAME=DEFAULT: what it is`, `attack` with
//! technique ids, and `times` with the columns that hold a time. Then follows one SELECT over the documented views.

use rusqlite::Statement;

/// The name of each hunt, and its file.
const FILES: &[(&str, &str)] = &[("images", include_str!("../hunts/images.sql"))];

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
    /// The value of each parameter, from what was given and the defaults.
    pub fn arguments(&self, given: &[(String, String)]) -> Result<Vec<(&'static str, String)>, HuntError> {
        if let Some((name, _)) =
            given.iter().find(|(name, _)| !self.parameters.iter().any(|parameter| parameter.name == name))
        {
            let has: Vec<&str> = self.parameters.iter().map(|parameter| parameter.name).collect();
            return Err(HuntError::Unknown { hunt: self.name, name: name.clone(), has: has.join(", ") });
        }
        let value = |parameter: &Parameter| {
            let given =
                given.iter().rev().find(|(name, _)| parameter.name == name).map(|(_, value)| value.clone());
            let missing =
                HuntError::Missing { hunt: self.name, name: parameter.name, meaning: parameter.meaning };
            let value = given.or_else(|| parameter.default.map(str::to_owned)).ok_or(missing)?;
            Ok((parameter.name, value))
        };
        self.parameters.iter().map(value).collect()
    }
}

/// Binds the values of a hunt's parameters; a number is bound as one.
pub fn bind(statement: &mut Statement<'_>, arguments: &[(&str, String)]) -> rusqlite::Result<()> {
    for (name, value) in arguments {
        let Some(index) = statement.parameter_index(&format!(":{name}"))? else { continue };
        match value.parse::<i64>() {
            Ok(number) => statement.raw_bind_parameter(index, number)?,
            Err(_) => statement.raw_bind_parameter(index, value.as_str())?,
        }
    }
    Ok(())
}
