//! The fields of an event that made an alert: copied, because the event goes on, into one text.

/// Names and values; each name once.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Fields {
    text: String,
    /// Where each name begins in the text, where its value does, and where that ends.
    places: Vec<[usize; 3]>,
}

impl Fields {
    /// A copy. Of a name that comes again the last value counts.
    pub fn of(fields: &[(&str, &str)]) -> Self {
        let mut text =
            String::with_capacity(fields.iter().map(|(name, value)| name.len() + value.len()).sum());
        let mut places = Vec::with_capacity(fields.len());
        for (at, (name, _)) in fields.iter().enumerate() {
            if fields[..at].iter().any(|(before, _)| before == name) {
                continue;
            }
            let last = fields[at..].iter().rfind(|(again, _)| again == name);
            let value = last.map_or("", |(_, value)| value);
            let start = text.len();
            text.push_str(name);
            let middle = text.len();
            text.push_str(value);
            places.push([start, middle, text.len()]);
        }
        Self { text, places }
    }

    /// Each with its value, in order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.places.iter().map(|&[start, middle, end]| (&self.text[start..middle], &self.text[middle..end]))
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.places.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::Fields;

    #[test]
    fn each_name_is_there_once_at_its_first_place_with_its_last_value() {
        let fields = Fields::of(&[("b", "1"), ("a", ""), ("b", "é"), ("c", "3")]);
        assert_eq!(fields.iter().collect::<Vec<_>>(), [("b", "é"), ("a", ""), ("c", "3")]);
        assert!(!fields.is_empty() && Fields::of(&[]).is_empty());
    }
}
