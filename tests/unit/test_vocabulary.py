"""Roles and kinds: the built-in words, and what byline.toml makes of them."""

from itertools import groupby

from hypothesis import given
from hypothesis import strategies as st

from byline.text import id_fault
from byline.vocabulary import Kind, Role, SourceKind, builtin, extend

# Addresses of published pages: an id may be added, none may be taken away or changed.
FROZEN_ROLES = """
idea creator curator remixer creative-director director assistant-director executive-producer
senior-producer producer associate-producer development-producer art-director choreographer author
writer co-writer guest-writer screenwriter story adapter translator songwriter lyricist
editorial-director managing-editor story-editor script-editor script-coordinator editor researcher
research fact-checker transcriber logger host co-host guest-host guest guest-star actor voice-actor
performer narrator announcer reporter interviewer interviewee dancer puppeteer stunt-performer artist
illustrator photographer animator storyboard-artist character-designer background-artist penciller
inker colorist letterer graphic-designer title-designer poster-artist cover-art-designer
cinematographer camera-operator assistant-camera camera-grip lighting-designer production-designer
set-designer prop-maker costume-designer make-up-artist audio-engineer remote-recording-engineer
post-production-engineer studio-coordinator technical-director technical-manager video-editor
assistant-editor visual-effects subtitler composer music theme-music arranger conductor musician
vocalist music-production music-contributor sound-designer foley-artist audio-editor mixer
mastering-engineer production-coordinator booking-coordinator production-assistant content-manager
marketing-manager sales-manager sales-representative code consultant intern social-media-manager
moderator contributor encouragement supporter thanks
""".split()
FROZEN_RECORDS = "text image audio video idea code other".split()
FROZEN_SEGMENTS = """
documentary short-film animation song music-video sketch story poem comic interview conversation
performance dance monologue essay report trailer opening credits other
""".split()
FROZEN_SOURCES = """
remix sample adaptation translation performance illustration animation continuation inspiration
""".split()

# podcasttaxonomy.com, 2.0: how many roles each group has.
TAXONOMY = {
    "Creative Direction": 8,
    "Cast": 8,
    "Writing": 16,
    "Audio Production": 6,
    "Audio Post-Production": 7,
    "Administration": 7,
    "Visuals": 2,
    "Community": 1,
    "Misc.": 2,
    "Video Production": 4,
    "Video Post-Production": 2,
}

rows = st.dictionaries(
    st.sampled_from(["label", "person", "plural", "group", "untitled", "of", "inverse"]),
    st.sampled_from(["Foo", "Bar by", "baz"]),
)
tables = st.dictionaries(st.sampled_from(["host", "director", "song", "text", "remix", "new-one"]), rows)


def test_no_id_was_ever_taken_away() -> None:
    words = builtin()
    assert set(FROZEN_ROLES) <= set(words.roles)
    assert set(FROZEN_RECORDS) <= set(words.record_kinds)
    assert set(FROZEN_SEGMENTS) <= set(words.segment_kinds)
    assert set(FROZEN_SOURCES) <= set(words.source_kinds)


def test_ids_of_roles_can_be_addresses() -> None:
    assert [id_ for id_ in builtin().roles if id_fault(id_)] == []


def test_every_word_is_whole() -> None:
    words = builtin()
    for role in words.roles.values():
        assert role.label
        assert role.person
        assert role.plural
        assert role.group in words.groups
    for kind in (*words.record_kinds.values(), *words.segment_kinds.values()):
        assert kind.label
        assert kind.plural
        assert kind.untitled
    assert all(kind.passes_credit for kind in words.source_kinds.values())


def test_the_taxonomy_of_podcasting_is_covered_once() -> None:
    words = builtin()
    names = [(words.groups[r.group].podcast, r.podcast) for r in words.roles.values() if r.podcast]
    assert len(names) == len(set(names))
    assert {group: sum(g == group for g, _ in names) for group in TAXONOMY} == TAXONOMY
    assert words.roles["editor"].podcast == words.roles["video-editor"].podcast == "Editor"
    assert words.groups[words.roles["video-editor"].group].podcast == "Video Post-Production"


def test_the_order_is_that_of_a_roll_of_credits() -> None:
    words = builtin()
    assert [group for group, _ in groupby(role.group for role in words.roles.values())] == list(words.groups)
    order = list(words.roles)
    roll = ["idea", "director", "writer", "host", "animator", "video-editor", "composer", "thanks"]
    assert sorted(roll, key=order.index) == roll


def test_nothing_declared_changes_nothing() -> None:
    assert extend(builtin(), {}, {}, {}) == builtin()


def test_a_new_role_follows_the_built_in_ones_and_is_named_by_its_id() -> None:
    words = extend(builtin(), {"file-author": {}, "timekeeper": {"label": "Time kept by"}}, {}, {})
    assert list(words.roles)[-2:] == ["file-author", "timekeeper"]
    assert words.roles["file-author"] == Role(
        id="file-author", label="File author", person="File author", plural="File authors", group="misc"
    )
    assert words.roles["timekeeper"].label == "Time kept by"
    assert words.roles["timekeeper"].plural == "Timekeepers"


def test_a_built_in_role_is_renamed_where_it_stands() -> None:
    words = extend(builtin(), {"host": {"label": "Presenter"}, "director": {"label": "A film by"}}, {}, {})
    assert list(words.roles) == list(builtin().roles)
    assert words.roles["host"] == Role("host", "Presenter", "Presenter", "Presenters", "cast", "Host")
    assert words.roles["director"].label == "A film by"
    assert words.roles["director"].plural == "Directors"


def test_a_role_may_bring_its_own_group() -> None:
    words = extend(builtin(), {"baker": {"group": "test-kitchen"}, "host": {"group": "test-kitchen"}}, {}, {})
    assert list(words.groups)[-1] == "test-kitchen"
    assert words.groups["test-kitchen"].label == "Test kitchen"
    assert words.roles["host"].podcast == "", "the taxonomy has no host outside its cast"


def test_a_kind_counts_for_records_and_segments() -> None:
    recipe = {"label": "Recipe", "plural": "Recipes"}
    words = extend(builtin(), {}, {"recipe": recipe, "song": {"label": "Tune"}}, {})
    assert words.record_kinds["recipe"] == Kind("recipe", "Recipe", "Recipes", "Untitled recipe")
    assert words.segment_kinds["recipe"] == words.record_kinds["recipe"]
    assert words.segment_kinds["song"] == Kind("song", "Tune", "Tunes", "Untitled tune")
    assert list(words.segment_kinds)[-1] == "recipe"
    assert extend(builtin(), {}, {"vhs": {"label": "VHS tape"}}, {}).record_kinds["vhs"].untitled == (
        "Untitled VHS tape"
    )


def test_words_of_other_languages_are_not_put_into_english_forms() -> None:
    words = extend(
        builtin(),
        {"director": {"label": "Regia", "person": "Regia"}, "wick": {"label": "Docht"}},
        {"recipe": {"label": "Rezept"}},
        {"protest": {"label": "Widerspruch"}},
        "de-AT",
    )
    assert words.roles["director"].plural == "Regia"
    wick = words.roles["wick"]
    assert (wick.label, wick.person, wick.plural) == ("Docht", "Docht", "Docht")
    assert words.record_kinds["recipe"] == Kind("recipe", "Rezept", "Rezept", "Rezept")
    assert words.source_kinds["protest"] == SourceKind("protest", "Widerspruch", "Widerspruch", "Widerspruch")


def test_source_kinds_may_be_told_not_to_pass_credit() -> None:
    declared = {
        "coincidence": {"label": "Coincides with", "passes_credit": False},
        "mashup": {},
        "remix": {"passes_credit": False},
        "sample": {"label": "Loop"},
    }
    kinds = extend(builtin(), {}, {}, declared).source_kinds
    assert kinds["coincidence"] == SourceKind(
        "coincidence", "Coincides with", "coincides with", "used in", False
    )
    assert kinds["mashup"] == SourceKind("mashup", "Mashup", "mashup of", "used in", True)
    assert kinds["remix"] == SourceKind("remix", "Remix", "remix of", "remixed in", False)
    assert kinds["sample"].of == "loop of"


@given(tables, tables, tables)
def test_extending_twice_is_extending_once_and_keeps_every_word(
    roles: dict[str, dict[str, str]], kinds: dict[str, dict[str, str]], sources: dict[str, dict[str, str]]
) -> None:
    before = builtin()
    once = extend(before, roles, kinds, sources)
    assert extend(once, roles, kinds, sources) == once
    assert list(once.roles)[: len(before.roles)] == list(before.roles)
    assert set(once.roles) == set(before.roles) | set(roles)
    assert all(role.group in once.groups for role in once.roles.values())
    for id_, row in roles.items():
        written = {name: row[name] for name in ("label", "person", "plural", "group") if name in row}
        assert {name: getattr(once.roles[id_], name) for name in written} == written
