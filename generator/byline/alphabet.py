"""The order of names, and the letters of their index (decision 7).

Pure. A frozen rule makes ids of texts (`text.slug`); this one loses no letter, and may change.
"""

import re
import unicodedata
from functools import lru_cache

from byline.text import fold

# Letters that stand under others, in case-folded text: without marks that can be taken off.
_PAIRS = "æ ae ð d đ d ħ h ı i ł l ŋ n ø o œ oe þ th ŧ t ɓ b ɖ d ɗ d ə e ɛ e ɔ o ƙ k ƴ y".split()
_UNDER = dict(zip(_PAIRS[::2], _PAIRS[1::2], strict=True))
# Cyrillic letters of which Unicode's order makes marked ones, or the last ones: each follows those before it.
_PLACES = "гґ дђѓ еє зѕ иіїйј лљ нњ тћќ уў чџ".split()
_AFTER = "\uffff"  # no character, and after all of Cyrillic: "и\uffff" is after every "и…", and before "к"
_OWN = {letter: group[0] + _AFTER * at for group in _PLACES for at, letter in enumerate(group) if at}
_LETTERS = {place: letter for letter, place in _OWN.items()}
_FIRST = re.compile(f".{_AFTER}*")
# Combining classes of marks that are vowels, or join consonants, in scripts of India and South-East Asia.
_SPOKEN = frozenset((0, 9, *range(84, 133)))


class _Places(dict[int, str]):
    """What stands for a character where names are ordered, found out when it is first met."""

    def __missing__(self, code: int) -> str:
        own = _OWN.get(chr(code))
        self[code] = own or "".join(map(_place, unicodedata.normalize("NFKD", chr(code))))
        return self[code]


def _place(char: str) -> str:
    """A letter, digit or sounding mark as it is, or what it stands under; nothing for other marks."""
    if unicodedata.category(char)[0] == "M":
        return char if unicodedata.combining(char) in _SPOKEN else ""
    return _UNDER.get(char, char) if char.isalnum() else " "


_PLACE = _Places()


@lru_cache(maxsize=1 << 16)  # asked when an archive is linked, twice of everybody; again and again in preview
def name_key(name: str) -> str:
    """A sort key for names and titles: case, marks and signs count only where nothing else differs.

    Names have the same key where case and Unicode form are all that differs.
    """
    folded = fold(name)
    return f"{_letters(folded)}\x00{folded}"


def initial(name: str) -> str:
    """The small letter that a name stands under in the order of `name_key`; "" where it begins with none."""
    found = _FIRST.match(_letters(fold(name)))
    place = found[0] if found else ""
    return _LETTERS.get(place, place) if place[:1].isalpha() else ""


def _letters(folded: str) -> str:
    plain = folded if folded.isascii() else unicodedata.normalize("NFKC", folded).casefold()
    return " ".join(plain.translate(_PLACE).split())
