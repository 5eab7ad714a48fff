"""A strict reader of JSON values: every field has one form, and whatever does not have it is refused by name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

import flint
import numpy as np

from ..errors import CertificateError
from .effort import Effort
from .numerals import brief, read_number

MOST_NUMBERS, MOST_TOTAL_BITS, MOST_COMMON_BITS = 4_000_000, 2**28, 1_000_000


@dataclass
class Reading:
    """What is known while one certificate is read.

    Attributes:
        sizes: numbers of samples "n", inputs "d", units "m", outputs "k", as far as they are known.
        effort: how much work exact numbers of these lengths are.
    """

    sizes: dict[str, int]
    effort: Effort = field(default_factory=Effort)
    numbers: int = 0
    total_bits: int = 0

    def size(self, name: str, count: int, what: str) -> int:
        """Return a size, which the first field of that size sets and all others must have."""
        length = self.sizes.setdefault(name, count)
        if length != count:
            raise CertificateError(f"{what} does not have the shape that the data ask for: {count} for {length}")
        return length

    def number(self, value: Any, what: str) -> Fraction:
        """Return one exact number and count it."""
        number = read_number(value, what)
        self.numbers += 1
        self.total_bits += number.numerator.bit_length() + number.denominator.bit_length()
        if self.numbers > MOST_NUMBERS or self.total_bits > MOST_TOTAL_BITS:
            raise CertificateError(f"the certificate holds more than {MOST_NUMBERS:,} numbers, or too long ones")
        return number

    def weigh(self, numbers: Any, what: str) -> None:
        """Note how long sums of these numbers can become: their common denominator and their numerators."""
        common, top = flint.fmpz(1), 0
        for number in numbers:
            top = max(top, number.numerator.bit_length())
        for denominator in {number.denominator for number in numbers}:
            common = common.lcm(denominator)
            if common.bit_length() > MOST_COMMON_BITS:
                raise CertificateError(f"the common denominator of {what} has more than {MOST_COMMON_BITS:,} bits")
        self.effort.longest(what, top + common.bit_length())


class Form:
    """The form of one field; `what` names it in sentences."""

    def read(self, value: Any, at: Reading) -> Any:
        """Return the field's value, or raise CertificateError where it does not have this form."""
        raise NotImplementedError


@dataclass(frozen=True)
class Numbers(Form):
    """Exact numbers as nested lists, read as an object array of `Fraction`; without a shape one number.

    Where the data are not written out, the number of outputs is known from the first field that has it.
    """

    what: str
    shape: tuple[str, ...] = ()

    def read(self, value: Any, at: Reading) -> Any:
        """Return a Fraction or an array of the named sizes; a size that is not known yet is that of this field."""
        if not self.shape:
            number = at.number(value, self.what)
            at.weigh([number], self.what)
            return number
        first = listed(value, self.what)
        at.size(self.shape[0], len(first), self.what)
        for name in self.shape[1:] if first else ():
            if name not in at.sizes:
                at.size(name, len(listed(first[0], self.what)), self.what)
        return self._filled(first, tuple(at.sizes.get(name, 0) for name in self.shape), at)

    def _filled(self, value: list[Any], shape: tuple[int, ...], at: Reading) -> np.ndarray:
        flat: list[Any] = value
        for size in shape[1:]:
            for part in flat:
                if type(part) is not list or len(part) != size:
                    raise CertificateError(f"{self.what} does not have the shape {shape} that the data ask for")
            flat = [item for part in flat for item in part]
        out = np.empty(len(flat), dtype=object)
        for i, item in enumerate(flat):
            out[i] = at.number(item, self.what)
        at.weigh(out, self.what)
        return out.reshape(shape)


@dataclass(frozen=True)
class Nested(Form):
    """Lists of some depth of exact numbers, of sizes that only the checker knows."""

    what: str
    depth: int

    def read(self, value: Any, at: Reading) -> Any:
        """Return nested lists of Fraction."""
        numbers: list[Fraction] = []
        result = self._part(value, self.depth, numbers, at)
        at.weigh(numbers, self.what)
        return result

    def _part(self, value: Any, depth: int, numbers: list[Fraction], at: Reading) -> Any:
        if depth == 0:
            numbers.append(at.number(value, self.what))
            return numbers[-1]
        return [self._part(item, depth - 1, numbers, at) for item in listed(value, self.what)]


@dataclass(frozen=True)
class Pattern(Form):
    """Activations of the samples as a text of zeros and ones, read as booleans."""

    what: str

    def read(self, value: Any, at: Reading) -> list[bool]:
        """Return one boolean for each sample."""
        if type(value) is not str or len(value) != at.sizes["n"] or set(value) - {"0", "1"}:
            raise CertificateError(f"{self.what} is not a text of {at.sizes['n']} zeros and ones")
        return [bit == "1" for bit in value]


@dataclass(frozen=True)
class Listed(Form):
    """A list of one thing for each of some number."""

    what: str
    size: str
    form: Form

    def read(self, value: Any, at: Reading) -> list[Any]:
        """Return the list, read."""
        parts = listed(value, self.what)
        at.size(self.size, len(parts), self.what)
        return [self.form.read(part, at) for part in parts]


@dataclass(frozen=True)
class Sign(Form):
    """The integer 1 or -1."""

    what: str

    def read(self, value: Any, at: Reading) -> int:
        """Return the sign."""
        if type(value) is not int or value not in (-1, 1):
            raise CertificateError(f"{self.what} is {brief(value)}; output signs are -1 or 1, as integers")
        return value


@dataclass(frozen=True)
class Flag(Form):
    """True or false; where `only` is given, nothing else than that."""

    what: str
    only: bool | None = None

    def read(self, value: Any, at: Reading) -> bool:
        """Return the flag."""
        if type(value) is not bool or (self.only is not None and value is not self.only):
            options = "true or false" if self.only is None else str(self.only).lower()
            raise CertificateError(f"{self.what} is {brief(value)}, expected {options}")
        return value


@dataclass(frozen=True)
class Whole(Form):
    """A whole number; `size` makes it the size of that name."""

    what: str
    least: int = 0
    size: str | None = None

    def read(self, value: Any, at: Reading) -> int:
        """Return the whole number."""
        if type(value) is not int or value < self.least:
            raise CertificateError(f"{self.what} is {brief(value)}; it is a whole number, at least {self.least}")
        return value if self.size is None else at.size(self.size, value, self.what)


@dataclass(frozen=True)
class Word(Form):
    """A text out of a few, or any short text where none are listed."""

    what: str
    words: tuple[str, ...] = ()

    def read(self, value: Any, at: Reading) -> str:
        """Return the text."""
        if type(value) is not str or (self.words and value not in self.words):
            options = " or ".join(map(repr, self.words)) if self.words else "a text"
            raise CertificateError(f"{self.what} is {brief(value)}, expected {options}")
        return value


@dataclass(frozen=True)
class Texts(Form):
    """A list of texts."""

    what: str

    def read(self, value: Any, at: Reading) -> list[str]:
        """Return the texts."""
        if any(type(part) is not str for part in listed(value, self.what)):
            raise CertificateError(f"{self.what} are not all texts")
        return list(value)


@dataclass(frozen=True)
class Codes(Form):
    """Exact numbers by name, all as texts."""

    what: str

    def read(self, value: Any, at: Reading) -> dict[str, str]:
        """Return the texts by name."""
        if type(value) is not dict or any(type(key) is not str for key in value):
            raise CertificateError(f"{self.what} are not an object of texts")
        for number in value.values():
            read_number(str(number) if type(number) is str else None, self.what)
        return dict(value)


@dataclass(frozen=True)
class Maybe(Form):
    """A form, or null."""

    form: Form

    def read(self, value: Any, at: Reading) -> Any:
        """Return the value, or None."""
        return None if value is None else self.form.read(value, at)


@dataclass(frozen=True)
class Optional(Form):
    """A form of a field that may be absent."""

    form: Form

    def read(self, value: Any, at: Reading) -> Any:
        """Return the value."""
        return self.form.read(value, at)


@dataclass(frozen=True)
class Entries(Form):
    """Multipliers of one unit: pairs of a sample, each at most once, and an exact number."""

    what: str

    def read(self, value: Any, at: Reading) -> list[tuple[int, Fraction]]:
        """Return (sample, number) pairs."""
        pairs: dict[int, Fraction] = {}
        for entry in listed(value, self.what):
            if type(entry) is not list or len(entry) != 2:
                raise CertificateError(f"{self.what} are not pairs of a sample and a number")
            i, number = entry
            if type(i) is not int or not 0 <= i < at.sizes["n"]:
                raise CertificateError(f"{self.what} name the sample {brief(i)}, which does not exist")
            if i in pairs:
                raise CertificateError(f"{self.what} name sample {i} twice")
            pairs[i] = at.number(number, self.what)
        at.weigh(pairs.values(), self.what)
        return list(pairs.items())


@dataclass(frozen=True)
class Places(Form):
    """A list of whole numbers, as many as `names`, each followed by an exact number."""

    what: str
    names: tuple[str, ...]

    def read(self, value: Any, at: Reading) -> list[tuple[Any, ...]]:
        """Return tuples of the whole numbers and the number."""
        out = []
        for entry in listed(value, self.what):
            if type(entry) is not list or len(entry) != len(self.names) + 1:
                raise CertificateError(f"{self.what} are not lists of {', '.join(self.names)} and a number")
            places = [
                Whole(f"the {name} in {self.what}").read(v, at) for name, v in zip(self.names, entry, strict=False)
            ]
            out.append((*places, at.number(entry[-1], self.what)))
        at.weigh([entry[-1] for entry in out], self.what)
        return out


@dataclass(frozen=True)
class Order(Form):
    """All samples, each once."""

    what: str

    def read(self, value: Any, at: Reading) -> list[int]:
        """Return the numbers of the samples."""
        numbers, n = listed(value, self.what), at.sizes["n"]
        if any(type(i) is not int for i in numbers):
            raise CertificateError(f"{self.what} is not a list of whole numbers")
        if len(numbers) != n or sorted(numbers) != list(range(n)):
            raise CertificateError(f"{self.what} does not name each of the {n} samples once")
        return list(numbers)


@dataclass(frozen=True)
class Record(Form):
    """An object with fixed fields."""

    what: str
    fields: Mapping[str, Form]

    def read(self, value: Any, at: Reading) -> dict[str, Any]:
        """Return the object, read."""
        return read_object(value, self.fields, self.what, at)


@dataclass(frozen=True)
class Variants(Form):
    """An object whose other fields depend on one of them."""

    what: str
    key: str
    fields: Mapping[str, Mapping[str, Form]]

    def read(self, value: Any, at: Reading) -> dict[str, Any]:
        """Return the object, read."""
        variant = value.get(self.key) if type(value) is dict else None
        if type(variant) is not str or variant not in self.fields:
            raise CertificateError(f"{self.what} has no {self.key} out of {', '.join(self.fields)}")
        word = Word(f"the {self.key}", (variant,))
        return read_object(value, {self.key: word, **self.fields[variant]}, self.what, at)


def read_object(value: Any, fields: Mapping[str, Form], what: str, at: Reading) -> dict[str, Any]:
    """Return an object with exactly these fields, read in the order of the table."""
    if type(value) is not dict:
        raise CertificateError(f"{what} is {brief(value)}, expected an object with the fields {', '.join(fields)}")
    for key in value:
        if type(key) is not str or key not in fields:
            raise CertificateError(f"{what} has a field {brief(key)} that is not known; known are {', '.join(fields)}")
    for key, form in fields.items():
        if key not in value and not isinstance(form, Optional):
            raise CertificateError(f"{what} has no field {key!r}")
    return {key: form.read(value[key], at) for key, form in fields.items() if key in value}


def listed(value: Any, what: str) -> list[Any]:
    """Return a list, or refuse what is none."""
    if type(value) is not list:
        raise CertificateError(f"{what} is {brief(value)}, expected a list")
    return value


def shaped(lists: Any, shape: tuple[int, ...], what: str) -> np.ndarray:
    """Return nested lists of numbers as an object array of the shape that a checker expects."""
    out = np.empty(shape, dtype=object)
    rows = [lists] if len(shape) == 1 else lists
    if (len(shape) > 1 and len(lists) != shape[0]) or any(len(row) != shape[-1] for row in rows):
        raise CertificateError(f"{what} do not have the shape {shape} that the data ask for")
    flat = out.reshape(-1)
    for i, number in enumerate(number for row in rows for number in row):
        flat[i] = number
    return flat.reshape(shape)
