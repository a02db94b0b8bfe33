# The disk images, built twice and compared.
# shellcheck shell=bash

images() {
    local variant inside
    inside=/cache/$(basename "$scratch")
    run "installing the root file system" root "$scratch/a.tar"
    for variant; do
        run "making the disk of $variant" in_workshop bash -euo pipefail \
            /src/kiosk-image/recipe/make-disk "$variant" "$inside" "$inside/a.tar"
        mv "$scratch/$variant" "$scratch/$variant.a"
    done
    cp "$scratch/parts/installed" "$scratch/installed"
    if [ -z "${KUAIBAN_ONCE:-}" ]; then
        run "installing the root file system once more, for the comparison" root "$scratch/b.tar"
        same "the root file system" "$scratch"/{a,b}.tar
        for variant; do
            run "making the disk of $variant once more" in_workshop bash -euo pipefail \
                /src/kiosk-image/recipe/make-disk "$variant" "$inside" "$inside/b.tar"
            same "the disk of $variant" "$scratch/$variant.a/disk.img" "$scratch/$variant/disk.img"
        done
        step "the two builds are identical"
    fi
    for variant; do publish "$variant"; done
}

publish() {
    local variant=$1 made=$scratch/$1.a name=kuaiban-$1
    local part parts=(bill.json figures.txt img)
    run "bill of materials of $variant" bill "$variant" "$out/$name.bill.json.part"
    figures "$variant" "$made" >"$out/$name.figures.txt.part"
    cp --sparse=always "$made/disk.img" "$out/$name.img.part"
    if [ "$variant" = virt ]; then
        cp "$made/u-boot.bin" "$out/$name.u-boot.part"
        cp "$made/uboot.env" "$out/$name.env.part"
        parts+=(u-boot env)
    fi
    # All of it is on the disk before any of it has its name; the number of its sources comes last.
    sync "$out"/*.part
    rm -f "$out/$name.sources"
    for part in "${parts[@]}"; do mv "$out/$name.$part.part" "$out/$name.$part"; done
    echo "$made_from" >"$out/$name.sources"
    step "made kiosk-image/out/$name.img"
    sed 's/^/         /' "$out/$name.figures.txt"
}

figures() {
    local variant=$1 made=$2
    echo "built: $([ -n "${KUAIBAN_ONCE:-}" ] && echo "once, not compared" || echo "twice, identical")"
    echo "root, unpacked: $(($(cat "$made/root.size") / 1048576)) MiB (limit 250)"
    echo "root, as in the slot: $(($(stat -c %s "$made/in/root.erofs") / 1048576)) MiB of 512"
    echo "image: $(($(stat -c %s "$made/disk.img") / 1048576)) MiB, $(du -m "$made/disk.img" | cut -f1) MiB of data"
    echo "sha256: $(sha256sum "$made/disk.img" | cut -d' ' -f1)"
    echo "hardening: $(sed -n 's/^→ //p' "$made/security.txt")"
    echo "largest packages as installed (MiB):"
    # Not with head: it would end sort early, and that ends the recipe (pipefail).
    sort -t$'\t' -k5 -rn "$scratch/installed" | awk -F'\t' 'NR <= 10 {printf "  %5.1f %s %s\n", $5 / 1024, $1, $2}'
}
