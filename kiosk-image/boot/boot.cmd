# Starts slot A, or B when A cannot be read. (Counting of attempts comes with updates.)
for slot in A B; do
    if test "${slot}" = A; then setenv part 2; else setenv part 3; fi
    if load ${disk}:${part} ${kernel_addr_r} vmlinuz; then
        if load ${disk}:${part} ${initrd_addr} initrd; then
            setenv bootargs "${console} quiet loglevel=3 systemd.show_status=false vt.global_cursor_default=0 logo.nologo consoleblank=0 panic=10 noautogroup sysctl.kernel.sysrq=0 rauc.slot=${slot} ${boardargs}"
            booti ${kernel_addr_r} ${initrd_addr}:${filesize} ${fdt_addr}
        fi
    fi
done
sleep 10
reset
