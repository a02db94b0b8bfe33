# The bill of materials, beside the image.
# shellcheck shell=bash

bill() {
    local variant=$1 to=$2
    in_workshop bash -euc 'cargo metadata --manifest-path /src/Cargo.toml --locked --format-version 1 \
        --no-default-features --features kms,rppal,appliance --filter-platform aarch64-unknown-linux-gnu' \
        >"$scratch/crates.json" || return 1
    python3 "$here/recipe/bill.py" "$variant" "$version" "$SOURCE_DATE_EPOCH" "$scratch/installed" \
        "$scratch/parts/packages" "$scratch/crates.json" >"$to"
}
