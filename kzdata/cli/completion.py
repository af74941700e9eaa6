"""Shell completion of names that a command takes; what fails here offers nothing."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable

import click
from click.shell_completion import CompletionItem

from kzdata import settings

Completer = Callable[[click.Context, click.Parameter, str], list[CompletionItem]]


def _completer(names: Callable[[click.Context], Iterable[tuple[str, str]]]) -> Completer:
    """Offer those of ``names``, each with its help, that begin as typed."""

    def complete(ctx: click.Context, param: click.Parameter, begun: str) -> list[CompletionItem]:
        # Half a command line is no place for an error message.
        with contextlib.suppress(Exception):
            return [CompletionItem(n, help=h) for n, h in names(ctx) if n.startswith(begun)]
        return []

    return complete


@_completer
def notebooks(ctx: click.Context) -> Iterable[tuple[str, str]]:
    """Offer the shipped notebooks."""
    from kzdata.reports.execute import notebooks

    return [(name, "") for name in notebooks()]


@_completer
def editions(ctx: click.Context) -> Iterable[tuple[str, str]]:
    """Offer editions, with their titles."""
    from kzdata.reports.editions import read_editions

    return [(each.name, each.title) for each in read_editions().values()]


@_completer
def parameters(ctx: click.Context) -> Iterable[tuple[str, str]]:
    """Offer the parameters of the notebook already typed."""
    from kzdata.reports.execute import resolve
    from kzdata.reports.parameters import parameters

    # While an option waits for its value, click has not yet given the argument its name.
    path = resolve(ctx.params.get("notebook") or ctx.args[0])
    return [(f"{each.name}=", each.help) for each in parameters(path)]


@_completer
def sources_of_files(ctx: click.Context) -> Iterable[tuple[str, str]]:
    """Offer sources that have a reader."""
    from kzdata.readers.registry import SOURCES

    return [(name, "") for name in SOURCES]


@_completer
def sources_to_fetch(ctx: click.Context) -> Iterable[tuple[str, str]]:
    """Offer sources that can be fetched."""
    from kzdata.fetch import endpoints

    return [(name, "") for name in endpoints.load()]


@_completer
def areas(ctx: click.Context) -> Iterable[tuple[str, str]]:
    """Offer ISO 3166 alpha-3 codes."""
    from kzdata.i18n.formats import area_name
    from kzdata.model.codes import alpha3_codes

    return [(code, area_name(code)) for code in sorted(alpha3_codes())]


def _allowed(name: str) -> Completer:
    return _completer(lambda ctx: [(each, "") for each in settings.KNOWN[name][2]])


languages, engines, formats = _allowed("language"), _allowed("engine"), _allowed("formats")
