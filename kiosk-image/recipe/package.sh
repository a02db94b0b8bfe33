# The Debian package of the appliance build.
# shellcheck shell=bash

# package ARCH [twice] -> $out/kuaiban_VERSION_ARCH.deb; `twice`: the program is compiled in two
# separate caches and compared.
package() {
    local arch=$1 twice=${2:-}
    run "fetching the crates" crates
    compile "$arch" target
    [ -z "$twice" ] || compared "$arch"
    run "packing for $arch" in_workshop bash -euo pipefail /src/kiosk-image/recipe/pack-deb \
        "$arch" "$version" "/cache/target/$(triple "$arch")/release/kuaiban"
    deb=kuaiban_${version}_$arch.deb
    step "made kiosk-image/out/$deb ($(du -h "$out/$deb" | cut -f1))"
}

# compared ARCH: compiles once more, in a cache of its own.
compared() {
    local program
    program=$(triple "$1")/release/kuaiban
    compile "$1" target-again
    same "the program" "$cache/target/$program" "$cache/target-again/$program"
}

# compile ARCH FOLDER: whatever the folder of the caches is called, the compiler sees the same name.
compile() {
    local arch=$1 folder=$2 target pkg_config source
    target=$(triple "$arch")
    pkg_config=${target/-unknown/}-pkg-config
    mkdir -p "$cache/target" "$cache/$folder"
    # No folder of this machine, and no name of where its crates come from, in the program.
    local plain=(--remap-path-prefix=/cache/target=target)
    for source in "$cache"/cargo/registry/src/*/; do
        plain+=(--remap-path-prefix="/cache/cargo/registry/src/$(basename "$source")=crates")
    done
    local name=${target//-/_} step="compiling for $arch (from nothing about ten minutes)"
    [ "$folder" = target ] || step="compiling once more, to compare"
    # A date that does not change with every commit, or all C code would be compiled for each anew.
    run "$step" in_workshop \
        bash -euc 'mount --bind "/cache/$0" /cache/target; cd /src; exec "$@"' "$folder" \
        env SOURCE_DATE_EPOCH=0 \
        CARGO_TARGET_DIR=/cache/target CARGO_BUILD_JOBS="${KUAIBAN_JOBS:-$(nproc)}" \
        CARGO_TARGET_AARCH64_UNKNOWN_LINUX_GNU_LINKER=aarch64-linux-gnu-gcc \
        CC_aarch64_unknown_linux_gnu=aarch64-linux-gnu-gcc \
        PKG_CONFIG_ALLOW_CROSS=1 "PKG_CONFIG_$name=$pkg_config" \
        "CARGO_TARGET_${name^^}_RUSTFLAGS=${plain[*]}" \
        nice cargo build --release --locked \
        --no-default-features --features kms,rppal,appliance --target "$target"
}

# triple ARCH: the compiler's name of a Debian architecture.
triple() {
    case $1 in
        amd64) echo x86_64-unknown-linux-gnu ;;
        arm64) echo aarch64-unknown-linux-gnu ;;
    esac
}

# The crates of the lock file; without a network when all are in the cache.
crates() {
    local fetch=(cargo fetch --manifest-path /src/Cargo.toml --locked
        --target x86_64-unknown-linux-gnu --target aarch64-unknown-linux-gnu)
    in_workshop "${fetch[@]}" --offline ||
        in_workshop "${fetch[@]}" || {
        echo "crates are missing in $cache/cargo and could not be fetched; connect the machine and run it again" >&2
        return 1
    }
}
