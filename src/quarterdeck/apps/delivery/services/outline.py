"""The outline of a plan while it is edited: the order of its lines and who stands below whom.

A line is known by its id, one that is not stored yet by a number below nought. `position` leaves room between
neighbours, so that a line put between two moves no other; where there is none left, the whole plan is spaced anew.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from quarterdeck.apps.delivery.models.tasks import STEP


@dataclass
class Outline:
    """Lines in order, the parent and position of each; `moved` are those whose position or parent was changed."""

    order: list[int]
    parent: dict[int, int | None]
    position: dict[int, int]
    moved: set[int] = field(default_factory=set)
    #: The first place in the order at which anything changed.
    first: int | None = None

    @classmethod
    def of(cls, rows: Iterable[tuple[int, int | None, int]]) -> Outline:
        """Return the outline of (id, parent, position) in order.

        >>> Outline.of([(1, None, 10), (2, 1, 20)]).parts(1)
        [2]
        """
        told = list(rows)
        return cls(
            [key for key, _parent, _position in told],
            {key: parent for key, parent, _position in told},
            {key: position for key, _parent, position in told},
        )

    def __contains__(self, key: int) -> bool:
        return key in self.parent

    def place(self, key: int) -> int:
        """Return where a line stands."""
        return self.order.index(key)

    def end(self, key: int) -> int:
        """Return the place after a line and all below it.

        >>> Outline.of([(1, None, 10), (2, 1, 20), (3, None, 30)]).end(1)
        2
        """
        at, inside = self.place(key) + 1, {key}
        while at < len(self.order) and self.parent[self.order[at]] in inside:
            inside.add(self.order[at])
            at += 1
        return at

    def branch(self, key: int) -> list[int]:
        """Return a line and all below it, in order."""
        return self.order[self.place(key) : self.end(key)]

    def parts(self, key: int | None) -> list[int]:
        """Return the lines right below one, in order."""
        return [each for each in self.order if self.parent[each] == key]

    def tops(self, keys: Iterable[int]) -> list[int]:
        """Return those of some lines that stand below none other of them, in order.

        >>> Outline.of([(1, None, 10), (2, 1, 20), (3, None, 30)]).tops([3, 2, 1])
        [1, 3]
        """
        wanted = set(keys)
        found = []
        for key in self.order:
            if key not in wanted:
                continue
            above = self.parent[key]
            while above is not None and above not in wanted:
                above = self.parent[above]
            if above is None:
                found.append(key)
        return found

    def insert(self, keys: Sequence[int], at: int) -> None:
        """Put lines at a place of the order; their parents are set already."""
        before = self.position[self.order[at - 1]] if at else 0
        after = self.position[self.order[at]] if at < len(self.order) else before + STEP * (len(keys) + 1)
        step = (after - before) // (len(keys) + 1)
        self.order[at:at] = keys
        self._note(at)
        if step < 1:
            for number, key in enumerate(self.order, start=1):
                self.position[key] = number * STEP
            self.moved |= set(self.order)
            return
        for number, key in enumerate(keys, start=1):
            self.position[key] = before + number * step
        self.moved |= set(keys)

    def add(self, key: int, parent: int | None, after: int | None) -> None:
        """Add a line after another and all below it, or first below its parent.

        >>> made = Outline.of([(1, None, 1 << 20), (2, 1, 2 << 20)])
        >>> made.add(-1, None, 1); made.add(-2, 1, None); made.order
        [1, -2, 2, -1]
        """
        self.parent[key] = parent
        self.insert([key], self._at(parent, after))

    def _at(self, parent: int | None, after: int | None) -> int:
        if after is not None:
            return self.end(after)
        return 0 if parent is None else self.place(parent) + 1

    def remove(self, keys: Iterable[int]) -> list[int]:
        """Take lines out with all below them; return all that went, in order."""
        gone: list[int] = []
        for key in self.tops(keys):
            branch = self.branch(key)
            self._note(self.place(key))
            start = self.place(key)
            del self.order[start : start + len(branch)]
            gone += branch
        for key in gone:
            del self.parent[key], self.position[key]
            self.moved.discard(key)
        return gone

    def indent(self, keys: Iterable[int]) -> bool:
        """Make lines parts of the line before them on their level; tell whether any could be.

        >>> made = Outline.of([(1, None, 10), (2, None, 20), (3, None, 30)])
        >>> made.indent([2, 3]), made.parent
        (True, {1: None, 2: 1, 3: 1})
        """
        done = False
        for key in self.tops(keys):
            level = self.parts(self.parent[key])
            at = level.index(key)
            if at:
                self._set_parent(key, level[at - 1])
                done = True
        return done

    def outdent(self, keys: Iterable[int]) -> bool:
        """Lift lines one level; what follows them in the same branch becomes their parts. Tell whether any could be.

        >>> made = Outline.of([(1, None, 10), (2, 1, 20), (3, 1, 30)])
        >>> made.outdent([2]), made.parent
        (True, {1: None, 2: None, 3: 2})
        """
        going = [key for key in self.tops(keys) if self.parent[key] is not None]
        lifted = set(going)
        places = [(key, self.parent[key]) for key in going]
        for key, above in places:
            level = self.parts(above)
            for follower in level[level.index(key) + 1 :]:
                if follower in lifted:
                    break
                self._set_parent(follower, key)
        for key, above in places:
            assert above is not None
            self._set_parent(key, self.parent[above])
        return bool(going)

    def move(self, keys: Iterable[int], parent: int | None, after: int | None) -> bool:
        """Move lines with all below them after another line, or first below a parent; False where that is below
        themselves.

        >>> made = Outline.of([(1, None, 1 << 20), (2, 1, 2 << 20), (3, None, 3 << 20)])
        >>> made.move([1], None, 3), made.order, made.move([1], 2, None)
        (True, [3, 1, 2], False)
        """
        tops = self.tops(keys)
        branches = [self.branch(key) for key in tops]
        inside = {key for branch in branches for key in branch}
        if parent in inside or after in inside:
            return False
        for branch in branches:
            start = self.place(branch[0])
            self._note(start)
            del self.order[start : start + len(branch)]
        for key in tops:
            self._set_parent(key, parent)
        self.insert([key for branch in branches for key in branch], self._at(parent, after))
        return True

    def _set_parent(self, key: int, parent: int | None) -> None:
        if self.parent[key] != parent:
            self.parent[key] = parent
            self.moved.add(key)
            if key in self.position and key in self.order:
                self._note(self.place(key))

    def _note(self, at: int) -> None:
        self.first = at if self.first is None else min(self.first, at)
