"""Who signs in to the demo. Plain values, so that commands and tools can list them without loading any app."""

from __future__ import annotations

from dataclasses import dataclass

#: The password of every persona. Published on purpose: the demo is refused in production.
PASSWORD = "harbour-line-demo"  # noqa: S105  published, see above
#: `.example` is reserved (RFC 2606): no real organisation has addresses in it, so these mark a database as a demo.
DOMAIN = "veerland.example"


@dataclass(frozen=True)
class Persona:
    """One who signs in; `key` names the person in the content of the demo."""

    key: str
    email: str
    title: str
    password: str = PASSWORD


def _persona(key: str, name: str, title: str) -> Persona:
    return Persona(key, f"{name}@{DOMAIN}", title)


HEAD = _persona("vandongen", "marit.van.dongen", "Head of PMO")
PROGRAMME_MANAGER = _persona("adebayo", "tunde.adebayo", "Programme manager, Harbour Line Extension")
PROJECT_MANAGER = _persona("hartwig", "leonie.hartwig", "Project manager, Harbour Line Signalling")
SPONSOR = _persona("tavares", "ricardo.tavares", "Executive sponsor, Director of Infrastructure")
RESOURCE_MANAGER = _persona("tanabe", "yuki.tanabe", "Resource manager")
CONTRACTOR = _persona("pritchard", "owen.pritchard", "Team member, contractor")
ADMINISTRATOR = Persona("", f"administrator@{DOMAIN}", "Administrator")

PERSONAS: tuple[Persona, ...] = (
    HEAD,
    PROGRAMME_MANAGER,
    PROJECT_MANAGER,
    SPONSOR,
    RESOURCE_MANAGER,
    CONTRACTOR,
    ADMINISTRATOR,
)
