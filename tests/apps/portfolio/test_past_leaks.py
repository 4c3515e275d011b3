"""Who saw an initiative once sees it as it was then, and nothing of what lies beside it today."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from quarterdeck.apps.organisation.models import OrganisationUnit
from quarterdeck.apps.portfolio import services
from quarterdeck.kernel import clock
from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.audit.models import Change
from quarterdeck.kernel.files.services import file_attach
from quarterdeck.kernel.tags.services import set_tags
from tests.apps.organisation.conftest import NOW, MakeActor
from tests.apps.portfolio.conftest import Make, signed_in


@pytest.fixture(autouse=True)
def today(monkeypatch: pytest.MonkeyPatch) -> None:
    """The server's clock stands at the day of the tests."""
    monkeypatch.setattr(clock, "now", lambda: NOW)


def test_files_and_tags_of_what_moved_away_are_not_shown(
    make: Make,
    networks: OrganisationUnit,
    group: OrganisationUnit,
    given: MakeActor,
    system: Actor,
) -> None:
    top = make("Everything", kind="portfolio", unit=group)
    project = make("Ring 4", parent=top)
    Change.objects.update(at=NOW - dt.timedelta(days=30))
    reader = signed_in(given(networks.scope, {"portfolio.*": ["view"], "organisation.*": ["view"]}).user)
    assert reader.get(project.url).status_code == 200
    project.unit = group
    services.initiative_save(project, actor=system)
    file_attach(record=project, upload=SimpleUploadedFile("severance.txt", b"x"), actor=system)
    set_tags(project, ["restructuring"], system)
    assert reader.get(project.url).status_code == 404
    page = reader.get(project.url, {"as_of": (NOW - dt.timedelta(days=10)).date().isoformat()})
    assert page.status_code == 200
    text = page.content.decode()
    assert "Ring 4" in text
    assert "severance" not in text
    assert "restructuring" not in text
