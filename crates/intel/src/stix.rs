//! STIX 2.1: indicators of a bundle whose pattern is one comparison, or several of which any is enough.
//!
//! A pattern that asks for two things at once, for an order or for a time means less than each of its values, so none of
//! them is taken; that is told.

use serde_json::Value;

use crate::indicator::{Indicator, Kind};
use crate::json::{self, word};
use crate::reading::{Reading, shown, time};

pub(crate) fn read(text: &str, reading: &mut Reading<'_>) {
    let Some(value) = json::parse(text, reading) else { return };
    let objects = match &value {
        Value::Array(objects) => objects.as_slice(),
        Value::Object(bundle) => match bundle.get("objects") {
            Some(Value::Array(objects)) => objects.as_slice(),
            _ => std::slice::from_ref(&value),
        },
        _ => &[],
    };
    let mut used = false;
    for object in objects.iter().filter(|object| word(object, "type") == "indicator") {
        used = true;
        one(text, object, reading);
    }
    if !used {
        reading.problem(1, "no-indicators", "the bundle has no object of the type indicator".to_owned(), "");
    }
}

fn one(text: &str, object: &Value, reading: &mut Reading<'_>) {
    if object.get("revoked").and_then(Value::as_bool) == Some(true) {
        return;
    }
    let pattern = word(object, "pattern");
    let id = word(object, "id");
    let kind = word(object, "pattern_type");
    if !matches!(kind, "" | "stix") {
        let message = format!("its pattern is written in {}, not in STIX", shown(kind));
        return json::problem(text, id, reading, "stix-pattern", message, "");
    }
    let expires = time(word(object, "valid_until"));
    let values = match comparisons(pattern) {
        Ok(values) => values,
        Err(reason) => {
            let message = format!("the pattern {} {reason}", shown(pattern));
            let remedy = "split it into indicators of one value each";
            return json::problem(text, id, reading, "stix-pattern", message, remedy);
        }
    };
    for (path, value) in values {
        let found = kind_of(&path)
            .and_then(|kind| Indicator::of(kind, &value).or_else(|| Indicator::of(wider(kind), &value)));
        if let Some(indicator) = found {
            reading.add(indicator.with(word(object, "name"), expires));
        } else {
            let message = format!("{} = '{}' is nothing that events have", shown(&path), shown(&value));
            let remedy = "hashes, addresses, domains and URLs are compared";
            json::problem(text, id, reading, "stix-pattern", message, remedy);
        }
    }
}

fn kind_of(path: &str) -> Option<Kind> {
    let path = path.replace(['\'', '"'], "");
    match path.split_once(':')? {
        ("file", rest) if rest.starts_with("hashes.") => Some(Kind::Hash),
        ("ipv4-addr" | "ipv6-addr", "value") => Some(Kind::Ip),
        ("domain-name", "value") => Some(Kind::Domain),
        ("url", "value") => Some(Kind::Url),
        ("network-traffic", "dst_ref.value" | "src_ref.value") => Some(Kind::Ip),
        _ => None,
    }
}

/// The value of an address object may be a network.
fn wider(kind: Kind) -> Kind {
    if kind == Kind::Ip { Kind::Cidr } else { kind }
}

/// A part of a pattern.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Token {
    Word(String),
    Text(String),
    Sign(char),
}

/// Paths and values of a pattern of which any is enough.
fn comparisons(pattern: &str) -> Result<Vec<(String, String)>, String> {
    let tokens = tokens(pattern)?;
    let mut rest = tokens.iter().filter(|token| !matches!(token, Token::Sign('[' | ']'))).peekable();
    let mut found = Vec::new();
    loop {
        let Some(Token::Word(path)) = rest.next() else {
            return Err("has no comparison where one is due".to_owned());
        };
        match rest.next() {
            Some(Token::Sign('=')) => match rest.next() {
                Some(Token::Text(value)) => found.push((path.clone(), value.clone())),
                _ => return Err("compares with something that is no text".to_owned()),
            },
            Some(Token::Word(word)) if word == "IN" || word == "ISSUBSET" => loop {
                match rest.next() {
                    Some(Token::Text(value)) => found.push((path.clone(), value.clone())),
                    Some(Token::Sign('(' | ',')) => continue,
                    _ => return Err("has a list that does not end".to_owned()),
                }
                match rest.peek() {
                    Some(Token::Sign(',')) => {}
                    Some(Token::Sign(')')) => {
                        rest.next();
                        break;
                    }
                    _ => break,
                }
            },
            Some(other) => return Err(format!("asks {}, and only equality is understood", in_words(other))),
            None => return Err("ends too early".to_owned()),
        }
        match rest.next() {
            None => return Ok(found),
            Some(Token::Word(word)) if word == "OR" => {}
            Some(other) => {
                return Err(format!(
                    "asks {} at once, so none of its values means it alone",
                    in_words(other)
                ));
            }
        }
    }
}

fn in_words(token: &Token) -> String {
    match token {
        Token::Word(word) => shown(word),
        Token::Text(text) => format!("'{}'", shown(text)),
        Token::Sign(sign) => sign.to_string(),
    }
}

fn tokens(pattern: &str) -> Result<Vec<Token>, String> {
    let mut tokens = Vec::new();
    let mut rest = pattern.chars().peekable();
    while let Some(&next) = rest.peek() {
        match next {
            '\'' => {
                rest.next();
                tokens.push(Token::Text(quoted(&mut rest)?));
            }
            '[' | ']' | '(' | ')' | ',' | '=' | '!' | '<' | '>' => {
                rest.next();
                tokens.push(Token::Sign(next));
            }
            _ if next.is_whitespace() => {
                rest.next();
            }
            _ => tokens.push(Token::Word(path(&mut rest)?)),
        }
    }
    Ok(tokens)
}

/// A path may have quoted steps, as in `file:hashes.'SHA-256'`.
fn path(rest: &mut std::iter::Peekable<std::str::Chars<'_>>) -> Result<String, String> {
    let mut path = String::new();
    while let Some(&next) = rest.peek() {
        match next {
            '\'' => {
                rest.next();
                path.push_str(&quoted(rest)?);
            }
            '[' | ']' | '(' | ')' | ',' | '=' | '!' | '<' | '>' => break,
            _ if next.is_whitespace() => break,
            _ => {
                path.push(next);
                rest.next();
            }
        }
    }
    Ok(path)
}

fn quoted(rest: &mut std::iter::Peekable<std::str::Chars<'_>>) -> Result<String, String> {
    let mut text = String::new();
    while let Some(next) = rest.next() {
        match next {
            '\'' => return Ok(text),
            '\\' => text.extend(rest.next()),
            _ => text.push(next),
        }
    }
    Err("has a text that does not end".to_owned())
}
