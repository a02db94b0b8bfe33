# The workshop: a Debian chroot with every tool of the build, so that a building machine needs no
# more than mmdebstrap and gives the same image whatever its own release is.
# shellcheck shell=bash

workshop() {
    local want
    want=$({ cat "$here/packages.workshop"; echo "$debian $mirror"; } | sha256sum)
    if [ "$(cat "$cache/workshop.made" 2>/dev/null)" != "$want" ]; then
        check_mirrors
        rm -rf --one-file-system "$cache/workshop" "$cache/workshop.made" "$cache/workshop.part"
        mkdir -p "$cache/debs/workshop"
        run "making the build chroot (once; about 2 GB)" nice mmdebstrap --mode=root --variant=apt \
            --architectures=amd64,arm64 --skip=check/qemu,download/empty,essential/unlink \
            "${apt_options[@]}" \
            --dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-exclude=/usr/share/man/*' \
            --dpkgopt='path-exclude=/usr/share/locale/*' \
            --setup-hook="mkdir -p \"\$1/var/cache/apt/archives\"" \
            --setup-hook="sync-in $cache/debs/workshop /var/cache/apt/archives" \
            --customize-hook="sync-out /var/cache/apt/archives $cache/debs/workshop" \
            --customize-hook='rm -f "$1"/var/cache/apt/archives/*.deb' \
            --include="$(list packages.workshop)" \
            "$debian" "$cache/workshop.part" "${sources[@]}"
        mv "$cache/workshop.part" "$cache/workshop"
        echo "$want" >"$cache/workshop.made"
    fi
}

# list FILE: the names in a commented list, joined by commas.
list() { sed 's/#.*//' "$here/$1" | xargs -n1 | paste -sd,; }

# in_workshop COMMAND...: runs inside the chroot, in its own mount namespace, so that no mount
# outlives it. Seen from inside: /src the sources, /cache the caches, /out the results.
in_workshop() {
    local root=$cache/workshop
    mkdir -p "$root"/{src,cache,out,ca} "$cache/cargo"
    unshare --mount --fork --propagation private bash -euc '
        root=$1 tree=$2 cache=$3 out=$4
        shift 4
        mount --bind "$root" "$root"
        mount --bind "$tree" "$root/src"
        mount -o remount,bind,ro "$root/src"
        mount --bind "$cache" "$root/cache"
        mount --bind "$out" "$root/out"
        mount -t proc proc "$root/proc"
        mount --rbind /sys "$root/sys"
        mount --rbind /dev "$root/dev"
        cp -L /etc/resolv.conf "$root/etc/resolv.conf"
        [ ! -e /etc/ssl/certs/ca-certificates.crt ] || cp -L /etc/ssl/certs/ca-certificates.crt "$root/ca/"
        exec chroot "$root" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root TERM=dumb \
            LC_ALL=C.UTF-8 TZ=UTC ${SOURCE_DATE_EPOCH:+SOURCE_DATE_EPOCH=$SOURCE_DATE_EPOCH} \
            ${http_proxy:+http_proxy=$http_proxy} ${https_proxy:+https_proxy=$https_proxy} \
            CARGO_HOME=/cache/cargo CARGO_HTTP_CAINFO=/ca/ca-certificates.crt \
            SSL_CERT_FILE=/ca/ca-certificates.crt "$@"
    ' in_workshop "$root" "$tree" "$cache" "$out" "$@"
}

# Lets this machine run arm64 programs of the new root during its making. The kernel opens the
# interpreter when it is registered (flag F), so that it is found inside any chroot. What was not
# registered before is removed at the end (on_exit).
emulation() {
    local fs=/proc/sys/fs/binfmt_misc
    [ "$(uname -m)" != aarch64 ] || return 0
    [ -e $fs/register ] || mount -t binfmt_misc binfmt_misc $fs 2>/dev/null ||
        die "the kernel of this machine has no binfmt_misc, which is needed to install arm64 packages; load the module binfmt_misc"
    if [ ! -e $fs/qemu-aarch64 ]; then
        touch "$cache/registered"
        printf '%s' ':qemu-aarch64:M::\x7fELF\x02\x01\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x02\x00\xb7\x00:\xff\xff\xff\xff\xff\xff\xff\x00\xff\xff\xff\xff\xff\xff\xff\xff\xfe\xff\xff\xff:'"$cache/workshop/usr/bin/qemu-aarch64"':F' >$fs/register
    elif ! grep -q '^flags:.*F' $fs/qemu-aarch64; then
        die "qemu-aarch64 is registered without the flag F; install qemu-user-static, or remove that registration"
    fi
}
