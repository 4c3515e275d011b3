"""Drawing rows from distributions, alone or bound to common factors.

Every uncertain quantity is a draw with a number. A draw without loadings takes a uniform deviate where its formula
starts from one; any other takes a normal deviate, z = own * e + sum of loading * factor (a Gaussian copula), and its
share, the probability of less, is that of z.
"""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from quarterdeck.engine.compiled import compiled_bare, compiled_inline
from quarterdeck.engine.simulation.kernels.random import (
    F4,
    I2,
    I4,
    U4,
    exponential,
    normal_share,
    normals,
    threefry,
    uniform,
)
from quarterdeck.engine.simulation.model import LONGEST

#: Iterations side by side.
LANES = 64

# Kinds of distribution, each with what its parameters mean.
TRIANGULAR = 0  # low, high, (high - low)(mode - low), (high - low)(high - mode), (mode - low) / (high - low)
UNIFORM = 1  # low, width
DISCRETE = 2  # first column and number of `steps`
NORMAL = 3  # mean, deviation; this kind and those below start from a normal deviate
LOGNORMAL = 4  # median, deviation of the logarithm
BETA = 5  # low, width; a polynomial in z (`curve`) has the normal share (x - low) / width

PARAMETERS = 5
#: Degree of the polynomials of beta distributions.
DEGREE = 7
#: A share of 1 as it is kept: 12 bits are plenty for a rank, and their products add up in whole numbers.
FULL = 4096

Singles = NDArray[np.float32]
Wholes = NDArray[np.int32]
Grades = NDArray[np.int16]
Words = NDArray[np.uint32]


class Draws(NamedTuple):
    """All draws of a simulation, by their number; the loadings of draw v are first[v] to first[v + 1]."""

    key: Words  # two words
    kind: NDArray[np.int8]
    stream: Words
    parameters: Singles
    extra: Singles  # minutes added to a duration
    curve: Singles  # coefficients of a beta distribution's polynomial, rising
    steps: Singles  # of discrete distributions: values, and the probability of at most each
    own: Singles
    first: Wholes
    factor: Wholes
    loading: Singles
    factor_stream: Words
    place: Wholes  # where it is kept: as the duration of a task, else (-1) as a row; and its share, or -1


class Drawn(NamedTuple):
    """Where the draws of one block are put."""

    scratch: Singles  # four rows
    words: Words  # a row
    factor: Singles
    duration: Wholes
    row: Singles
    grade: Grades


@compiled_inline
def random_words(key: Words, stream: U4, begin: int, one: Words, other: Words) -> None:
    """Fill two rows with the random words of the places from `begin` on."""
    key0, key1, place = key[0], key[1], U4(begin)
    for e in range(len(one)):
        one[e], other[e] = threefry(key0, key1, stream, U4(place + U4(e)))


@compiled_inline
def uniform_row(key: Words, stream: U4, block: int, words: Words, out: Singles) -> None:
    """Fill a row with uniform deviates for the iterations of a block; `words` is room for as many."""
    half = len(words) // 2
    random_words(key, stream, block * half, words[:half], words[half:])
    for e in range(len(words)):
        out[e] = uniform(words[e])


@compiled_inline
def normal_halves(words: Words, one: Singles, other: Singles) -> None:
    """Fill two rows with the standard normal deviates that words make."""
    for e in range(len(words)):
        one[e], other[e] = normals(words[e])


@compiled_inline
def normal_row(key: Words, stream: U4, block: int, words: Words, out: Singles) -> None:
    """Fill a row with standard normal deviates for the iterations of a block."""
    half = len(out) // 2
    quarter = half // 2
    random_words(key, stream, block * quarter, words[:quarter], words[quarter:half])
    normal_halves(words[:half], out[:half], out[half:])


@compiled_inline
def bind_row(own: F4, loading: Singles, shared: Wholes, factor: Singles, z: Singles) -> None:
    """Bind a row of normal deviates to the factors that a draw shares with others."""
    for e in range(len(z)):
        z[e] = own * z[e]
    for k in range(len(loading)):
        weight, common = loading[k], factor[shared[k]]
        for e in range(len(z)):
            z[e] = z[e] + weight * common[e]


@compiled_inline
def from_shares(kind: int, p: Singles, steps: Singles, share: Singles, out: Singles) -> None:
    """Fill a row with the values of which these are the probabilities of less."""
    p0, p1, p2, p3, p4 = p[0], p[1], p[2], p[3], p[4]
    if kind == TRIANGULAR:
        for e in range(len(out)):
            u = share[e]
            rising = u < p4
            root = F4(math.sqrt(u * p2 if rising else (F4(1) - u) * p3))
            out[e] = p0 + root if rising else p1 - root
    elif kind == UNIFORM:
        for e in range(len(out)):
            out[e] = p0 + p1 * share[e]
    else:
        begin, end = I4(p0), I4(p0) + I4(p1)
        lowest = steps[0, begin]
        for e in range(len(out)):
            out[e] = lowest
        for k in range(begin + 1, end):
            value, reached = steps[0, k], steps[1, k - 1]
            for e in range(len(out)):
                out[e] = value if share[e] >= reached else out[e]


@compiled_inline
def from_normals(kind: int, p: Singles, curve: Singles, z: Singles, out: Singles) -> None:
    """Fill a row with the values that these normal deviates stand for."""
    p0, p1 = p[0], p[1]
    if kind == NORMAL:
        for e in range(len(out)):
            out[e] = p0 + p1 * z[e]
    elif kind == LOGNORMAL:
        for e in range(len(out)):
            out[e] = p0 * exponential(F4(p1 * z[e]))
    else:
        highest = curve[DEGREE]
        for e in range(len(out)):
            out[e] = highest
        for k in range(DEGREE):
            c = curve[DEGREE - 1 - k]
            for e in range(len(out)):
                out[e] = out[e] * z[e] + c
        for e in range(len(out)):
            out[e] = p0 + p1 * normal_share(out[e])


@compiled_bare
def middle_ranks(p: Singles, steps: Singles, share: Singles, out: Singles) -> None:
    """Fill a row with the middle ranks of the steps that shares fall into: (P(less) + P(at most)) / 2."""
    begin, end = I4(p[0]), I4(p[0]) + I4(p[1])
    for e in range(len(out)):
        out[e] = steps[1, begin] / F4(2)
    for k in range(begin + 1, end):
        below, middle = steps[1, k - 1], (steps[1, k - 1] + steps[1, k]) / F4(2)
        for e in range(len(out)):
            out[e] = middle if share[e] >= below else out[e]


@compiled_bare
def draw(draws: Draws, drawn: Drawn, block: int) -> None:
    """Draw everything for the iterations of a block.

    Durations come in whole minutes, none below nil; anything else as it is.
    """
    key, z, share, out = draws.key, drawn.scratch[0], drawn.scratch[1], drawn.scratch[2]
    for k in range(len(draws.factor_stream)):
        normal_row(key, draws.factor_stream[k], block, drawn.words, drawn.factor[k])
    for v in range(len(draws.kind)):
        kind, stream, p, place = draws.kind[v], draws.stream[v], draws.parameters[v], draws.place[v]
        first, last = draws.first[v], draws.first[v + 1]
        if kind < NORMAL and first == last:
            uniform_row(key, stream, block, drawn.words, share)
        else:
            normal_row(key, stream, block, drawn.words, z)
            if first < last:
                bind_row(draws.own[v], draws.loading[first:last], draws.factor[first:last], drawn.factor, z)
            for e in range(len(share)):
                share[e] = normal_share(z[e])
        if kind < NORMAL:
            from_shares(kind, p, draws.steps, share, out)
        else:
            from_normals(kind, p, draws.curve[v], z, out)
        if place[0] >= 0:
            whole_minutes(out, draws.extra[v], drawn.duration[place[0]])
        else:
            row = drawn.row[place[1]]
            for e in range(len(out)):
                row[e] = out[e]
        if place[2] >= 0:
            grade, rank = drawn.grade[place[2]], share
            if kind == DISCRETE:
                rank = z
                middle_ranks(p, draws.steps, share, rank)
            for e in range(len(out)):
                grade[e] = I2(I4(rank[e] * F4(FULL)))


@compiled_inline
def whole_minutes(values: Singles, extra: F4, out: Wholes) -> None:
    """Fill a row with values as whole minutes, none below nil or above `LONGEST`, and as many more."""
    more = F4(extra + F4(0.5))
    for e in range(len(out)):
        out[e] = I4(min(max(values[e], F4(0)), F4(LONGEST)) + more)
