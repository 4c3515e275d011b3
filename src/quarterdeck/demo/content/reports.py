"""What managers of the demo write in their status reports, by how the project stands."""

from __future__ import annotations

from typing import Final

SUMMARIES: Final[dict[str, tuple[str, ...]]] = {
    "green": (
        "On plan. Crews and materials for the next stretch are booked, and no date has moved.",
        "Work runs as agreed. Two small delays early in the period were made good by a second crew.",
        "Steady. What was due is done and accepted; what comes next is agreed with all who take part.",
    ),
    "amber": (
        "Behind, and **inside tolerance**. One supplier delivered late; the order of work was turned round.",
        "Some days late. The cause is known and has an owner; the finish holds if the next delivery comes as promised.",
        "Under strain. Two people were lent elsewhere for a fortnight; they are back, and the plan has taken it in.",
    ),
    "red": (
        "**Outside tolerance.** The finish cannot be held with the crew there is; a way back asks for a decision.",
        "Late beyond what was agreed. Permits came weeks after their day; two of four sections could not begin.",
    ),
    "": ("Work goes on. There is no baseline yet against which it could be judged; it is drawn up next.",),
}
ACHIEVED: Final[tuple[str, ...]] = (
    "- Site visits done and recorded\n- Two work packages accepted\n- Training of the second crew",
    "- Design review held, all comments closed\n- Orders placed for what takes longest to come",
    "- First section handed over\n- Test plan agreed with operations\n- Spares counted and booked in",
    "- Risks reviewed with the sponsor\n- Interfaces agreed with the neighbouring project",
)
NEXT: Final[tuple[str, ...]] = (
    "1. Close the open tests\n2. Book the crews for the next section\n3. Agree the day of the handover",
    "1. Begin the second section\n2. Settle the last point of the contract\n3. Review the forecast of cost",
    "1. Take delivery of the equipment\n2. Prove the first connection\n3. Report to the users’ group",
)
DECISIONS: Final[dict[str, tuple[str, ...]]] = {
    "red": (
        "**Board**, at its next meeting: a second shift for six weeks, or a finish a month later.",
        "**Sponsor**, within ten days: which of the two sections is finished first.",
    ),
    "amber": ("**Sponsor**, within ten days: whether the spare crew may be kept another month.", "", ""),
}
RETURNED: Final = "Say in the summary by when the late section is made good, and who sees to it."
