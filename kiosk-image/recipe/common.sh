# Shared by all parts of the recipe: messages, checks, the caches, the mirror.
# shellcheck shell=bash

cache=$(realpath -m -- "${KUAIBAN_CACHE:-${XDG_CACHE_HOME:-${HOME:-/root}/.cache}/kuaiban-image}")
out=$here/out
debian=trixie
started=$SECONDS

step() { printf '[%4d s] %s\n' $((SECONDS - started)) "$*"; }

die() {
    failed=1
    printf 'kiosk-image/build: %s\n' "$*" >&2
    exit 1
}

# Whatever happens: nothing half made stays where a whole thing is looked for. All parts write
# into $scratch and into names ending in .part; only the last act of a part renames.
on_exit() {
    local code=$?
    if [ -n "${child:-}" ]; then
        kill -TERM -- "-$child" 2>/dev/null || true
        wait "$child" 2>/dev/null || true
    fi
    if [ -e "$cache/registered" ]; then
        echo -1 >/proc/sys/fs/binfmt_misc/qemu-aarch64 || true
        rm -f "$cache/registered"
    fi
    [ -z "${scratch:-}" ] || rm -rf --one-file-system "$scratch"
    rm -rf --one-file-system "$out"/*.part 2>/dev/null || true
    if [ $code -ne 0 ] && [ -z "${failed:-}" ]; then
        echo "kiosk-image/build: stopped${doing:+ while $doing} (code $code); run it again to continue${log:+; the output is in $log}" >&2
    fi
}

need_root() {
    [ "$(id -u)" = 0 ] || die "must run as root, because it makes root file systems; use: sudo kiosk-image/build"
}

# need COMMAND PACKAGE
need() {
    command -v "$1" >/dev/null || die "the tool \"$1\" is missing; install it with: apt-get install $2"
}

prepare() {
    need_root
    need mmdebstrap mmdebstrap
    need dpkg-deb dpkg
    need apt-get apt
    need unshare util-linux
    need python3 python3
    need git git
    need flock util-linux
    need df coreutils
    case $cache in *[[:space:]]*) die "\"$cache\" has a space in it; set KUAIBAN_CACHE to a folder without" ;; esac
    mkdir -p "$cache" "$out" 2>/dev/null || die "$cache or $out cannot be made; set KUAIBAN_CACHE to a folder"
    lock
    room "$cache" 12 "set KUAIBAN_CACHE to a folder on another disk"
    room "$out" 1 "move the checkout to another disk"
    # On the disk of the caches: as large as a root file system, and no RAM disk. Left-overs of an
    # interrupted build go first, so that a next run starts afresh.
    rm -rf --one-file-system "$cache"/scratch.* "$cache"/workshop.part "$cache"/workshop/tmp/*
    scratch=$(mktemp -d "$cache/scratch.XXXXXX")
    trap on_exit EXIT
    trap 'exit 130' INT TERM HUP
    mkdir -p "$cache/log"

    # Everything that has a date has this one: the last commit's.
    SOURCE_DATE_EPOCH=$(git -c safe.directory="$tree" -C "$tree" log -1 --format=%ct 2>/dev/null) ||
        die "$tree is no git checkout; the date of the last commit dates the image"
    export SOURCE_DATE_EPOCH
    export LC_ALL=C.UTF-8 TZ=UTC
    version=$(sed -n 's/^version = "\(.*\)"/\1/p' "$tree/Cargo.toml" | head -1)
    made_from=$(sources)
    find_mirror
    workshop
}

# room FOLDER GB OTHERWISE
room() {
    local free
    free=$(($(df --output=avail -BM "$1" | tail -1 | tr -dc 0-9) / 1024))
    [ "$free" -ge "$2" ] || die "$1 has $free GB free, $2 GB are needed; make room or $3"
}

# One number for all that an image is made from, as it lies in the tree now: names, kinds, modes,
# contents.
sources() {
    # A file that git knows and that is gone is no fault here: it is missing in the number, too.
    { git -c safe.directory="$tree" -C "$tree" ls-files -z --cached --others --exclude-standard --deduplicate -- \
        .cargo/config.toml Cargo.toml Cargo.lock build.rs src ui kiosk-image udev-rules ':!*.md' | LC_ALL=C sort -z |
        tar -C "$tree" -c --mtime=@0 --owner=0 --group=0 --numeric-owner --no-recursion --null -T - 2>/dev/null || true; } |
        sha256sum | cut -d' ' -f1
}

# current VARIANT: the image is that of these sources, and no older one.
current() {
    [ -e "$out/kuaiban-$1.img" ] || die "there is no image $1; make it with: make image"
    [ "$(cat "$out/kuaiban-$1.sources" 2>/dev/null)" = "$(sources)" ] ||
        die "the image $1 was made from other sources than these; make it anew with: make image"
}

# same WHAT A B: two builds of it are the same, byte by byte; otherwise both are kept to look at.
same() {
    cmp -s "$2" "$3" && return
    rm -rf "$cache/difference"
    mkdir -p "$cache/difference"
    mv "$2" "$cache/difference/a"
    mv "$3" "$cache/difference/b"
    die "two builds of $1 differ; both are in $cache/difference"
}

# One build at a time, of these caches and of these results.
lock() {
    exec 9>"$cache/lock" 8>"$out/.lock"
    flock -n 9 && flock -n 8 || die "another build uses $cache or $out; wait for it"
}

# Only what the recipe has made, whatever else lies in that folder.
clean() {
    need_root
    [ -d "$cache" ] || return 0
    mkdir -p "$out"
    lock
    rm -rf --one-file-system "$cache"/{workshop,workshop.part,workshop.made,debs,cargo,target,target-again,log,difference,lock} "$cache"/scratch.*
    rmdir --ignore-fail-on-non-empty "$cache"
}

# run WHAT COMMAND...: one step with its output in a log, shown only when it fails. (Inside COMMAND
# `set -e` does not hold, by bash's rules: functions called so return early by themselves.)
run() {
    doing=$1
    shift
    log=$cache/log/$(echo "$doing" | tr -c 'a-z0-9\n' '-').log
    step "$doing"
    : >"$log"
    # A process group of its own (set -m), so that an interruption ends all of it at once.
    "$@" >"$log" 2>&1 9>&- 8>&- </dev/null &
    child=$!
    progress
    wait "$child" || {
        child=
        tail -n 25 "$log" >&2
        die "$doing failed; the whole output is in $log"
    }
    log= doing= child=
}

# progress: while the step runs, the last line of its output, on a terminal in one place, elsewhere
# once a minute.
progress() {
    local last shown=$SECONDS
    while kill -0 "$child" 2>/dev/null; do
        # Waited for, because an interruption during a command that is not leaves bash confused.
        sleep 0.3 &
        wait $! || true
        [ -t 1 ] || [ $((SECONDS - shown)) -ge 60 ] || continue
        shown=$SECONDS
        last=$(tail -c 400 "$log" | tr -s '\r' '\n' | tail -n 1 | tr -cd '[:print:]' | cut -c 1-70) || true
        if [ -t 1 ]; then printf '\r\033[K         %s' "$last"; else step "  ... $last"; fi
    done
    [ ! -t 1 ] || printf '\r\033[K'
}

# The mirror is the one that the apt configuration of this machine names.
find_mirror() {
    local targets
    # shellcheck disable=SC2016  # apt's own placeholders
    targets=$(apt-get indextargets --format '$(CREATED_BY)|$(LABEL)|$(REPO_URI)')
    mirror=$(sed -n 's/^Packages|Debian|//p' <<<"$targets" | head -1)
    [ -n "$mirror" ] || die "apt has no lists of a Debian mirror; name one in /etc/apt/sources.list, run apt-get update, and try again"
    mirror=${mirror%/}
    security=$(sed -n 's/^Packages|Debian-Security|//p' <<<"$targets" | head -1)
    security=${security%/}
    local keys=/usr/share/keyrings/debian-archive-keyring.gpg
    [ -e $keys ] || die "$keys is missing; install it with: apt-get install debian-archive-keyring"
    local by="[signed-by=$keys]"
    sources=("deb $by $mirror $debian main non-free-firmware"
        "deb $by $mirror $debian-updates main non-free-firmware"
        "deb $by $mirror $debian-backports main non-free-firmware")
    [ -n "$security" ] || step "no security updates: the apt configuration of this machine names no source of them"
    [ -z "$security" ] || sources+=("deb $by $security $debian-security main non-free-firmware")

    # How this machine reaches its mirror (proxy, certificates, a frozen mirror's dates).
    apt_options=()
    local line
    while read -r line; do apt_options+=(--aptopt="$line"); done < <(apt-config dump |
        grep -E '^Acquire::(http|https|Check-Valid-Until|Check-Date|Max-FutureTime|Retries)' | grep -v ' "";$')
    apt_options+=(--aptopt='Acquire::Languages "none"' --aptopt='Acquire::Retries "3"'
        --aptopt='APT::Install-Recommends "false"')
}

# Asked where packages are about to be fetched, because apt says it in thirty lines.
check_mirrors() {
    check_mirror "$mirror" "$debian"
    [ -z "$security" ] || check_mirror "$security" "$debian-security"
}

# check_mirror ADDRESS RELEASE
check_mirror() {
    timeout 60 /usr/lib/apt/apt-helper download-file "$1/dists/$2/InRelease" "$scratch/InRelease" \
        >"$scratch/helper.log" 2>&1 && return
    local host=${1#*://}
    host=${host%%[:/]*}
    getent ahosts "$host" >/dev/null ||
        die "no network, or no name service: $host, a Debian mirror of this machine's apt configuration, has no address; connect the machine and run it again"
    die "the Debian mirror $1 does not answer ($(grep -m1 '^Err\|^E:\|^W:\|Could not\|Unable' "$scratch/helper.log")); check it in /etc/apt and run it again"
}
