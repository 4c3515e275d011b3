"""From what is not known of a plan to the arrays of the kernels, and room for threads to work in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from quarterdeck.engine.cpm.solving import allocated
from quarterdeck.engine.errors import EngineError
from quarterdeck.engine.simulation._prepare import FACTOR, FACTOR_OF, WEATHER, Hit, Unknowns
from quarterdeck.engine.simulation.correlation import Loading, Repair, loadings
from quarterdeck.engine.simulation.distributions import Normal
from quarterdeck.engine.simulation.drawing import Shapes, shapes
from quarterdeck.engine.simulation.ground import Ground
from quarterdeck.engine.simulation.model import LONGEST, Correlation, CostOf, Member, Occurrence

if TYPE_CHECKING:
    from quarterdeck.engine.simulation.kernels.blocks import Model, Room
    from quarterdeck.engine.simulation.kernels.draws import Draws
    from quarterdeck.engine.simulation.kernels.instants import Ground as Clock
    from quarterdeck.engine.simulation.kernels.strikes import Strikes, Weather
    from quarterdeck.engine.simulation.kernels.tally import Costs, Impacts

Rows: TypeAlias = NDArray[np.int32]
Floats: TypeAlias = NDArray[np.float64]
DAY: Final = 1440
#: Normal deviates end here (see `kernels.random`), so that a duration nearer to nil is cut there now and then.
REACH: Final = 5.4
#: Members of correlations that are no tasks.
NO_TASK: Final = (CostOf, Occurrence)
#: Values by which it is ranked how hard a risk strikes.
SAMPLED: Final = 512
#: The least and the greatest share that are drawn.
ENDS: Final = np.array([2.0**-24, 1 - 2.0**-24])


@dataclass(frozen=True, eq=False)
class Laid:
    """A simulation as the kernels see it.

    Grades stand in this order: of the durations of `uncertain` nodes, of `priced` draws (amounts and rates), of risks:
    each risk as it drives the finish, and behind these as it drives the cost.
    """

    ground: Ground
    unknowns: Unknowns
    shapes: Shapes
    model: Model
    uncertain: Rows
    ranked: Rows  # places among the uncertain whose duration is more than one draw
    priced: tuple[int, ...]
    impacts: Impacts
    dearest: Floats  # by price the most that it may come to
    repairs: tuple[Repair, ...]
    clock: Clock
    notices: tuple[str, ...]

    @property
    def drivers(self) -> int:
        """How many things finish and cost are compared with."""
        return len(self.uncertain) + len(self.priced) + 2 * len(self.unknowns.threats)

    @property
    def priceless(self) -> bool:
        """Whether nothing costs anything."""
        return not self.unknowns.prices and not len(self.model.costs.loss_row) and not self.unknowns.responses


def lay(ground: Ground, unknowns: Unknowns, correlations: Sequence[Correlation], key: int, days: int) -> Laid:
    """Lay a simulation out; `days` is how many days of weather are worked out.

    Raises `EngineError` for estimates and correlations that cannot be drawn, see `shapes` and `loadings`.
    """
    from quarterdeck.engine.simulation.kernels.blocks import Model
    from quarterdeck.engine.simulation.kernels.passes import Logic

    guesses = unknowns.guesses
    drawn = shapes(guesses.of, lambda place: (guesses.what[place], guesses.key[place]))
    _refuse_odd_durations(unknowns, drawn)
    _refuse_odd_factors(unknowns, drawn)
    loaded, factors, repairs = loadings(correlations)
    lengthened = unknowns.weather.keys() - unknowns.drawn.keys()  # their durations are put back for each block
    apart = sorted(unknowns.hits.keys() | unknowns.gates.keys() | lengthened)
    combined = np.array(sorted({*apart, *unknowns.weather, *_uneven(unknowns, drawn)}), np.int32)
    uncertain = np.union1d(np.fromiter(unknowns.drawn, np.int32), combined)
    ranked = np.flatnonzero(np.isin(uncertain, combined)).astype(np.int32)
    priced = tuple(draw for price in unknowns.prices for draw in (price.amount_draw, price.rate_draw) if draw >= 0)
    place = _places(unknowns, drawn, uncertain, ranked, priced)
    by_draw, notices = _by_draw(ground, unknowns, loaded)
    gated = np.zeros(ground.count, bool)
    gated[list(unknowns.gates)] = True
    weather = np.full(ground.count, -1, np.int32)
    weather[list(unknowns.weather)] = list(unknowns.weather.values())
    efforts, tied = ground.efforts_of([price.place for price in unknowns.prices])
    links, nodes = ground.graph(gated, weather, tied)
    chance, midnights = _days(ground, unknowns, days)
    model = Model(
        Logic(links, nodes, chance, midnights[max(ground.calendar, 0)]),
        _draws(ground, unknowns, drawn, (by_draw, factors), (key, place)),
        _strikes(ground, unknowns, apart),
        efforts,
        _costs(ground, unknowns),
    )
    clock = _clock(ground, np.flatnonzero(~links.plain & (links.gated | (links.unit != 0))), midnights)
    impacts = _impacts(ground, unknowns, drawn)
    return Laid(
        ground, unknowns, drawn, model, uncertain, ranked, priced, impacts, _dearest(unknowns), repairs, clock, notices
    )


def _refuse_odd_durations(unknowns: Unknowns, drawn: Shapes) -> None:
    guesses, draws = unknowns.guesses, np.array(list(unknowns.drawn.values()), np.int64)
    odd = ~((drawn.mean[draws] >= 0) & (drawn.mean[draws] <= LONGEST))
    below = drawn.least[draws] < 0
    for place in np.flatnonzero(odd | below).tolist():
        draw = int(draws[place])
        if odd[place]:
            problem, remedy = f"{drawn.mean[draw]:,.0f} minutes on average", f"Stay between 0 and {LONGEST:,}."
        elif not isinstance(guesses.of[draw], Normal):
            problem, remedy = f"{drawn.least[draw]:,g} minutes at least", "Let it be zero or more."
        else:
            continue
        raise EngineError(
            f"{guesses.what[draw]} {guesses.key[draw]!r} is estimated as {problem}",
            culprits=(guesses.key[draw],),
            remedy=remedy,
        )


def _refuse_odd_factors(unknowns: Unknowns, drawn: Shapes) -> None:
    guesses = unknowns.guesses
    for draw, what in enumerate(guesses.what):
        if what != FACTOR_OF:
            continue
        normal = isinstance(guesses.of[draw], Normal)
        if (drawn.mean if normal else drawn.least)[draw] < 0:
            raise EngineError(
                f"{what} {guesses.key[draw]!r} falls below zero",
                culprits=(guesses.key[draw],),
                remedy="Give zero or more: below 1 it makes tasks shorter.",
            )


def _uneven(unknowns: Unknowns, drawn: Shapes) -> list[int]:
    """Return the nodes of which mean, deviation and rank do not follow from their draw: certain, or cut at nil."""
    from quarterdeck.engine.simulation.kernels.draws import NORMAL

    nodes, draws = list(unknowns.drawn), np.array(list(unknowns.drawn.values()), np.int64)
    mean, deviation = drawn.mean[draws], drawn.deviation[draws]
    uneven = (deviation == 0) | ((drawn.kind[draws] == NORMAL) & (mean < REACH * deviation))
    return [nodes[place] for place in np.flatnonzero(uneven).tolist()]


def _places(unknowns: Unknowns, drawn: Shapes, uncertain: Rows, ranked: Rows, priced: tuple[int, ...]) -> Rows:
    """Return where each draw is kept, and its grade; that of a certain price stays nil."""
    guesses = unknowns.guesses
    place = np.full((len(guesses.of), 3), -1, np.int32)
    place[:, 0], place[:, 1] = guesses.node, guesses.row
    at = np.searchsorted(uncertain, np.fromiter(unknowns.drawn, np.int32))
    alone = ~np.isin(at, ranked)
    place[np.fromiter(unknowns.drawn.values(), np.int64)[alone], 2] = at[alone]
    prices = np.array(priced, np.int64)
    place[prices, 2] = np.where(drawn.deviation[prices] > 0, len(uncertain) + np.arange(len(prices)), -1)
    return place


def _impacts(ground: Ground, unknowns: Unknowns, drawn: Shapes) -> Impacts:
    """Return how hard risks strike: the minutes that each adds to its tasks, then what each costs.

    Without a loss of its own a risk costs by the minutes. Where they come to less than nothing the most helps most.
    """
    from quarterdeck.engine.simulation.kernels.tally import Impacts

    guesses, number = unknowns.guesses, {threat.occurs: place for place, threat in enumerate(unknowns.threats)}
    draw_of = {row: draw for draw, row in enumerate(guesses.row) if row >= 0}
    minutes: list[dict[int, float]] = [{} for _ in number]
    without = [0.0] * len(number)  # what factors multiply
    for node, hits in unknowns.hits.items():
        draw = unknowns.drawn.get(node, -1)
        base = float(ground.plan.net.span[node] - ground.extra[node] if draw < 0 else drawn.mean[draw])
        for hit in hits:
            own = minutes[number[hit.occurs]]
            own[hit.impact] = own.get(hit.impact, 0.0) + (base if hit.factor else 1.0)
            without[number[hit.occurs]] += base if hit.factor else 0.0
    times = list(zip(minutes, without, strict=True))
    losses = [
        ({threat.loss: 1.0}, 0.0) if threat.loss >= 0 else time
        for threat, time in zip(unknowns.threats, times, strict=True)
    ]
    rng, shares = np.random.default_rng(0), (np.arange(SAMPLED) + 0.5) / SAMPLED
    first, rows, weights, seen = [0], [], [], np.zeros((2 * len(number), SAMPLED))
    for k, (terms, nothing) in enumerate([*times, *losses]):
        draws = [(row, draw_of[row], weight) for row, weight in terms.items()]
        sign = -1.0 if sum(weight * drawn.mean[draw] for _, draw, weight in draws) < nothing else 1.0
        for row, draw, weight in draws:
            if drawn.deviation[draw] > 0:
                rows.append(row)
                weights.append(sign * weight)
                values = np.asarray(guesses.of[draw].quantile(shares)).astype(np.float32).astype(np.float64)
                seen[k] += sign * weight * rng.permutation(values)
        first.append(len(rows))
    seen.sort(axis=1)
    return Impacts(np.array(first, np.int32), np.array(rows, np.int32), np.array(weights, np.float64), seen)


def _draws(
    ground: Ground,
    unknowns: Unknowns,
    drawn: Shapes,
    loaded: tuple[dict[int, Loading], int],
    rest: tuple[int, Rows],
) -> Draws:
    from quarterdeck.engine.simulation.kernels.draws import Draws

    (key, place), guesses = rest, unknowns.guesses
    own, by_draw = np.ones(len(guesses.of), np.float32), loaded[0]
    counts = np.zeros(len(guesses.of) + 1, np.int64)
    for draw, loading in by_draw.items():
        own[draw] = loading.own
        counts[draw + 1] = len(loading.factors)
    pairs = [pair for draw in sorted(by_draw) for pair in by_draw[draw].factors]
    extra = np.zeros(len(guesses.of), np.float32)
    at_node = place[:, 0] >= 0
    extra[at_node] = ground.extra[place[at_node, 0]]
    return Draws(
        key=np.array([key & 0xFFFFFFFF, key >> 32], np.uint32),
        kind=drawn.kind,
        stream=np.array(guesses.stream, np.uint32),
        parameters=drawn.parameters.astype(np.float32),
        extra=extra,
        curve=drawn.curve.astype(np.float32),
        steps=drawn.steps.astype(np.float32),
        own=own,
        first=np.cumsum(counts).astype(np.int32),
        factor=np.array([factor for factor, _ in pairs], np.int32),
        loading=np.array([loading for _, loading in pairs], np.float32),
        factor_stream=(FACTOR + np.arange(loaded[1])).astype(np.uint32),
        place=place,
    )


def _by_draw(
    ground: Ground, unknowns: Unknowns, loaded: dict[Member, Loading]
) -> tuple[dict[int, Loading], tuple[str, ...]]:
    """Return loadings by draw, and what is to be told. Raises `EngineError` for members that are not in the plan."""
    found, certain = {}, 0
    rows, members = ground.plan.rows, unknowns.guesses.member
    durations = {unknowns.guesses.key[draw]: draw for draw in unknowns.drawn.values()} if loaded else {}
    for member, loading in loaded.items():
        if isinstance(member, NO_TASK):
            draw = members.get(member, -1)
            known = member.task in rows if isinstance(member, CostOf) else False
        else:
            draw = durations.get(member, -1)
            known = draw >= 0 or member in rows
        if draw >= 0:
            found[draw] = loading
        elif known:
            certain += 1
        else:
            raise EngineError(
                f"{member!r} is correlated with others, but it is nothing of this plan",
                culprits=(member,),
                remedy="Name tasks, costs of tasks and risks that are there.",
            )
    told = f"{certain} members of correlations are certain, and so not correlated."
    return found, (told,) if certain else ()


def _strikes(ground: Ground, unknowns: Unknowns, apart: list[int]) -> Strikes:
    from quarterdeck.engine.simulation.kernels.strikes import Strikes

    hits: list[Hit] = [hit for node in apart for hit in unknowns.hits.get(node, ())]
    gates = [gate for node in apart for gate in unknowns.gates.get(node, ())]
    base = [unknowns.drawn.get(node, -1) for node in apart]
    rows = np.array([-1 if draw < 0 else unknowns.guesses.row[draw] for draw in base], np.int32)
    return Strikes(
        node=np.array(apart, np.int32),
        base=rows,
        fixed=(ground.plan.net.span[apart] - ground.extra[apart]).astype(np.int32),
        extra=ground.extra[apart],
        first=np.cumsum([0, *(len(unknowns.hits.get(node, ())) for node in apart)]).astype(np.int32),
        occurs=np.array([hit.occurs for hit in hits], np.int32),
        impact=np.array([hit.impact for hit in hits], np.int32),
        factor=np.array([hit.factor for hit in hits], np.bool_),
        parallel=np.array([hit.parallel for hit in hits], np.bool_),
        gate=np.cumsum([0, *(len(unknowns.gates.get(node, ())) for node in apart)]).astype(np.int32),
        branch=np.array([row for row, _ in gates], np.int32),
        among=np.array([mask for _, mask in gates], np.uint64),
    )


def _costs(ground: Ground, unknowns: Unknowns) -> Costs:
    from quarterdeck.engine.simulation.kernels.tally import Costs

    prices, row = unknowns.prices, [*unknowns.guesses.row, -1]  # draw -1 has row -1
    lossy = [threat for threat in unknowns.threats if threat.loss >= 0]
    nothing = ground.count + len(ground.efforts)  # a place without duration
    return Costs(
        node=np.array([nothing if price.place < 0 else price.place for price in prices], np.int32),
        amount=np.array([price.amount for price in prices], np.float64),
        amount_row=np.array([row[price.amount_draw] for price in prices], np.int32),
        rate=np.array([price.rate for price in prices], np.float64),
        rate_row=np.array([row[price.rate_draw] for price in prices], np.int32),
        loss_occurs=np.array([threat.occurs for threat in lossy], np.int32),
        loss_row=np.array([threat.loss for threat in lossy], np.int32),
    )


def _dearest(unknowns: Unknowns) -> Floats:
    """Return by price the most that the task may cost, or earn, however rarely and however long it takes."""

    def most(amount: float, draw: int) -> float:
        return abs(amount) if draw < 0 else float(np.abs(unknowns.guesses.of[draw].quantile(ENDS)).max())

    found = [
        most(price.amount, price.amount_draw) + most(price.rate, price.rate_draw) * LONGEST for price in unknowns.prices
    ]
    return np.array(found, np.float64)


def _days(ground: Ground, unknowns: Unknowns, days: int) -> tuple[Weather, Rows]:
    """Return the weather of each day, and the work before each midnight by calendar, counted from the first."""
    from quarterdeck.engine.simulation.kernels.strikes import Weather

    conditions = unknowns.conditions
    days = days if conditions else 0
    begin = ground.settings.start // DAY
    dates = (begin + np.arange(days)).astype("datetime64[D]")
    months = dates.astype("datetime64[M]").astype(np.int64) % 12
    weeks = (dates - dates.astype("datetime64[Y]")).astype(np.int64) // 7
    by_length = {1: np.zeros(days, np.int64), 12: months, 53: weeks}
    weather = Weather(
        (WEATHER + (np.arange(len(conditions)) << 16)).astype(np.uint32),
        *(
            np.array([np.array(row)[by_length[len(row)]] for row in rows], np.float32).reshape(len(conditions), days)
            for rows in ([each.lost for each in conditions], [each.pace for each in conditions])
        ),
    )
    midnights = (begin + np.arange(days + 1)) * DAY
    works = [ground.work_at(number, midnights) for number in range(len(ground.plan.table.calendars))]
    return weather, np.array([work - (work[0] if ground.several else ground.origin) for work in works]).astype(np.int32)


def _clock(ground: Ground, special: NDArray[np.int64], midnights: Rows) -> Clock:
    """Return what a plan with several calendars runs on; room for one iteration is made for each thread."""
    from quarterdeck.engine.simulation.kernels.instants import Ground as Clock

    plan = ground.plan
    first = np.array([ground.settings.start // DAY * DAY])
    return Clock(
        several=ground.several,
        origin=ground.origin,
        net=plan.net._replace(rules=ground.rules),
        table=plan.table.arrays,
        settings=ground.settings,
        passes=allocated(0),
        special=special.astype(np.int32) if ground.several else np.empty(0, np.int32),
        midnights=midnights,
        base=np.array([int(ground.work_at(number, first)[0]) for number in range(len(plan.table.calendars))]),
    )


def room(laid: Laid) -> Room:
    """Return room for one thread: a block of iterations."""
    from quarterdeck.engine.simulation.kernels.blocks import Room
    from quarterdeck.engine.simulation.kernels.draws import LANES, Drawn
    from quarterdeck.engine.simulation.kernels.passes import Dates
    from quarterdeck.engine.simulation.kernels.tally import Money

    ground, model = laid.ground, laid.model
    count, efforts = ground.count, len(ground.efforts)
    duration = np.zeros((count + efforts + 1, LANES), np.int32)
    duration[:count] = ground.plan.net.span[:, np.newaxis]
    nodes = model.logic.nodes
    dates = Dates(
        scratch=np.empty((4, LANES), np.int32),
        duration=duration,
        finish=np.zeros((count, LANES), np.int32),
        start=np.empty((int(nodes.outdoors.max()) + 1, LANES), np.int32),
        total=np.zeros(LANES, np.int32),
        present=np.full(count + efforts + 1, 0xFFFFFFFFFFFFFFFF, np.uint64),
        lost=np.zeros(model.logic.weather.chance.shape, np.uint64),
    )
    drawn = Drawn(
        scratch=np.empty((4, LANES), np.float32),
        words=np.empty(LANES, np.uint32),
        factor=np.empty((len(model.draws.factor_stream), LANES), np.float32),
        duration=duration,
        row=np.empty((laid.unknowns.guesses.rows, LANES), np.float32),
        grade=np.zeros((laid.drivers, LANES), np.int16),
    )
    clock = laid.clock
    if clock.several:
        net = clock.net._replace(span=clock.net.span.copy(), lag=clock.net.lag.copy())
        clock = clock._replace(net=net, passes=allocated(count))
    return Room(
        drawn=drawn,
        dates=dates,
        ground=clock,
        money=Money(np.zeros((len(model.costs.node), LANES)), np.zeros(LANES)),
        critical=np.zeros(count, np.uint64),
        unmarked=np.zeros(0, np.uint64),
        grades=np.zeros((2, LANES), np.int16),
    )
