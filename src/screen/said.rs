//! What a page says and what can be touched on it, apart from how it is drawn. The picture, speech,
//! the order of the tactile keys and the accessibility check are all made from these.

use std::borrow::Cow;

use crate::screen::look::Drawing;
use crate::visit::Touch;

/// One thing that a page says. A page gives them in the order in which a person reads.
///
/// `Debug` tells the role only: what is said may be the citizen's.
#[derive(Clone, PartialEq, Eq)]
pub struct Said {
    pub role: Role,
    pub text: String,
}

/// What a text is on its page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Role {
    /// Where am I: the title of the page.
    Title,
    /// What the page wants or tells, in one sentence.
    Headline,
    /// Running text.
    Text,
    /// The name of a fact; its value follows.
    Label,
    Value,
    /// A value that is read character by character: the number of a case or a document, a code.
    Code,
    /// A word that changes what the rest is worth: 样例, 演示, a state.
    Mark,
    /// A line of the slip.
    Slip,
}

impl std::fmt::Debug for Said {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Said({:?})", self.role)
    }
}

impl Said {
    pub fn new(role: Role, text: impl Into<String>) -> Said {
        Said { role, text: text.into() }
    }
}

/// Collects what is said; what is empty is not said.
#[derive(Default)]
pub struct Speech(Vec<Said>);

impl Speech {
    pub fn say(&mut self, role: Role, text: &str) -> &mut Speech {
        if !text.is_empty() {
            self.0.push(Said::new(role, text));
        }
        self
    }

    pub fn into_said(self) -> Vec<Said> {
        self.0
    }
}

/// Something on the page that a person can touch.
///
/// `Debug` tells the id and the state: a label may be the citizen's.
#[derive(Clone, PartialEq)]
pub struct Control {
    /// Name that does not change with the language; unique on its page.
    pub id: Cow<'static, str>,
    pub label: String,
    /// A second line under the label; may be empty.
    pub help: String,
    pub drawing: Option<Drawing>,
    /// What a touch means to the visit.
    pub touch: Touch,
    pub enabled: bool,
    /// Why it cannot be touched now and what can be done instead; empty while it can.
    pub why_not: String,
    /// Of a choice: whether it is chosen.
    pub chosen: Option<bool>,
}

impl std::fmt::Debug for Control {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Control")
            .field("id", &self.id)
            .field("enabled", &self.enabled)
            .finish_non_exhaustive()
    }
}

impl Control {
    /// A control that can be touched.
    pub fn new(
        id: impl Into<Cow<'static, str>>,
        label: impl Into<String>,
        touch: Touch,
    ) -> Control {
        Control {
            id: id.into(),
            label: label.into(),
            help: String::new(),
            drawing: None,
            touch,
            enabled: true,
            why_not: String::new(),
            chosen: None,
        }
    }

    /// The same with a second line.
    pub fn helped(self, help: impl Into<String>) -> Control {
        Control { help: help.into(), ..self }
    }

    /// The same with an icon.
    pub fn drawn(self, drawing: Drawing) -> Control {
        Control { drawing: Some(drawing), ..self }
    }

    /// The same as a choice.
    pub fn choice(self, chosen: bool) -> Control {
        Control { chosen: Some(chosen), ..self }
    }

    /// The same, enabled only if `enabled`; otherwise it says why not.
    pub fn only_if(self, enabled: bool, why_not: impl Into<String>) -> Control {
        let why_not = if enabled { String::new() } else { why_not.into() };
        Control { enabled, why_not, ..self }
    }
}
