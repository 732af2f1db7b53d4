//! Finds the word that an author most likely meant.

/// The candidate closest to `word`: equal but for case, else a beginning or continuation of it, else
/// at most two single-letter changes away.
pub(crate) fn nearest<'c>(word: &str, candidates: impl Iterator<Item = &'c str>) -> Option<&'c str> {
    const LONGEST: usize = 64; // the distance is quadratic, and the word is the input's
    if word.is_empty() || word.len() > LONGEST {
        return None;
    }
    let word = word.to_ascii_lowercase();
    let continues = |candidate: &str| {
        let candidate = candidate.to_ascii_lowercase();
        candidate == word || word.len() >= 3 && candidate.starts_with(&word)
    };
    let candidates: Vec<_> = candidates.collect();
    candidates.iter().copied().find(|candidate| continues(candidate)).or_else(|| {
        candidates
            .into_iter()
            .map(|candidate| (distance(&word, &candidate.to_ascii_lowercase()), candidate))
            .filter(|&(distance, candidate)| distance <= 2 && distance * 2 < candidate.len())
            .min_by_key(|&(distance, _)| distance)
            .map(|(_, candidate)| candidate)
    })
}

/// Number of single characters to insert, remove or replace.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, ca) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, &cb) in b.iter().enumerate() {
            let replaced = diagonal + usize::from(ca != cb);
            diagonal = row[j + 1];
            row[j + 1] = replaced.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn published_typos_find_their_word() {
        let words = ["is", "begin with", "end with", "contains any"];
        let found = |word| nearest(word, words.iter().copied());
        assert_eq!(found("ends with"), Some("end with"));
        assert_eq!(found("being with"), Some("begin with"));
        assert_eq!(found("end"), Some("end with"));
        assert_eq!(found("Contains Any"), Some("contains any"));
        assert_eq!(found("regex"), None);
        assert_eq!(found(""), None);
        assert_eq!(found(&"x".repeat(100)), None);
    }
}
