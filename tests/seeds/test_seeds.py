"""The seeds: complete, true to the articles, consistent, and refused by name where they are not."""

from __future__ import annotations

import os
import re
import shutil
from pathlib import Path

import pytest

from kzdata.errors import ContractError, ParseError, SeedError, UnknownCode
from kzdata.model import contract, periods
from kzdata.model.parsing.printed_amounts import parse_amount
from kzdata.model.parsing.printed_periods import parse_period
from kzdata.seeds import frames, load, verification
from kzdata.seeds.verification import paragraphs, places
from kzdata.settings import HOME

SHARED = Path(os.environ.get("KZDATA_SHARED", HOME.parent / "shared"))
ARTICLES = SHARED / "seeds"
needs_articles = pytest.mark.skipif(
    not ARTICLES.is_dir(), reason=f"the articles are not in {ARTICLES}; set KZDATA_SHARED"
)
TCA, UNNAMED = "000_2f8c80706eced6ee.txt", "003_ef9690202b922f71.txt"


def claim(name):
    found = frames.claims()
    return found[found["claim"] == name].iloc[0]


# --- what is typed ---------------------------------------------------------------------------


def test_a_claim_carries_figure_interval_and_place():
    row = claim("tca-turnover-2025-jan-nov")
    assert row["printed"] == "about US$162.4 million"
    assert (row["lower"], row["value"], row["upper"]) == (162_350_000, 162_400_000, 162_450_000)
    assert (row["period"], row["freq"], row["flow"]) == ("2025-01-01/P11M", "M", "T")
    assert (row["source"], row["locator"], row["paragraph"]) == ("tca_2026", "paragraph 3", 3)
    assert row["qualifier"] == "about"
    assert row["basis"] == "claimed"
    assert "reporter" in row["not_stated"]


def test_the_two_dates_of_diplomatic_relations_stand_side_by_side():
    found = frames.claims("diplomacy", reporter="Kazakhstan", partner="ISR")
    dates = found[found["concept"] == "diplomatic_relations_established"]
    assert dict(zip(dates["source"], dates["period"], strict=True)) == {
        "unnamed_2025": "1992-08",
        "kazembassy_2006": "1992-04-10",
    }
    assert set(dates["dataflow"]) == {"event"}
    assert dates["value"].isna().all()


def test_a_range_has_bounds_and_no_point_and_a_combined_share_has_no_partner():
    row = claim("maariv-oil-share")
    assert (row["lower"], row["upper"]) == (10, 25)
    assert row["value"] != row["value"]
    combined = frames.claims("energy")
    combined = combined[combined["concept"] == "crude_import_share_aze_kaz"]
    assert set(combined["partner"]) == {"_U"}
    assert combined["parties"].notna().all()


def test_contract_holds_but_for_the_key_which_concept_completes():
    frame = frames.claims()
    assert list(frame.columns[: len(contract.COLUMNS)]) == contract.COLUMNS
    with pytest.raises(ContractError) as wrong:
        contract.check(frame)
    assert set(wrong.value.failures["rule"]) == {"no key appears twice"}
    assert not frame.duplicated([*contract.KEY, "concept", "printed", "paragraph"]).any()
    assert [periods.freq_of(p) if p != "_U" else "_U" for p in frame["period"]] == list(
        frame["freq"]
    )


def test_frames_are_copies_and_topics_filter():
    trade = frames.claims("trade")
    trade.loc[:, "value"] = 0.0
    assert frames.claims("trade")["value"].max() > 0
    assert set(frames.claims("investment")["topic"]) == {"investment"}
    assert set(frames.claims(article="tca_2026")["article"]) == {"tca_2026"}
    assert frames.claims(partner="TUR")["claim"].tolist() == ["turkiye-turnover-2021"]
    assert frames.claims(partner="UKR").empty


def test_unknown_topic_article_country_and_assumption_name_the_near_ones():
    with pytest.raises(UnknownCode, match="Did you mean 'trade'"):
        frames.claims("trad")
    with pytest.raises(UnknownCode, match="tca_2026"):
        frames.claims(article="tca_2025")
    with pytest.raises(UnknownCode, match="Atlantis"):
        frames.claims(partner="Atlantis")
    with pytest.raises(UnknownCode, match="israel_oil_import_bill"):
        frames.assumption("oil")
    with pytest.raises(UnknownCode, match="Did you mean 'visit'"):
        frames.events(kind="visits")


def test_events_keep_both_sides_and_join_their_sources():
    events = frames.events()
    by = events.set_index("event")
    assert by.loc["relations-1992", "date"] == "1992-04-10"
    assert by.loc["relations-1992", "contradicts"] == "unnamed-relations-established"
    assert by.loc["peres-1995", "clarifies"] == "unnamed-peres-2015"
    assert "tca_2026 + anadolu_2026_01" in by.loc["saar-2026", "source"]
    dated = events["date"].dropna()
    assert dated.is_monotonic_increasing
    assert events["date"].isna().iloc[len(dated) :].all()
    assert by.loc["herzog-visit-planned", "status"] == "planned"


def test_oil_bill_is_its_arithmetic():
    bill = frames.assumption("israel_oil_import_bill")
    found = bill["quantities"]
    # 4.1 million t in 266 days → a year of 365 days; 1.38 billion USD for 2.24 million t
    assert found["annual_volume"]["value"] == pytest.approx(4.1e6 * 365 / 266, rel=1e-9)
    assert found["price"]["value"] == pytest.approx(1.38e9 / 2.24e6, rel=1e-9)
    assert found["annual_bill"]["value"] == pytest.approx(4.1e6 * 365 / 266 * 1.38e9 / 2.24e6)
    # the digits alone: 4.05–4.15 million t, 1.375–1.385 billion USD, 2.235–2.245 million t
    assert found["annual_volume"]["lower"] == pytest.approx(4.05e6 * 365 / 266, rel=1e-9)
    assert found["price"]["upper"] == pytest.approx(1.385e9 / 2.235e6, rel=1e-9)
    assert found["annual_bill"]["lower"] == pytest.approx(4.05e6 * 365 / 266 * 1.375e9 / 2.245e6)
    assert found["annual_bill"]["upper"] == pytest.approx(4.15e6 * 365 / 266 * 1.385e9 / 2.235e6)
    assert bill["claims"][0] == "datadesk-crude-volume-2023-24"
    assert bill["source"] == "ice_2024_05 + todayschronic_2024"
    bill["quantities"].clear()
    assert frames.assumption("israel_oil_import_bill")["quantities"]


# --- printed against typed -------------------------------------------------------------------

# Units whose printed form is a number and a noun that is no currency, percent or weight.
NOUNS = (" years", " per day")
# Typed with a sign or a meaning that the printed figure does not show.
NOT_AS_PRINTED = {"cbs-deficit-2025-apr": "a deficit, printed without a sign"}


def amounts():
    frame = frames.claims()
    figure = frame["printed"].str.contains(r"\d") & (frame["unit"] != "date")
    return frame[figure & ~frame["claim"].isin(list(NOT_AS_PRINTED))]


@pytest.mark.parametrize("name", amounts()["claim"])
def test_every_printed_figure_parses_to_what_is_typed(name):
    row = claim(name)
    printed = row["printed"]
    for noun in NOUNS:
        printed = printed.removesuffix(noun)
    found = parse_amount(printed, language="en")
    typed = (row["value"], row["lower"], row["upper"])
    # one part in 10^12: decimal typing against decimal parsing, no rounding of ours
    assert (found.value, found.lower, found.upper) == pytest.approx(typed, rel=1e-12, nan_ok=True)
    assert found.qualifier == (row["qualifier"] if isinstance(row["qualifier"], str) else None)
    money = {"USD", "EUR", "ILS", "percent", "t"}
    assert found.unit == (
        row["unit"] if row["unit"] in money else {"bbl/d": "bbl"}.get(row["unit"])
    )


# Words before a period that say how it is meant, not what it is; `period` is our reading of them.
READING = re.compile(r"(by|since|between|in)\b", re.IGNORECASE)
# Printed periods that name no span of their own; what stands in `period` is explained in the note.
NO_SPAN = {
    "Since then",
    "Thursday",
    "earlier this month",
    "annually",
    "Over the years",
    "today",
    "last 20 years",
    "late 2016",
    "many years",
    "undated",
    "mid-May 2023 onward",
    "mid-May to mid-November 2023",
    "this year",
    "May – 11 August 2015",
    "independence to 2019",
    "mid-2021",
}


def printed_periods():
    frame = frames.claims()
    dates = frame[frame["unit"] == "date"].assign(period_printed=lambda f: f["printed"])
    named = frame[frame["period_printed"].notna() & (frame["unit"] != "date")]
    for each in (dates, named):
        for row in each.itertuples():
            if row.period_printed not in NO_SPAN and not READING.match(row.period_printed):
                yield row.claim, row.period_printed, row.period


@pytest.mark.parametrize(("name", "printed", "period"), list(printed_periods()))
def test_every_printed_period_parses_to_what_is_typed(name, printed, period):
    assert parse_period(printed) == period


def test_printed_periods_set_aside_are_indeed_not_readable():
    for printed in NO_SPAN:
        with pytest.raises(ParseError):
            parse_period(printed)


# --- against the articles --------------------------------------------------------------------


@pytest.fixture
def articles(tmp_path):
    for name in (TCA, UNNAMED):
        shutil.copyfile(ARTICLES / name, tmp_path / name)
    return tmp_path


def edit(folder, name, old, new):
    path = folder / name
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


@needs_articles
def test_every_claim_is_found_where_it_says():
    checks = verification.verify(ARTICLES)
    assert checks["ok"].all()
    of_articles = frames.claims()["article"].notna()
    assert set(frames.claims()[of_articles]["claim"]) <= set(checks["item"])
    assert {"tca_2026", "unnamed_2025"} <= set(checks["item"])


@needs_articles
def test_a_changed_figure_fails_by_name(articles):
    edit(articles, TCA, "US$162.4 million", "US$162.5 million")
    with pytest.raises(SeedError) as wrong:
        verification.verify(articles)
    assert "tca-turnover-2025-jan-nov: “about US$162.4 million” not in paragraph 3" in str(
        wrong.value
    )
    assert "000_2f8c80706eced6ee.txt differs: sha256" in str(wrong.value)
    assert "unnamed-" not in str(wrong.value)


@needs_articles
@pytest.mark.parametrize(
    ("old", "new", "name"),
    [
        ("about 25%", "about 25.5%", "unnamed-oil-import-share"),
        ("over 300 Kazakh", "over 3000 Kazakh", "unnamed-mashav-trainees"),
        ("roughly $236", "roughly US$236", "unnamed-turnover-2024"),
        ("By 2004", "By 2005", "unnamed-chamber-of-commerce"),
        ("By 2004", "By 2005", "chamber-2004"),
        ("By 2024, Kazakh", "By 2023, Kazakh", "unnamed-turnover-2024: “By 2024”"),
    ],
)
def test_a_figure_is_found_whole_or_not_at_all(articles, old, new, name):
    edit(articles, UNNAMED, old, new)
    with pytest.raises(SeedError) as wrong:
        verification.verify(articles)
    assert name in str(wrong.value)


@needs_articles
def test_a_moved_paragraph_says_where_the_figure_went(articles):
    path = articles / TCA
    lines = path.read_text(encoding="utf-8").splitlines()
    lines.insert(0, "A line that was not there.")
    path.write_text("\n".join(lines), encoding="utf-8")
    with pytest.raises(SeedError) as wrong:
        verification.verify(articles)
    assert "“about US$162.4 million” not in paragraph 3, but in 4" in str(wrong.value)


@needs_articles
def test_one_byte_changes_the_hash_and_nothing_else(articles):
    with (articles / UNNAMED).open("ab") as file:
        file.write(b"\n")
    with pytest.raises(SeedError) as wrong:
        verification.verify(articles)
    assert str(wrong.value).startswith("1 of ")
    assert "unnamed_2025: 003_ef9690202b922f71.txt differs" in str(wrong.value)


@needs_articles
def test_a_missing_file_is_named(articles):
    (articles / UNNAMED).unlink()
    with pytest.raises(SeedError, match=r"003_ef9690202b922f71\.txt cannot be read"):
        verification.verify(articles)
    with pytest.raises(SeedError, match=r"000_2f8c80706eced6ee\.txt cannot be read"):
        verification.verify(articles / "nowhere")


def test_a_figure_inside_a_longer_one_is_not_the_figure():
    assert places("over 300", "over 300 people") == [(0, 8)]
    assert not places("over 300", "over 300,000 people")
    assert not places("$236", "US$236 million")
    assert not places("25%", "4.25%")
    assert not places("16 years", "116 years")
    assert places("$53.7 million", "reached $53.7 million.")


def test_paragraphs_are_the_lines_that_are_not_blank():
    assert paragraphs("Title\n\n  \nFirst line.\r\nSecond.\n") == [
        "Title",
        "First line.",
        "Second.",
    ]


# Every number, number word, unit of time, month, weekday and percent sign of the two articles.
TOKEN = re.compile(
    r"\d[\d,.]*\d|\d|%|\b(?:zero|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|"
    r"twenty|thirty|forty|fifty|hundreds?|thousands?|millions?|billions?|dozens?|half|quarter|twice|"
    r"double|both|first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|eleventh|"
    r"twelfth|no|none|years?|months?|weeks?|days?|hours?|decades?|annual(?:ly)?|January|February|"
    r"March|April|May|June|July|August|September|October|November|December|Monday|Tuesday|"
    r"Wednesday|Thursday|Friday|Saturday|Sunday|steadily|every|today)\b",
    re.IGNORECASE,
)
# (article, paragraph, words around the token): why it is no figure of its own.
NOT_A_FIGURE = {
    (TCA, 3, "was the first by an"): "order that the claim of 16 years states",
    (TCA, 3, "both sides framed"): "the two parties",
    (TCA, 3, "The two foreign ministries"): "the two parties",
    (TCA, 4, "both sides publicly"): "the two parties",
    (TCA, 4, "the two foreign ministries"): "the two parties",
    (TCA, 6, "the two foreign-policy services"): "the two parties",
    (TCA, 8, "Remembrance Day"): "name of a day; held as an event",
    (TCA, 9, "First Steps"): "heading, no count",
    (TCA, 10, "first-step commercial"): "idiom",
    (TCA, 12, "The first indicator"): "numbering; held as an indicator in commitments.yml",
    (TCA, 12, "The second is whether"): "numbering; held as an indicator in commitments.yml",
    (TCA, 12, "The third is whether"): "numbering; held as an indicator in commitments.yml",
    (TCA, 15, "the two sides"): "the two parties",
    (UNNAMED, 4, "in both capitals"): "the two parties",
    (UNNAMED, 5, "The two sides"): "the two parties",
    (UNNAMED, 8, "The two countries"): "the two parties",
    (UNNAMED, 10, "one of Tel Aviv"): "one among others, no count",
    (UNNAMED, 21, "a mature and multifaceted one"): "pronoun",
    (UNNAMED, 23, "the two nations"): "the two parties",
    (UNNAMED, 27, "where none exists"): "rhetoric, nothing is counted",
}


@needs_articles
@pytest.mark.parametrize(("name", "source"), [(TCA, "tca_2026"), (UNNAMED, "unnamed_2025")])
def test_nothing_quantitative_in_the_articles_is_missing(name, source):
    claims = frames.claims(article=source)
    uncovered = []
    for number, text in enumerate(paragraphs((ARTICLES / name).read_text("utf-8")), start=1):
        here = claims[claims["paragraph"] == number]
        printed = [*here["printed"], *here["period_printed"].dropna()]
        covered = [span for each in printed for span in places(each, text)]
        for article, paragraph, words in NOT_A_FIGURE:
            if (article, paragraph) == (name, number):
                at = text.find(words)
                assert at >= 0, f"{words!r} is not in paragraph {number} of {name}"
                covered.append((at, at + len(words)))
        for token in TOKEN.finditer(text):
            if not any(a <= token.start() and token.end() <= b for a, b in covered):
                around = text[max(0, token.start() - 30) : token.end() + 30]
                uncovered.append(f"paragraph {number}: {token[0]!r} in “{around}”")
    assert not uncovered, "\n".join(uncovered)


def test_every_date_of_the_articles_is_an_event_too():
    claims = frames.claims()
    dated = claims[claims["article"].notna() & (claims["unit"] == "date")]
    events = frames.events()
    told = set(zip(events["article"], events["paragraph"], events["printed"], strict=True))
    places_of = zip(dated["article"], dated["paragraph"], dated["printed"], strict=True)
    alone = [c for c, at in zip(dated["claim"], places_of, strict=True) if at not in told]
    # the start of relations in general; the events are recognition, relations and embassies
    assert alone == ["unnamed-relations-since"]


# --- refused by name -------------------------------------------------------------------------


@pytest.fixture
def folder(tmp_path):
    return Path(shutil.copytree(HOME / "seeds", tmp_path / "seeds"))


def test_a_copy_of_the_seeds_loads(folder):
    assert len(load.load(folder).claims) == len(frames.claims())


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        ("claims_articles.yml", "value: 162_400_000", "value: 152_400_000", "≤ 152400000 ≤"),
        ("claims_articles.yml", "    topic: trade\n", "", "topic: missing"),
        (
            "claims_articles.yml",
            "topic: trade",
            "topik: trade",
            "topik: unknown field. Did you mean 'topic'",
        ),
        ("claims_articles.yml", "paragraph: 3", "paragraph: third", "is not a whole number"),
        ("claims_articles.yml", "unit: USD", "unit:", "unit: empty"),
        ("claims_articles.yml", "value: 162_400_000", 'value: "162.4"', "is not a number"),
        ("claims_articles.yml", "lower: 162_350_000", "lower: .nan", "is not a number"),
        ("claims_articles.yml", "    lower: 162_350_000\n", "", "value needs lower and upper"),
        ("claims_articles.yml", "obs_status: M", "obs_status: A", "neither value nor bounds"),
        ("claims_articles.yml", 'period: "2026-01-27"', 'period: "2026-13"', "is not an SDMX"),
        ("claims_articles.yml", 'period: "2024"', "period: 2024", "2024 is not an SDMX period"),
        ("claims_articles.yml", 'reporter: "ISR"', "reporter: NO", "False is not an ISO"),
        ("claims_articles.yml", 'partner: "ISR"', 'partner: "ISL!"', "is not an ISO alpha-3"),
        ("claims_articles.yml", "article: tca_2026", "article: caliber_2026", "is not an article"),
        ("claims_articles.yml", "dataflow: energy", "dataflow: oil", "is not one of trade_goods"),
        (
            "claims_articles.yml",
            "id: tca-visit-date",
            "id: tca-three-signed-items",
            "items: id: used",
        ),
        ("claims_articles.yml", "claims:", "claim:", "claims: missing"),
        (
            "claims_articles.yml",
            "claims:\n",
            "claims:\n  - just text\n",
            "claims 1: 'just text' is not a mapping",
        ),
        (
            "claims_articles.yml",
            "topic: trade\n",
            "topic: trade\n    topic: energy\n",
            "topic: duplicate key",
        ),
        ("claims_press.yml", "source: caliber_2026", "source: calibre", "'calibre' is not known"),
        ("claims_press.yml", "claims:\n", "claims: [\n", "claims_press.yml: is not YAML"),
        ("sources.yml", "kind: database", "kind: base", "is not one of article"),
        ("sources.yml", 'published: "2026-01-27"', "published: 2026-01-27", "in quotes"),
        ("sources.yml", "id: caliber_2026", "id: interfax_2016", "interfax_2016: id: used twice"),
        ("sources.yml", "    file: ", "    file_name: ", "file_name: unknown field"),
        ("events.yml", 'date: "1992-04-10"', 'date: "1992-04"', "the precision 'day'"),
        ("events.yml", 'date: "1992-04-10"', 'date: "1992-04-31"', "not a date in the calendar"),
        ("events.yml", "unnamed-peres-2015", "unnamed-peres-2016", "is not known"),
        ("events.yml", 'sources: ["unnamed_2025"]', 'sources: ["kapital_2016"]', "is missing"),
        ("commitments.yml", "stage: intent", "stage: signed", "is not one of announced"),
        ("commitments.yml", 'date: "2026-01-27"', "date: 2026-01-27", "is not a day in quotes"),
        ("commitments.yml", 'items: ["visa-exemption"]', 'items: ["visa"]', "'visa' is not known"),
        ("commitments.yml", "unit: null", "unit: USD", "known together or not at all"),
        ("commitments.yml", 'until: "2026-02-28"', 'until: "2025-02-28"', "is before since"),
        ("commitments.yml", "\n      found: false", "\n      found: so so", "is not true or false"),
        ("commitments.yml", "paragraph: 10\n", "\n", "goes with an article"),
        ("assumptions.yml", "value: 4_100_000", "value: 4_200_000", "has 4100000"),
        ("assumptions.yml", "datadesk-crude-volume-2023-24", "nobody", "unknown claim 'nobody'"),
    ],
)
def test_a_broken_seed_is_refused_with_file_id_and_field(folder, file, old, new, said):
    edit(folder, file, old, new)
    with pytest.raises(SeedError) as wrong:
        load.load(folder)
    assert said in str(wrong.value)
    assert file in str(wrong.value)


def test_all_problems_are_collected(folder):
    edit(folder, "claims_articles.yml", "topic: trade", "topik: trade")
    edit(folder, "sources.yml", "kind: database", "kind: base")
    edit(folder, "events.yml", "date_precision: day", "date_precision: dya")
    with pytest.raises(SeedError) as wrong:
        load.load(folder)
    # the misspelt topic is two problems: an unknown field and a missing one
    assert str(wrong.value).startswith("4 problems in ")
    for said in ("claims_articles.yml: tca-turnover-2025-jan-nov: topik", "sources.yml: ", "'dya'"):
        assert said in str(wrong.value)


def test_a_missing_file_of_seeds_is_named(folder):
    (folder / "events.yml").unlink()
    with pytest.raises(SeedError, match=r"events\.yml: no such file"):
        load.load(folder)


def test_what_was_known_on_a_day_is_what_was_surely_said_by_it():
    day = frames.claims("trade", as_of="2026-01-27")
    turnover = day[day["period"] == "2025-01-01/P11M"].set_index("claim")["value"]
    # said at the forum of 27 January; the article itself is dated only "January 2026"
    assert turnover["tca-turnover-2025-jan-nov"] == 162_400_000
    assert "2025-01-01/P11M" not in set(frames.claims("trade", as_of="2026-01-26")["period"])
    # an article of "November 2025" counts from the last day of that month
    assert "unnamed-turnover-2024" not in set(frames.claims(as_of="2025-11-29")["claim"])
    assert "unnamed-turnover-2024" in set(frames.claims(as_of="2025-11-30")["claim"])
    assert "_U" not in set(day["published"])


def test_events_of_a_later_day_are_not_known_yet():
    assert frames.events(as_of="2026-01-26")["date"].max() < "2026-01-27"
    assert (frames.events(as_of="2026-01-27")["date"] == "2026-01-27").any()
    with pytest.raises(ParseError, match="not a date"):
        frames.events(as_of="January 2026")
