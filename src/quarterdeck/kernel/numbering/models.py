"""The counters behind codes."""

from __future__ import annotations

from django.db import models


class Counter(models.Model):
    """The last number given under a prefix; written only by `codes`, in one statement."""

    prefix = models.CharField(max_length=20, primary_key=True)
    last = models.BigIntegerField()

    def __str__(self) -> str:
        return f"{self.prefix}: {self.last}"
