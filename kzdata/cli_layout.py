"""How the help of a command is laid out: examples before everything else."""

from __future__ import annotations

import click


class ExamplesFirst:
    """Help that begins with examples, one a line of the epilog; ``# …`` says what one does."""

    epilog: str | None

    def format_help(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Examples, then usage, text, options and commands."""
        split = [line.partition("  # ") for line in self.examples()]
        commands = [(command.rstrip(), why) for command, _, why in split]
        column = max(len(command) for command, _ in commands) + 2
        with formatter.section("Examples"):
            indent = " " * formatter.current_indent
            beside = all(len(indent) + column + 2 + len(w) <= formatter.width for _, w in commands)
            for command, why in commands:
                # Never wrapped: an example is there to be pasted.
                if why and beside:
                    command = f"{command:{column}}# {why}"
                elif why:
                    formatter.write(f"{indent}# {why}\n")
                formatter.write(f"{indent}{command}\n")
        formatter.write_paragraph()
        self.format_usage(ctx, formatter)  # type: ignore[attr-defined]
        self.format_help_text(ctx, formatter)  # type: ignore[attr-defined]
        self.format_options(ctx, formatter)  # type: ignore[attr-defined]

    def examples(self) -> list[str]:
        """The examples, one a line."""
        return [line.strip() for line in (self.epilog or "").strip().splitlines()]
