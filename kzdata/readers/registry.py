"""Any one published file, by the name of its source: what ``kz.read`` does."""

from __future__ import annotations

import importlib
import inspect
from os import PathLike
from types import ModuleType
from typing import TYPE_CHECKING, Any

from kzdata.errors import ParameterError, UnknownCode, did_you_mean
from kzdata.query_log import recorded

if TYPE_CHECKING:
    import pandas as pd

# Source id -> module of kzdata.readers. Each is imported when its source is first read.
SOURCES = {
    "comtrade": "comtrade",
    "comtrade_bulk": "comtrade_bulk",
    "baci": "baci",
    "bns_partners": "bns",
    "nbk_rates": "nbk_rates",
    "nbk_fdi": "nbk_fdi",
    "boi_rates": "boi",
    "imf_sdmx_csv": "sdmx_csv",
    "sdmx_ml": "sdmx_ml",
    "sdmx_json": "sdmx_json",
    "worldbank": "worldbank",
    "wits": "wits",
}


@recorded
def read(source: str, path: str | PathLike[str] | bytes, **options: Any) -> pd.DataFrame:
    r"""The observations of one file, or of the bytes of one answer, under the tidy contract.

    ``source`` is one of `SOURCES`; ``options`` are those of its reader: ``published`` (the vintage)
    for most, ``limit`` (bytes unpacked) for all. gz and zip are read as they are. Raises
    `UnknownCode` for another source, `ParameterError` for an option its reader does not have,
    `WrongFormat` for a file that is not what the source publishes.

    >>> import kzdata as kz
    >>> answer = b"t,i,j,k,v,q\n2023,398,376,270900,120.5,300.0\n"
    >>> frame = kz.read("baci", answer, classification="HS1992")
    >>> frame[["reporter", "partner", "product", "value", "unit"]]
      reporter partner product     value unit
    0      KAZ     ISR  270900  120500.0  USD
    """
    return checked(source, options).read(path, **options)


def checked(source: str, options: dict[str, Any]) -> ModuleType:
    """The reader of a source, if it has these options; else a `ParameterError`."""
    reader = module(source)
    known = [name for name in inspect.signature(reader.read).parameters if name != "source"]
    for option in options:
        if option not in known:
            raise ParameterError(
                f"The reader of {source} has no option {option!r}.", did_you_mean(option, known)
            )
    return reader


def module(source: str) -> ModuleType:
    """The reader of a source; its docstring says what it was tried on."""
    return importlib.import_module(f"kzdata.readers.{SOURCES[known(source)]}")


def known(source: str) -> str:
    """``source`` if files of it can be read; else an `UnknownCode` with the near names."""
    if source not in SOURCES:
        raise UnknownCode(f"Unknown source of files {source!r}.", did_you_mean(source, SOURCES))
    return source


def tested_on_original(source: str) -> bool:
    """Whether the reader has run on a file or answer as its source published it."""
    return bool(module(source).TESTED_ON_ORIGINAL)
