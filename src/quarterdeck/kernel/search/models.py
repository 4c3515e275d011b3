"""What is found, and the words under which it is found."""

from __future__ import annotations

from django.db import models


class Entry(models.Model):
    """One record in the index. Words are folded (no case, no accents, no punctuation), so both databases find the same.

    The full-text index beside this table (FTS5 with triggers, or a generated tsvector) is made by a migration. Who may
    see an entry is not kept here: every search asks `access.visible`, so a right withdrawn a moment ago counts.
    """

    record_type = models.CharField(max_length=100)
    record_id = models.BigIntegerField()
    code = models.CharField(max_length=50, blank=True)
    title = models.CharField(max_length=300)
    detail = models.CharField(max_length=300, blank=True)
    url = models.CharField(max_length=500)
    code_key = models.CharField(max_length=50, blank=True, db_index=True)
    title_words = models.CharField(max_length=400)
    body_words = models.TextField(blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=("record_type", "record_id"), name="search_entry_once")]

    def __str__(self) -> str:
        return f"{self.code} {self.title}".strip()
