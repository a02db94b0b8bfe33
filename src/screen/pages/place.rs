//! An outlet: where it lies from the kiosk, when it is open, what is done there.

use crate::domain::near::Way;
use crate::screen::pages::{Badge, Row, facts_said};
use crate::screen::said::{Control, Role, Speech};

/// Most other outlets in the sketch; more would say nothing.
const OTHERS: usize = 12;
/// How much of the half side of the sketch the farthest of circle and outlet takes: the rest is for
/// the words at its edge.
const REACH: f64 = 0.8;

#[derive(Clone, PartialEq)]
pub struct Place {
    pub name: String,
    pub badges: Vec<Badge>,
    /// Direction and distance in words, or that nobody knows them.
    pub way: String,
    pub sketch: Option<Sketch>,
    pub facts: Vec<Row>,
    pub items_title: String,
    pub items: Vec<String>,
}

/// Directions and distances without a map: a map needs its 审图号. Places are told from the middle, as
/// parts of half a side, to the right and down.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Sketch {
    /// Radius of the service circle, as a part of half a side.
    pub ring: f32,
    pub ring_name: String,
    pub at: (f32, f32),
    pub others: Vec<(f32, f32)>,
    pub here: String,
    pub north: String,
    pub note: String,
    /// What the small dots are; nothing where there are none.
    pub others_name: String,
}

impl std::fmt::Debug for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Place").field("sketch", &self.sketch).finish_non_exhaustive()
    }
}

impl Sketch {
    /// Places the outlet and the others to the same scale; those that lie outside are left out.
    pub(super) fn of(way: Way, others: impl Iterator<Item = Way>, circle: f64) -> Sketch {
        let metres = circle.max(way.metres()) / REACH;
        let at = |way: Way| ((way.east / metres) as f32, (-way.north / metres) as f32);
        let inside = |(x, y): &(f32, f32)| x.abs() <= 0.95 && y.abs() <= 0.95;
        Sketch {
            ring: (circle / metres) as f32,
            at: at(way),
            others: others.map(at).filter(inside).take(OTHERS).collect(),
            ..Sketch::default()
        }
    }
}

impl Place {
    pub(super) fn said(&self, speech: &mut Speech) {
        speech.say(Role::Headline, &self.name);
        for badge in &self.badges {
            speech.say(Role::Mark, &badge.text);
        }
        speech.say(Role::Text, &self.way);
        if let Some(sketch) = &self.sketch {
            speech
                .say(Role::Text, &sketch.note)
                .say(Role::Text, &sketch.here)
                .say(Role::Text, &sketch.ring_name)
                .say(Role::Text, &sketch.others_name);
        }
        facts_said(&self.facts, speech);
        speech.say(Role::Label, &self.items_title);
        for item in &self.items {
            speech.say(Role::Text, item);
        }
    }

    pub(super) fn controls(&self) -> Vec<&Control> {
        Vec::new()
    }
}

#[cfg(feature = "screen")]
mod drawn {
    use slint::ComponentHandle;

    use super::{Place, Sketch};
    use crate::screen::draw::{List, fact, label_ems, running, ui, whole};
    use crate::screen::pages::blocks::badge;

    #[derive(Default)]
    pub struct Drawn {
        badges: List<ui::BadgeRow>,
        facts: List<ui::Fact>,
        items: List<ui::Fact>,
        others: List<ui::Dot>,
    }

    impl Drawn {
        pub fn draw(&self, page: &Place, window: &ui::KioskWindow) {
            let line = |text: &String| ui::Fact {
                label: "·".into(),
                value: running(text),
                edit: ui::Control::default(),
            };
            window.global::<ui::Place>().set_view(ui::PlaceView {
                name: whole(&page.name),
                badges: self.badges.show(page.badges.iter().map(badge)),
                way: running(&page.way),
                sketch: self.sketch(page.sketch.as_ref()),
                label_ems: label_ems(&page.facts),
                facts: self.facts.show(page.facts.iter().map(fact)),
                items_title: whole(&page.items_title),
                items: self.items.show(page.items.iter().map(line)),
            });
        }

        fn sketch(&self, sketch: Option<&Sketch>) -> ui::SketchView {
            let others = sketch.map_or(&[][..], |sketch| &sketch.others);
            let dot = |(x, y): (f32, f32)| ui::Dot { x, y };
            let others = self.others.show(others.iter().copied().map(dot));
            let Some(sketch) = sketch else {
                return ui::SketchView { others, ..ui::SketchView::default() };
            };
            let (x, y) = sketch.at;
            ui::SketchView {
                shown: true,
                ring: sketch.ring,
                ring_name: whole(&sketch.ring_name),
                at: dot(sketch.at),
                line: format!("M 0 0 L {:.1} {:.1}", x * 100.0, y * 100.0).into(),
                others,
                here: whole(&sketch.here),
                north: sketch.north.as_str().into(),
                note: running(&sketch.note),
                others_name: running(&sketch.others_name),
            }
        }
    }
}
#[cfg(feature = "screen")]
pub(super) use drawn::Drawn;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sketch_is_true_to_scale_and_direction_and_holds_circle_and_outlet() {
        let way = |east, north| Way { east, north };
        // 600 m to the north-east, in the circle of 1,125 m.
        let near = Sketch::of(way(424.0, 424.0), [way(0.0, -1125.0)].into_iter(), 1125.0);
        assert!((near.ring - 0.8).abs() < 0.001 && near.at.0 > 0.0 && near.at.1 < 0.0);
        assert!((near.at.0.hypot(near.at.1) / near.ring - 600.0 / 1125.0).abs() < 0.001);
        assert!((near.others[0].1 - 0.8).abs() < 0.001, "the south is below");
        // Far outside: the circle gets smaller, and what lies beyond is left out.
        let far = Sketch::of(way(-10_000.0, 0.0), [way(0.0, 20_000.0)].into_iter(), 5000.0);
        assert!((far.at.0 + 0.8).abs() < 0.001 && (far.ring - 0.4).abs() < 0.001);
        assert!(far.others.is_empty());
        let many = std::iter::repeat_n(way(1.0, 1.0), 100);
        assert_eq!(Sketch::of(way(0.0, 0.0), many, 1125.0).others.len(), OTHERS);
    }
}
