"""The page over all reports: what it lists, in which order, and that it runs nothing foreign."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import re

import pytest
import reports_sample as sample

from kzdata.errors import PublishError
from kzdata.reports import index
from kzdata.reports.manifest import FORMAT


def report(folder, name, title, language, partner, made, changed=None, **more):
    place = folder / name
    place.mkdir(parents=True)
    manifest = {
        "format": FORMAT, "edition": name, "title": title, "language": language,
        "as_of": "27 January 2026", "generated": f"{made}T05:00:00+00:00",
        "parameters": {"bilateral": {"reporter": "KAZ", "partner": partner}},
        "findings": ["Trade fell."], "outputs": {"report.html": {}, "data.xlsx": {}}, **more,
    }  # fmt: skip
    (place / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    if changed is not None:
        told = {"since": "2026-01-01", "changes": [{"kind": "figure"}] * changed}
        (place / "changes.json").write_text(json.dumps(told), encoding="utf-8")


def reports(folder):
    report(folder, "kaz-isr", "Kazakhstan and Israel", "en", "ISR", "2026-01-27", changed=2)
    report(folder, "kaz-tur", "Kazakhstan and Türkiye", "en", "TUR", "2026-02-03")
    (folder / "notes").mkdir()
    (folder / "notes" / "manifest.json").write_text('{"format": "other"}')
    (folder / ".fleet").mkdir()
    return folder


def test_what_is_no_report_is_left_out(tmp_path):
    found = index.found(reports(tmp_path))
    assert [each.folder for each in found] == ["kaz-isr", "kaz-tur"]
    assert (found[0].changed, found[0].since, found[1].changed) == (2, "2026-01-01", None)
    assert found[0].partner == "ISR"
    assert index.found(tmp_path / "nowhere") == []


def test_the_languages_of_one_report_are_one_line(tmp_path):
    reports(tmp_path)
    report(tmp_path, "kaz-isr-he", "קזחסטן וישראל", "he", "ISR", "2026-01-27")
    found = index.found(tmp_path, families={"kaz-isr": "kaz-isr", "kaz-isr-he": "kaz-isr"})
    english, hebrew = index.render(found, "en"), index.render(found, "he")
    assert english.count('<th scope="row"') == hebrew.count('<th scope="row"') == 2
    assert '<bdi lang="en">Kazakhstan and Israel</bdi>' in english
    assert '<bdi lang="he">קזחסטן וישראל</bdi>' in hebrew
    assert 'href="kaz-isr-he/data.xlsx"' in english
    assert '<html lang="he" dir="rtl">' in hebrew


def test_the_newest_stands_first_and_reports_of_one_day_by_name(tmp_path):
    reports(tmp_path)
    report(tmp_path, "a", "A", "en", "ITA", "2026-02-03")
    lines = index.entries(index.found(tmp_path), "en")
    assert [each.shown.folder for each in lines] == ["a", "kaz-tur", "kaz-isr"]


def test_the_one_script_is_the_one_that_the_page_allows(tmp_path):
    page = index.render(index.found(reports(tmp_path)))
    (script,) = re.findall(r"<script>(.*?)</script>", page, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    assert f"script-src &#39;sha256-{digest}&#39;" in page
    assert "unsafe-eval" not in page
    assert page == index.render(index.found(tmp_path))


@pytest.mark.parametrize("text", sample.HOSTILE)
def test_hostile_text_is_text(tmp_path, text):
    report(tmp_path, "h", text, "en", "XX<b>", "2026-02-03", findings=[text], as_of=text)
    page = index.render(index.found(tmp_path))
    assert page.count("<script") == 1
    assert "<img" not in page
    assert "<b>" not in page
    assert not re.search("[\u202a-\u202e]", page)


def test_what_a_report_of_another_kzdata_says_is_shown_all_the_same(tmp_path):
    report(tmp_path, "x", "X", "fr", "ZZZ", "someday", parameters={"n": None})
    found = index.found(tmp_path, states={"x": "unheard of"})
    assert "someday" in index.render(found)


def test_an_index_that_cannot_be_written_leaves_the_one_before(tmp_path):
    if os.geteuid() == 0:
        (tmp_path / "index.html").mkdir()  # root may write anywhere, but not over a folder
        (tmp_path / "index.html" / "x").write_text("x")
    else:
        tmp_path.chmod(0o500)
    with pytest.raises(PublishError, match="index cannot be written"):
        index.write(tmp_path, [])
    assert not [p for p in tmp_path.iterdir() if p.name.startswith(".index")]
    tmp_path.chmod(0o700)


def test_without_reports_it_says_what_to_type():
    assert "kzdata run" in index.render([])
