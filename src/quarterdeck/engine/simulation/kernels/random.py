"""Random numbers without a state, and the few functions that turn them into deviates.

Threefry-2x32 with 13 rounds (Salmon, Moraes, Dror & Shaw, "Parallel random numbers: as easy as 1, 2, 3", 2011): a
number is a function of key, stream and place alone, so any thread can make any of them, a longer run begins with the
numbers of a shorter one, and leaving one risk out changes no other draw.

The functions of a real argument are polynomials in single precision, since calls of the C library cannot be made side
by side; their coefficients interpolate at Chebyshev nodes, and none is off by more than 1e-6. Nothing is contracted or
re-ordered: every machine that keeps IEEE 754 draws the same numbers.
"""

import math
from typing import TypeAlias

import numpy as np

from quarterdeck.engine.compiled import compiled_bare

F4: TypeAlias = np.float32
I2: TypeAlias = np.int16
I4: TypeAlias = np.int32
U2: TypeAlias = np.uint16
U4: TypeAlias = np.uint32
U8: TypeAlias = np.uint64

#: Uniform deviates are odd multiples of half of this, so that neither 0 nor 1 is one of them.
STEP = np.float32(2.0**-23)


@compiled_bare
def turned(x: U4, by: int) -> U4:
    """Return the bits of x turned left."""
    return U4((x << U4(by)) | (x >> U4(32 - by)))


@compiled_bare
def four_rounds(x0: U4, x1: U4, turns: tuple[int, int, int, int]) -> tuple[U4, U4]:
    """Return the state after four rounds of Threefry with these turns."""
    x0 = U4(x0 + x1)
    x1 = turned(x1, turns[0]) ^ x0
    x0 = U4(x0 + x1)
    x1 = turned(x1, turns[1]) ^ x0
    x0 = U4(x0 + x1)
    x1 = turned(x1, turns[2]) ^ x0
    x0 = U4(x0 + x1)
    x1 = turned(x1, turns[3]) ^ x0
    return x0, x1


@compiled_bare
def threefry(key0: U4, key1: U4, stream: U4, place: U4) -> tuple[U4, U4]:
    """Return 64 random bits as two words: Threefry-2x32-13 of the counter (stream, place)."""
    key2 = U4(U4(0x1BD11BDA) ^ key0 ^ key1)
    x0, x1 = four_rounds(U4(stream + key0), U4(place + key1), (13, 15, 26, 6))
    x0, x1 = four_rounds(U4(x0 + key1), U4(x1 + key2 + U4(1)), (17, 29, 16, 24))
    x0, x1 = four_rounds(U4(x0 + key2), U4(x1 + key0 + U4(2)), (13, 15, 26, 6))
    x0, x1 = U4(x0 + key0), U4(x1 + key1 + U4(3))
    x0 = U4(x0 + x1)
    return x0, turned(x1, 17) ^ x0


@compiled_bare
def uniform(x: U4) -> F4:
    """Return a deviate between 0 and 1, neither of them, from 32 random bits."""
    return F4((F4(I4(x >> U4(9))) + F4(0.5)) * STEP)


@compiled_bare
def logarithm(x: F4) -> F4:
    """Return the natural logarithm of a positive number."""
    bits = F4(x).view(np.int32)
    power = I4(bits - I4(0x3F3504F3)) >> I4(23)  # so that what remains lies about 1: from sqrt(1/2) to sqrt(2)
    t = F4(I4(bits - (power << I4(23))).view(np.float32) - F4(1))
    p = F4(0.119310544) * t + F4(-0.186807514)
    p = p * t + F4(0.204917596)
    p = p * t + F4(-0.249082892)
    p = p * t + F4(0.333146738)
    p = p * t + F4(-0.50001145)
    p = p * t + F4(1.00000096)
    return F4(p * t + F4(power) * F4(math.log(2)))


@compiled_bare
def exponential(x: F4) -> F4:
    """Return e to the x; beyond -87 and 87 what it is there."""
    y = F4(min(max(F4(x), F4(-87)), F4(87)) * F4(1 / math.log(2)))
    power = I4(y + F4(127.5))  # rounded, and at least 1: cutting off is rounding down
    t = F4(y - F4(power - I4(127)))
    p = F4(0.00134004322) * t + F4(0.0096760371)
    p = p * t + F4(0.0555032721)
    p = p * t + F4(0.240221074)
    p = p * t + F4(0.693147207)
    p = p * t + F4(1.00000008)
    return F4(p * I4(power << I4(23)).view(np.float32))


@compiled_bare
def normals(x: U4) -> tuple[F4, F4]:
    """Return two independent standard normal deviates from 32 random bits (Box & Muller 1958).

    20 bits make the radius, so that deviates end at 5.4, and 12 the angle: over 4,096 directions, evenly spread, all
    moments of interest are those over the circle. Sine and cosine of the whole angle are those of half of it, doubled,
    so that one polynomial each will do.
    """
    u = F4((F4(I4(x >> U4(12))) + F4(0.5)) * F4(2.0**-20))
    radius = F4(math.sqrt(F4(-2) * logarithm(u)))
    half = F4((F4(I4(x & U4(0xFFF))) - F4(2047.5)) * F4(math.pi / 4096))
    z = half * half
    sine = (((F4(-0.000185234483) * z + F4(0.00831322508)) * z + F4(-0.166656796)) * z + F4(0.999999241)) * half
    cosine = F4(2.31531742e-05) * z + F4(-0.00138536669)
    cosine = cosine * z + F4(0.0416635789)
    cosine = cosine * z + F4(-0.499999051)
    cosine = cosine * z + F4(0.999999953)
    return F4(radius * (cosine * cosine - sine * sine)), F4(radius * (F4(2) * sine * cosine))


@compiled_bare
def normal_share(z: F4) -> F4:
    """Return the standard normal distribution function (Abramowitz & Stegun 1964, 7.1.28), right to 3e-7."""
    a = F4(abs(z) * F4(math.sqrt(0.5)))
    p = F4(0.0000430638) * a + F4(0.0002765672)
    p = p * a + F4(0.0001520143)
    p = p * a + F4(0.0092705272)
    p = p * a + F4(0.0422820123)
    p = p * a + F4(0.0705230784)
    p = F4(1) / (p * a + F4(1))
    p = p * p
    p = p * p
    p = p * p
    tail = F4(F4(0.5) * p * p)
    return F4(F4(1) - tail) if z > F4(0) else tail
