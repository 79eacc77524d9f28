//! A Rust source as the tidy rules see it: comments and the insides of literals blanked, every line where it was.
//!
//! It is a scanner and no parser: it knows enough of Rust to tell a path from a sentence about one.

/// The code of one file.
pub struct Source(String);

/// A path as written: `crate::domain::field::Field`.
pub struct Path {
    /// Counted from 1.
    pub line: usize,
    /// The names between the colons.
    pub names: Vec<String>,
    /// Whether it starts with `::`, so that its first name is a crate for certain.
    pub is_global: bool,
    /// Whether colons follow the last name: a group, a star, a type argument.
    pub goes_on: bool,
    /// Whether it is all of a `use`.
    is_used_whole: bool,
}

impl Path {
    /// Whether it names something inside its first name, and not a variable that happens to be called so.
    pub fn reaches_in(&self) -> bool {
        self.names.len() > 1 || self.goes_on || self.is_used_whole
    }
}

fn is_name(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

impl Source {
    /// Takes the comments and the insides of literals out.
    pub fn new(text: &str) -> Self {
        let mut code = String::with_capacity(text.len());
        let mut rest = text;
        while let Some(c) = rest.chars().next() {
            let is_word_inside = code.ends_with(is_name);
            let skipped = match c {
                '/' if rest.starts_with("//") => rest.find('\n').unwrap_or(rest.len()),
                '/' if rest.starts_with("/*") => block_comment(rest),
                '"' => string(rest),
                'r' if !is_word_inside || code.ends_with('b') || code.ends_with('c') => raw_string(rest),
                '\'' => character(rest),
                _ => 0,
            };
            if skipped == 0 {
                code.push(c);
                rest = &rest[c.len_utf8()..];
            } else {
                code.push(' ');
                code.extend(rest[..skipped].chars().filter(|c| *c == '\n'));
                rest = &rest[skipped..];
            }
        }
        Self(code)
    }

    /// Every path, and every single name.
    pub fn paths(&self) -> Vec<Path> {
        let code = &self.0;
        let mut all = Vec::new();
        let mut at = 0;
        while let Some(start) = code[at..].find(is_name).map(|n| at + n) {
            let mut names = Vec::new();
            at = start;
            loop {
                let end = code[at..].find(|c| !is_name(c)).map_or(code.len(), |n| at + n);
                names.push(code[at..end].to_owned());
                at = end;
                if !code[end..].strip_prefix("::").is_some_and(|next| next.starts_with(is_name)) {
                    break;
                }
                at += 2;
            }
            let before = &code[..start];
            let is_global = before.ends_with("::") && !before.ends_with(">::");
            let line = before.matches('\n').count() + 1;
            let goes_on = code[at..].starts_with("::");
            let is_used_whole = before.ends_with("use ") && code[at..].starts_with([';', ' ']);
            all.push(Path { line, names, is_global, goes_on, is_used_whole });
        }
        all
    }

    /// Whether this file has a module of its own by this name, or takes one from the house: then the name is not a crate here.
    pub fn brings_in(&self, name: &str) -> bool {
        let own = self.lines_with(&format!("mod {name}"));
        let taken =
            self.0.split("use ").skip(1).map(|rest| rest.split(';').next().unwrap_or_default()).any(|statement| {
                let is_ours = ["crate::", "super::", "self::"].iter().any(|root| statement.starts_with(root));
                let ends_there = |at: usize| {
                    let after = statement[at + name.len()..].trim_start();
                    !statement[..at].ends_with(is_name)
                        && (after.is_empty() || after.starts_with([',', '}']) || after.starts_with("::{self"))
                };
                is_ours && statement.match_indices(name).any(|(at, _)| ends_there(at))
            });
        taken || !own.is_empty()
    }

    /// The lines with these words, as whole words where they start or end with one.
    pub fn lines_with(&self, words: &str) -> Vec<usize> {
        let stands_alone = |at: usize| {
            let (before, after) = (&self.0[..at], &self.0[at + words.len()..]);
            let is_cut = words.starts_with(is_name) && before.ends_with(is_name);
            let goes_on = words.ends_with(is_name) && after.starts_with(is_name);
            !is_cut && !goes_on
        };
        let found = self.0.match_indices(words).filter(|(at, _)| stands_alone(*at));
        found.map(|(at, _)| self.0[..at].matches('\n').count() + 1).collect()
    }

    /// The line where the tests inside the file begin, past the end when there are none.
    pub fn line_of_tests(&self) -> usize {
        self.0.find("#[cfg(test)]\nmod tests {").map_or(usize::MAX, |at| self.0[..at].matches('\n').count() + 1)
    }
}

/// The length of the comment at the start, with the comments inside it.
fn block_comment(text: &str) -> usize {
    let mut open = 0_usize;
    let mut at = 0;
    while let Some(n) = text[at..].find(['/', '*']) {
        at += n;
        let two = text.get(at..at + 2).unwrap_or_default();
        open = if two == "/*" { open + 1 } else { open - usize::from(two == "*/") };
        at += if two == "/*" || two == "*/" { 2 } else { 1 };
        if open == 0 {
            return at;
        }
    }
    text.len()
}

fn string(text: &str) -> usize {
    let mut is_escaped = true;
    for (at, c) in text.char_indices() {
        if c == '"' && !is_escaped {
            return at + 1;
        }
        // The opening quote counts as escaped, for want of a better word.
        is_escaped = c == '\\' && !is_escaped;
    }
    text.len()
}

/// The length of the raw string at the start, or 0 if the `r` starts a word.
fn raw_string(text: &str) -> usize {
    let signs = text[1..].chars().take_while(|c| *c == '#').count();
    let Some(inside) = text[1 + signs..].strip_prefix('"') else { return 0 };
    let end = format!("\"{}", "#".repeat(signs));
    inside.find(&end).map_or(text.len(), |n| 1 + signs + 1 + n + end.len())
}

/// The length of the character at the start, or 0 if the quote starts a lifetime.
fn character(text: &str) -> usize {
    let mut chars = text.char_indices().skip(1);
    match (chars.next(), chars.next()) {
        (Some((_, '\\')), Some((at, c))) => {
            let after = at + c.len_utf8();
            text[after..].find('\'').map_or(0, |n| after + n + 1)
        }
        (Some(_), Some((at, '\''))) => at + 1,
        _ => 0,
    }
}
