"""The shape of the portfolio's facts, its portfolios and its programmes. All times are months from now."""

from __future__ import annotations

from typing import NamedTuple


class Portfolio(NamedTuple):
    """A portfolio or sub-portfolio."""

    name: str
    above: str
    unit: str
    sponsor: str
    purpose: str


PORTFOLIOS: tuple[Portfolio, ...] = (
    Portfolio(
        "Network and Infrastructure",
        "",
        "INF",
        "tavares",
        "Track, power, bridges and stations that carry more passengers with fewer closures and cost less to keep.",
    ),
    Portfolio(
        "Renewals",
        "Network and Infrastructure",
        "INF",
        "tavares",
        "Assets at the end of their life are replaced before they fail, at the lowest whole-life cost.",
    ),
    Portfolio(
        "Capacity and Access",
        "Network and Infrastructure",
        "INF",
        "tavares",
        "New lines and open stations bring 70,000 more people within ten minutes' walk of a stop.",
    ),
    Portfolio(
        "Fleet and Operations",
        "",
        "OPS",
        "bergman",
        "A fleet without exhaust, run as one company on both sides of the North Sea.",
    ),
    Portfolio(
        "Zero-Emission Fleet",
        "Fleet and Operations",
        "OPS-BUS",
        "bergman",
        "Every bus and ferry runs without local emissions before the concession of the region is renewed.",
    ),
    Portfolio(
        "Integration and Growth",
        "Fleet and Operations",
        "OPS-BUS",
        "bergman",
        "Companies that join the group work with its systems and standards within two years.",
    ),
    Portfolio(
        "Digital and Customer",
        "",
        "DIG",
        "lindqvist",
        "Passengers pay with what they have on them, know what is running, and get an answer the first time.",
    ),
    Portfolio(
        "Customer Channels",
        "Digital and Customer",
        "DIG-TKT",
        "lindqvist",
        "One account for every journey in the region, whoever runs the vehicle.",
    ),
    Portfolio(
        "Data and Security",
        "Digital and Customer",
        "DIG-DAT",
        "lindqvist",
        "Operational data is measured once, trusted everywhere and protected.",
    ),
)


class Replan(NamedTuple):
    """A change of plan: when, months added to the finish, factor on the budget, reason."""

    at: float
    slip: float
    factor: float
    reason: str


class Hold(NamedTuple):
    """A pause: when, until when it is looked at again, reason; whether and when it went on."""

    at: float
    review: float
    reason: str
    resumed: float | None = None


class Project(NamedTuple):
    """A project: its budget is in thousands, `start` and `months` are the plan at its start."""

    name: str
    unit: str
    manager: str
    budget: int
    start: float
    months: float
    end: str
    purpose: str
    method: str = "predictive"
    priority: str = "3"
    currency: str = "EUR"
    replans: tuple[Replan, ...] = ()
    hold: Hold | None = None
    cancelled: tuple[float, str] | None = None
    tags: tuple[str, ...] = ()
    team: tuple[str, ...] = ()
    #: What is wrong with it on purpose: no-sponsor, no-finish, sponsor-gone, stale, late, short.
    faults: tuple[str, ...] = ()

    @property
    def finish(self) -> float:
        """The planned finish after every change of plan."""
        return self.start + self.months + sum(change.slip for change in self.replans)


class Programme(NamedTuple):
    """A programme and its projects."""

    name: str
    above: str
    unit: str
    manager: str
    sponsor: str
    board: tuple[str, ...]
    method: str
    priority: str
    purpose: str
    projects: tuple[Project, ...]
