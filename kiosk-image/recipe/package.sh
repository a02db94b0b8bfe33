# The Debian package of the appliance build.
# shellcheck shell=bash

# package ARCH -> $out/kuaiban_VERSION_ARCH.deb
package() {
    local arch=$1 target pkg_config
    case $arch in
        amd64) target=x86_64-unknown-linux-gnu pkg_config=x86_64-linux-gnu-pkg-config ;;
        arm64) target=aarch64-unknown-linux-gnu pkg_config=aarch64-linux-gnu-pkg-config ;;
    esac
    mkdir -p "$cache/target"
    run "fetching the crates" crates
    # No folder of this machine, and no name of where its crates come from, in the program.
    local folder plain=(--remap-path-prefix=/cache/target=target)
    for folder in "$cache"/cargo/registry/src/*/; do
        plain+=(--remap-path-prefix="/cache/cargo/registry/src/$(basename "$folder")=crates")
    done
    local name=${target//-/_}
    run "compiling for $arch (first time about ten minutes)" in_workshop \
        env CARGO_TARGET_DIR=/cache/target CARGO_BUILD_JOBS="${KUAIBAN_JOBS:-$(nproc)}" \
        CARGO_TARGET_AARCH64_UNKNOWN_LINUX_GNU_LINKER=aarch64-linux-gnu-gcc \
        CC_aarch64_unknown_linux_gnu=aarch64-linux-gnu-gcc \
        PKG_CONFIG_ALLOW_CROSS=1 "PKG_CONFIG_$name=$pkg_config" \
        "CARGO_TARGET_${name^^}_RUSTFLAGS=${plain[*]}" \
        nice cargo build --manifest-path /src/Cargo.toml --release --locked \
        --no-default-features --features kms,rppal,appliance --target "$target"
    run "packing for $arch" in_workshop bash -euo pipefail /src/kiosk-image/recipe/pack-deb \
        "$arch" "$version" "/cache/target/$target/release/kuaiban"
    deb=kuaiban_${version}_$arch.deb
    step "made kiosk-image/out/$deb ($(du -h "$out/$deb" | cut -f1))"
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
