"""Four languages: whole catalogues, plural forms, numbers, dates, names, right to left."""

from __future__ import annotations

import io
import json
import re
import threading

import pandas as pd
import pytest
from conftest import ROOT

import kzdata as kz
from kzdata.errors import KzdataError, MissingMessage, UnknownCode
from kzdata.i18n import extract, formats
from kzdata.i18n.catalogue import (
    LANGUAGES,
    language_of,
    messages_of,
    pieces,
    speaking,
    spoken,
    translate_markdown,
)
from kzdata.i18n.sentences import (
    Later,
    Sentence,
    format_list,
    retold,
    said,
    t,
    tn,
    written,
    written_together,
)
from kzdata.seeds.schemas import LADDER

OTHERS = ("ru", "kk", "he")


@pytest.fixture(autouse=True)
def english_before_and_after():
    kz.speak("en")
    yield
    kz.speak("en")


@pytest.mark.parametrize("language", OTHERS)
def test_every_message_is_translated_with_its_own_fields(language):
    assert extract.faults(language) == []


def test_the_language_holds_in_every_context_and_a_block_only_in_its_own():
    kz.speak("ru")
    heard = []
    thread = threading.Thread(target=lambda: heard.append(spoken()))
    thread.start()
    thread.join()
    assert heard == ["ru"]  # what a notebook's cell sets, the next cell finds
    with speaking("he"):
        assert spoken() == "he"
    assert spoken() == "ru"
    with pytest.raises(UnknownCode, match="kk"):
        kz.speak("kaz")


def test_a_message_that_no_catalogue_holds_is_refused_by_name():
    kz.speak("kk")
    with pytest.raises(MissingMessage, match="No such sentence"):
        kz.say("No such sentence.")
    assert str(kz.say("Мұндай сөйлем жоқ.")) == "Мұндай сөйлем жоқ."  # the writer's own
    kz.speak("en")
    assert str(kz.say("No such sentence.")) == "No such sentence."


def test_russian_plurals_follow_the_rules_of_the_language():
    kz.speak("ru")
    said_ = [tn("{n} month", "{n} months", n) for n in (1, 2, 5, 11, 21, 22)]
    assert said_ == ["1 месяц", "2 месяца", "5 месяцев", "11 месяцев", "21 месяц", "22 месяца"]
    kz.speak("en")
    assert [tn("{n} month", "{n} months", n) for n in (1, 2)] == ["1 month", "2 months"]


@pytest.mark.parametrize(
    ("language", "money", "percent", "bare", "when", "short", "where"),
    [
        ("en", "US$193.3 million", "−18.1%", "−1,234.5", "November 2025", "Nov 2025", "Israel"),
        ("ru", "193,3 млн долл. США", "−18,1 %", "−1 234,5", "ноябрь 2025 г.", "нояб. 2025",
         "Израиль"),
        ("kk", "193,3 млн АҚШ доллары", "−18,1%", "−1 234,5", "2025 жылғы қараша", "2025 ж. қар.",
         "Израиль"),
        ("he", "193.3 מיליון דולר", "−18.1%", "−1,234.5", "נובמבר 2025", "נוב׳ 2025", "ישראל"),
    ],
)  # fmt: skip
def test_numbers_dates_and_names(language, money, percent, bare, when, short, where):
    kz.speak(language)
    plain = [
        kz.format_amount(193_287_800, "USD"),
        kz.format_amount(-18.1, "percent"),
        formats.format_number(-1234.5),
        kz.format_period("2025-11"),
        formats.format_short("2025-11"),
        formats.area_name("ISR"),
    ]
    shown = [re.sub("[\u00a0\u202f]", " ", each).replace("\u200e", "") for each in plain]
    assert shown == [money, percent, bare, when, short, where]


def test_lists_by_the_rules_of_the_language():
    found = []
    for language in LANGUAGES:
        kz.speak(language)
        found.append(re.sub("[\u2066\u2067\u2069]", "", format_list(["US$1", "US$2", "US$3"])))
    assert found == [
        "US$1, US$2 and US$3",
        "US$1, US$2 и US$3",
        "US$1, US$2, US$3",  # CLDR has no conjunction in a Kazakh list of three
        "US$1, US$2 ו־US$3",
    ]


def test_a_figure_in_a_hebrew_sentence_is_isolated_from_it():
    kz.speak("he")
    assert t("{first} to {last}", first="−27.6%", last="ישראל") == "\u2066−27.6%\u2069 עד ישראל"
    assert t("{first} to {last}", first="1", last="2 ימים") == "\u20661\u2069 עד \u20672 ימים\u2069"
    kz.speak("ru")
    assert "\u2066" not in t("{first} to {last}", first="1", last="2")


def test_frames_keep_english_and_are_told_again_when_shown():
    kz.speak("ru")
    text = written("published {value} {unit} in {period}", value=formats.exact(1234.5), unit="USD",
                   period=formats.as_written("2025-11"))  # fmt: skip
    assert text == "published 1,234.5 USD in 2025-11"
    both = written_together([text, "read by hand"])
    assert both == "published 1,234.5 USD in 2025-11; read by hand"
    frame = pd.read_json(io.StringIO(json.dumps([{"because": both}])))  # through data and back
    told = kz.table(frame, "Statement", {"because": "Because"}).rows[0][0]
    assert told == "опубликовано 1\u00a0234,5 USD за нояб. 2025; read by hand"
    assert retold("a note that a person typed") == "a note that a person typed"
    kz.speak("en")
    assert retold(both) == both


def test_a_single_sentence_together_is_itself():
    text = written("no figure is claimed")
    assert written_together([text]) == text
    with speaking("ru"):
        assert retold(text) == "цифра не названа"


def test_a_sentence_is_checked_in_english_and_said_in_the_language_spoken():
    sentence = said("{year}, full year", year=Later(lambda: spoken()))
    with speaking("kk"):
        assert (sentence.english, str(sentence)) == ("en, full year", "kk, толық жыл")
    with pytest.raises(KzdataError, match="'year'"):
        str(Sentence("{year}, full year", {"month": 1}))


def test_a_table_keeps_its_name_and_data_and_translates_what_is_shown():
    trade = kz.observations("KAZ", "ISR", start=2024, freq="A").pipe(kz.turnover)
    columns = {"period": "Year", "value": "Turnover", "obs_status": "Status"}
    kz.speak("ru")
    table = kz.table(trade, "Turnover of {reporter} with {partner}", columns,
                     reporter=kz.area_name("KAZ"), partner=kz.area_name("ISR"))  # fmt: skip
    assert table.title == "Казахстан — Израиль: товарооборот"
    assert table.headers == ["Год", "Товарооборот, млн USD", "Статус"]
    assert table.rows[0][1] == "236,1"
    assert table.frame["period"].tolist() == ["2024", "2025"]
    assert 'lang="ru"' in table._repr_html_()


def test_every_word_of_a_list_in_the_data_is_known():
    """What seeds hold and a table translates is in kzdata.i18n.extract."""
    known = set(extract.fixed())
    events, claims = kz.events(), kz.claims()
    shown = [*events["kind"], *events["status"], *claims["topic"], *LADDER]
    shown += [each for cell in claims["not_stated"].dropna() for each in cell.split("; ")]
    shown += [*kz.follow_through("2026-09-25")["status"]]
    shown += [*kz.commitments("2026-09-25", kind=None)["instrument"]]
    energy = kz.claims("energy")["concept"]
    shown += [*energy.str.replace("_", " "), *kz.quantities("israel_caspian_crude")["quantity"]]
    assert sorted({each.replace("_", " ") for each in shown} - known) == []


def test_what_was_typed_into_the_seeds_is_told_in_the_language_of_the_report():
    events = kz.events().head(1)
    with speaking("he"):
        table = kz.table(events, "Events", {"title": "Event"})
        assert table.rows == [["ישראל מכירה בקזחסטן העצמאית"]]
        cited = str(kz.cite(kz.observations("KAZ", "ISR", source="bns_kaz_isr")))
        assert "סחר בסחורות של קזחסטן עם ישראל, שנתי" in cited
    assert table.frame["title"].tolist() == ["Israel recognises independent Kazakhstan"]


def test_what_was_printed_elsewhere_is_not_translated():
    said = pd.DataFrame({"printed": ["text", "estimated"], "place": ["Atyrau Region", "nowhere"]})
    with speaking("ru"):
        table = kz.table(said, "Events", {"printed": "As printed", "place": "Place"})
        assert table.rows == [["text", "Атырауская область"], ["estimated", "nowhere"]]
        assert retold("Atyrau Region; a note of someone") == "Атырауская область; a note of someone"


def test_a_place_in_an_article_and_a_contradicted_record_are_told_in_words():
    row = pd.DataFrame(
        {"locator": ["paragraph 12"], "contradicts": ["unnamed-relations-established, peres-1995"]}
    )
    table = kz.table(row, "Events", {"locator": "Where", "contradicts": "Contradicts"})
    peres = "Foreign Minister Peres visits Kazakhstan; agreements on trade, culture and technology"
    assert table.rows == [["paragraph 12", f"August 1992; {peres} are signed"]]
    with speaking("ru"):
        assert kz.table(row, "Events", {"locator": "Where"}).rows == [["абзац 12"]]


def test_markdown_is_cut_into_messages_without_loss():
    text = "# Title\n\nOne line\nand its rest.\n\n- first\n- second\n  goes on\n\n1. one\n"
    assert "".join(lead + words for lead, words in pieces(text)) == text
    assert messages_of(text) == [
        "Title", "One line and its rest.", "first", "second goes on", "one",
    ]  # fmt: skip
    with speaking("ru"):
        assert translate_markdown("## Sources\n\n- Sources\n") == "## Источники\n\n- Источники\n"


def test_extraction_sees_conditions_and_refuses_glued_sentences():
    found = list(extract.in_python('kz.say("a" if x else "b" if y else "c")', "cell"))
    assert [each.text for each in found] == ["a", "b", "c"]
    table = 'kz.table(f, "title", {"x": "header"}, notes=["note"])'
    assert [each.text for each in extract.in_python(table, "cell")] == ["title", "header", "note"]
    for glued in ('kz.say("a" + b)', 'kz.say(f"a {b}")', 'kz.table(f, f"{x}", {})'):
        with pytest.raises(KzdataError, match="glued"):
            list(extract.in_python(glued, "cell"))


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Bitumen plant in the Atyrau Region", "en"),
        ("Битумный завод", "ru"),
        ("Битум зауыты, Атырау облысында қабылданған", "kk"),
        ("מפעל ביטומן, Atyrau", "he"),
        ("1,234 USD", "en"),
        ("−18.1%", ""),
    ],
)
def test_the_letters_tell_the_language(text, language):
    assert language_of(text) == language


def test_every_notebook_can_be_asked_for_a_language_and_sets_it_first():
    for path in sorted((ROOT / "notebooks").glob("*.ipynb")):
        sources = ["".join(c["source"]) for c in json.loads(path.read_text())["cells"]]
        asked = 'language: str = "en"  # language of the report: en, ru, kk, he'
        assert sum(asked in source for source in sources) == 1, path.name
        code = next(source for source in sources if source.startswith("import kzdata as kz"))
        assert code.splitlines()[2] == "kz.speak(language)", path.name


@pytest.mark.slow
@pytest.mark.parametrize(
    ("language", "names", "formats"),
    [
        ("he", ("bilateral",), ("html",)),
        *(
            pytest.param(each, None, ("html", "pdf", "xlsx"), marks=pytest.mark.nightly)
            for each in OTHERS
        ),
    ],
)
def test_the_edition_builds_in_each_language(language, names, formats):
    """Nothing is missing in any notebook, and the page says which way it is read."""
    from kzdata.reports.build import compose
    from kzdata.reports.colophon import Job
    from kzdata.reports.editions import edition
    from kzdata.reports.execute import resolve

    asked = edition("kaz-isr")
    bound = {name: {**values, "language": language} for name, values in asked.bound().items()}
    jobs = [Job(resolve(name), bound[name]) for name in names or bound]
    made = compose(jobs, formats, asked=asked)
    page = made.outputs["report.html"].decode()
    way = "rtl" if language == "he" else "ltr"
    assert f'<html lang="{language}" dir="{way}">' in page
    prose = " ".join(re.findall(r"<(?:h[1-4]|p|li)[^>]*>([^<]{40,})<", page))
    own = {"ru": "[а-яё]", "kk": "[а-яёәғқңөұүһі]", "he": "[א-ת]"}[language]
    letters = re.findall(r"[^\W\d_]", prose)
    assert len(re.findall(own, prose, re.I)) > 0.5 * len(letters)
