"""Why a plan file could not be read or written."""


class Unreadable(Exception):
    """A file that gives no plan. The text is both sentences: what is wrong, and what to do."""

    def __init__(self, problem: str, remedy: str = "") -> None:
        self.problem = problem
        self.remedy = remedy
        super().__init__(f"{problem} {remedy}".strip())


class Unwritable(Exception):
    """A plan that could not be written. The text says what is wrong, and what to do."""

    def __init__(self, problem: str, remedy: str = "") -> None:
        self.problem = problem
        self.remedy = remedy
        super().__init__(f"{problem} {remedy}".strip())
