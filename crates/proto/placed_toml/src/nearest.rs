//! The nearest word that is known, for a word that is not.

/// The known word that was probably meant, if any is near: letters in another case and other separators count as equal, and
/// about one letter in three of the shorter word may be wrong.
pub fn nearest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    /// Longer words are no misspelling of any key, and comparing costs the product of both lengths.
    const MAX_WORD: usize = 80;
    let word = fold(word);
    let length = word.chars().count();
    if length > MAX_WORD {
        return None;
    }
    let near = |candidate: &&str| {
        let folded = fold(candidate);
        let distance = strsim::damerau_levenshtein(&word, &folded);
        (distance <= 1 + length.min(folded.chars().count()) / 3).then_some(distance)
    };
    let found = known.into_iter().filter_map(|candidate| near(&candidate).map(|distance| (distance, candidate)));
    found.min().map(|(_, candidate)| candidate)
}

fn fold(word: &str) -> String {
    word.chars().filter(|c| !matches!(c, '_' | '-' | ' ')).flat_map(char::to_lowercase).collect()
}
