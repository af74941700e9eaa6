"""The charts that stand in the committed notebooks are those that the code draws today.

nbval compares text and passes a chart turned red; here plotted data are compared exactly and
pictures by their pixels.
"""

from __future__ import annotations

import base64
import io

import numpy as np
import pytest
import reports_sample as sample
from PIL import Image

from kzdata.reports.execute import notebooks, read_notebook, run

# A channel may be off by so much, for so many pixels: edges are smoothed a little differently
# from one build of the drawing library to the next. A thin line in another colour is more.
CHANNEL, SHARE = 32, 0.001


def pixels(png: str) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(base64.b64decode(png))).convert("RGB"), dtype=int)


def charts(book) -> list[tuple[str, dict]]:
    """The first line of a cell's code, and the mime bundle of each picture that it shows."""
    return [
        (cell.source.splitlines()[0], output.data)
        for cell in book.cells
        if cell.cell_type == "code"
        for output in cell.outputs
        if "image/png" in output.get("data", {})
    ]


def differences(committed, fresh) -> list[str]:
    """What a reader would see changed, a line a chart."""
    before, after = charts(committed), charts(fresh)
    if [source for source, _ in before] != [source for source, _ in after]:
        return [f"{len(before)} charts stand there, {len(after)} are drawn"]
    found = []
    for (source, old), (_, new) in zip(before, after, strict=True):
        if old.get(sample.RESOURCE) != new.get(sample.RESOURCE):
            found.append(f"{source}: other data or words")
        one, other = pixels(old["image/png"]), pixels(new["image/png"])
        if one.shape != other.shape:
            found.append(f"{source}: {one.shape} became {other.shape}")
        elif (share := (abs(one - other).max(axis=2) > CHANNEL).mean()) > SHARE:
            found.append(f"{source}: {share:.2%} of the picture is of another colour")
    return found


@pytest.mark.slow
@pytest.mark.parametrize("name", notebooks())
def test_committed_charts_are_drawn_the_same_today(name, executed):
    committed = read_notebook(notebooks()[name])
    assert charts(committed), f"{name} shows no chart"
    assert differences(committed, executed(name)) == []


LINE = """\
import matplotlib.pyplot as plt
plt.figure(figsize=(6, 3)); plt.plot([1, 2, 3], [{value}, 2, 3], color={colour!r}, linewidth=1)
plt.show()"""


def drawn(tmp_path, value=1, colour="#801650"):
    folder = tmp_path / f"{value}{colour.strip('#')}"
    source = LINE.format(value=value, colour=colour)
    path = sample.save(folder / "01_t.ipynb", sample.code(source))
    return run(path, {}, scratch=folder / "s", epoch=1)


def test_a_chart_turned_red_is_found_and_so_is_another_point(tmp_path):
    was = drawn(tmp_path)
    assert differences(was, drawn(tmp_path)) == []
    (red,) = differences(was, drawn(tmp_path, colour="#ff0000"))
    assert "of another colour" in red
    (moved,) = differences(was, drawn(tmp_path, value=3))
    assert "of another colour" in moved
    assert differences(was, sample.book()) == ["1 charts stand there, 0 are drawn"]


def test_other_data_under_the_same_picture_are_found():
    one, other = sample.chart(), sample.chart()
    other.data[sample.RESOURCE]["data"][0]["value"] += 1
    found = differences(*(sample.book(sample.shows(each)) for each in (one, other)))
    assert found == ["kz.shown(): other data or words"]
