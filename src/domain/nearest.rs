//! Which known word somebody meant.

/// The known word that differs least from `word`, if it is near enough to be what was meant.
pub fn nearest<'a>(word: &str, known: &[&'a str]) -> Option<&'a str> {
    known
        .iter()
        .map(|candidate| (distance(word, candidate), *candidate))
        .min()
        .filter(|(distance, candidate)| *distance <= 1 + candidate.chars().count() / 4)
        .map(|(_, candidate)| candidate)
}

/// How many characters have to be put in, taken out, replaced or swapped with their neighbour to get from one word to the other.
/// Capitals do not count.
pub fn distance(one: &str, other: &str) -> usize {
    let one: Vec<char> = one.to_lowercase().chars().collect();
    let other: Vec<char> = other.to_lowercase().chars().collect();
    let mut before: Vec<usize> = Vec::new();
    let mut above: Vec<usize> = (0..=other.len()).collect();
    for (i, a) in one.iter().enumerate() {
        let mut row = vec![i + 1];
        for (j, b) in other.iter().enumerate() {
            let mut least = (above[j] + usize::from(a != b)).min(above[j + 1] + 1).min(row[j] + 1);
            if i > 0 && j > 0 && *a == other[j - 1] && one[i - 1] == *b {
                least = least.min(before[j - 1] + 1);
            }
            row.push(least);
        }
        before = std::mem::replace(&mut above, row);
    }
    above[other.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_of_the_finger_costs_one() {
        for slip in ["timeut", "timeoutt", "timeouz", "tiemout", "Tiemout"] {
            assert_eq!(distance(slip, "timeout"), 1, "{slip}");
        }
        assert_eq!(distance("", "timeout"), 7);
    }

    #[test]
    fn only_a_similar_word_is_offered() {
        let known = ["base_url", "token", "timeout"];
        assert_eq!(nearest("base_ulr", &known), Some("base_url"));
        assert_eq!(nearest("tokens", &known), Some("token"));
        assert_eq!(nearest("nickname", &known), None);
        assert_eq!(nearest("x", &[]), None);
    }
}
