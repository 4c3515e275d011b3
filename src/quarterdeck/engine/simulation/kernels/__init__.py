"""The compiled part of the simulation: iterations side by side as lanes, a task after the other.

A **block** is `LANES` iterations; a **row** is what one task (or draw) is in each of them, so that every inner loop
runs over a row and the compiler makes vector instructions of it. How long a row is the kernels ask the row, though it
never changes: a loop whose length is known is unrolled before it can be vectorised.

Nothing here depends on how blocks are shared out to threads. Random numbers are a function of seed, stream and
iteration; whatever is added up over iterations is a whole number; and no sum of floats is re-ordered.
"""
