"""The kernel: one write path, access, registers, frame. It knows no word of the domain."""
