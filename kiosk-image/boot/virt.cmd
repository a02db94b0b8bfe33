setenv disk "virtio 0"
setenv kernel_addr_r 0x40400000
setenv initrd_addr 0x48000000
setenv console "console=ttyAMA0"
setenv boardargs "${testargs}"
