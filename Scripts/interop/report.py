"""Counts what was checked and says what went wrong."""

import contextlib
import sys


class Case:
    """One thing that is checked; it passes when nothing is found wrong with it."""

    def __init__(self):
        self.problems = []

    def equal(self, what, ours, theirs):
        """Ours must be the same as theirs; both are shown when they are not."""
        if ours != theirs:
            self.problems.append(f"{what}: ours {ours!r}, expected {theirs!r}")

    def true(self, what, holds):
        """A condition must hold."""
        if not holds:
            self.problems.append(what)


class Report:
    """The cases by section.

    A failing section shows its first few problems only: 500 random requests mostly fail for the same reason.
    """

    SHOWN_MAX = 5

    def __init__(self):
        self.passed = 0
        self.failed = 0

    @contextlib.contextmanager
    def section(self, name):
        """Prints one line for all cases within."""
        passed, failed = self.passed, self.failed
        self._shown = 0
        yield
        line = f"{name}: {self.passed - passed} passed"
        if self.failed > failed:
            line += f", {self.failed - failed} failed"
        print(line, flush=True)

    @contextlib.contextmanager
    def case(self, name):
        """A case; an error that ends it counts as a failure, so that the others are still checked."""
        case = Case()
        try:
            yield case
        except Exception as error:  # Whatever it is, it is this case's result.
            case.problems.append(f"{type(error).__name__}: {error}")
        if not case.problems:
            self.passed += 1
            return
        self.failed += 1
        self._shown += 1
        if self._shown <= self.SHOWN_MAX:
            print(f"FAILED {name}", *case.problems, sep="\n    ", file=sys.stderr, flush=True)

    def close(self):
        """Prints the sum; the exit status of the whole."""
        print(f"{self.passed} passed, {self.failed} failed", flush=True)
        return 0 if self.failed == 0 and self.passed > 0 else 1
