"""Catalogues of messages: nothing is missing in any language, nothing is left over, placeholders agree."""

import ast
import gettext
import re
import tomllib
from io import BytesIO
from pathlib import Path

import msgspec
import pytest
from babel.messages.pofile import read_po
from jinja2.ext import babel_extract

from byline import vocabulary
from byline.builtin import builtin
from byline.wording import (
    MESSAGES,
    catalogue,
    catalogue_file,
    date_words,
    endonym,
    filters,
    locale,
    size_words,
)
from conftest import LEAN, build, byline, write

PACKAGE = MESSAGES.parent
CATALOGUES = sorted(MESSAGES.glob("*.po"))
OPTIONS = {"extensions": "jinja2.ext.i18n", "trim_blocks": "true", "lstrip_blocks": "true", "trimmed": "true"}
NAMES = ("_", "gettext", "ngettext")
LABELS = {"label", "person", "plural", "untitled", "of", "inverse"}

Message = str | tuple[str, str]


def in_templates() -> set[Message]:
    found: set[Message] = set()
    for folder in (builtin("templates"), builtin("themes"), PACKAGE / "preview"):
        for path in folder.rglob("*.html"):
            for _, _, message, _ in babel_extract(BytesIO(path.read_bytes()), NAMES, (), OPTIONS):
                found.add(tuple(message[:2]) if isinstance(message, tuple) else message)
    return found


def in_vocabulary() -> set[Message]:
    words = vocabulary.builtin()
    return {
        getattr(word, field)
        for group in msgspec.structs.astuple(words)
        for word in group.values()
        for field in word.__struct_fields__
        if field in LABELS
    }


def in_code() -> set[Message]:
    """What views say: `here.say("…")`, and the panel of a preview: `say("…")`."""
    paths = [path for folder in ("pages", "preview") for path in (PACKAGE / folder).glob("*.py")]
    trees = (ast.parse(path.read_text("utf-8")) for path in paths)
    calls = (node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Call) and node.args)
    return {
        text.value
        for call in calls
        if (call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")) == "say"
        for text in ast.walk(call.args[0])
        if isinstance(text, ast.Constant) and isinstance(text.value, str)
    }


EXPECTED = in_templates() | in_vocabulary() | in_code()


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.stem)
def test_catalogues_are_complete_and_hold_nothing_else(path: Path) -> None:
    with path.open("rb") as file:
        found = read_po(file)
    messages = [message for message in found if message.id]
    known = {tuple(message.id) if message.pluralizable else message.id for message in messages}
    # A message that is said both with and without a number stands once, with its plural.
    covered = known | {one for pair in known if isinstance(pair, tuple) for one in pair}
    assert EXPECTED - covered == set()
    assert known - EXPECTED == set()
    form = gettext.c2py(found.plural_expr)  # type: ignore[attr-defined]
    forms = [form(number) for number in range(1000)]
    for message in messages:
        texts = message.string if message.pluralizable else (message.string,)
        assert len(texts) == (found.num_plurals if message.pluralizable else 1), message.id
        assert all(texts), f"{message.id} is not translated"
        assert not message.fuzzy
        for at, text in enumerate(texts):
            wanted = _marks(message.id[-1] if message.pluralizable else message.id)
            # What is said of one number alone, such as the dual, needs no number.
            needed = wanted - {"%(num)s"} if len(texts) > 1 and forms.count(at) == 1 else wanted
            assert needed <= _marks(text) <= wanted, message.id


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.stem)
def test_a_site_says_nothing_that_is_not_in_its_language(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: set[Message] = set()

    class Others(gettext.NullTranslations):
        """Whoever asks for what is in no catalogue."""

        def gettext(self, message: str) -> str:
            asked.add(message)
            return message

        def ngettext(self, one: str, many: str, n: int) -> str:
            asked.add((one, many))
            return one

    def begin(catalogue: gettext.GNUTranslations, file: BytesIO) -> None:
        plain(catalogue, file)
        catalogue.add_fallback(Others())

    plain = gettext.GNUTranslations.__init__
    monkeypatch.setattr(gettext.GNUTranslations, "__init__", begin)
    root = Path(__file__).parents[2]
    options = f"--workers 1 --set archive.language={path.stem} {LEAN}"
    assert build(root, tmp_path / "site", f"--cache {tmp_path / 'cache'} {options}").status == 0
    settings = tomllib.loads((root / "byline.toml").read_text("utf-8"))
    own = {
        text
        for kind in ("roles", "kinds", "source_kinds")
        for word in settings.get(kind, {}).values()
        for text in word.values()
    }
    assert asked - own == set()


GONE = {
    "content/contributors.jsonl": '{"id": "oona", "name": "Oona"}\n{"id": "gone", "name": "G", "withdrawn": '
    'true}\n{"id": "lost", "name": "L", "withdrawn": true}\n',
    "content/records/spark.md": "---\ntitle: Spark\ncredits: {idea: gone}\n---\n",
    "content/episodes/e1/e1.vtt": "WEBVTT\n\n00:01.000 --> 00:02.000\n<v gone>A light!\n",
    "content/episodes/e1/index.md": "---\ntitle: Eins\nmedia: {url: 'https://media.example/e1.mp3', "
    "transcript: e1.vtt}\ncredits: {host: [oona, gone], director: [gone, lost]}\nuses: [spark]\n---\n",
}


def test_a_roll_outside_its_page_speaks_the_archives_language(tmp_path: Path) -> None:
    root = write(tmp_path, GONE)
    text, status = byline(root, "credits e1 --set archive.language=de")
    assert status == 0, text
    assert text.splitlines()[:-2] == [
        "Eins",
        *("", "Moderation", "  Oona", "  eine Person, die nicht mehr genannt wird"),
        *("", "Regie", "  2 Personen, die nicht mehr genannt werden"),
        *("", "MIT WERKEN VON", "", "Idee", "  eine Person, die nicht mehr genannt wird"),
    ]


def test_one_withdrawn_contributor_may_be_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In some languages the form for one is also that for 21: it holds the number."""
    (tmp_path / "messages").mkdir()
    (tmp_path / "messages/ru.po").write_text(
        'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n"Plural-Forms: nplurals=2; '
        'plural=(n%10!=1);\\n"\n\nmsgid "a withdrawn contributor"\nmsgid_plural "%(num)s withdrawn '
        'contributors"\nmsgstr[0] "(%(num)s)"\nmsgstr[1] "(%(num)s)"\n',
        "utf-8",
    )
    monkeypatch.setattr("byline.wording.MESSAGES", tmp_path / "messages")
    root = write(tmp_path / "archive", GONE)
    made = build(root, tmp_path / "site", "--workers 1 --set archive.language=ru")
    assert made.status == 0, made.text
    assert "<b>(1)</b> A light!" in made.page("episodes/e1")
    files = [path for path in made.output.rglob("*") if path.suffix in (".html", ".json", ".xml")]
    assert not [path for path in files if "%(num)s" in path.read_text("utf-8")]


@pytest.mark.parametrize(
    ("language", "line"),
    [("de", "„Funke“ von Oona, Wick, Minute"), ("ja", "“Funke” by Oona、Wick, Minute")],
)
def test_plain_lines_are_set_as_the_language_sets_them(language: str, line: str, tmp_path: Path) -> None:
    root = write(
        tmp_path / "archive",
        {
            "byline.toml": "[archive]\ntitle = 'Minute'\nbase_url = 'https://minute.example/'\n",
            "content/contributors.jsonl": '{"id": "oona", "name": "Oona"}\n{"id": "wick", "name": "Wick"}\n',
            "content/records/spark.md": "---\ntitle: Funke\nby: [oona, wick]\n---\n",
        },
    )
    made = build(root, tmp_path / "site", f"--workers 1 --set archive.language={language}")
    assert made.status == 0, made.text
    assert f"{line}, https://minute.example/records/spark/" in made.page("records/spark")


def test_titles_are_put_together_as_the_language_does(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = {
        "Records for %(title)s": "%(title)sの記録",
        "page %(number)s": "%(number)sページ",
        "in answer to %(call)s": "%(call)sへの応募",
        "seen in %(places)s": "[%(places)sにて]",
    }
    (tmp_path / "messages").mkdir()
    (tmp_path / "messages/ja.po").write_text(
        'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n'
        + "".join(f'\nmsgid "{english}"\nmsgstr "{other}"\n' for english, other in said.items()),
        "utf-8",
    )
    monkeypatch.setattr("byline.wording.MESSAGES", tmp_path / "messages")
    rows = "".join(f'{{"id": "r{number}", "call": "dark"}}\n' for number in range(11))
    root = write(
        tmp_path / "archive",
        {"content/records.jsonl": rows, "content/episodes/dark.md": "---\ntitle: 闇\nuses: [r1]\n---\n"},
    )
    options = "--workers 1 --set archive.language=ja --set pages.per_page=10"
    made = build(root, tmp_path / "site", options)
    assert made.status == 0, made.text
    assert "<title>闇の記録 · " in made.page("episodes/dark/records")
    assert "<title>闇の記録 – 2ページ · " in made.page("episodes/dark/records/page/2")
    link = '<a href="../../{}episodes/dark/" dir="auto">闇</a>'
    assert f"<span>{link.format('')}への応募</span>" in made.page("records/r1")
    assert f"<span>[{link.format('../')}にて]</span>" in made.page("episodes/dark/records")


def _marks(text: str) -> set[str]:
    return set(re.findall(r"%\(\w+\)s|\{\w+\}", text))


def test_german_tells_things_apart_that_english_calls_alike() -> None:
    german = catalogue("de")
    assert german.gettext("Credits") == "Mitwirkende"  # over a poem's names too
    assert german.gettext("End credits") == "Abspann"  # a segment
    hosts = [german.gettext(f"{kind}ost") for kind in ("H", "Co-h", "Guest h")]
    assert hosts == ["Moderation", "Ko-Moderation", "Gastmoderation"]


def test_plurals_follow_the_language() -> None:
    german = catalogue("de")
    said = [german.ngettext("%(num)s episode", "%(num)s episodes", number) for number in (0, 1, 2)]
    assert said == ["%(num)s Folgen", "%(num)s Folge", "%(num)s Folgen"]


def test_a_catalogue_may_be_that_of_a_region_or_script(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    head = 'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n'
    plurals = '"Plural-Forms: nplurals=2; plural=(n > 1);\\n"\n'
    one = '\nmsgid "%(num)s record"\nmsgid_plural "%(num)s records"\nmsgstr[0] "eins"\nmsgstr[1] "viele"\n'
    for name in ("pt-BR", "zh-Hant", "zh", "tlh"):
        text = f'{head}"Language: {name}\\n"\n{plurals}{one}\nmsgid "Records"\nmsgstr "{name}"\n'
        (tmp_path / f"{name}.po").write_text(text, "utf-8")
    monkeypatch.setattr("byline.wording.MESSAGES", tmp_path)
    wanted = {"pt-BR": "pt-BR", "pt-br": "pt-BR", "pt": "Records", "zh-Hant-TW": "zh-Hant", "zh-CN": "zh"}
    assert {language: catalogue(language).gettext("Records") for language in wanted} == wanted
    counted = [catalogue("tlh").ngettext("%(num)s record", "%(num)s records", number) for number in (0, 1, 2)]
    assert counted == ["eins", "eins", "viele"]


def test_regions_speak_their_language_and_strangers_english() -> None:
    assert catalogue_file("de-AT") == catalogue_file("de")
    assert catalogue("tlh").gettext("Records") == "Records"
    assert locale("x-nonsense").language == "en"


@pytest.mark.parametrize(
    ("written", "english", "german"),
    [
        ("2014", "2014", "2014"),
        ("2014-11", "November 2014", "November 2014"),
        ("2014-11-02", "2 November 2014", "2. November 2014"),
        ("2014-11-02T10:00:00Z", "2 November 2014", "2. November 2014"),
        ("0900", "900", "900"),
        ("in the spring of 1990", "in the spring of 1990", "in the spring of 1990"),
    ],
)
def test_dates_are_as_whole_as_they_were_written(written: str, english: str, german: str) -> None:
    assert date_words(written, locale("en")) == english
    assert date_words(written, locale("de")) == german


def test_lists_are_joined_as_the_language_joins_them() -> None:
    def joined(language: str, *items: str) -> str:
        return "".join(before + item for before, item in filters(language)["listing"](items))

    assert joined("en", "Ana", "Bo", "Cy") == "Ana, Bo and Cy"
    assert joined("de", "Ana", "Bo") == "Ana und Bo"
    assert joined("ja", "Ana", "Bo", "Cy") == "Ana、Bo、Cy"
    assert joined("en", "Ana") == "Ana"
    assert joined("en") == ""


def test_numbers_and_names_of_languages() -> None:
    assert filters("de")["number"](12345) == "12.345"
    assert size_words(3_140_000, locale("en")) == "3.1\N{NO-BREAK SPACE}MB"
    assert size_words(40, locale("en")) == "0.1\N{NO-BREAK SPACE}kB"
    assert size_words(3_140_000, locale("fr")) == "3,1\N{NARROW NO-BREAK SPACE}Mo"
    assert date_words("2014", locale("ja")) == "2014年"
    assert endonym("de") == "Deutsch"
    assert endonym("ka") == "ქართული"
    assert endonym("qqq-nonsense") == "qqq-nonsense"
