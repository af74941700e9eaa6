"""What the TAB key offers: names that a command takes. Whatever fails here offers nothing."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable

import click
from click.shell_completion import CompletionItem

from kzdata import settings

Offer = Callable[[click.Context, click.Parameter, str], list[CompletionItem]]


def _offering(names: Callable[[click.Context], Iterable[tuple[str, str]]]) -> Offer:
    def offer(ctx: click.Context, param: click.Parameter, begun: str) -> list[CompletionItem]:
        # Half a command line is no place for an error message.
        with contextlib.suppress(Exception):
            return [CompletionItem(n, help=h) for n, h in names(ctx) if n.startswith(begun)]
        return []

    return offer


def _notebooks(ctx: click.Context) -> Iterable[tuple[str, str]]:
    from kzdata.reports.execute import notebooks

    return [(name, "") for name in notebooks()]


def _editions(ctx: click.Context) -> Iterable[tuple[str, str]]:
    from kzdata.reports.editions import read_editions

    return [(each.name, each.title) for each in read_editions().values()]


def _parameters(ctx: click.Context) -> Iterable[tuple[str, str]]:
    from kzdata.reports.execute import resolve
    from kzdata.reports.parameters import parameters

    # While an option waits for its value, click has not yet given the argument its name.
    path = resolve(ctx.params.get("notebook") or ctx.args[0])
    return [(f"{each.name}=", each.help) for each in parameters(path)]


def _sources_of_files(ctx: click.Context) -> Iterable[tuple[str, str]]:
    from kzdata.readers.registry import SOURCES

    return [(name, "") for name in SOURCES]


def _sources_to_fetch(ctx: click.Context) -> Iterable[tuple[str, str]]:
    from kzdata.fetch import endpoints

    return [(name, "") for name in endpoints.load()]


def _areas(ctx: click.Context) -> Iterable[tuple[str, str]]:
    from kzdata.i18n import formats
    from kzdata.model import codes

    return [(code, formats.area_name(code)) for code in sorted(codes.alpha3_codes())]


def _allowed(name: str) -> Offer:
    return _offering(lambda ctx: [(each, "") for each in settings.KNOWN[name][2]])


notebooks = _offering(_notebooks)

editions = _offering(_editions)

parameters = _offering(_parameters)

sources_of_files = _offering(_sources_of_files)

sources_to_fetch = _offering(_sources_to_fetch)

areas = _offering(_areas)

languages, engines, formats = _allowed("language"), _allowed("engine"), _allowed("formats")
