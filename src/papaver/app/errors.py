"""What stops a command, in words a person can act on, and the exit code scripts rely on."""


class Refusal(Exception):
    """A command cannot go on: what happened, what to do, and the exit code."""

    exit_code = 1

    def __init__(self, what: str, mend: str = "") -> None:
        super().__init__(f"{what} {mend}".strip())
        self.what = what
        self.mend = mend


class BadArguments(Refusal):
    """The command or its options make no sense."""

    exit_code = 2


class Unknown(BadArguments):
    """Nothing is called so."""


class MissingExtra(Refusal):
    """The analysis needs a part of Papaver that is not installed."""

    exit_code = 4


class WorkspaceUnavailable(Refusal):
    """There is no workspace here, another process is writing to it, or it needs a migration."""

    exit_code = 5


def exit_code_of(error: Exception) -> int:
    """The exit code of an error that a deeper layer raised; 1 when nobody foresaw it."""
    from papaver.desk.database import DeskTooNew, NotADesk
    from papaver.desk.status import DeskError
    from papaver.sources import BadInput
    from papaver.store.lock import Locked
    from papaver.store.manifest import Damaged, NeedsMigration, NotThere

    codes: tuple[tuple[tuple[type[Exception], ...], int], ...] = (
        ((BadInput,), 3),
        ((Locked, Damaged, NeedsMigration, NotThere, DeskTooNew, NotADesk), 5),
        ((DeskError,), 2),
    )
    return next((code for kinds, code in codes if isinstance(error, kinds)), 1)
