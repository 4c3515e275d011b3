"""Endpoints that no register expresses: the figures of a node."""

import datetime as dt
from typing import Annotated, Any

from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest
from django.utils.translation import gettext as _
from ninja import Query, Router, Schema
from pydantic import Field

from quarterdeck.apps.reporting.figures import FiguresBelow, figures
from quarterdeck.kernel.ui.request import actor_of

router = Router(tags=["Figures"])


class FiguresQuery(Schema):
    """Of which day."""

    as_of: dt.date | None = Field(None, description="A past date: the figures as they were known at its end.")


@router.get("/figures/{code}", response={200: FiguresBelow}, operation_id="figures", summary="Figures of a node")
def figures_of(
    request: HttpRequest,
    code: str,
    params: Annotated[FiguresQuery, Query()],
) -> Any:
    """Return the figures of a project, programme or portfolio and of all below it."""
    actor = actor_of(request)
    as_of = params.as_of
    if as_of is not None and as_of > actor.today:
        raise ValidationError({"as_of": _("There are no figures of days to come.")})
    found = figures(code, on=as_of or actor.today, actor=actor)
    if found is None:
        raise Http404
    return found
