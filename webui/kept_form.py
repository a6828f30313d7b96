"""A form that came after its session had ended: kept on the sign-in page, offered again after it.

The fields travel signed in a hidden field and are stored nowhere. They are shown and sent again
only by a press of the person's own, after the same person has signed in, and within an hour.
Passwords are never kept, and files cannot be: the page names them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlsplit
from uuid import UUID

from flask import g, request
from itsdangerous import BadData, URLSafeSerializer

from engine import clock
from webui import auth
from webui.frame import own_address

LASTS = timedelta(hours=1)
_NEVER = ("csrf_token",)
_CASE = re.compile(r"\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b")


@dataclass(frozen=True)
class KeptForm:
    """What was typed, where it was to go, and the page it was typed on."""

    action: str
    fields: list[tuple[str, str]]
    files: list[str]
    back: str

    @property
    def instance_id(self) -> UUID | None:
        """The case that the form belongs to, when its address names one."""
        found = _CASE.search(self.action)
        return UUID(found[0]) if found else None


def pack() -> str | None:
    """Return this request's form, signed; None when there is nothing to keep."""
    fields = [(name, value) for name, value in request.form.items(multi=True) if _keep(name)]
    files = [file.filename for file in request.files.values() if file.filename]
    if not fields and not files:
        return None
    content = {
        "action": request.full_path.rstrip("?"),
        "fields": fields,
        "files": files,
        "back": _back(),
        "user": str(g.late_row.user_id) if g.late_row is not None else None,
        "until": (clock.now() + LASTS).timestamp(),
    }
    return str(_serializer().dumps(content))


def unpack(text: str, user_id: object) -> KeptForm | None:
    """Return a form kept for this person; None when it is another's, too old or not ours."""
    try:
        content = _serializer().loads(text)
    except BadData:
        return None
    if content["user"] not in (None, str(user_id)) or clock.now().timestamp() > content["until"]:
        return None
    fields = [(name, value) for name, value in content["fields"]]
    return KeptForm(content["action"], fields, content["files"], content["back"])


def _keep(name: str) -> bool:
    return name not in _NEVER and "password" not in name


def _back() -> str:
    parts = urlsplit(request.referrer or "")
    if parts.netloc != request.host:
        return "/"
    return own_address(parts.path + (f"?{parts.query}" if parts.query else ""))


def _serializer() -> URLSafeSerializer:
    return URLSafeSerializer(auth.settings().secret_key(), salt="kept-form")
