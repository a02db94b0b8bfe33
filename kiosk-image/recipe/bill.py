"""Writes a CycloneDX bill of materials: Debian packages of the root and of the boot parts, crates
that are linked into the kiosk. Usage: bill.py VARIANT VERSION EPOCH INSTALLED BOOT_PARTS CRATES"""

import json
import sys
from datetime import datetime, timezone
from urllib.parse import quote

variant, version, epoch, installed, boot_parts, crates = sys.argv[1:]


def debian(line):
    name, package_version, source, architecture = line.rstrip("\n").split("\t")[:4]
    return {
        "type": "library",
        "name": name,
        "version": package_version,
        "purl": f"pkg:deb/debian/{name}@{quote(package_version)}?arch={architecture}",
        "properties": [{"name": "debian:source", "value": source or name}],
    }


def boot_part(line):
    name = line.split("\t")[0]
    if name.startswith("linux-"):
        return ("bpo" in line) == (variant == "virt")
    return variant == "pi4" or not name.startswith(("raspi-", "u-boot-"))


def linked(metadata):
    """Packages reachable through normal dependencies from the kiosk itself."""
    nodes = {node["id"]: node for node in metadata["resolve"]["nodes"]}
    waiting, seen = [metadata["resolve"]["root"]], set()
    while waiting:
        at = waiting.pop()
        if at in seen:
            continue
        seen.add(at)
        waiting += [
            dep["pkg"]
            for dep in nodes[at]["deps"]
            if any(kind["kind"] is None for kind in dep["dep_kinds"])
        ]
    return [p for p in metadata["packages"] if p["id"] in seen and p["source"]]


with open(installed) as lines:
    components = [debian(line) for line in sorted(lines)]
with open(boot_parts) as lines:
    components += [debian(line) for line in sorted(set(lines)) if boot_part(line)]
with open(crates) as text:
    for package in sorted(linked(json.load(text)), key=lambda p: (p["name"], p["version"])):
        components.append(
            {
                "type": "library",
                "name": package["name"],
                "version": package["version"],
                "purl": f"pkg:cargo/{package['name']}@{package['version']}",
                "licenses": [{"expression": (package["license"] or "NOASSERTION").replace("/", " OR ")}],
            }
        )

json.dump(
    {
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "version": 1,
        "metadata": {
            "timestamp": datetime.fromtimestamp(int(epoch), timezone.utc).isoformat(),
            "component": {"type": "firmware", "name": f"kuaiban-{variant}", "version": version},
        },
        "components": components,
    },
    sys.stdout,
    indent=1,
    ensure_ascii=False,
)
