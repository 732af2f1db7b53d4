//! Rust source laid out as rustfmt lays it out.

/// The line width in `rustfmt.toml`.
const WIDTH: usize = 110;

/// The first line of each generated Rust file.
pub(super) const HEADER: &str =
    "// Generated from schema/ by `cargo xtask codegen`; edit the schema or the generator.\n";

/// `open`, the parts with commas, `close`: on one line if that fits, otherwise one part per line.
///
/// On one line, braces have blanks inside and brackets have not.
pub(super) fn list(indent: usize, open: &str, parts: &[String], close: &str) -> String {
    let blanks = " ".repeat(indent);
    let pad = if open.ends_with('{') { " " } else { "" };
    let one_line = format!("{blanks}{open}{pad}{}{pad}{close}", parts.join(", "));
    if one_line.len() <= WIDTH && !one_line.contains('\n') {
        return one_line + "\n";
    }
    let mut lines = format!("{blanks}{open}\n");
    for part in parts {
        lines.extend([blanks.as_str(), "    ", part, ",\n"]);
    }
    lines + &blanks + close + "\n"
}

/// A string literal.
pub(super) fn literal(text: &str) -> String {
    format!("{text:?}")
}

/// `ProcessGuid` as `process_guid`; a run of capitals is one word.
pub(super) fn snake_case(name: &str) -> String {
    let letters: Vec<char> = name.chars().collect();
    let mut out = String::new();
    for (place, letter) in letters.iter().enumerate() {
        let after_small = place > 0 && !letters[place - 1].is_uppercase();
        if letter.is_uppercase() && after_small {
            out.push('_');
        }
        out.extend(letter.to_lowercase());
    }
    out
}

/// The name of a struct field; `Type` is a keyword in lower case.
pub(super) fn member(name: &str) -> String {
    match snake_case(name).as_str() {
        "type" => "r#type".to_owned(),
        other => other.to_owned(),
    }
}

/// The name of a constant.
pub(super) fn constant(name: &str) -> String {
    snake_case(name).to_ascii_uppercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_follow_upstream() {
        assert_eq!(snake_case("ProcessGuid"), "process_guid");
        assert_eq!(snake_case("SourceProcessGUID"), "source_process_guid");
        assert_eq!(snake_case("SourceIsIpv6"), "source_is_ipv6");
        assert_eq!(snake_case("ID"), "id");
        assert_eq!(member("Type"), "r#type");
        assert_eq!(constant("RuleName"), "RULE_NAME");
    }
}
