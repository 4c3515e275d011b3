"""A form keeps what its reader was not shown: a related record out of their sight is neither named nor taken away."""

from __future__ import annotations

from django.test import Client

from quarterdeck.apps.organisation.models import OrganisationUnit
from quarterdeck.apps.people.models import Person
from tests.kernel.registers.conftest import EVERYTHING, Join


def signed_in(join: Join, unit: OrganisationUnit) -> Client:
    client = Client()
    user = join("Lead", unit=unit, actions=EVERYTHING)
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def edited(client: Client, person: Person, **changes: str) -> Person:
    """Post the form as the page gives it, with changes, and return the person as stored."""
    address = f"/people/{person.code}/edit/"
    form = client.get(address).context["form"]
    data = {name: "" if (value := form[name].value()) is None else str(value) for name in form.fields}
    # A combobox posts what it shows, and nothing where it shows nothing.
    shown = {name: name in {"unit"} for name in ("unit", "manager", "calendar", "user")}
    data |= {name: "" for name, seen in shown.items() if not seen} | changes
    answer = client.post(address, data)
    assert answer.status_code == 302, answer.context["form"].errors
    return Person.objects.get(pk=person.pk)


def test_what_is_out_of_sight_stays(join: Join, people: dict[str, Person], units: dict[str, OrganisationUnit]) -> None:
    client = signed_in(join, units["NET-B"])
    page = client.get(f"/people/{people['Cai'].code}/edit/").content.decode()
    assert "Ada" not in page
    assert "set, and not shared with you" in page
    cai = edited(client, people["Cai"], job_title="Engineer, cables")
    assert (cai.job_title, cai.manager) == ("Engineer, cables", people["Ada"])


def test_what_is_in_sight_can_be_taken_away(
    join: Join, people: dict[str, Person], units: dict[str, OrganisationUnit]
) -> None:
    client = signed_in(join, units["NET"])
    assert "not shared with you" not in client.get(f"/people/{people['Cai'].code}/edit/").content.decode()
    assert edited(client, people["Cai"]).manager is None
