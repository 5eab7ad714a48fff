"""Sweeps as tables of other libraries: pandas, xarray, Parquet, CSV."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

from .. import files
from ..errors import InputError, UnsupportedError
from .store import Store


def to_dataframe(store: Store) -> Any:
    """Return the summary as a pandas data frame; needs the extra [data]."""
    try:
        import pandas
    except ImportError:
        raise UnsupportedError("data frames are an extra: install reluscape[data]") from None
    return pandas.DataFrame(store.summary())


def to_xarray(store: Store) -> Any:
    """Return the summary as an xarray Dataset over the swept axes; needs the extra [data]."""
    try:
        import xarray  # noqa: F401  (pandas hands the frame over)
    except ImportError:
        raise UnsupportedError("labelled arrays are an extra: install reluscape[data]") from None
    frame = to_dataframe(store)
    axes = [*store.plan.grid, *store.plan.zip, "number"]
    columns = ["trials", "mean", "standard_error", "least", "most"]
    return frame.set_index(axes)[columns].to_xarray()


def export(store: Store, path: str | Path) -> Path:
    """Write the summary as .csv or .parquet, whole or not at all."""
    path = Path(path)
    if path.suffix == ".csv":
        return files.write_atomic(path, store.to_csv())
    if path.suffix == ".parquet":
        buffer = io.BytesIO()
        try:
            to_dataframe(store).to_parquet(buffer)
        except ImportError:
            raise UnsupportedError("Parquet is an extra: install reluscape[data]") from None
        return files.write_atomic(path, buffer.getvalue())
    raise InputError(f"{path.name}: choose a name that ends in .csv or .parquet")
