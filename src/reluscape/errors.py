"""Everything that can go wrong, by name."""


class ReluscapeError(Exception):
    """Base of every error this package raises on purpose."""


class InputError(ReluscapeError, ValueError):
    """The input cannot be used; the message says what, where and what to do.

    Attributes:
        remedies: what to do on the command line, by the option that does it; a command tells those that it has.
    """

    def __init__(self, message: str = "", remedies: dict[str, str] | None = None) -> None:
        super().__init__(message)
        self.remedies = dict(remedies or {})


class ShapeError(InputError):
    """An array does not have the shape that its neighbours ask for."""


class NoTargetsError(ShapeError):
    """There are no targets where they are needed."""

    def __init__(self, message: str = "there are no targets; give y") -> None:
        super().__init__(message)


class ZeroRowError(InputError):
    """A strict question was asked of data with a row of zeros, whose sign is never + or -."""


class TieError(InputError):
    """A weight lies exactly on a sample's hyperplane, so that no single region contains it."""


class ModelError(InputError):
    """A network cannot be read, or is not of a kind that the question covers."""


class UnsupportedError(ReluscapeError):
    """The question is outside what the mathematics here decides; the message says why."""


class AssumptionError(ReluscapeError, ValueError):
    """A hypothesis of a statement does not hold; the message names it."""


class SolverError(ReluscapeError):
    """A numerical method ended without an answer that can be stood behind."""


class CertificateError(ReluscapeError):
    """A certificate does not prove its claim, or cannot be read."""


class TooLarge(ReluscapeError):
    """The exact answer is out of reach; raised before any work starts.

    Attributes:
        estimate: the size that was refused (regions, nodes, bytes; the message says which), or None.
    """

    def __init__(self, message: str, estimate: int | float | None = None) -> None:
        super().__init__(message)
        self.estimate = estimate


class DataWarning(UserWarning):
    """The data can be used, but something about them deserves a look."""
