//! The FieldSizes option: longest values of single fields.

use tuxmon_event::EVENTS;

/// Limits in bytes by field name, as the configuration lists them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FieldSizes {
    limits: Vec<(&'static str, usize)>, // sorted by name, each name once, each limit above 0
    text: String,
}

impl FieldSizes {
    /// Reads `Field:Size,Field:Size`; the error is the original's message. Of two sizes for a field
    /// the last one counts.
    pub fn parse(text: &str) -> Result<Self, String> {
        let allowed = |c: &char| c.is_ascii_alphanumeric() || *c == ',' || *c == ':';
        if let Some(invalid) = text.chars().find(|c| !allowed(c)) {
            return Err(format!("FieldSizes option ('{text}') has invalid character: '{invalid}'."));
        }
        let mut sizes = Self { limits: Vec::new(), text: text.to_owned() };
        for entry in text.split(',').filter(|entry| !entry.is_empty()) {
            let (name, limit) = entry.split_once(':').unwrap_or((entry, ""));
            let field = known_field(name).ok_or_else(|| format!("FieldSizes field '{name}' is invalid."))?;
            let limit = size(limit);
            if limit == 0 {
                return Err(format!("FieldSizes field '{name}' has max size of {limit}."));
            }
            sizes.set(field, limit);
        }
        Ok(sizes)
    }

    /// The longest value of a field in bytes.
    pub fn limit(&self, field: &str) -> Option<usize> {
        self.limits.binary_search_by_key(&field, |&(name, _)| name).ok().map(|at| self.limits[at].1)
    }

    /// What stands in the configuration.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whether no field has a limit.
    pub fn is_empty(&self) -> bool {
        self.limits.is_empty()
    }

    /// The limits, sorted by field.
    pub fn limits(&self) -> impl Iterator<Item = (&'static str, usize)> {
        self.limits.iter().copied()
    }

    fn set(&mut self, field: &'static str, limit: usize) {
        match self.limits.binary_search_by_key(&field, |&(name, _)| name) {
            Ok(at) => self.limits[at].1 = limit,
            Err(at) => self.limits.insert(at, (field, limit)),
        }
    }
}

/// Leading digits as a number, like the original's `atoi`; what is too long for a number is no limit.
fn size(text: &str) -> usize {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    if digits == 0 { 0 } else { text[..digits].parse().unwrap_or(usize::MAX) }
}

fn known_field(name: &str) -> Option<&'static str> {
    EVENTS.iter().flat_map(|event| event.fields).find(|field| field.name == name).map(|field| field.name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_are_read() {
        let sizes = FieldSizes::parse("Image:5,CommandLine:100,Image:7").expect("a list of known fields");
        assert_eq!(sizes.limit("Image"), Some(7));
        assert_eq!(sizes.limit("CommandLine"), Some(100));
        assert_eq!(sizes.limit("User"), None);
        assert!(sizes.limits().eq([("CommandLine", 100), ("Image", 7)]));
        assert_eq!(sizes.text(), "Image:5,CommandLine:100,Image:7");
        assert!(FieldSizes::parse("").expect("no limit at all").is_empty());
    }

    #[test]
    fn errors_are_the_originals() {
        let error = |text| FieldSizes::parse(text).expect_err(text);
        assert_eq!(error("Image: 5"), "FieldSizes option ('Image: 5') has invalid character: ' '.");
        assert_eq!(error("Picture:5"), "FieldSizes field 'Picture' is invalid.");
        assert_eq!(error("Image:5,User:0"), "FieldSizes field 'User' has max size of 0.");
        assert_eq!(error("Image"), "FieldSizes field 'Image' has max size of 0.");
    }
}
