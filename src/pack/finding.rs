//! What a check has found, before anybody knows where in the file it stands.

use std::path::Path;

use super::document::{self, Places};
use super::fault::{PackFault, Place};
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

    /// The faults with their places in the file's text, which is sound TOML.
    pub fn into_faults(self, file: &Path, text: &str) -> Vec<PackFault> {
        if self.is_empty() {
            return Vec::new();
        }
        let (table, _) = toml::de::DeTable::parse_recoverable(text);
        let mut places = Places::default();
        document::to_json(&table, Some(&mut places));
        let fault = |finding: Finding| {
            let pointer = &finding.pointer;
            let byte = if finding.of_name { places.key(pointer) } else { places.value(pointer) };
            let problem = match field_name(pointer) {
                name if name.is_empty() => finding.problem,
                name => format!("{name}: {}", finding.problem),
            };
            let place = Some(Place::of(text, byte));
            PackFault { file: file.to_owned(), place, rule: finding.rule, problem }
        };
        self.0.into_iter().map(fault).collect()
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
fn field_name(pointer: &str) -> String {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_finding_is_named_and_placed() {
        let text = "a = 1\n[[b]]\nc = 2\n[[b]]\n\"x/y\" = 3\n";
        let mut found = Findings::default();
        found.value(Rule::Malformed, "/b/1/x~1y", "is odd");
        found.name(Rule::UnknownField, "/b/0/c", "is unknown");
        found.value(Rule::Malformed, "/b/1/missing", "is missing");
        found.value(Rule::Malformed, "/b/1/missing", "is missing");
        found.value(Rule::Malformed, "/none", "is missing");
        let faults = found.into_faults(Path::new("f"), text);
        let named: Vec<_> = faults.iter().map(PackFault::to_string).collect();
        assert_eq!(
            named,
            [
                "f:5:9: b[2].x/y: is odd",
                "f:3:1: b[1].c: is unknown",
                "f:4:1: b[2].missing: is missing",
                "f:1:1: none: is missing"
            ]
        );
    }
}
