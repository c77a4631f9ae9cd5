"""Licences: expressions, the id that was meant, conflicts along an edge."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from byline.derivation import Conflict, conflicts, explain
from byline.license_names import nearest
from byline.licenses import License, parse, shown, spdx, texts

IDS = sorted(spdx().licenses)
ids = st.sampled_from(IDS)
expressions = st.recursive(
    ids,
    lambda inner: st.builds("({} {} {})".format, inner, st.sampled_from(["AND", "or", "OR", "and"]), inner),
    max_leaves=6,
)


def of(text: str) -> License:
    found = parse(text, ["house"])
    assert found.known, text
    return found


def codes(source: str, derived: str) -> list[str]:
    return [conflict.code for conflict in conflicts(of(source), of(derived))]


# --- reading ---


@given(ids)
def test_every_listed_id_is_read_in_any_case(id_: str) -> None:
    found = parse(id_.upper(), [])
    assert found == parse(id_.lower(), [])
    assert found.known
    assert found.id in spdx().licenses
    assert found.url.startswith("https://")


@given(expressions)
def test_a_canonical_spelling_is_its_own_canonical_spelling(text: str) -> None:
    once = parse(text, [])
    assert once.known
    assert parse(once.id, []) == once


@given(st.text(max_size=60) | st.text(alphabet="()+ MITandORwh-", max_size=60))
def test_any_text_is_read_or_kept(text: str) -> None:
    found = parse(text, [])
    assert found.known or found.id == " ".join(text.split())


def test_a_creative_commons_licence_links_its_deed_and_knows_its_terms() -> None:
    assert of("cc-by-nc-sa-4.0") == License(
        id="CC-BY-NC-SA-4.0",
        url="https://creativecommons.org/licenses/by-nc-sa/4.0/",
        share_alike="CC-BY-NC-SA",
        commercial=False,
    )
    assert of("CC-BY-SA-2.1-JP").url == "https://creativecommons.org/licenses/by-sa/2.1/jp/"
    assert not of("CC-BY-ND-4.0").derivatives
    assert of("MIT").url == "https://spdx.org/licenses/MIT.html"


@pytest.mark.parametrize(
    ("text", "id_"),
    [
        ("GPL-3.0", "GPL-3.0-only"),
        ("gpl-2.0+", "GPL-2.0-or-later"),
        ("AGPL-3.0+", "AGPL-3.0-or-later"),
        ("CC-BY-4.0+", "CC-BY-4.0+"),
        ("mit or ( apache-2.0 AND isc )", "MIT OR (Apache-2.0 AND ISC)"),
        ("mit and (isc or 0bsd)", "MIT AND (ISC OR 0BSD)"),
        (
            "mit or gpl-2.0-only with classpath-exception-2.0",
            "MIT OR GPL-2.0-only WITH Classpath-exception-2.0",
        ),
        ("(MIT)", "MIT"),
        (
            "gpl-2.0-only with CLASSPATH-exception-2.0",
            "GPL-2.0-only WITH Classpath-exception-2.0",
        ),
        ("licenseref-HOUSE", "LicenseRef-house"),
    ],
)
def test_spellings_become_canonical(text: str, id_: str) -> None:
    assert of(text).id == id_


@pytest.mark.parametrize(
    "text",
    [
        "",
        "CC BY 4.0",
        "MIT OR",
        "OR MIT",
        "MIT MIT",
        "(MIT",
        "MIT)",
        "()",
        "MIT/X11",
        "MIT, mostly",
        "MIT!",
        "MITs",
        "(MIT MIT",
        "MIT WITH MIT",
        "MIT WITH",
        "LicenseRef-nobody",
        "(" * 5000 + "MIT" + ")" * 5000,
        " AND ".join(["(MIT OR ISC)"] * 15),
    ],
)
def test_another_text_is_kept_and_unknown(text: str) -> None:
    found = parse(text, ["house"])
    assert (found.id, found.known) == (text, False)


def test_what_an_archive_declares_is_shown_for_its_own_licence_alone() -> None:
    declared = {"MIT": {"title": "House rules", "url": "https://lanterns.example/rules/"}}
    assert shown("LicenseRef-MIT", declared) == ("House rules", "https://lanterns.example/rules/")
    assert shown("MIT", declared) == ("MIT", "https://spdx.org/licenses/MIT.html")


def test_what_has_no_address_is_shown_by_its_text_once() -> None:
    declared = {
        "house": {"title": "House rules", "text": "Ask first."},
        "linked": {"title": "Linked rules", "text": "Ask twice.", "url": "https://lanterns.example/rules/"},
        "named": {"title": "Named rules"},
    }
    written = "LicenseRef-house AND MIT AND LicenseRef-linked AND (LicenseRef-named OR LicenseRef-house)"
    assert texts(written, declared) == (("House rules", "Ask first."),)


# --- the id that was meant ---


@pytest.mark.parametrize(
    ("text", "id_"),
    [
        ("CC BY 4.0", "CC-BY-4.0"),
        ("creative commons attribution share alike", "CC-BY-SA-4.0"),
        ("Creative Commons Attribution-ShareAlike 3.0 Germany License", "CC-BY-SA-3.0-DE"),
        ("cc-by-sa", "CC-BY-SA-4.0"),
        ("BY-NC", "CC-BY-NC-4.0"),
        ("CC-BY-SA-5.0", "CC-BY-SA-4.0"),
        ("Attribution-NonCommercial 3.0 Unported", "CC-BY-NC-3.0"),
        ("CC BY-NC-ND 2.5", "CC-BY-NC-ND-2.5"),
        ("CC0", "CC0-1.0"),
        ("cco", "CC0-1.0"),
        ("public domain", "CC-PDM-1.0"),
        ("No rights reserved", "CC0-1.0"),
        ("https://creativecommons.org/licenses/by-sa/4.0/deed.de", "CC-BY-SA-4.0"),
        ("http://creativecommons.org/licenses/by/3.0", "CC-BY-3.0"),
        ("https://creativecommons.org/publicdomain/zero/1.0/legalcode", "CC0-1.0"),
        ("https://opensource.org/licenses/MIT", "MIT"),
        ("GPL v3", "GPL-3.0-only"),
        ("GPLv2+", "GPL-2.0-or-later"),
        ("GNU General Public License version 2 or later", "GPL-2.0-or-later"),
        ("gpl", "GPL-3.0-or-later"),
        ("AGPLv3", "AGPL-3.0-only"),
        ("LGPL 2.1", "LGPL-2.1-only"),
        ("MIT License", "MIT"),
        ("The MIT License (MIT)", "MIT"),
        ("Apache License, version 2.0", "Apache-2.0"),
        ("Apche-2.0", "Apache-2.0"),
        ("BSD", "BSD-3-Clause"),
        ("free art licence", "LAL-1.3"),
        ("LicenseRef-hous", "LicenseRef-house"),
        ("House licence", "LicenseRef-house"),
    ],
)
def test_the_id_that_was_meant_is_found(text: str, id_: str) -> None:
    assert nearest(text, ["house"]) == id_


@pytest.mark.parametrize(
    "text",
    [
        "all rights reserved",
        "ask me",
        "yes",
        "free",
        "cc",
        "by",
        "© 2014 Mara",
        "",
        "???",
        "https://example.org/terms",
        "x" * 10_000,
    ],
)
def test_nothing_is_proposed_for_what_names_no_licence(text: str) -> None:
    assert nearest(text, ["house"]) is None


@given(st.text(max_size=40) | st.text(alphabet="cbysand -v4.0gpl+", max_size=20))
def test_a_proposal_is_always_an_id_that_is_understood(text: str) -> None:
    proposal = nearest(text, ["house"])
    assert proposal is None or parse(proposal, ["house"]).known


def test_every_current_title_leads_to_its_own_id() -> None:
    current = {id_: entry.name for id_, entry in spdx().licenses.items() if not entry.deprecated}
    assert {id_: nearest(title, []) for id_, title in current.items()} == {id_: id_ for id_ in current}


# --- conflicts ---


@pytest.mark.parametrize(
    ("source", "derived"),
    [
        ("CC-BY-4.0", "CC-BY-NC-SA-4.0"),
        ("CC-BY-SA-2.0", "CC-BY-SA-4.0"),
        ("CC-BY-SA-1.0+", "CC-BY-SA-4.0"),
        ("CC-BY-SA-3.0-DE", "CC-BY-SA-3.0"),
        ("CC-BY-SA-4.0", "LAL-1.3"),
        ("LAL-1.3", "CC-BY-SA-4.0"),
        ("CC-BY-SA-4.0", "GPL-3.0"),
        ("GPL-2.0-or-later", "GPL-3.0-only"),
        ("GPL-2.0-or-later", "AGPL-3.0-or-later"),
        ("LGPL-2.1-only", "GPL-2.0-only"),
        ("LGPL-3.0-only", "GPL-3.0-or-later"),
        ("GFDL-1.2-or-later", "GFDL-1.3-no-invariants-or-later"),
        ("CC-BY-SA-4.0", "MIT AND CC-BY-SA-4.0"),
        ("GFDL-1.3-only OR CC-BY-SA-3.0", "CC-BY-SA-3.0"),
        ("CC-BY-ND-4.0 OR MIT", "CC-BY-4.0"),
        ("CC-BY-NC-4.0", "CC-BY-NC-SA-3.0"),
        ("CC-BY-NC-4.0", "LicenseRef-house"),
        ("CC-BY-NC-4.0", "MIT AND CC-BY-NC-4.0"),
        ("GPL-2.0-only WITH Font-exception-2.0", "GPL-2.0-only"),
        ("LicenseRef-house", "CC0-1.0"),
    ],
)
def test_what_may_follow(source: str, derived: str) -> None:
    assert codes(source, derived) == []


@pytest.mark.parametrize(
    ("source", "derived", "code"),
    [
        ("CC-BY-ND-4.0", "CC-BY-ND-4.0", "no-derivatives"),
        ("CC-BY-NC-ND-3.0", "CC-BY-4.0", "no-derivatives"),
        ("CC-BY-SA-4.0", "CC-BY-4.0", "share-alike"),
        ("CC-BY-SA-4.0", "CC-BY-SA-3.0", "share-alike"),
        ("CC-BY-SA-1.0", "CC-BY-SA-4.0", "share-alike"),
        ("CC-BY-SA-4.0", "CC-BY-NC-SA-4.0", "share-alike"),
        ("CC-BY-SA-4.0", "GPL-3.0-or-later", "share-alike"),
        ("CC-BY-SA-3.0", "GPL-3.0-only", "share-alike"),
        ("CC-BY-SA-4.0", "CC-BY-SA-4.0 OR MIT", "share-alike"),
        ("CC-BY-SA-4.0", "LicenseRef-house", "share-alike"),
        ("CC-BY-NC-SA-4.0", "CC-BY-SA-4.0", "share-alike"),
        ("GPL-3.0-only", "CC-BY-SA-4.0", "share-alike"),
        ("GPL-2.0-only", "GPL-2.0-or-later", "share-alike"),
        ("GPL-2.0-only", "AGPL-3.0-only", "share-alike"),
        ("GPL-3.0-or-later", "GPL-2.0-or-later", "share-alike"),
        ("LGPL-3.0-only", "GPL-2.0-only", "share-alike"),
        ("CC-BY-NC-4.0", "CC-BY-4.0", "non-commercial"),
        ("CC-BY-NC-4.0", "CC-BY-NC-4.0 OR CC-BY-4.0", "non-commercial"),
        ("MIT AND CC-BY-NC-4.0", "CC-BY-4.0", "non-commercial"),
    ],
)
def test_what_may_not_follow(source: str, derived: str, code: str) -> None:
    assert codes(source, derived) == [code]


def test_of_alternatives_the_one_that_breaks_least_is_taken() -> None:
    assert codes("CC-BY-ND-4.0 AND CC-BY-NC-4.0 OR CC-BY-SA-4.0", "CC-BY-4.0") == ["share-alike"]


def test_all_licences_that_apply_together_are_checked() -> None:
    assert codes("CC-BY-SA-4.0 AND CC-BY-NC-4.0", "CC-BY-4.0") == ["non-commercial", "share-alike"]


def test_a_missing_licence_is_named_where_the_derived_work_states_one() -> None:
    assert conflicts(None, of("CC-BY-4.0")) == (Conflict("no-license", "", "CC-BY-4.0"),)
    assert conflicts(None, None) == ()


def test_a_derived_work_without_licence_still_owes_share_alike() -> None:
    assert [one.code for one in conflicts(of("CC-BY-SA-4.0"), None)] == ["share-alike"]
    assert [one.code for one in conflicts(of("CC-BY-ND-4.0"), None)] == ["no-derivatives"]
    assert conflicts(of("CC-BY-NC-4.0"), None) == ()


def test_a_mere_text_accuses_nobody() -> None:
    text = parse("ask my mother", [])
    assert conflicts(text, of("CC0-1.0")) == ()
    assert conflicts(of("CC-BY-NC-SA-4.0"), text) == ()


@given(ids)
def test_the_same_licence_may_follow_unless_it_forbids_derived_works(id_: str) -> None:
    found = parse(id_, [])
    expected = [] if found.derivatives else ["no-derivatives"]
    assert [one.code for one in conflicts(found, found)] == expected


@given(expressions, expressions)
def test_a_further_alternative_for_a_source_never_adds_conflicts(first: str, second: str) -> None:
    derived = of("CC-BY-4.0")
    alone = conflicts(parse(first, []), derived)
    assert len(conflicts(parse(f"{first} OR {second}", []), derived)) <= len(alone)


@pytest.mark.parametrize("code", ["no-derivatives", "share-alike", "non-commercial", "no-license"])
def test_a_conflict_in_words_names_both_works_and_says_what_to_do(code: str) -> None:
    conflict = Conflict(code, "CC-BY-NC-4.0", "{text}")
    message, hint = explain(conflict, "record r-1", "record r-2")
    assert "record r-1" in message
    assert "record r-2" in message
    assert "record r-" in hint
