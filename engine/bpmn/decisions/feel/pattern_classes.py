"""Pattern classes: the sets of characters that patterns name: digits, spaces, letters, categories.

`\\w` is everything that is neither punctuation, separator nor other (XML Schema part 2, F.1.1);
`\\i` and `\\c` are the first and further characters of XML names.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable

from engine.bpmn.decisions.feel.values import Unfit

Accepts = Callable[[str], bool]
_CATEGORIES = frozenset(
    "L Lu Ll Lt Lm Lo M Mn Mc Me N Nd Nl No P Pc Pd Ps Pe Pi Pf Po Z Zs Zl Zp S Sm Sc Sk So"
    " C Cc Cf Co Cn".split()
)


def one_of(character: str) -> Accepts:
    """Accept one character."""
    return lambda c: c == character


def category(name: str) -> Accepts:
    """Accept the characters of a Unicode category.

    Raises:
        Unfit: there is none of that name.
    """
    if name not in _CATEGORIES:
        raise Unfit("a category of the pattern is unknown")
    return lambda c: unicodedata.category(c).startswith(name)


def _digit(c: str) -> bool:
    return unicodedata.category(c) == "Nd"


def _space(c: str) -> bool:
    return c in " \t\n\r"


def _word(c: str) -> bool:
    return unicodedata.category(c)[0] not in "PZC"


def _initial(c: str) -> bool:
    return c in ":_" or unicodedata.category(c)[0] == "L"


def _name(c: str) -> bool:
    return _initial(c) or c in "-.\u00b7" or unicodedata.category(c)[0] in "NM"


def _not(accepts: Accepts) -> Accepts:
    return lambda c: not accepts(c)


ESCAPES: dict[str, Accepts] = {}
for _sign, _accepts in (
    ("d", _digit),
    ("s", _space),
    ("w", _word),
    ("i", _initial),
    ("c", _name),
):
    ESCAPES[_sign] = _accepts
    ESCAPES[_sign.upper()] = _not(_accepts)
