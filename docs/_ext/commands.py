"""The directive ``commands``: every command of the command line, from the commands themselves."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import click
from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from kzdata.cli.app import main
from kzdata.cli.help import MEANINGS


def commands(
    command: click.Command = main, context: click.Context | None = None
) -> Iterator[tuple[click.Command, click.Context]]:
    """A command and all below it, each with its context, by name."""
    name = "kzdata" if context is None else command.name
    here = click.Context(command, info_name=name, parent=context, terminal_width=88)
    yield command, here
    if isinstance(command, click.Group):
        for each in sorted(command.commands):
            yield from commands(command.commands[each], here)


def examples(command: click.Command) -> list[str]:
    """The lines of a command's examples, which its help begins with."""
    if isinstance(command, click.Group):
        return []
    return [line.strip() for line in (command.epilog or "").splitlines() if line.strip()]


class Commands(SphinxDirective):
    """``{commands}``: one section a command, groups left out."""

    def run(self) -> list[nodes.Node]:
        """One section a command."""
        return [_section(*each) for each in commands() if not isinstance(each[0], click.Group)]


def _row(each: click.Parameter, context: click.Context) -> tuple[str, str] | None:
    """An option and its meaning; every command has --help."""
    return None if "--help" in each.opts else each.get_help_record(context)


def _section(command: click.Command, context: click.Context) -> nodes.section:
    path = context.command_path
    section = nodes.section(ids=[path.replace(" ", "-")], names=[path])
    section += nodes.title("", "", nodes.literal("", path))
    usage = " ".join([path, *command.collect_usage_pieces(context)])
    section += nodes.literal_block(usage, usage, language="text")
    for paragraph in (command.help or "").split("\n\n"):
        if paragraph.strip():
            section += nodes.paragraph("", " ".join(paragraph.split()))
    if lines := examples(command):
        text = "\n".join(lines)
        section += nodes.literal_block(text, text, language="text", classes=["examples"])
    if rows := [row for each in command.get_params(context) if (row := _row(each, context))]:
        told = nodes.definition_list(classes=["options"])
        for option, meaning in rows:
            term = nodes.term("", "", nodes.literal("", option))
            told += nodes.definition_list_item(
                "", term, nodes.definition("", nodes.paragraph("", meaning))
            )
        section += told
    return section


class ExitCodes(SphinxDirective):
    """``{exit-codes}``: what each number means, from the table that the commands use."""

    def run(self) -> list[nodes.Node]:
        """One list."""
        told = nodes.definition_list(classes=["card"])
        for code, meaning in MEANINGS.items():
            term = nodes.term("", "", nodes.literal("", str(code)))
            text = nodes.definition("", nodes.paragraph("", meaning))
            told += nodes.definition_list_item("", term, text)
        return [told]


def setup(app: Sphinx) -> dict[str, Any]:
    """Register both directives."""
    app.add_directive("commands", Commands)
    app.add_directive("exit-codes", ExitCodes)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
