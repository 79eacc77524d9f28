//! Free keys with a value each: the value of `extendedFields`.

/// Keys and values in the order of the server or of the agent's lines. A key without a value is `null` on the wire, as the vendor's
/// examples have it (api.md 4.5).
pub type Pairs = Vec<(String, Option<String>)>;

/// Reads one `key = value` a line; a line without `=` is a key without a value, blank lines are nothing.
pub fn parse(text: &str) -> Result<Pairs, String> {
    let mut pairs = Pairs::new();
    for (index, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        let (key, value) = match line.split_once('=') {
            Some((key, value)) => (key.trim(), Some(value.trim())),
            None => (line.trim(), None),
        };
        if key.is_empty() {
            return Err(format!("line {}: needs a key before =", index + 1));
        }
        if pairs.iter().any(|(before, _)| before == key) {
            return Err(format!("line {}: a key stands twice", index + 1));
        }
        pairs.push((key.to_owned(), value.filter(|value| !value.is_empty()).map(str::to_owned)));
    }
    Ok(pairs)
}

/// Writes the lines that [`parse`] reads.
pub fn lines(pairs: &Pairs) -> String {
    let line = |(key, value): &(String, Option<String>)| match value {
        Some(value) => format!("{key} = {value}"),
        None => key.clone(),
    };
    pairs.iter().map(line).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_and_pairs_are_each_others_inverse() {
        let text = "NIF = 1234\nCampo_prueba\nSEXO = a = b";
        let pairs = parse(text);
        assert_eq!(
            pairs,
            Ok(vec![
                ("NIF".into(), Some("1234".into())),
                ("Campo_prueba".into(), None),
                ("SEXO".into(), Some("a = b".into()))
            ])
        );
        assert_eq!(lines(&pairs.unwrap()), text);
    }

    #[test]
    fn faults_name_the_line() {
        assert_eq!(parse("a = 1\n\n = 2"), Err("line 3: needs a key before =".into()));
        assert_eq!(parse("a\na = 2"), Err("line 2: a key stands twice".into()));
    }
}
