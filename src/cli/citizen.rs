//! A citizen who goes through a visit by touches, without a kiosk around: what `pack walk` and `pack
//! preview` do alike.

use anyhow::ensure;
use jiff::civil::Date;
use kuaiban::domain::card::CardText;
use kuaiban::domain::pack::Question;
use kuaiban::simulators::platform::people::ENTERPRISE;
use kuaiban::visit::{Event, Flow, Page, Surroundings, Touch, Visit};

use super::pack_answer;

/// Everything works.
pub const WELL: Surroundings =
    Surroundings { online: true, reader: true, printer: true, panel: true };

pub trait Citizen {
    fn visit(&self) -> &Visit;

    fn event(&mut self, event: Event);

    /// A page is done, and the touch that goes on is next.
    fn page_done(&mut self) {}

    fn touch(&mut self, touch: Touch) {
        let page = self.visit().token();
        self.event(Event::Touched { page, touch });
    }

    /// Agrees to be identified, lays a card and says that it is theirs; of an item for enterprises says
    /// for which, too: the one that the simulated platform knows.
    fn identify(&mut self, card: CardText, today: Date) {
        self.page_done();
        self.touch(Touch::Agree);
        self.page_done();
        self.event(Event::CardRead { card: Box::new(card), today: Some(today) });
        if self.visit().page() == Page::Identity {
            self.page_done();
            self.touch(Touch::Confirm);
        }
        if let Flow::ConfirmAuthority(_) = self.visit().top() {
            for key in ENTERPRISE.0.chars() {
                match key.to_digit(10) {
                    Some(digit) => self.touch(Touch::Digit(digit as u8)),
                    None => self.touch(Touch::Letter(key)),
                }
            }
            self.page_done();
            self.touch(Touch::Next);
        }
    }

    /// Answers the question on the page and goes on; of a region on each of its pages.
    ///
    /// # Errors
    /// What the question takes, where `given` is none of it.
    fn answer(&mut self, question: &Question, given: &str) -> anyhow::Result<()> {
        let wrong = || {
            format!(
                "{} = {given:?}; it takes {}",
                question.id,
                pack_answer::takes(&question.answer)
            )
        };
        let regions = &self.visit().session().pack().regions;
        let touches = pack_answer::touches(question, given, regions)?;
        let before = self.visit().page();
        for touch in &touches {
            if *touch == Touch::Next {
                self.page_done();
            }
            self.touch(*touch);
        }
        if let (Flow::Form(form), Page::Question(at)) = (self.visit().top(), before) {
            // Of what is too long for its field the rest is not heard.
            ensure!(form.answers[at].typed() == pack_answer::typed(&touches), wrong());
        }
        self.page_done();
        self.touch(Touch::Next);
        let stays = match self.visit().top() {
            Flow::Form(form) => form.refused.is_some() || Page::Question(form.index) == before,
            _ => false,
        };
        ensure!(!stays, wrong());
        Ok(())
    }
}
