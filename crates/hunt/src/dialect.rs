//! One text for each question, two engines: this is where they differ in what they understand.
//!
//! Questions are written in the SQL that both know. What they call differently is written as a call here:
//! `text_of(X_id)` is the text that a number of a view stands for, and `in_network` and `is_named` are functions that
//! [`crate::functions`] adds to SQLite and that become conditions elsewhere. `LIKE` takes either case of ASCII letters, and
//! a backslash is a backslash. A question that needs more than that has a text of its own below `hunts/clickhouse`.

mod tokens;

use std::fmt::Write as _;
use std::net::IpAddr;

use tuxmon_event::Network;

use crate::ddl::string;
use crate::hunts::Argument;
use tokens::{Token, tokens};

/// Whose SQL.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dialect {
    /// SQLite's; parameters are bound.
    Sqlite,
    /// ClickHouse's, of every version; parameters are written into the text.
    ClickHouse,
}

impl Dialect {
    /// The question in this dialect.
    pub fn write(self, sql: &str, arguments: &[(&str, Argument)]) -> String {
        Writing { dialect: self, arguments }.all(&tokens(sql))
    }
}

/// A text as a literal of ClickHouse.
pub(crate) fn literal(text: &str) -> String {
    format!("'{}'", text.replace('\\', "\\\\").replace('\'', "\\'"))
}

struct Writing<'a> {
    dialect: Dialect,
    arguments: &'a [(&'a str, Argument)],
}

impl Writing<'_> {
    fn all(&self, mut tokens: &[Token<'_>]) -> String {
        let mut out = String::new();
        while let Some(first) = tokens.first() {
            let (text, length) =
                self.call(tokens).or_else(|| self.like(tokens)).unwrap_or_else(|| (self.one(*first), 1));
            out.push_str(&text);
            tokens = &tokens[length..];
        }
        out
    }

    fn one(&self, token: Token<'_>) -> String {
        match (self.dialect, token) {
            (Dialect::Sqlite, token) => token.to_string(),
            (Dialect::ClickHouse, Token::Text(_)) => literal(&token.text()),
            (Dialect::ClickHouse, Token::Parameter(name)) => match self.argument(name) {
                Some(Argument::Number(number)) => number.to_string(),
                Some(Argument::Text(text)) => literal(text),
                None => token.to_string(),
            },
            (Dialect::ClickHouse, Token::Word(_) | Token::Space(_) | Token::Sign(_)) => token.to_string(),
        }
    }

    fn argument(&self, name: &str) -> Option<&Argument> {
        self.arguments.iter().find(|(own, _)| *own == name).map(|(_, argument)| argument)
    }

    /// A call of something that the engines do not share, and how many tokens it is.
    fn call(&self, tokens: &[Token<'_>]) -> Option<(String, usize)> {
        let [Token::Word(name), Token::Sign('('), ..] = tokens else { return None };
        let (arguments, length) = tokens::arguments(&tokens[1..])?;
        let text = match (self.dialect, *name, arguments.as_slice()) {
            (Dialect::Sqlite, "text_of", [id]) => string(&self.all(id)),
            // No text has the number of none, so none is the empty text.
            (Dialect::ClickHouse, "text_of", [id]) => format!("nullIf({}, '')", self.all(id)),
            (Dialect::ClickHouse, "in_network", [ip, network]) => {
                in_network(&self.all(ip), &self.constant(network)?)
            }
            (Dialect::ClickHouse, "is_named", [path, names]) => {
                is_named(&self.all(path), &self.constant(names)?)
            }
            (Dialect::Sqlite | Dialect::ClickHouse, _, _) => return None,
        };
        Some((text, 1 + length))
    }

    /// The text that is written here, or given for the parameter that is.
    fn constant(&self, tokens: &[Token<'_>]) -> Option<String> {
        match tokens {
            [Token::Space(_), rest @ ..] => self.constant(rest),
            [text @ Token::Text(_)] => Some(text.text()),
            [Token::Parameter(name)] => match self.argument(name)? {
                Argument::Text(text) => Some(text.clone()),
                Argument::Number(number) => Some(number.to_string()),
            },
            [..] => None,
        }
    }

    /// `column LIKE text`, perhaps with a NOT, which takes either case and knows no escapes.
    fn like(&self, tokens: &[Token<'_>]) -> Option<(String, usize)> {
        let [Token::Word(column), Token::Space(_), rest @ ..] = tokens else { return None };
        let (not, rest, before) = match rest {
            [Token::Word("NOT"), Token::Space(_), rest @ ..] => ("NOT ", rest, 4),
            rest => ("", rest, 2),
        };
        let [Token::Word("LIKE"), Token::Space(_), pattern, ..] = rest else { return None };
        let pattern = self.constant(&[*pattern]).filter(|_| self.dialect == Dialect::ClickHouse)?;
        let pattern = literal(&pattern.to_ascii_lowercase().replace('\\', "\\\\"));
        Some((format!("lower({column}) {not}LIKE {pattern}"), before + 3))
    }
}

/// An IPv4 address as Rust reads it: no other form is one.
const IPV4: &str =
    r"^((25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])\.){3}(25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])$";

/// The condition that [`crate::functions::in_network`] decides.
fn in_network(ip: &str, network: &str) -> String {
    let Ok(network) = network.parse::<Network>() else {
        return format!("({ip} = {})", literal(network));
    };
    let length = u32::from(network.length());
    match network.first() {
        IpAddr::V4(base) => {
            let mask = u32::MAX.checked_shl(32 - length).unwrap_or(0);
            // An IPv4 address may be written as an IPv6 one.
            let plain = format!("replaceRegexpOne(ifNull({ip}, ''), '^::(ffff|FFFF):', '')");
            let is_one = format!("match({plain}, {})", literal(IPV4));
            format!(
                "({is_one} AND bitAnd(IPv4StringToNum(if({is_one}, {plain}, '0.0.0.0')), {mask}) = {})",
                base.to_bits()
            )
        }
        IpAddr::V6(base) => {
            let host = u128::MAX.checked_shr(length).unwrap_or(0);
            let (low, high) = (base.to_bits(), base.to_bits() | host);
            let bits = format!("hex(IPv6StringToNum(ifNull({ip}, '')))");
            format!(
                "(position(ifNull({ip}, ''), ':') > 0 AND match(ifNull({ip}, ''), '^::(ffff|FFFF):') = 0 \
                 AND {bits} >= '{low:032X}' AND {bits} <= '{high:032X}')"
            )
        }
    }
}

/// The condition that [`crate::functions::is_named`] decides.
fn is_named(path: &str, names: &str) -> String {
    let mut pattern = "(^|/)(".to_owned();
    for (index, name) in names.split_whitespace().enumerate() {
        let (name, rest) = name.strip_suffix('*').map_or((name, ""), |name| (name, "[^/]*"));
        let separator = if index == 0 { "" } else { "|" };
        let _ = write!(pattern, "{separator}{}{rest}", escaped(name));
    }
    format!("match({path}, {})", literal(&(pattern + ")$")))
}

/// A text as a pattern that matches itself.
fn escaped(text: &str) -> String {
    text.chars().fold(String::new(), |mut out, c| {
        if c.is_ascii_punctuation() {
            out.push('\\');
        }
        out.push(c);
        out
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(sql: &str, arguments: &[(&str, Argument)], sqlite: &str, clickhouse: &str) {
        assert_eq!(Dialect::Sqlite.write(sql, arguments), sqlite);
        assert_eq!(Dialect::ClickHouse.write(sql, arguments), clickhouse);
    }

    #[test]
    fn what_both_know_stays_as_it_is() {
        let sql = "SELECT \"a b\", count(*) AS n FROM t WHERE x >= 1 -- it's so\nORDER BY n";
        check(sql, &[], sql, sql);
    }

    #[test]
    fn texts_and_parameters_are_written_into_the_text() {
        let text = |text: &str| Argument::Text(text.to_owned());
        check(
            "a = :a AND b = :b AND c = 'it''s \\x'",
            &[("a", Argument::Number(-7)), ("b", text("o'\\"))],
            "a = :a AND b = :b AND c = 'it''s \\x'",
            r"a = -7 AND b = 'o\'\\' AND c = 'it\'s \\x'",
        );
    }

    #[test]
    fn like_takes_either_case_and_knows_no_escapes() {
        check(
            r"A LIKE '%\x_B' OR B NOT LIKE :b",
            &[("b", Argument::Text("X%".to_owned()))],
            r"A LIKE '%\x_B' OR B NOT LIKE :b",
            r"lower(A) LIKE '%\\\\x_b' OR lower(B) NOT LIKE 'x%'",
        );
    }

    #[test]
    fn calls_become_what_the_engine_has() {
        check(
            "text_of(a_id), is_named(p, 'sh php-*')",
            &[],
            "(SELECT text FROM strings WHERE strings.id = a_id), is_named(p, 'sh php-*')",
            r"nullIf(a_id, ''), match(p, '(^|/)(sh|php\\-[^/]*)$')",
        );
    }
}
