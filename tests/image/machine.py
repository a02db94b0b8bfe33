"""The emulated kiosk: QEMU, its screen, its touches, its USB sockets, its power switch."""

import json
import os
import select
import socket
import subprocess
import threading
import time
from pathlib import Path

import picture

# The panel as it stands in the design: 21.5 inch, upright.
WIDTH, HEIGHT = 1080, 1920
# Socket of the emulated USB controller for each device, as in udev-rules/80-kuaiban-virt.rules.
USB_PORTS = {"reader": (1, 3), "printer": (2, 4)}
SECTOR = 512
# An address that answers, and that is not the platform's.
STRANGER = ("10.0.2.100", 80)
# The port of the machine at which the test knocks from outside.
DOOR = 7777


class Failure(Exception):
    """What is wrong, in one sentence; the test ends here."""


class Machine:
    """One power-on of one disk. `work` holds the disk and takes logs and screenshots; `settings`
    are put into those of the boot loader."""

    def __init__(self, image, work, name, **settings):
        self.work = Path(work)
        self.name = name
        self.image = Path(image)
        self.disk = self.work / "disk.img"
        self.console = self.work / f"{name}.console.log"
        self.settings = settings
        self.events = []
        self.answers = []
        self.process = None
        self.started = None
        self.shots = 0
        self.inside = socket.socket(socket.AF_UNIX)
        self.door = free_port()
        # Keys that the service console took.
        self.typed = 0
        # What the emulator shows before the machine has a panel, and whether it has had one.
        self.own_page, self.panel_seen = None, False

    # ---- power ----

    def power_on(self):
        for name in ("qmp", "reader", "printer", "test", "serial"):
            self._path(name).unlink(missing_ok=True)
        self.started = time.monotonic()
        stderr = open(self.work / f"{self.name}.qemu.log", "w")
        self.process = subprocess.Popen(
            [
                "qemu-system-aarch64", "-M", "virt", "-cpu", "cortex-a72", "-smp", "2", "-m", "1024",
                "-accel", "tcg,thread=multi", "-nodefaults", "-no-reboot", "-display", "none",
                "-action", "watchdog=pause,panic=pause",
                "-drive", f"if=pflash,unit=0,format=raw,readonly=on,file={self._flash('u-boot')}",
                "-drive", f"if=pflash,unit=1,format=raw,file={self._flash('env')}",
                "-drive", f"if=none,id=card,format=raw,cache=writeback,file={self.disk}",
                "-device", "virtio-blk-pci,drive=card",
                "-chardev", f"socket,id=serial,path={self._path('serial')},server=on,wait=off,logfile={self.console}",
                "-serial", "chardev:serial",
                "-device", f"virtio-gpu-pci,xres={WIDTH},yres={HEIGHT}",
                "-device", "virtio-multitouch-pci",
                "-device", "i6300esb",
                "-device", "virtio-rng-pci",
                "-netdev", f"user,id=net,guestfwd=tcp:{STRANGER[0]}:{STRANGER[1]}-cmd:cat,hostfwd=tcp:127.0.0.1:{self.door}-:{DOOR}", "-device", "virtio-net-pci,netdev=net,romfile=",
                "-device", "virtio-serial-pci",
                "-chardev", f"socket,id=test,path={self._path('test')},server=on,wait=off",
                "-device", "virtserialport,chardev=test,name=kuaiban.test",
                "-device", "qemu-xhci,id=usb",
                "-chardev", f"socket,id=reader,path={self._path('reader')},server=on,wait=off",
                "-chardev", f"socket,id=printer,path={self._path('printer')},server=on,wait=off",
                "-device", self._adapter("reader", 0), "-device", self._adapter("printer", 0),
                "-qmp", f"unix:{self._path('qmp')},server=on,wait=off",
            ],
            stdin=subprocess.DEVNULL, stdout=stderr, stderr=stderr,
        )  # fmt: skip
        self._connect()

    def cut_power(self):
        """What a pulled plug does: nothing is said to the guest, nothing is flushed."""
        if self.process and self.process.poll() is None:
            self.process.kill()
            self.process.wait()

    def seconds(self):
        return time.monotonic() - self.started

    # ---- screen and touch ----

    def screen(self):
        """The screen now, or None while the machine has none: the emulator then shows a page of its
        own, in a size of its own. Whatever else comes before the panel's picture is a failure."""
        path = self.work / "screen.ppm"
        if "error" in self.ask("screendump", filename=str(path)):
            return None
        image = picture.load(path)
        if image.size == (WIDTH, HEIGHT):
            self.panel_seen = True
            return image
        self.own_page = self.own_page or image
        if not self.panel_seen and not picture.same(image, self.own_page):
            image.save(self.work / f"{self.name}-stray-picture.png")
            raise Failure(f"a picture of {image.width} by {image.height} came before the first one of the kiosk; see {self.name}-stray-picture.png")
        return None

    def keep(self, what):
        """A screenshot for people, with a number so that they sort."""
        image = self.screen()
        if image:
            self.shots += 1
            image.save(self.work / f"{self.name}-{self.shots:02}-{what}.png")

    def touch(self, x, y):
        """A finger of a tenth of a second at a place in pixels."""
        place = [x * 0x7FFF // WIDTH, y * 0x7FFF // HEIGHT]

        def finger(kind, down):
            begin = {"type": "mtt", "data": {"type": kind, "slot": 0, "tracking-id": 1 if down else -1, "axis": "x", "value": 0}}
            data = [
                {"type": "mtt", "data": {"type": "data", "slot": 0, "tracking-id": 1, "axis": axis, "value": value}}
                for axis, value in zip("xy", place)
            ]
            button = {"type": "btn", "data": {"button": "touch", "down": down}}
            self.must("input-send-event", events=[begin] + (data if down else []))
            self.must("input-send-event", events=[button])

        finger("begin", True)
        time.sleep(0.1)
        finger("end", False)

    # ---- from outside ----

    def hammer(self, seconds):
        """Somebody with a cable on the service console, who wants a prompt: Ctrl-C and Enter, many
        times a second. Until the end of `seconds` or of the machine."""

        def keys():
            with socket.socket(socket.AF_UNIX) as line:
                line.connect(str(self._path("serial")))
                line.settimeout(0)
                end = time.monotonic() + seconds
                while time.monotonic() < end:
                    try:
                        # Read too, or the machine would wait for its reader.
                        if select.select([line], [], [], 0)[0]:
                            line.recv(65536)
                        self.typed += line.send(b"\x03\r")
                    except BlockingIOError:
                        pass
                    except OSError:
                        return
                    time.sleep(0.02)

        threading.Thread(target=keys, daemon=True).start()

    def knock(self, patience=6):
        """What somebody on the network hears at the door of the machine, if anything."""
        with socket.socket() as outside:
            outside.settimeout(patience)
            try:
                outside.connect(("127.0.0.1", self.door))
                return outside.recv(100).decode(errors="replace")
            except (TimeoutError, ConnectionError):
                return ""

    # ---- devices ----

    def unplug(self, device, socket_index=0):
        self.must("device_del", id=f"{device}{socket_index}")
        self.wait(lambda: any(e["event"] == "DEVICE_DELETED" and e["data"].get("device") == f"{device}{socket_index}" for e in self.events), 20, f"the adapter of the {device} to go")

    def plug(self, device, socket_index):
        driver, *properties = self._adapter(device, socket_index).split(",")
        values = dict(p.split("=") for p in properties)
        # As QEMU's control socket types them.
        values["always-plugged"] = values["always-plugged"] == "on"
        self.must("device_add", driver=driver, **values)

    def _adapter(self, device, index):
        return f"usb-serial,id={device}{index},chardev={device},bus=usb.0,port={USB_PORTS[device][index]},always-plugged=on"

    # ---- the helper inside ----

    def helper(self, command, patience=60):
        """One command to kiosk-image/test-keys; its answer without the final `ok`."""
        self.inside.settimeout(patience)
        self.inside.sendall(command.encode() + b"\n")
        answer = b""
        try:
            while not answer.endswith((b"ok\n", b"failed\n")):
                got = self.inside.recv(65536)
                if not got:
                    break
                answer += got
        except TimeoutError:
            raise Failure(f"the helper inside the machine does not answer to \"{command}\" within {patience} s; see {self.console}") from None
        text = answer.decode(errors="replace").replace("\r", "")
        if not text.endswith("ok\n"):
            raise Failure(f"the helper inside the machine fails at \"{command}\": {text.strip()[-300:]}")
        return text.removesuffix("ok\n")

    # ---- plumbing ----

    def _path(self, name):
        return self.work / f"{name}.sock"

    def _flash(self, what):
        """QEMU wants flash of 64 MiB each: the boot loader, and its settings."""
        path = self.work / f"{self.name}.{what}.flash"
        source = self.image.with_suffix(f".{what}")
        content = source.read_bytes()
        if what == "env" and self.settings:
            text = self.work / "env.txt"
            plain = content[4:].split(b"\0\0")[0].decode().split("\0")
            kept = [line for line in plain if line.split("=")[0] not in self.settings]
            text.write_text("\n".join(kept + [f"{name}={value}" for name, value in self.settings.items()]) + "\n")
            made = self.work / "env.bin"
            subprocess.run(["mkenvimage", "-s", str(len(content)), "-o", str(made), str(text)], check=True)
            content = made.read_bytes()
        path.write_bytes(content)
        os.truncate(path, 64 * 1024 * 1024)
        return path

    def _connect(self):
        for _ in range(200):
            if self.process.poll() is not None:
                log = (self.work / f"{self.name}.qemu.log").read_text()
                raise Failure(f"QEMU does not start: {log.strip()[-400:]}")
            if self._path("qmp").exists():
                break
            time.sleep(0.05)
        self.control = socket.socket(socket.AF_UNIX)
        self.control.connect(str(self._path("qmp")))
        threading.Thread(target=self._listen, daemon=True).start()
        self.must("qmp_capabilities")
        # From the beginning: without anybody at its other end the helper would end and start again.
        self.inside.connect(str(self._path("test")))
        # Its own page, before the machine has come as far as to show anything.
        self.screen()

    def _listen(self):
        with self.control.makefile() as lines:
            try:
                for line in lines:
                    message = json.loads(line)
                    if "event" in message:
                        self.events.append(message)
                    elif "QMP" not in message:
                        self.answers.append(message)
            except (OSError, ValueError):
                pass

    def ask(self, command, **arguments):
        count = len(self.answers)
        self.control.sendall(json.dumps({"execute": command, "arguments": arguments}).encode() + b"\n")
        deadline = time.monotonic() + 60
        while len(self.answers) == count:
            if time.monotonic() > deadline or self.process.poll() is not None:
                raise Failure(f"QEMU does not answer to {command}")
            time.sleep(0.01)
        return self.answers[-1]

    def must(self, command, **arguments):
        answer = self.ask(command, **arguments)
        if "error" in answer:
            raise Failure(f"QEMU refuses {command}: {answer['error'].get('desc')}")
        return answer["return"]

    def wait(self, what, patience, description, pause=0.25):
        """Until `what()` gives something true; meanwhile the machine must be well."""
        deadline = time.monotonic() + patience
        while True:
            found = what()
            if found:
                return found
            for event in self.events:
                if event["event"] in ("WATCHDOG", "GUEST_PANICKED", "SHUTDOWN"):
                    raise Failure(f"waiting for {description}: the machine stopped ({event['event']}); the end of {self.console}: {self._last_lines()}")
            if self.process.poll() is not None:
                raise Failure(f"waiting for {description}: QEMU ended with {self.process.returncode}")
            if time.monotonic() > deadline:
                self.keep("failure")
                raise Failure(f"waited {patience:g} s in vain for {description}; see the screenshots and {self.console}")
            time.sleep(pause)

    def _last_lines(self):
        return " | ".join(self.console.read_text(errors="replace").splitlines()[-5:])


def free_port():
    """A port of this machine that nobody uses."""
    with socket.socket() as any_port:
        any_port.bind(("127.0.0.1", 0))
        return any_port.getsockname()[1]


def partition_start(disk, number):
    """Byte where partition `number` of an MBR disk begins."""
    table = json.loads(subprocess.check_output(["sfdisk", "--json", str(disk)]))["partitiontable"]
    for partition in table["partitions"]:
        if partition["node"].removeprefix(str(disk)) in (str(number), f"p{number}"):
            return partition["start"] * SECTOR
    raise Failure(f"{disk} has no partition {number}")


def write_into_data(disk, files):
    """Puts files (path: bytes) into the data partition of a disk that is switched off."""
    where = f"{disk}?offset={partition_start(disk, 7)}"
    made = set()
    for path, content in files.items():
        source = Path(f"{disk}.file")
        source.write_bytes(content)
        folders = [str(folder) for folder in reversed(Path(path).parents) if folder != Path(".")]
        commands = [f"mkdir {folder}" for folder in folders if folder not in made]
        made.update(folders)
        commands += [f"write {source} {path}", f"sif {path} uid 0", f"sif {path} gid 0"]
        for command in commands:
            subprocess.run(["debugfs", "-w", "-R", command, where], check=True, capture_output=True)
        # Its exit code says nothing about its success.
        written = subprocess.run(["debugfs", "-R", f"cat {path}", where], check=True, capture_output=True).stdout
        if written != content:
            raise Failure(f"{path} could not be written into the data partition")
        source.unlink()
