"""Every page that a reader is given, looked at by axe-core in Chromium: WCAG 2.2 A and AA."""

from __future__ import annotations

import dataclasses
import itertools

import pytest
import test_index
import test_render
from axe_page import chromium, violations, why_not

from kzdata.i18n.catalogue import LANGUAGES, speaking
from kzdata.i18n.sentences import t
from kzdata.reports import annexes, html, index
from kzdata.reports.blocks import Column, Document, Heading, Prose, Section, TableBlock

__all__ = ["chromium"]  # a fixture

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.skipif(bool(why_not()), reason=why_not() or "can be looked at"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]


EVERYDAY = {("en", "light", 1200), ("he", "dark", 360)}
everywhere = pytest.mark.parametrize(
    ("language", "scheme", "width"),
    [
        look if look in EVERYDAY else pytest.param(*look, marks=pytest.mark.nightly)
        for look in itertools.product(LANGUAGES, ["light", "dark"], [1200, 360])
    ],
)


@everywhere
def test_a_report_has_no_violation(chromium, tmp_path, language, scheme, width):
    made = dataclasses.replace(
        test_render.document(language=language), news=["x 1"], fresh=frozenset(["It was 236."])
    )
    with speaking(language):
        limits = Heading(3, t("What this cannot show"))
        parts = [Section(f"s{n}", "Short", [limits, Prose("x")]) for n in range(3)]
        made = dataclasses.replace(made, sections=[*made.sections, *parts])
        page = html.render(annexes.completed(made, ["hhi", "turnover"]))
    place = tmp_path / "report.html"
    place.write_text(page, encoding="utf-8")
    assert violations(chromium, place, scheme, width) == []


@everywhere
def test_the_index_has_no_violation(chromium, tmp_path, language, scheme, width):
    test_index.reports(tmp_path)
    index.write(tmp_path, index.found(tmp_path, states={"kaz-isr": "fresh", "kaz-tur": "failed"}))
    assert violations(chromium, tmp_path / index.page_name(language), scheme, width) == []


def test_a_page_that_is_wrong_is_seen(chromium, tmp_path):
    place = tmp_path / "wrong.html"
    place.write_text(
        '<!doctype html><html lang="en"><title>x</title><link rel="icon" href="data:,">'
        '<main><h1>x</h1><p style="color: #aaa; background: #fff">pale <a href="#a">link</a></p>'
        "<table><tr><th>a</th></tr><tr><td>1</td></tr></table><ul><li>b</li></ul>"
        '<img src="data:,"></main></html>'
    )
    assert any(
        each.startswith(("image-alt", "color-contrast"))
        for each in violations(chromium, place, "light", 1200)
    )


def shown(page):
    rows = page.locator("#table tbody tr")
    return [
        rows.nth(n).locator("bdi").first.inner_text()
        for n in range(rows.count())
        if rows.nth(n).is_visible()
    ]


def test_the_index_is_searched_and_sorted(chromium, tmp_path):
    test_index.reports(tmp_path)
    index.write(tmp_path, index.found(tmp_path, states={"kaz-isr": "fresh", "kaz-tur": "failed"}))
    page = chromium.new_page()
    page.goto((tmp_path / "index.html").as_uri())
    assert shown(page) == ["Kazakhstan and Türkiye", "Kazakhstan and Israel"]  # the newest first
    page.get_by_role("button", name="Partner").click()
    assert shown(page) == ["Kazakhstan and Israel", "Kazakhstan and Türkiye"]
    page.get_by_role("button", name="Freshness").click()
    assert shown(page)[0] == "Kazakhstan and Türkiye"  # its last run failed
    page.get_by_role("button", name="Changed").click()
    page.get_by_role("button", name="Changed").click()
    assert shown(page)[0] == "Kazakhstan and Israel"  # two changes; the other has none before it
    page.get_by_label("Search").fill("israel")
    assert shown(page) == ["Kazakhstan and Israel"]
    assert page.get_by_role("status").inner_text() == "Reports shown: 1 of 2"
    page.close()


def test_the_index_is_whole_without_script(chromium, tmp_path):
    test_index.reports(tmp_path)
    index.write(tmp_path, index.found(tmp_path))
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto((tmp_path / "index.html").as_uri())
    assert shown(page) == ["Kazakhstan and Türkiye", "Kazakhstan and Israel"]
    assert not page.get_by_label("Search").is_visible()
    context.close()


@pytest.mark.parametrize("language", ["en", "he"])
def test_on_paper_no_column_of_a_wide_table_is_lost(chromium, tmp_path, language):
    """Ten columns of words, on the 643 px that A4 leaves between its margins."""
    names = [f"Column {n}" for n in range(10)]
    cell = "Ministry of Foreign Affairs of Kazakhstan; Ministry of Foreign Affairs of Israel"
    wide = TableBlock("wide", "Wide", [Column(each) for each in names], [[cell] * 10], [], [])
    made = Document("D", [Section("s", "S", [wide])], language=language)
    with speaking(language):
        (tmp_path / "report.html").write_text(html.render(made), encoding="utf-8")
    page = chromium.new_page(viewport={"width": 643, "height": 900})
    page.goto((tmp_path / "report.html").as_uri())
    beyond = (
        "() => { const box = document.querySelector('table').getBoundingClientRect();"
        " return Math.max(-box.left, box.right - window.innerWidth); }"
    )
    assert page.evaluate(beyond) > 100  # on a screen the table scrolls
    page.emulate_media(media="print")
    assert page.evaluate(beyond) <= 0
    page.close()
