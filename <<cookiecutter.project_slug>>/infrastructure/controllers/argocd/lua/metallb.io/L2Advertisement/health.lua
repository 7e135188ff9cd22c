-- MetalLB reports nothing about it. It is done when it is there.
return {status = "Healthy", message = "There is nothing to wait for"}
