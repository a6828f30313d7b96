"""Applicants 申请人: a person or a body, and the agent 经办人 who acts for them.

A body cannot stand at a window: somebody acts for it, with an authorisation. Everything that is
wrong is told at once, as codes per field. What is kept lies encrypted in the case data, the
agent's part under a key of the agent's own, and never in process variables.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Mapping
from dataclasses import dataclass, fields
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from engine.casework import identity_papers
from engine.casework.papers import fonts
from engine.record import personal

KINDS = ("person", "body")
NAME_LENGTH, TEXT_LENGTH = 100, 200
PHONE = re.compile(r"\+?\d{6,15}")

FieldErrors = dict[str, tuple[str, dict[str, Any]]]


@dataclass(frozen=True)
class Agent:
    """Who acts for the applicant; `authorisation` says by which paper."""

    name: str = ""
    id_type: str = ""
    id_no: str = ""
    phone: str = ""
    authorisation: str = ""


@dataclass(frozen=True)
class Applicant:
    """Who applies; texts are as typed until they are kept."""

    kind: str = ""
    name: str = ""
    id_type: str = ""
    id_no: str = ""
    phone: str = ""
    address: str = ""
    agent: Agent | None = None


def from_fields(values: Mapping[str, Any]) -> Applicant:
    """Build an applicant from flat fields such as `applicant.name` and `agent.phone`.

    An agent all of whose fields are empty is none. Fields of other names are left to the caller.
    """
    agent = Agent(**_part(values, "agent", Agent))
    return Applicant(
        agent=agent if agent != Agent() else None, **_part(values, "applicant", Applicant)
    )


def as_fields(applicant: Applicant) -> dict[str, str]:
    """Return the flat fields of an applicant, without those of an agent who is not there."""
    found = {f"applicant.{name}": getattr(applicant, name) for name in _names(Applicant)}
    if applicant.agent is not None:
        found |= {f"agent.{name}": getattr(applicant.agent, name) for name in _names(Agent)}
    return found


def normalised(applicant: Applicant) -> Applicant:
    """Return an applicant with numbers and white space in their kept form (NFC)."""
    return from_fields(
        {name: _normalised(name, value) for name, value in as_fields(applicant).items()}
    )


def check(applicant: Applicant, kinds: Collection[str] = KINDS) -> FieldErrors:
    """Return everything that is wrong, by field: a code and its facts.

    Codes: required, choose-one, kind-not-served, too-long, not-printable, id-type-not-for-holder,
    id-no-format, id-no-check-digit, id-no-birth-date, id-no-other-paper, phone-format,
    agent-is-applicant.

    Args:
        applicant: as typed.
        kinds: which kinds of applicant the matter serves.
    """
    given = normalised(applicant)
    errors: FieldErrors = {}
    if given.kind not in KINDS:
        errors["applicant.kind"] = ("choose-one", {})
    elif given.kind not in kinds:
        errors["applicant.kind"] = ("kind-not-served", {"kind": given.kind})
    errors |= _check_identity("applicant", given.kind, given)
    errors |= _check_text("applicant.address", given.address, TEXT_LENGTH)
    if given.agent is not None or given.kind == "body":
        agent = given.agent or Agent()
        errors |= _check_identity("agent", "person", agent)
        errors |= _check_text("agent.authorisation", agent.authorisation, TEXT_LENGTH, True)
        if agent.id_no and agent.id_no == given.id_no:
            errors["agent.id_no"] = ("agent-is-applicant", {})
    if not given.phone and not (given.agent and given.agent.phone):
        where = "agent.phone" if given.kind == "body" else "applicant.phone"
        errors[where] = ("required", {})
    return errors


def keep(session: Session, instance_id: UUID, applicant: Applicant) -> None:
    """Keep a checked applicant, replacing whoever was kept before.

    Kind and type of paper are no personal data, nor are name, code and address of a body, which
    are public; all else is encrypted. The caller holds the lock of the case and appends the event.
    """
    given = as_fields(normalised(applicant))
    public = {"applicant.kind", "applicant.id_type", "agent.id_type"}
    if applicant.kind == "body":
        public |= {"applicant.name", "applicant.id_no", "applicant.address"}
    for name in _field_names():
        if name not in given:
            personal.forget(session, instance_id, name)
            continue
        person = name.partition(".")[0]
        personal.keep(session, instance_id, name, given[name], person, name not in public)


def kept(session: Session, instance_id: UUID) -> Applicant:
    """Return the kept applicant in clear, for the engine's own work such as writing a paper.

    Parts whose data was destroyed, or that were never kept, are empty.
    """
    return from_fields(personal.values(session, instance_id))


def _check_identity(prefix: str, holder: str, given: Applicant | Agent) -> FieldErrors:
    errors = _check_text(f"{prefix}.name", given.name, NAME_LENGTH, True)
    paper = identity_papers.PAPERS.get(given.id_type)
    if paper is None:
        errors[f"{prefix}.id_type"] = ("choose-one", {})
    elif holder in KINDS and paper.holder != holder:
        errors[f"{prefix}.id_type"] = ("id-type-not-for-holder", {"paper": paper.name})
    if not given.id_no:
        errors[f"{prefix}.id_no"] = ("required", {})
    elif paper is not None and (problem := paper.check(given.id_no)):
        errors[f"{prefix}.id_no"] = (problem, {"paper": paper.name})
    if given.phone and not PHONE.fullmatch(given.phone):
        errors[f"{prefix}.phone"] = ("phone-format", {})
    return errors


def _check_text(name: str, text: str, longest: int, required: bool = False) -> FieldErrors:
    if required and not text:
        return {name: ("required", {})}
    if len(text) > longest:
        return {name: ("too-long", {"longest": longest})}
    # Told here, at the window, and not when the first paper fails to print.
    if missing := fonts.unprintable(text):
        return {name: ("not-printable", {"characters": " ".join(map(fonts.named, missing))})}
    return {}


def _normalised(name: str, value: Any) -> str:
    text = unicodedata.normalize("NFC", str(value or ""))
    # Invisible signs come along with text copied from web pages and break every comparison.
    text = "".join(one for one in text if unicodedata.category(one) != "Cf")
    text = " ".join(text.split())
    if name.endswith(".id_no"):
        return identity_papers.normalised(text)
    if name.endswith(".phone"):
        return re.sub(r"[\s\-()（）]", "", text)
    return text


def _part(values: Mapping[str, Any], prefix: str, cls: type) -> dict[str, str]:
    return {name: str(values.get(f"{prefix}.{name}") or "") for name in _names(cls)}


def _names(cls: type) -> list[str]:
    return [field.name for field in fields(cls) if field.name != "agent"]


def _field_names() -> list[str]:
    return [f"applicant.{name}" for name in _names(Applicant)] + [
        f"agent.{name}" for name in _names(Agent)
    ]
