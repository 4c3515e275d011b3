"""What the fields of this app may hold."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import models
from django.utils.translation import gettext_lazy as _

#: Codes of the roles that an initiative cannot run without.
SPONSOR = "SPONSOR"


class InitiativeKind(models.TextChoices):
    """Level in the tree; also the kind of the access node that an initiative owns."""

    PORTFOLIO = "portfolio", _("Portfolio")
    PROGRAMME = "programme", _("Programme")
    PROJECT = "project", _("Project")

    @property
    def prefix(self) -> str:
        """Prefix of its codes."""
        return {"portfolio": "PF", "programme": "PG", "project": "PRJ"}[self.value]

    @property
    def path(self) -> str:
        """First part of its addresses."""
        return {"portfolio": "portfolios", "programme": "programmes", "project": "projects"}[self.value]

    @property
    def manager_role(self) -> str:
        """Code of the role that manages it."""
        return {"portfolio": "PORTFOLIO-MANAGER", "programme": "PROGRAMME-MANAGER", "project": "PM"}[self.value]

    @property
    def parents(self) -> tuple[str, ...]:
        """Kinds below which it may stand; a portfolio may also stand at the top."""
        return ("portfolio",) if self.value == "portfolio" else ("portfolio", "programme")

    @classmethod
    def tones(cls) -> dict[str, str]:
        """Return the badge tone of each value."""
        return dict.fromkeys(cls.values, "grey")


class Method(models.TextChoices):
    """How an initiative is run; each method has stages of its own."""

    PRINCE2 = "prince2", _("PRINCE2")
    PREDICTIVE = "predictive", _("Predictive")
    AGILE = "agile", _("Agile")
    HYBRID = "hybrid", _("Hybrid")
    INTEGRATION = "integration", _("Integration office")
    OWN = "own", _("Own")


class Stage(models.TextChoices):
    """Stages of all methods; `STAGES` says which belong to which, in order."""

    START_UP = "start_up", _("Start-up")
    INITIATION = "initiation", _("Initiation")
    DELIVERY = "delivery", _("Delivery")
    CLOSURE = "closure", _("Closure")
    PLANNING = "planning", _("Planning")
    EXECUTION = "execution", _("Execution")
    TRANSITION = "transition", _("Transition")
    FEASIBILITY = "feasibility", _("Feasibility")
    FOUNDATIONS = "foundations", _("Foundations")
    ITERATIONS = "iterations", _("Iterations")
    DEPLOYMENT = "deployment", _("Deployment")
    CONCEPT = "concept", _("Concept")
    DEFINITION = "definition", _("Definition")
    BUILD = "build", _("Build")
    MOBILISATION = "mobilisation", _("Mobilisation")
    BLUEPRINT = "blueprint", _("Blueprint")
    DAY_ONE = "day_one", _("Day one")
    INTEGRATION = "integration", _("Integration")
    STABILISATION = "stabilisation", _("Stabilisation")


STAGES: Mapping[str, tuple[Stage, ...]] = {
    Method.PRINCE2: (Stage.START_UP, Stage.INITIATION, Stage.DELIVERY, Stage.CLOSURE),
    Method.PREDICTIVE: (Stage.INITIATION, Stage.PLANNING, Stage.EXECUTION, Stage.TRANSITION, Stage.CLOSURE),
    Method.AGILE: (Stage.FEASIBILITY, Stage.FOUNDATIONS, Stage.ITERATIONS, Stage.DEPLOYMENT, Stage.CLOSURE),
    Method.HYBRID: (Stage.CONCEPT, Stage.DEFINITION, Stage.BUILD, Stage.DEPLOYMENT, Stage.CLOSURE),
    Method.INTEGRATION: (
        Stage.MOBILISATION,
        Stage.BLUEPRINT,
        Stage.DAY_ONE,
        Stage.INTEGRATION,
        Stage.STABILISATION,
        Stage.CLOSURE,
    ),
    Method.OWN: (Stage.CONCEPT, Stage.DEFINITION, Stage.DELIVERY, Stage.TRANSITION, Stage.CLOSURE),
}


def stages_of(method: str) -> tuple[Stage, ...]:
    """Return the stages of a method in order; () for none."""
    return STAGES.get(method, ())


class InitiativeState(models.TextChoices):
    """Where an initiative stands; changed only by the actions, each with its guard."""

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
            cls.ACTIVE: "green",
            cls.ON_HOLD: "amber",
            cls.COMPLETED: "blue",
            cls.CANCELLED: "grey",
        }


#: States in which nothing more is done.
CLOSED: tuple[str, ...] = (InitiativeState.COMPLETED, InitiativeState.CANCELLED)
#: States in which something is still to be done.
OPEN: tuple[str, ...] = (InitiativeState.PIPELINE, InitiativeState.ACTIVE, InitiativeState.ON_HOLD)


class Priority(models.IntegerChoices):
    """How much an initiative matters; 1 goes first."""

    CRITICAL = 1, _("1 Critical")
    HIGH = 2, _("2 High")
    NORMAL = 3, _("3 Normal")
    LOW = 4, _("4 Low")
