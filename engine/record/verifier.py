"""Verifier: proves an exported history without a database, and names the first bad event.

    python verifier.py export.jsonl [--public-key HEX] [--seal seal.json]

It stands alone: the Python library and `cryptography`, nothing else of this program. The engine
itself hashes and verifies with the functions below, so there is one definition of the chain.
A chain alone cannot show that its own tail was cut; checkpoints in the export can.
Each line is a `case`, an `event` or a `checkpoint`; docs/history.md describes the format.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.hashes import SM3, Hash

EVENT_DOMAIN = b"tongban-event-1"
CHECKPOINT_DOMAIN = b"tongban-checkpoint-1"
SALT_BYTES = 16  # of each side; a stored salt holds the one of `before`, then that of `after`
CHECKPOINT_ALGORITHM = "sm3"
LOOKS = "looks/"  # how the leaf of a chain of looks begins; all other leaves are cases
_UNREADABLE = (ValueError, KeyError, TypeError, AttributeError)  # what a mangled line raises

Row = Mapping[str, Any]
Sealed = Callable[[str, int], str | None]  # case, count -> hash of that event; None when gone


@dataclass(frozen=True)
class Fault:
    """The first thing that is wrong with the history of a case."""

    instance: str
    sequence: int
    problem: str

    def __str__(self) -> str:
        return f"case {self.instance}, event {self.sequence}: {self.problem}"


@dataclass
class Result:
    """What a verification found; values under destroyed or withheld keys are counted as sealed."""

    cases: int = 0
    events: int = 0
    opened: int = 0
    sealed: int = 0
    checkpoints: int = 0
    faults: list[Fault] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        """Whether nothing at all was wrong."""
        return not self.faults


def digest(algorithm: str, *parts: bytes) -> bytes:
    """Return the hash of the joined parts by `sm3` or `sha256`; ValueError for another name."""
    if algorithm == "sha256":
        return hashlib.sha256(b"".join(parts)).digest()
    if algorithm != "sm3":
        raise ValueError("unknown algorithm")
    state = Hash(SM3())
    for part in parts:
        state.update(part)
    return state.finalize()


def event_hash(algorithm: str, instance: str, previous: str, body: bytes) -> str:
    """Return the hash of an event; the first event of a case follows the id of the case."""
    before = bytes.fromhex(previous or instance.replace("-", ""))
    return digest(algorithm, EVENT_DOMAIN, before, body).hex()


def commitment(algorithm: str, salt: bytes, side: str, value: bytes) -> str:
    """Return the commitment to the canonical bytes of one side, `before` or `after`."""
    part = salt[:SALT_BYTES] if side == "before" else salt[SALT_BYTES:]
    return digest(algorithm, part, value).hex()


def merkle_root(leaves: list[Any]) -> str:
    """Return the root over leaves, with leaf and node told apart as in RFC 6962."""
    level = [digest(CHECKPOINT_ALGORITHM, b"\x00", compact(leaf)) for leaf in leaves]
    if not level:
        return digest(CHECKPOINT_ALGORITHM).hex()
    while len(level) > 1:
        pairs = [level[at : at + 2] for at in range(0, len(level), 2)]
        level = [
            digest(CHECKPOINT_ALGORITHM, b"\x01", *pair) if len(pair) == 2 else pair[0]
            for pair in pairs
        ]
    return level[0].hex()


def checkpoint_text(number: int, at: str, cases: int, root: str, previous: str) -> bytes:
    """Return the bytes that the signature of a checkpoint covers."""
    members = {"at": at, "cases": cases, "number": number, "previous": previous, "root": root}
    return CHECKPOINT_DOMAIN + compact(members)


def checkpoint_link(text: bytes) -> str:
    """Return what the next checkpoint names as its previous one."""
    return digest(CHECKPOINT_ALGORITHM, text).hex()


def is_signed(public_key: bytes, signature: bytes, text: bytes) -> bool:
    """Return whether a signature is that of a raw Ed25519 key over a text."""
    try:
        Ed25519PublicKey.from_public_bytes(public_key).verify(signature, text)
    except (InvalidSignature, ValueError):
        return False
    return True


def compact(value: Any) -> bytes:
    """Return JSON without spaces; enough for the ASCII names and integers of a checkpoint."""
    return json.dumps(value, separators=(",", ":"), sort_keys=True).encode()


def check_case(case: Row, events: Iterable[Row], result: Result) -> Fault | None:
    """Check one chain against the count and head of its case; return its first fault."""
    instance, head, sequence = case["instance"], "", 0
    for row in events:
        sequence += 1
        problem = _event_problem(row, instance, sequence, head, result)
        if problem:
            return Fault(instance, sequence, problem)
        head = row["hash"]
        result.events += 1
    if sequence < case["count"]:
        return Fault(instance, sequence + 1, f"missing: the case counts {case['count']} events")
    if sequence > case["count"]:
        return Fault(instance, case["count"] + 1, "more events than the case counts")
    if head != case["head"]:
        return Fault(instance, sequence, "is not the head that the case names")
    return None


def check_checkpoints(
    checkpoints: Iterable[Row],
    sealed: Sealed,
    public_key: bytes,
    result: Result,
    *,
    looks: bool = False,
) -> list[Fault]:
    """Check signatures and links, and that every chain still holds what was sealed.

    Args:
        checkpoints: in the order of their numbers.
        sealed: tells what became of a sealed event of a case.
        public_key: the raw Ed25519 key of the one who seals.
        result: counts what was checked.
        looks: whether chains of looks can be asked for too; an export has none.
    """
    faults: dict[str, Fault] = {}
    link, number = "", 0
    for row in checkpoints:
        number += 1
        text = checkpoint_text(row["number"], row["at"], row["cases"], row["root"], link)
        problem = _seal_problem(row, number, text, link, public_key)
        if problem:
            return [*faults.values(), Fault(f"checkpoint {number}", 0, problem)]
        link = checkpoint_link(text)
        result.checkpoints += 1
        for instance, count, head in row["leaves"]:
            if instance.startswith(LOOKS) and not looks:
                continue
            problem = _leaf_problem(sealed(instance, count), count, head)
            if problem and instance not in faults:
                faults[instance] = Fault(instance, count, f"{problem} by checkpoint {number}")
    return list(faults.values())


def check_seal(checkpoints: Iterable[Row], seal: Row) -> Fault | None:
    """Check that the checkpoint of a seal kept elsewhere is still there, unchanged.

    Checkpoints after it may have been cut off all the same: keep the newest seal.
    """
    found = next((row for row in checkpoints if row["number"] == seal["number"]), None)
    name = f"checkpoint {seal['number']}"
    if found is None:
        return Fault(name, 0, "is gone, though its seal was kept")
    if any(found[key] != seal[key] for key in ("at", "cases", "root", "signature")):
        return Fault(name, 0, "is not the one whose seal was kept")
    return None


def verify_export(
    lines: Iterable[str], public_key: bytes | None = None, seal: Row | None = None
) -> Result:
    """Verify the lines of an export.

    Args:
        lines: JSON lines as `tongban history export` writes them.
        public_key: the raw Ed25519 key got from elsewhere; without it the signatures are checked
            against the key in the export, which proves less.
        seal: what `tongban history checkpoint --json` printed, kept elsewhere; has the key too.
    """
    result = Result()
    case: Row | None = None
    events: list[Row] = []
    hashes: dict[str, list[str]] = {}
    checkpoints: list[Row] = []
    for row in _rows(lines, result):
        if row["record"] == "event":
            events.append(row)
            continue
        _finish(case, events, hashes, result)
        case, events = (row if row["record"] == "case" else None), []
        if row["record"] == "checkpoint":
            checkpoints.append(row)
    _finish(case, events, hashes, result)
    try:
        result.faults += _sealed_faults(checkpoints, hashes, public_key, seal, result)
    except _UNREADABLE:
        result.faults.append(Fault("checkpoints", 0, "they cannot be read"))
    return result


def _rows(lines: Iterable[str], result: Result) -> Iterator[Row]:
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
            known = row["record"] in ("case", "event", "checkpoint")
        except _UNREADABLE:
            known = False
        if known:
            yield row
        else:
            result.faults.append(Fault(f"line {number}", 0, "cannot be read"))


def _sealed_faults(
    checkpoints: list[Row],
    hashes: Mapping[str, list[str]],
    public_key: bytes | None,
    seal: Row | None,
    result: Result,
) -> list[Fault]:
    faults = []
    if seal is not None:
        missing = check_seal(checkpoints, seal)
        faults += [missing] if missing else []
        public_key = public_key or bytes.fromhex(seal["public_key"])
    if checkpoints:
        key = public_key or bytes.fromhex(checkpoints[-1]["public_key"])
        checkpoints.sort(key=lambda row: int(row["number"]))
        faults += check_checkpoints(checkpoints, _sealed_in(hashes), key, result)
    return faults


def _finish(
    case: Row | None, events: list[Row], hashes: dict[str, list[str]], result: Result
) -> None:
    if case is None:
        if events:
            stray = str(events[0].get("instance"))
            result.faults.append(Fault(stray, 1, "belongs to no case line"))
        return
    result.cases += 1
    name = str(case.get("instance"))
    try:
        fault = check_case(case, events, result)
        if name in hashes:
            fault = fault or Fault(name, 0, "stands in the export twice")
        hashes[name] = [row["hash"] for row in events]
    except _UNREADABLE:
        fault = Fault(name, 0, "cannot be read")
    if fault:
        result.faults.append(fault)


def _event_problem(row: Row, instance: str, sequence: int, head: str, result: Result) -> str | None:
    if row["instance"] != instance:
        return "belongs to another case"
    if row["sequence"] != sequence:
        return f"missing or out of order: event {row['sequence']} stands here"
    try:
        body = json.loads(row["body"])
        expected = event_hash(body["algorithm"], instance, head, row["body"].encode())
    except (ValueError, KeyError, TypeError):
        return "its text cannot be read"
    if expected != row["hash"]:
        return "its text or its predecessor was changed"
    if any(body.get(name) != row[name] for name in ("sequence", "at", "type")):
        return "its text tells another number, time or type than its row"
    return _value_problem(row, body, result)


def _value_problem(row: Row, body: Row, result: Result) -> str | None:
    values = {value["field"]: value for value in row["values"]}
    if values.keys() != body["commitments"].keys():
        return "its values are not the ones it commits to"
    for name, sides in body["commitments"].items():
        value = values[name]
        if value["value"] is None:
            result.sealed += 1
            continue
        try:
            shown = json.loads(value["value"])
            salt = bytes.fromhex(value["salt"])
        except ValueError:
            return f"the value of {name} cannot be read"
        if not _opens(body["algorithm"], salt, sides, shown):
            return f"the value of {name} was changed"
        result.opened += 1
    return None


def _opens(algorithm: str, salt: bytes, sides: Row, shown: Any) -> bool:
    # Both sides are canonical texts inside a JSON object, so nothing has to be re-encoded here.
    if not isinstance(shown, dict) or shown.keys() != sides.keys():
        return False
    return all(
        commitment(algorithm, salt, side, shown[side].encode()) == sides[side] for side in sides
    )


def _sealed_in(hashes: Mapping[str, list[str]]) -> Sealed:
    def sealed(instance: str, count: int) -> str | None:
        chain = hashes.get(instance)
        if chain is None or len(chain) < count:
            return None
        return chain[count - 1] if count else ""

    return sealed


def _seal_problem(row: Row, number: int, text: bytes, link: str, public_key: bytes) -> str | None:
    if row["number"] != number:
        return "is missing"
    if row["previous"] != link:
        return "does not follow the checkpoint before it"
    if not _are_leaves(row["leaves"]):
        return "its leaves cannot be read"
    cases = sum(not leaf[0].startswith(LOOKS) for leaf in row["leaves"])
    if row["root"] != merkle_root(list(row["leaves"])) or row["cases"] != cases:
        return "its root is not the root of its leaves"
    if not is_signed(public_key, bytes.fromhex(row["signature"]), text):
        return "its signature is not valid"
    return None


def _are_leaves(leaves: Any) -> bool:
    return isinstance(leaves, list) and all(
        isinstance(leaf, list) and [type(part) for part in leaf] == [str, int, str]
        for leaf in leaves
    )


def _leaf_problem(found: str | None, count: int, head: str) -> str | None:
    if found is None:
        return "is gone, though it was sealed"
    if count and found != head:
        return "is not the event that was sealed"
    return None


def main(arguments: list[str]) -> int:
    """Verify the export named on the command line; 0 in order, 1 not, 2 wrong arguments."""
    parser = argparse.ArgumentParser("verifier.py", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("export", help="JSON lines of `tongban history export`")
    parser.add_argument("--public-key", metavar="HEX", type=bytes.fromhex, help="kept elsewhere")
    parser.add_argument("--seal", metavar="FILE", help="a seal kept elsewhere; has the key too")
    given = parser.parse_args(arguments)
    seal = None
    if given.seal:
        with open(given.seal, encoding="utf-8") as file:
            seal = json.load(file)
    with open(given.export, encoding="utf-8", errors="replace") as lines:
        result = verify_export(lines, given.public_key, seal)
    for fault in result.faults:
        print(fault)
    print(
        f"{'in order' if result.ok else 'NOT IN ORDER'}: {result.cases} cases,"
        f" {result.events} events, {result.opened} values opened, {result.sealed} sealed,"
        f" {result.checkpoints} checkpoints"
    )
    return 0 if result.ok else 1


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
