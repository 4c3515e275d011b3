"""How the engine refuses: one error that names what is at fault and says what to do about it."""

from collections.abc import Hashable, Iterable


class EngineError(ValueError):
    """Input that cannot be reckoned with.

    `culprits` are the ids at fault, in the order in which they should be shown (for a cycle: along the cycle); `remedy`
    is one sentence for the person who can mend it. The text of the error is both, so that it reads well unhandled.

    >>> raise EngineError("task 'A' links to itself", culprits=("A",), remedy="Remove the link.")
    Traceback (most recent call last):
    ...
    quarterdeck.engine.errors.EngineError: task 'A' links to itself. Remove the link.
    """

    def __init__(self, problem: str, *, culprits: Iterable[Hashable] = (), remedy: str = "") -> None:
        self.problem = problem
        self.culprits = tuple(culprits)
        self.remedy = remedy
        super().__init__(f"{problem}. {remedy}".rstrip(". ") + "." if remedy else problem)
