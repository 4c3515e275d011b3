"""`{% load second_step %}`: whether the organisation asks the signed-in person for a second step."""

from __future__ import annotations

from typing import Any

from django import template

from quarterdeck.kernel.access.models import User
from quarterdeck.kernel.signin import second_factor

register = template.Library()


@register.simple_tag(takes_context=True)
def second_step_asked(context: template.Context) -> bool:
    """Tell whether this person is asked for a second step, whether or not they have one."""
    user: Any = context["request"].user
    return isinstance(user, User) and second_factor.asked_of(user)
