# The root file system, the same for every variant.
# shellcheck shell=bash

# root TAR: builds it, with the very package that was made, and puts the packages of the boot
# parts (kernels, firmware, boot loader) into the folder parts beside it.
root() {
    local tar=$1 inside
    inside=/cache/$(basename "$scratch")
    mkdir -p "$cache/debs/root"
    rm -rf "$scratch/parts" && mkdir -p "$scratch/parts" || return 1
    in_workshop nice mmdebstrap --mode=root --variant=minbase --architectures=arm64 \
        --skip=check/qemu,download/empty,essential/unlink "${apt_options[@]}" \
        --dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-include=/usr/share/doc/*/copyright' \
        --dpkgopt='path-exclude=/usr/share/man/*' --dpkgopt='path-exclude=/usr/share/info/*' \
        --dpkgopt='path-exclude=/usr/share/locale/*' --dpkgopt='path-exclude=/usr/share/lintian/*' \
        --dpkgopt='path-exclude=/usr/share/bash-completion/*' --dpkgopt='path-exclude=/usr/share/zsh/*' \
        --dpkgopt='path-exclude=/usr/share/fish/*' --dpkgopt='path-exclude=/usr/share/bug/*' \
        --dpkgopt='path-exclude=/usr/lib/udev/hwdb.d/*' \
        --dpkgopt='path-exclude=/usr/share/fonts/*/NotoSerif*' \
        --include="$(list packages.root)" \
        --setup-hook='mkdir -p "$1/var/cache/apt/archives"' \
        --setup-hook='sync-in /cache/debs/root /var/cache/apt/archives' \
        --customize-hook="bash -euo pipefail /src/kiosk-image/recipe/customize-root \"\$1\" /out/kuaiban_${version}_arm64.deb $inside" \
        "$debian" "$inside/root.tar" "${sources[@]}" || return 1
    mv "$scratch/root.tar" "$tar"
}
