//! What the loop holds for a visit, and that it goes with it.

use std::path::PathBuf;

use tokio::sync::mpsc;

use super::super::startup::{Drivers, Known, Parts};
use super::super::{Input, Inputs, Origin, Vitals, inbox};
use super::store::{ROWS, Row};
use super::*;
use crate::devices::printer::LastSlip;
use crate::devices::state::{DeviceState, StateChange};
use crate::domain::pack::{OutletRef, PolicyRef};
use crate::platform::OutboxEvent;
use crate::store::{SlipResult, SlipSerial};
use crate::testkit::{block_on, cases as kit, lonely_kiosk};
use crate::visit::{Event, SlipOrder, SlipOutcome, Ticket};

/// A kiosk without devices, where its inputs come out, and its rows for the journal.
struct Bench {
    kiosk: Kiosk,
    inputs: Inputs,
    rows: mpsc::Receiver<Row>,
    _folder: tempfile::TempDir,
}

impl Bench {
    fn new() -> Bench {
        let folder = tempfile::tempdir().unwrap();
        let file = lonely_kiosk(folder.path());
        let parts = Parts::open(&Origin::File(file), &Known::default(), |_| ()).unwrap();
        let (to, inputs) = inbox();
        let drivers = Drivers::spawn(&parts.config, LastSlip::Whole, &to).unwrap();
        let (sender, rows) = mpsc::channel(ROWS);
        let kiosk = Kiosk::new(parts, drivers, to, sender, Vitals::default());
        Bench { kiosk, inputs, rows, _folder: folder }
    }

    /// Orders a guide slip; its serial.
    async fn order(&mut self, ticket: Ticket) -> SlipSerial {
        let session = self.kiosk.visit.session();
        let item = session.item_ref(session.pack().item(kit::QUERY).unwrap());
        self.order_of(ticket, SlipOrder::Guide { item }).await
    }

    async fn order_of(&mut self, ticket: Ticket, order: SlipOrder) -> SlipSerial {
        self.kiosk.carry_out(Effect::Print { ticket, order, reprint: false });
        loop {
            // The drivers tell that their devices are not there.
            if let Input::SlipOrdered { ticket: of, serial } =
                self.inputs.inputs.recv().await.unwrap()
            {
                assert_eq!(of, ticket);
                return serial;
            }
        }
    }

    /// The next row about a slip.
    async fn slip_row(&mut self) -> (SlipSerial, SlipResult) {
        loop {
            if let Row::Slip { serial, outcome, .. } = self.rows.recv().await.unwrap() {
                return (serial, outcome);
            }
        }
    }
}

/// 四进两知: what was opened is counted; what is ordered says which policy it is, and an outlet none.
#[test]
fn a_policy_is_counted_and_its_slip_and_that_of_an_outlet_are_made() {
    block_on(async {
        let mut bench = Bench::new();
        let pack_version = bench.kiosk.pack.version.clone();
        let id = bench.kiosk.pack.policies[0].id.clone();
        let policy = PolicyRef { id, pack_version: pack_version.clone() };
        bench.kiosk.carry_out(Effect::PolicyShown(policy.clone()));
        let row = bench.rows.recv().await.unwrap();
        assert!(matches!(row, Row::PolicyShown(shown) if shown == policy));
        let outlet = OutletRef { place: 1, pack_version };
        for (ticket, order, words) in [
            (7, SlipOrder::Policy(policy), "谁能享受"),
            (8, SlipOrder::Outlet(outlet), "东北方向约650米"),
        ] {
            let serial = bench.order_of(ticket, order).await;
            assert!(bench.kiosk.print_ordered(ticket, serial).is_none());
            let slip = &bench.kiosk.slip;
            assert!(slip.iter().any(|line| line.text.contains(words)), "{words}");
        }
        // Of another pack there is nothing to print.
        let gone = OutletRef { place: 1, pack_version: "older".to_owned() };
        let serial = bench.order_of(9, SlipOrder::Outlet(gone)).await;
        assert!(matches!(
            bench.kiosk.print_ordered(9, serial),
            Some(Event::SlipDone { outcome: SlipOutcome::NotPrinted, .. })
        ));
    });
}

/// The next citizen gets no slip of the last one, and the journal says so.
#[test]
fn p4_a_slip_whose_citizen_has_left_is_not_printed() {
    block_on(async {
        let mut bench = Bench::new();
        let serial = bench.order(7).await;
        bench.kiosk.carry_out(Effect::Wipe);
        assert!(bench.kiosk.print_ordered(7, serial).is_none());
        assert!(bench.kiosk.slip.is_empty(), "nothing was made for the screen");
        assert!(bench.kiosk.jobs.is_empty(), "nothing was given to the printer");
        assert_eq!(bench.slip_row().await, (serial, SlipResult::NotPrinted));
    });
}

#[test]
fn p4_a_wipe_leaves_nothing_of_a_slip_with_the_loop() {
    block_on(async {
        let mut bench = Bench::new();
        let serial = bench.order(7).await;
        assert!(bench.kiosk.print_ordered(7, serial).is_none());
        assert!(!bench.kiosk.slip.is_empty() && bench.kiosk.jobs.contains_key(&serial.0));
        bench.order(8).await;
        assert!(bench.kiosk.slip.is_empty(), "the one before is not taken for the next one");
        bench.kiosk.carry_out(Effect::Wipe);
        let Kiosk { slip, jobs, orders, .. } = &bench.kiosk;
        assert!(slip.is_empty() && jobs.is_empty() && orders.is_empty());
    });
}

/// Also where the configuration speaks of nothing simulated.
#[test]
fn p1_a_platform_that_is_no_real_one_makes_a_demonstration_of_the_kiosk() {
    block_on(async {
        let mut kiosk = Bench::new().kiosk;
        kiosk.demo = false;
        assert!(!kiosk.view().bar.banner.contains("演示"));
        assert!(kiosk.event_of(Input::Outbox(OutboxEvent::Demo)).is_none());
        assert!(kiosk.view().bar.banner.contains("演示"));
    });
}

/// B13: a simulator behind a port says so, whatever the configuration says.
#[test]
fn p1_a_simulated_device_makes_a_demonstration_of_the_kiosk() {
    use crate::devices::printer::PrinterEvent;
    use crate::devices::reader::ReaderEvent;
    let ready = || StateChange { state: DeviceState::Ready, untold: 0 };
    let (simulated, real) = (PathBuf::from("/dev/pts/ptmx"), PathBuf::from("/dev/null"));
    block_on(async {
        for (reader, printer, demo) in
            [(&real, &real, false), (&simulated, &real, true), (&real, &simulated, true)]
        {
            let mut kiosk = Bench::new().kiosk;
            kiosk.demo = false;
            kiosk.reader_port.clone_from(reader);
            kiosk.printer_port.clone_from(printer);
            kiosk.event_of(Input::Reader(ReaderEvent::State(ready())));
            kiosk.event_of(Input::Printer(PrinterEvent::State(ready())));
            assert_eq!(kiosk.view().bar.banner.contains("演示"), demo, "{reader:?} {printer:?}");
        }
    });
}
