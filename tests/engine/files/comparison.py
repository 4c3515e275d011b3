"""Our dates beside those stored in a file, and beside both those of MPXJ's scheduler."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from quarterdeck.apps.delivery.exchange.comparing import FIELDS, Difference, compare, unlike
from quarterdeck.apps.delivery.exchange.document import Dialect
from tests.engine.files.documents import Read


@dataclass(frozen=True)
class Compared:
    """One file: how many values of each field are stored, which of ours and of MPXJ's differ; `refused`: why none."""

    dialect: str = ""
    refused: str = ""
    tasks: int = 0
    values: Mapping[str, int] = field(default_factory=dict)
    ours: tuple[Difference, ...] = ()
    mpxj: tuple[Difference, ...] = ()
    mpxj_refused: str = ""

    @property
    def causes(self) -> dict[str, int]:
        """How many values differ for each cause."""
        return dict(Counter(each.cause for each in self.ours))

    @property
    def mpxj_agrees(self) -> bool:
        """Whether MPXJ's scheduler finds all that is stored."""
        return not self.mpxj and not self.mpxj_refused


def compared(held: Read) -> Compared:
    """Compare every stored value of a file with ours and with MPXJ's."""
    if held.document is None:
        return Compared(refused=held.refused)
    dialect = "Primavera" if held.document.dialect == Dialect.PRIMAVERA else "Microsoft"
    found = compare(held.document)
    if found.refused or found.converted is None:
        return Compared(dialect, found.refused)
    known = {each.id for each in found.converted.network.tasks}
    return Compared(
        dialect,
        tasks=found.tasks,
        values=found.values,
        ours=found.differences,
        mpxj=tuple(
            Difference(each.id, name, value, stored)
            for each in held.document.tasks
            if each.id in known and held.opinion
            for name in FIELDS
            if (stored := getattr(each.stored, name)) is not None
            and unlike(value := held.opinion[str(each.id)][name], stored)
        ),
        mpxj_refused=held.no_opinion,
    )
