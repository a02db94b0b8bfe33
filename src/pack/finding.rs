//! What a check has found, before anybody knows where in the file it stands.

use super::rule::Rule;

/// Faults of a pack that are named; one with more has been read from the wrong folder.
pub(super) const MOST_FAULTS: usize = 200;

/// A fault of a file by JSON pointer.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Finding {
    pub rule: Rule,
    /// Of the value, or of the field that is at fault (`/evaluation/tags/2/code`).
    pub pointer: String,
    /// The name of the field is at fault, not its value.
    pub of_name: bool,
    pub problem: String,
}

/// What has been found in one file.
#[derive(Default)]
pub(super) struct Findings(Vec<Finding>);

impl Findings {
    /// A value is at fault.
    pub fn value(&mut self, rule: Rule, pointer: impl Into<String>, problem: impl Into<String>) {
        let (pointer, problem) = (pointer.into(), problem.into());
        self.push(Finding { rule, pointer, of_name: false, problem });
    }

    /// The name of a field is at fault.
    pub fn name(&mut self, rule: Rule, pointer: impl Into<String>, problem: impl Into<String>) {
        let (pointer, problem) = (pointer.into(), problem.into());
        self.push(Finding { rule, pointer, of_name: true, problem });
    }

    fn push(&mut self, finding: Finding) {
        if self.0.len() < MOST_FAULTS && !self.0.contains(&finding) {
            self.0.push(finding);
        }
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// What was found in both.
    pub fn also_in(mut self, other: &Findings) -> Findings {
        self.0.retain(|finding| other.0.contains(finding));
        self
    }

    pub fn into_iter(self) -> impl Iterator<Item = Finding> {
        self.0.into_iter()
    }

    /// Without what depends on everything else in the file.
    pub fn but_for(mut self, rule: Rule) -> Findings {
        self.0.retain(|finding| finding.rule != rule);
        self
    }

    /// Adds what was found in other places than these: of one value the first fault says most.
    pub fn extend_elsewhere(&mut self, others: Findings) {
        let within = |inner: &str, outer: &str| {
            inner.strip_prefix(outer).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        let before = self.0.len();
        for finding in others.0 {
            let told =
                self.0[..before].iter().any(|known| within(&finding.pointer, &known.pointer));
            if !told {
                self.push(finding);
            }
        }
    }
}

/// A name as a part of a JSON pointer (RFC 6901 §3).
pub(super) fn escaped(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}

pub(super) fn unescaped(part: &str) -> String {
    part.replace("~1", "/").replace("~0", "~")
}

/// `/evaluation/tags/2/code` is `evaluation.tags[3].code` to a person.
pub(super) fn field_name(pointer: &str) -> String {
    let mut name = String::new();
    for part in pointer.split('/').skip(1) {
        match part.parse::<usize>() {
            Ok(index) => name.push_str(&format!("[{}]", index + 1)),
            Err(_) => {
                if !name.is_empty() {
                    name.push('.');
                }
                name.push_str(&shortened(&unescaped(part)));
            }
        }
    }
    name
}

/// The beginning of a text, safe to show on a terminal.
pub(super) fn shortened(text: &str) -> String {
    let mut shown: String = text.chars().take(40).collect();
    if shown.len() < text.len() {
        shown.push('…');
    }
    shown.escape_debug().to_string()
}
