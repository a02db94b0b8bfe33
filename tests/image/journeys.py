"""The journeys, replayed on the machine: `kuaiban demo --headless` walks through them on the same
screens and writes down what it did (`steps.json`) and what it saw (pictures); here the same is done
by touches on the panel of the machine, with cards on the simulated reader and keys on its GPIO.

A step is one of
  {"see": "FILE.png", "page": "…"}  the page looks like this now
  {"touch": "ID", "at": [x, y]}     a finger
  {"lay": "PERSON"}, {"lift": true} the card
  {"press": 0..4}                   a key of the panel, from the left
  {"platform": "online|offline"}    the network
  {"pass_s": N}                     seconds of the kiosk"""

import json
import re
import shutil
import subprocess
import time

from devices import books
from machine import Failure

# GPIO line of each key, as in the kiosk's default configuration.
KEYS = (5, 6, 13, 19, 26)
# How long the whole test may take.
MINUTES = 20


def prepare(binary, demo):
    """Walks through the demo unless its record is of this program and of this hour. At 06:00 and
    22:00 in China the pages change between day and night."""
    hour, minute = divmod(int(time.time() // 60 + 8 * 60) % (24 * 60), 60)
    if hour in (5, 21) and minute >= 60 - MINUTES:
        raise Failure(f"the pages change their colours at {hour + 1}:00 in China, and this test takes up to {MINUTES} minutes; start it in {60 - minute}")
    record = demo / "steps.json"
    if record.exists() and record.stat().st_mtime >= binary.stat().st_mtime and time.time() - record.stat().st_mtime < 3600 and hour not in (6, 22):
        return
    if not binary.exists():
        raise Failure(f"{binary} is missing; build the program with the simulators: cargo build --release")
    shutil.rmtree(demo, ignore_errors=True)
    result = subprocess.run([str(binary), "demo", "--headless", "--out", str(demo)], capture_output=True, text=True)
    if result.returncode or not record.exists():
        record.unlink(missing_ok=True)
        raise Failure(f"`kuaiban demo --headless` gives no steps.json: {(result.stderr or result.stdout).strip()[-300:]}")


def replay(rig, demo, journey, before_lay=None, stop_at=None):
    """Does one journey step by step. `before_lay` is called when the card is about to be laid,
    `stop_at` names the touch before which it ends."""
    steps = json.loads((demo / "steps.json").read_text())[journey]
    for step in steps:
        ((kind, value),) = ((k, v) for k, v in step.items() if k not in ("at", "page"))
        if kind == "see":
            rig.see(demo / value, f"the page {value.removesuffix('.png')}")
            rig.machine.keep(value.removesuffix(".png"))
        elif kind == "touch":
            if value == stop_at:
                return
            rig.touch(*map(round, step["at"]))
        elif kind == "lay":
            if before_lay:
                before_lay()
            rig.simulators["reader"].tell(f"lay {value}")
        elif kind == "lift":
            rig.simulators["reader"].tell("lift")
        elif kind == "press":
            rig.machine.helper(f"press {KEYS[value]}")
            time.sleep(0.3)
            rig.machine.helper(f"release {KEYS[value]}")
        elif kind == "platform":
            rig.simulators["platform"].tell(value)
        elif kind == "pass_s":
            pass  # here the seconds pass by themselves, and whatever is seen is waited for
        else:
            raise Failure(f"steps.json: {journey}: unknown step {step}")


def slips(rig):
    return sorted((rig.work / "slips").glob("*.bin"), key=lambda path: path.stat().st_mtime)


def wait_for(rig, what, patience, description):
    rig.machine.wait(what, patience, description, 0.2)


def home_again(rig, demo):
    """The visit is over: card away, attract screen."""
    rig.simulators["reader"].tell("lift")
    rig.see(rig.reference, "the attract screen after the visit", 90)


def query(rig, demo):
    """Journey 1: the slip with the answer, evaluated by a key."""
    replay(rig, demo, "1-query-slip")
    wait_for(rig, lambda: len(slips(rig)) == 1, 30, "one slip")
    wait_for(rig, lambda: len(books(rig.work / "books.json").get("evaluations", [])) == 1, 60, "the evaluation in the platform's books")
    # 参保 stands on it, in the printer's own code, and the mark of a sample.
    check_slip(slips(rig)[0], ["参保", "样例"])
    home_again(rig, demo)


def register(rig, demo):
    """Journey 2, with the reader's adapter pulled and plugged into another socket in its middle."""

    def another_socket():
        rig.say("the reader's adapter is pulled")
        rig.machine.unplug("reader")
        time.sleep(4)
        rig.machine.keep("reader-pulled")
        rig.machine.plug("reader", 1)
        rig.named({"printer", "reader"})
        rig.say("the reader's adapter is in another socket")
        time.sleep(8)
        rig.machine.keep("reader-back")

    replay(rig, demo, "2-instant-item", before_lay=another_socket)
    wait_for(rig, lambda: len(slips(rig)) == 2, 30, "the second slip")
    if len(booked(rig)) != 1:
        raise Failure(f"the platform has {len(booked(rig))} cases in its books instead of one")
    check_slip(slips(rig)[1], ["失业登记", "样例"], booked(rig)[0]["state"]["case_number"])
    home_again(rig, demo)


def receive_offline(rig, demo):
    """The same without network, as far as the slip: then the power goes (promise P2)."""
    replay(rig, demo, "3-instant-item-offline", stop_at="leave")
    wait_for(rig, lambda: len(slips(rig)) == 3, 30, "the third slip")


def delivered_once(rig, demo):
    """What was received before the power cut is still there, and reaches the platform, once
    (promises P2, P3)."""
    kept = queue(rig)
    if len(kept) != 1 or kept[0]["status"] != "received":
        raise Failure(f"after the power cut the kiosk's queue holds {kept} instead of the one case that was received")
    number = kept[0]["case_number"]
    check_slip(slips(rig)[2], ["失业登记", "样例"], number)
    rig.simulators["reader"].tell("lift")
    rig.simulators["platform"].tell("online")
    wait_for(rig, lambda: len(booked(rig)) == 2, 120, "the case of before the power cut in the platform's books")
    wait_for(rig, lambda: not queue(rig), 60, "the kiosk to know that the case is completed")
    # Time enough to deliver it once more, if it would.
    time.sleep(15)
    numbers = [case["state"]["case_number"] for case in booked(rig)]
    if sorted(numbers) != sorted({*numbers, number}) or len(numbers) != 2:
        raise Failure(f"the platform's books have the cases {numbers}, expected two, one of them {number}")
    if len(slips(rig)) != 3:
        raise Failure(f"{len(slips(rig))} slips were printed instead of three")


def queue(rig):
    """The cases that wait in the kiosk."""
    answer = rig.machine.helper("queue")
    (rig.work / "queue.json").write_text(answer)
    return json.loads(answer)


def booked(rig):
    """The cases in the platform's books."""
    return books(rig.work / "books.json").get("cases", [])


def check_slip(path, words, number=None):
    """What must stand on a slip, read from its very bytes."""
    content = path.read_bytes()
    for word in words:
        if word.encode("gb18030") not in content:
            raise Failure(f"{word} is not on the slip {path.name}")
    if number and number not in re.sub(rb"[^0-9A-Za-z]", b"", content).decode():
        raise Failure(f"the case number {number} is not on the slip {path.name}")


FIRST_START = [
    ("journey 1: query with slip", query),
    ("journey 2: registration, the reader moves", register),
    ("journey 3: registration without network", receive_offline),
]
SECOND_START = [("after the power cut", delivered_once)]
