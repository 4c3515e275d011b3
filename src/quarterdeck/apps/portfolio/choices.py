"""What the fields of this app may hold."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

#: Codes of the roles without which a project may not be active.
SPONSOR = "SPONSOR"
#: The role that manages an initiative, by kind of initiative.
MANAGERS: dict[str, str] = {"portfolio": "PORTFOLIO-MANAGER", "programme": "PROGRAMME-MANAGER", "project": "PM"}
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
    """Stages of all methods; `STAGES` says which belong to which, in order."""

    START_UP = "start_up", _("Start-up")
    INITIATION = "initiation", _("Initiation")
    DELIVERY = "delivery", _("Delivery")
    PLANNING = "planning", _("Planning")
    EXECUTION = "execution", _("Execution")
    FEASIBILITY = "feasibility", _("Feasibility")
    FOUNDATIONS = "foundations", _("Foundations")
    ITERATIONS = "iterations", _("Iterations")
    CONCEPT = "concept", _("Concept")
    DEFINITION = "definition", _("Definition")
    BUILD = "build", _("Build")
    DEPLOYMENT = "deployment", _("Deployment")
    TRANSITION = "transition", _("Transition")
    MOBILISE = "mobilise", _("Mobilisation")
    BLUEPRINT = "blueprint", _("Blueprint")
    DAY_ONE = "day_one", _("Day one")
    INTEGRATION = "integration", _("Integration")
    STABILISE = "stabilise", _("Stabilisation")
    CLOSURE = "closure", _("Closure")


#: The stages of each method, in order.
STAGES: dict[str, tuple[Stage, ...]] = {
    Method.PRINCE2: (Stage.START_UP, Stage.INITIATION, Stage.DELIVERY, Stage.CLOSURE),
    Method.PREDICTIVE: (Stage.INITIATION, Stage.PLANNING, Stage.EXECUTION, Stage.TRANSITION, Stage.CLOSURE),
    Method.AGILE: (Stage.FEASIBILITY, Stage.FOUNDATIONS, Stage.ITERATIONS, Stage.DEPLOYMENT, Stage.CLOSURE),
    Method.HYBRID: (Stage.CONCEPT, Stage.DEFINITION, Stage.BUILD, Stage.DEPLOYMENT, Stage.CLOSURE),
    Method.INTEGRATION: (
        Stage.MOBILISE,
        Stage.BLUEPRINT,
        Stage.DAY_ONE,
        Stage.INTEGRATION,
        Stage.STABILISE,
        Stage.CLOSURE,
    ),
    Method.OWN: (Stage.CONCEPT, Stage.DEFINITION, Stage.DELIVERY, Stage.TRANSITION, Stage.CLOSURE),
}


def stages_of(method: str) -> tuple[Stage, ...]:
    """Return the stages of a method in order; () where there is none."""
    return STAGES.get(method, ())
