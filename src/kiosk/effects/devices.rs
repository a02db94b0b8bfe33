//! Reader and panel: listen or not.

use super::super::run::Kiosk;

impl Kiosk {
    pub(super) fn expect_card(&mut self, on: bool) {
        self.drivers.reader.expect_card(on);
    }

    pub(super) fn watch_card(&mut self, on: bool) {
        self.drivers.reader.watch_presence(on);
    }

    pub(super) fn arm_panel(&mut self, on: bool) {
        self.drivers.buttons.arm(on);
    }
}
