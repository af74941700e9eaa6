"""The page of a chart: how wide words are, which decides where lines are broken."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.backends.backend_agg import RendererAgg
from matplotlib.font_manager import FontProperties

from kzdata.present.charts import page, style

# Letters that are kerned, digits and signs, both directions of writing, isolates.
LETTERS = "AVTLYPFarefoyw.,:;%-–—…()0123456789₸АГРТУФгртуқүәң\u00a0אבגדהז׳״\u2066\u2067\u2069"


def drawn(text: str, size: float, *, bold: bool) -> float:
    """Inches of a whole line as matplotlib shapes it."""
    font = FontProperties(size=size, weight="bold" if bold else "normal")
    renderer = RendererAgg(1, 1, 100)
    return renderer.get_text_width_height_descent(text, font, ismath=False)[0] / 100


@pytest.mark.parametrize(
    "line",
    [
        "",
        " ",
        "To AVAST: 1,234.5 Tr. – “Y.”, LT. 7",
        "Товарооборот, г. Астана: −1 234,5 млн долл. США",
        "2025 жылғы қаңтар–қараша, ₸",
        "המחזור ירד CIF. היום, Tr. ועוד",
        "\u2067CIF Tr. ירד\u2069 To.",
    ],
)
def test_a_line_is_as_wide_as_it_is_drawn(line):
    with style.house():
        for size, bold in ((style.SMALL, False), (style.BODY, True), (style.TITLE, True)):
            assert page.inches(line, size, bold=bold) == drawn(line, size, bold=bold)


def test_a_full_stop_is_kerned_to_its_letter_and_not_in_a_line_from_the_right():
    # The words alone would be narrower than a Hebrew line in which the stop has changed sides.
    with style.house():
        words = [page.inches(each, style.BODY) for each in ("ירד", " ", "CIF.")]
        assert page.inches("CIF.", style.BODY) < sum(
            page.inches(each, style.BODY) for each in ("CIF", ".")
        )
        assert page.inches("ירד CIF.", style.BODY) > sum(words)


@given(st.lists(st.text(LETTERS, max_size=6), max_size=6), st.booleans())
def test_any_line_is_as_wide_as_it_is_drawn(words, bold):
    line = " ".join(words)
    with style.house():
        assert page.inches(line, style.BODY, bold=bold) == drawn(line, style.BODY, bold=bold)


def test_a_line_takes_every_word_that_fits():
    with style.house():
        room = page.inches("Trade of Kazakhstan", style.BODY)
        assert page.wrap("Trade of Kazakhstan with Israel", style.BODY, room) == [
            "Trade of Kazakhstan",
            "with Israel",
        ]
        assert page.wrap("Trade of Kazakhstan", style.BODY, room - 0.01) == [
            "Trade of",
            "Kazakhstan",
        ]
