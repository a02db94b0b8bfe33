setenv disk "mmc 0"
setenv kernel_addr_r 0x00200000
setenv initrd_addr 0x08000000
setenv console "console=ttyS1,115200"
setenv boardargs "video=HDMI-A-1:D"
