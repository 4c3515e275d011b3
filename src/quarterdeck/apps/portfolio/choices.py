"""What the fields of this app may hold."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

#: Codes of the roles without which a project may not be active.
SPONSOR = "SPONSOR"
#: The role that manages an initiative, by kind of initiative.
MANAGERS: dict[str, str] = {"portfolio": "PF-MGR", "programme": "PG-MGR", "project": "PM"}
#: Prefix of the codes, by kind of initiative.
PREFIXES: dict[str, str] = {"portfolio": "PF", "programme": "PG", "project": "PRJ"}
#: First word of the address of an initiative's own page, by kind.
WORDS: dict[str, str] = {"portfolio": "portfolios", "programme": "programmes", "project": "projects"}


class Kind(models.TextChoices):
    """Level in the tree: portfolios at the top, projects at the leaves."""

    PORTFOLIO = "portfolio", _("Portfolio")
    PROGRAMME = "programme", _("Programme")
    PROJECT = "project", _("Project")


#: What may stand directly below each kind.
BELOW: dict[Kind, frozenset[Kind]] = {
    Kind.PORTFOLIO: frozenset({Kind.PORTFOLIO, Kind.PROGRAMME, Kind.PROJECT}),
    Kind.PROGRAMME: frozenset({Kind.PROGRAMME, Kind.PROJECT}),
    Kind.PROJECT: frozenset(),
}


class State(models.TextChoices):
    """Where an initiative is in its life."""

    PIPELINE = "pipeline", _("Pipeline")
    ACTIVE = "active", _("Active")
    ON_HOLD = "on_hold", _("On hold")
    COMPLETED = "completed", _("Completed")
    CANCELLED = "cancelled", _("Cancelled")

    @classmethod
    def tones(cls) -> dict[str, str]:
        """Return the badge tone of each value."""
        return {
            cls.PIPELINE: "grey",
            cls.ACTIVE: "blue",
            cls.ON_HOLD: "amber",
            cls.COMPLETED: "green",
            cls.CANCELLED: "grey",
        }


#: States in which nothing more is expected of an initiative.
ENDED = frozenset({State.COMPLETED, State.CANCELLED})


class Priority(models.TextChoices):
    """How much it matters beside the others."""

    CRITICAL = "1", _("Critical")
    HIGH = "2", _("High")
    MEDIUM = "3", _("Medium")
    LOW = "4", _("Low")


class Method(models.TextChoices):
    """How the work is governed and done."""

    PRINCE2 = "prince2", _("PRINCE2")
    PREDICTIVE = "predictive", _("Predictive")
    AGILE = "agile", _("Agile")
    HYBRID = "hybrid", _("Hybrid")
    INTEGRATION = "integration", _("Integration office")
    OWN = "own", _("Own method")


class Stage(models.TextChoices):
    """Stage of the lifecycle, in order."""

    IDEA = "idea", _("Idea")
    START_UP = "start_up", _("Start-up")
    INITIATION = "initiation", _("Initiation")
    DESIGN = "design", _("Design")
    BUILD = "build", _("Build")
    TEST = "test", _("Test and handover")
    CLOSURE = "closure", _("Closure")
    BENEFITS = "benefits", _("Benefits")
