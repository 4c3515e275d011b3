"""What the script of the plan page is given along with the page."""

from __future__ import annotations

from django import template
from django.utils.html import json_script
from django.utils.safestring import SafeString

from quarterdeck.apps.delivery.plan_words import words

register = template.Library()


@register.simple_tag
def plan_words() -> SafeString:
    """Return the texts of the script, in the reader's language, as a JSON element."""
    return json_script(words(), "plan-words")
