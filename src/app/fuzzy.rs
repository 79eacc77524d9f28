//! Finding as one types, by the rules that hands know from fzf; accents need not be typed.

use nucleo_matcher::pattern::{CaseMatching, Normalization, Pattern};
use nucleo_matcher::{Config, Matcher, Utf32Str};

/// The indices of the texts that match, best first; all of them in their own order where nothing was typed.
pub fn find<'a>(query: &str, texts: impl Iterator<Item = &'a str>) -> Vec<usize> {
    if query.trim().is_empty() {
        return (0..texts.count()).collect();
    }
    let mut matcher = Matcher::new(Config::DEFAULT);
    let pattern = Pattern::parse(query, CaseMatching::Ignore, Normalization::Smart);
    let mut buffer = Vec::new();
    let mut found: Vec<(u32, usize)> = texts
        .enumerate()
        .filter_map(|(index, text)| Some((pattern.score(Utf32Str::new(text, &mut buffer), &mut matcher)?, index)))
        .collect();
    found.sort_by_key(|(score, index)| (std::cmp::Reverse(*score), *index));
    found.into_iter().map(|(_, index)| index).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_best_comes_first_and_accents_need_not_be_typed() {
        let texts = ["Martin Dubois", "A Coruña", "Marta López"];
        assert_eq!(find("coruna", texts.into_iter()), [1]);
        assert_eq!(find("mart", texts.into_iter()), [0, 2]);
        assert_eq!(find(" ", texts.into_iter()), [0, 1, 2]);
        assert_eq!(find("zzz", texts.into_iter()), [] as [usize; 0]);
    }
}
