import pytest

from kzdata.errors import UnknownCode
from kzdata.i18n import formats
from kzdata.model import codes


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("ISR", "ISR"),
        ("il", "ISR"),
        ("Israel", "ISR"),
        ("ИЗРАИЛЬ", "ISR"),
        ("Израиль", "ISR"),
        ("Қазақстан", "KAZ"),
        ("ישראל", "ISR"),
        ("Turkey", "TUR"),
        ("Türkiye", "TUR"),
        ("WLD", "WLD"),
        ("World", "WLD"),
        ("_U", "_U"),
    ],
)
def test_names_and_codes_in_four_languages(name, code):
    assert codes.area(name) == code


@pytest.mark.parametrize("name", ["Isreal", "", "Atlantis", "kazakh"])
def test_a_near_miss_is_never_taken(name):
    with pytest.raises(UnknownCode):
        codes.area(name)


def test_the_suggestion_is_written_as_it_should_be_typed():
    with pytest.raises(UnknownCode, match="Did you mean 'Israel'"):
        codes.area("Isreal")


@pytest.mark.parametrize("language", codes.LANGUAGES)
def test_every_area_has_a_name_that_leads_back_to_it(language):
    for code in ("KAZ", "ISR", "TUR", "USA", "WLD", "_U", "_Z"):
        assert codes.area(formats.area_name(code, language)) == code


def test_an_unknown_code_has_no_name():
    with pytest.raises(UnknownCode):
        formats.area_name("XXX")


@pytest.mark.parametrize(
    ("code", "language", "name"),
    [
        ("SUN", "en", "Soviet Union (to 1991)"),
        ("SUN", "ru", "Советский Союз (до 1991 г.)"),
        ("XKX", "kk", "Косово"),
        ("X2", "he", "אזורי סחר חופשי"),
    ],
)
def test_areas_beyond_iso_have_names_in_every_language(code, language, name):
    assert formats.area_name(code, language) == name


def test_no_area_beyond_iso_is_left_in_english():
    for code, english in codes.extensions().items():
        for language in ("ru", "kk", "he"):
            assert formats.area_name(code, language) != english
