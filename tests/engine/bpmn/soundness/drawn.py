"""Drawn: unsound diagrams drawn by hand, each with a sound twin, the rule and the element.

One line of `twin` changes takes the fault away: `old -> new`. The families are deadlock, lack of
synchronisation, livelock and dead element, each in a plain flow, with border events, event
sub-processes, calls, repeated activities and inclusive gateways, and some more.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Drawn:
    """One diagram with a fault, and how it is mended."""

    name: str
    rule: str
    element: str
    text: str
    mended: tuple[tuple[str, str], ...]

    @property
    def twin(self) -> str:
        text = self.text
        for old, new in self.mended:
            assert old in text, (self.name, old)
            text = text.replace(old, new)
        return text


def _two(split: str, join: str, more: str = "") -> str:
    """Two branches between two gateways."""
    return f"{split} g\n{join} j\nuser a\nuser b\ng > a > j\ng > b > j\n{more}"


STARVED, LACK = "parallel-join-starved", "lack-of-synchronisation"
PLAIN = "start s\nend e\ns > g\nj > e\n"

DEADLOCKS = (
    Drawn("plain", STARVED, "j", PLAIN + _two("xor", "and"), (("xor g", "and g"),)),
    Drawn(
        "plain, a branch that ends",
        STARVED,
        "j",
        PLAIN + _two("and", "and", "xor x\nend z\n").replace("a > j", "a > x > j\nx > z"),
        (("and j", "xor j"), ("and g", "xor g")),
    ),
    Drawn(
        "plain, event-based",
        STARVED,
        "j",
        "start s\nchoice g\ncatch t timer\ncatch m message\nand j\nend e\n"
        "s > g > t > j\ng > m > j\nj > e",
        (("and j", "xor j"),),
    ),
    Drawn(
        "boundary",
        STARVED,
        "j",
        PLAIN + _two("and", "and", "on a t timer\nend z\nt > z"),
        (("end z\nt > z", "t > j2\nxor j2\nj2 > j"), ("a > j", "a > j2")),
    ),
    Drawn(
        "boundary, not interrupting",
        STARVED,
        "j",
        "start s\nuser a\nbeside a t timer\nand j\nend e\ns > a > e\nuser b\nand k\nend z\n"
        "t > k > b > j\nxor x\nuser c\nk > x > c > j\nend y\nx > y\nj > z",
        (
            ("and j", "xor j"),
            ("and k", "xor k"),
        ),
    ),
    Drawn(
        "event sub-process",
        STARVED,
        "j",
        "start s\nuser u\nend z\ns > u > z\nevent h {\nstart t timer\nend e\nt > g\nj > e\n"
        + _two("xor", "and")
        + "}",
        (("xor g", "and g"),),
    ),
    Drawn(
        "event sub-process, not interrupting",
        STARVED,
        "j",
        "start s\nuser u\nend z\ns > u > z\nevent h {\nstart- t timer\nend e\nt > g\nj > e\n"
        + _two("xor", "and")
        + "}",
        (("and j", "xor j"),),
    ),
    Drawn(
        "call activity",
        STARVED,
        "c",
        "start s\ncall c q\nend e\ns > c > e\nprocess q {\nstart s1\nend e1\ns1 > g\nj > e1\n"
        + _two("xor", "and")
        + "}",
        (("xor g", "and g"),),
    ),
    Drawn(
        "multi-instance",
        STARVED,
        "j",
        "start s\nmany sub t {\nstart s1\nend e1\ns1 > g\nj > e1\n"
        + _two("xor", "and")
        + "}\nend e\ns > t > e",
        (("and j", "xor j"),),
    ),
    Drawn("inclusive", STARVED, "j", PLAIN + _two("or", "and"), (("and j", "or j"),)),
    Drawn(
        "inclusive, two that wait for each other",
        "inclusive-join-blocked",
        "j",
        "start s\nand g\nor j\nor k\nuser a\nuser b\nxor x\nxor y\nend e\nend z\ns > g\n"
        "g > a > j\ng > b > k\nj > x\nx > k\nx > e\nk > y\ny > j\ny > z",
        (("y > j\n", ""), ("y > z", "y > z")),
    ),
    Drawn(
        "sub-process",
        STARVED,
        "j",
        "start s\nsub t {\nstart s1\nend e1\ns1 > g\nj > e1\n"
        + _two("xor", "and")
        + "}\nend e\ns > t > e",
        (("and j", "xor j"),),
    ),
    Drawn(
        "error that leaves a parallel branch",
        STARVED,
        "j",
        "start s\nand g\nand j\nend e\nsub t {\nstart s1\nuser u\nxor x\nend ok\nend bad error:X\n"
        "s1 > u > x\nx > ok\nx > bad\n}\non t b error:X\nend z\nb > z\nuser a\n"
        "s > g > t > j\ng > a > j\nj > e",
        (("end z\nb > z", "xor k\nb > k\nk > j"), ("g > t > j", "g > t > k")),
    ),
    Drawn(
        "cancelled transaction",
        STARVED,
        "j",
        "start s\nand g\nand j\nend e\ntransaction t {\nstart s1\nuser u\nxor x\nend ok\n"
        "end no cancel\ns1 > u > x\nx > ok\nx > no\n}\non t b cancel\nend z\nb > z\nuser a\n"
        "s > g > t > j\ng > a > j\nj > e",
        (("end z\nb > z", "xor k\nb > k\nk > j"), ("g > t > j", "g > t > k")),
    ),
    Drawn(
        "link",
        STARVED,
        "j",
        "start s\nxor g\nuser a\nthrow l link:L\ncatch k link:L\nand j\nend e\n"
        "s > g > a > j\ng > l\nk > j\nj > e",
        (("xor g", "and g"),),
    ),
)

LACKS = (
    Drawn(
        "plain",
        LACK,
        "j",
        PLAIN.replace("j > e", "user c\nj > c > e") + _two("and", "xor"),
        (("and g", "xor g"),),
    ),
    Drawn(
        "plain, straight to the end", LACK, "j", PLAIN + _two("and", "xor"), (("xor j", "and j"),)
    ),
    Drawn(
        "plain, at a task",
        LACK,
        "c",
        "start s\nand g\nuser a\nuser b\nuser c\nend e\ns > g\ng > a > c\ng > b > c\nc > e",
        (("and g", "xor g"),),
    ),
    Drawn(
        "plain, two flows from a task",
        LACK,
        "c",
        "start s\nuser a\nuser b\nuser c\nend e\ns > a > b > c\na > c\nc > e",
        (("a > c\n", ""),),
    ),
    Drawn(
        "boundary, not interrupting, back into the flow",
        LACK,
        "m",
        "start s\nuser a\nbeside a t timer\nxor m\nuser b\nend e\ns > a > m\nt > m\nm > b > e",
        (("beside a", "on a"),),
    ),
    Drawn(
        "boundary, on a sub-process",
        LACK,
        "c",
        "start s\nsub t {\nstart s1\nuser u\nend e1\ns1 > u > e1\n}\nbeside t b signal:x\nuser c\n"
        "end e\ns > t > c\nb > c\nc > e",
        (("beside t", "on t"),),
    ),
    Drawn(
        "event sub-process",
        LACK,
        "j",
        "start s\nuser u\nend z\ns > u > z\nevent h {\nstart t message\nend e\nuser c\nt > g\nj > c > e\n"
        + _two("and", "xor")
        + "}",
        (("and g", "xor g"),),
    ),
    Drawn(
        "call activity",
        LACK,
        "c",
        "start s\ncall c q\nend e\ns > c > e\nprocess q {\nstart s1\nuser w\nend e1\ns1 > g\n"
        "j > w > e1\n" + _two("and", "xor") + "}",
        (("xor j", "and j"),),
    ),
    Drawn(
        "multi-instance",
        LACK,
        "j",
        "start s\nmany sub t {\nstart s1\nend e1\nuser c\ns1 > g\nj > c > e1\n"
        + _two("and", "xor")
        + "}\nend e\ns > t > e",
        (("xor j", "and j"),),
    ),
    Drawn(
        "inclusive",
        LACK,
        "j",
        PLAIN.replace("j > e", "user c\nj > c > e") + _two("or", "xor"),
        (("xor j", "or j"),),
    ),
    Drawn(
        "inclusive, with a way out of the block",
        LACK,
        "k",
        "start s\nor g\nuser a\nuser b\nor j\nxor k\nuser c\nend e\ns > g\ng > a > j\n"
        "g > b > k\nj > k\nk > c > e",
        (("xor k", "or k"),),
    ),
    Drawn(
        "escalation that opens a second way",
        LACK,
        "c",
        "start s\nsub t {\nstart s1\nthrow x escalation:X\nuser u\nend e1\ns1 > x > u > e1\n}\n"
        "beside t b escalation:X\nuser c\nend e\ns > t > c\nb > c\nc > e",
        (("beside t", "on t"), ("s1 > x > u > e1", "xor y\ns1 > y\ny > x > u > e1\ny > u")),
    ),
    Drawn(
        "loop back into a running branch",
        LACK,
        "a",
        "start s\nuser a\nand g\nuser b\nuser c\nend z\ns > a > g\ng > b > a\ng > c > z",
        (("and g", "xor g"),),
    ),
)
TWICE = (
    Drawn(
        "plain",
        "improper-completion",
        "e",
        "start s\nand g\nuser a\nuser b\nend e\ns > g\ng > a > e\ng > b > e",
        (("and g", "xor g"),),
    ),
    Drawn(
        "sub-process",
        "improper-completion",
        "e1",
        "start s\nsub t {\nstart s1\nand g\nuser a\nuser b\nend e1\ns1 > g\ng > a > e1\n"
        "g > b > e1\n}\nend e\ns > t > e",
        (("g > b > e1", "end e2\ng > b > e2"),),
    ),
)
LIVELOCKS = (
    Drawn(
        "plain",
        "livelock",
        "a",
        "start s\nxor x\nuser a\nuser b\nend e\ns > x > e\nx > a > b > a",
        (("x > a > b > a", "x > a > b > x"),),
    ),
    Drawn(
        "boundary",
        "livelock",
        "b",
        "start s\nuser a\non a t timer\nuser b\nuser c\nend e\ns > a > e\nt > b > c > b",
        (("t > b > c > b", "t > b > c > e"),),
    ),
    Drawn(
        "event sub-process",
        "livelock",
        "b",
        "start s\nuser a\nend e\ns > a > e\nevent h {\nstart t timer\nuser b\nuser c\n"
        "t > b > c > b\n}",
        (("t > b > c > b", "end z\nt > b > c > z"),),
    ),
    Drawn(
        "call activity",
        "livelock",
        "c",
        "start s\ncall c q\nend e\ns > c > e\nprocess q {\nstart s1\nxor x\nuser b\nuser d\nend e1\n"
        "s1 > x > e1\nx > b > d > b\n}",
        (("x > b > d > b", "x > b > d > e1"),),
    ),
    Drawn(
        "multi-instance",
        "livelock",
        "b",
        "start s\nmany sub t {\nstart s1\nxor x\nuser b\nuser d\nend e1\n"
        "s1 > x > e1\nx > b > d > b\n}\nend e\ns > t > e",
        (("x > b > d > b", "x > b > d > e1"),),
    ),
    Drawn(
        "inclusive",
        "livelock",
        "g",
        "start s\nxor x\nor g\nor j\nuser a\nuser b\nend e\ns > x > e\nx > g\ng > a > j\n"
        "g > b > j\nj > g",
        (("j > g", "j > e"), ("x > e", "x > e")),
    ),
    Drawn(
        "beside a branch that waits",
        "livelock",
        "b",
        "start s\nand g\nuser a\nuser b\nuser c\nand j\nend e\ns > g\ng > a > j\ng > b > c > b\n"
        "user d\ng > d > j\nj > e",
        (("g > b > c > b", "g > b > c > j"),),
    ),
)
DEAD = (
    Drawn(
        "plain, a join that the end of the case always forestalls",
        "dead-element",
        "j",
        "start s\nand g\nxor x\nuser a\nuser b\nand j\nuser c\nuser y\nend e\nend k terminate\n"
        "s > g > x\nx > a > j\nx > b > j\nj > c > e\ng > y > k",
        (("and j", "xor j"),),
    ),
    Drawn(
        "an event on a sub-process, and what follows it",
        "dead-element",
        "x",
        "start s\nuser a\nend k terminate\nsub t {\nstart s1\nuser u\nend e1\ns1 > u > e1\n}\n"
        "on t x escalation:X\nuser b\nend e\ns > t > a > k\nx > b > e",
        (
            ("user u\nend e1", "user u\nxor y\nend e1\nend e2 escalation:X"),
            ("s1 > u > e1", "s1 > u > y > e1\ny > e2"),
        ),
    ),
    Drawn(
        "boundary, an escalation that nobody throws",
        "dead-element",
        "b",
        "start s\nsub t {\nstart s1\nuser u\nend e1\ns1 > u > e1\n}\non t b escalation:X\nuser c\n"
        "end e\nend z\ns > t > e\nb > c > z",
        (
            ("end e1\n", "xor y\nend e1\nend e2 escalation:X\n"),
            ("s1 > u > e1", "s1 > u > y > e1\ny > e2"),
        ),
    ),
    Drawn(
        "boundary, an error of another code",
        "dead-element",
        "b",
        "start s\nsub t {\nstart s1\ntask u\nxor x\nend e1\nend e2 error:Y\ns1 > u > x\nx > e1\n"
        "x > e2\n}\non t b error:X\non t d error:Y\nend e\nend z\nend w\ns > t > e\nb > z\nd > w",
        (("on t b error:X", "on t b timer"),),
    ),
    Drawn(
        "event sub-process, an escalation that nobody throws",
        "dead-element",
        "h",
        "start s\nuser a\nend e\ns > a > e\nevent h {\nstart t escalation:X\nuser b\nend z\n"
        "t > b > z\n}",
        (("escalation:X", "timer"),),
    ),
    Drawn(
        "event sub-process, inside it",
        "dead-element",
        "b",
        "start s\nuser a\nend e\ns > a > e\nevent h {\nstart t timer\nsub k {\nstart s2\nuser u\n"
        "end e2\ns2 > u > e2\n}\non k b escalation:X\nend z\nend y\nt > k > z\nb > y\n}",
        (("on k b escalation:X", "on k b message"),),
    ),
    Drawn(
        "call activity, an error that is never thrown",
        "dead-element",
        "b",
        "start s\ncall c q\non c b error:X\nend e\nend z\ns > c > e\nb > z\n"
        "process q {\nstart s1\ntask u\nend e1\ns1 > u > e1\n}",
        (("task u", "user u"),),
    ),
    Drawn(
        "call activity, after one that always fails",
        "dead-element",
        "a",
        "start s\ncall c q\non c b error:X\nuser a\nend e\nend z\ns > c > a > e\nb > z\n"
        "process q {\nstart s1\nuser u\nend e1 error:X\ns1 > u > e1\n}",
        (
            ("end e1 error:X", "xor y\nend e1 error:X\nend e2"),
            ("s1 > u > e1", "s1 > u > y > e1\ny > e2"),
        ),
    ),
    Drawn(
        "multi-instance",
        "dead-element",
        "b",
        "start s\nmany sub t {\nstart s1\nuser u\nend e1\ns1 > u > e1\n}\non t b escalation:X\n"
        "end e\nend z\ns > t > e\nb > z",
        (("on t b escalation:X", "on t b timer"),),
    ),
    Drawn(
        "inclusive, behind a sub-process that always fails",
        "dead-element",
        "a",
        "start s\nor g\nor j\nuser c\nsub t {\nstart s1\nuser u\nend e1 error:X\ns1 > u > e1\n}\n"
        "on t b error:X\nuser a\nend e\ns > g\ng > t > a > j\ng > c > j\nb > j\nj > e",
        (
            ("end e1 error:X", "xor y\nend e1 error:X\nend e2"),
            ("s1 > u > e1", "s1 > u > y > e1\ny > e2"),
        ),
    ),
    Drawn(
        "transaction that is never cancelled",
        "dead-element",
        "b",
        "start s\ntransaction t {\nstart s1\nuser u\nend e1\ns1 > u > e1\n}\non t b cancel\n"
        "end e\nend z\ns > t > e\nb > z",
        (
            ("end e1\n", "xor y\nend e1\nend e2 cancel\n"),
            ("s1 > u > e1", "s1 > u > y > e1\ny > e2"),
        ),
    ),
)
DRAWN = DEADLOCKS + LACKS + TWICE + LIVELOCKS + DEAD
