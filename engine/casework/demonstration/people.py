"""The staff of a demonstration: who sits where, and which role they play in its stories.

All are invented. Their passwords are made afresh for each database and shown once more on demand
from a file that only the owner can read; no password is the same in two installations.
"""

from __future__ import annotations

import json
import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.models import User
from engine.people import identity, users


@dataclass(frozen=True)
class Staff:
    """One invented member of staff."""

    login: str
    name: str
    office: str
    roles: tuple[str, ...]
    home: str


STAFF = (
    Staff("wanzhou.li", "李一", "500101-zwzx", ("intake",), "clerk"),
    Staff("wanzhou.wang", "王二", "500101-zwzx", ("intake",), "clerk"),
    Staff("fuling.zhao", "赵三", "500102-zwzx", ("intake",), "clerk"),
    Staff("yuzhong.qian", "钱四", "500103-zwzx", ("intake", "supervisor"), "clerk"),
    Staff("yuzhong-tax.sun", "孙五", "500103-tax", ("handling",), "clerk"),
    Staff("yuzhong-tax.he", "何十五", "500103-tax", ("supervisor",), "clerk"),
    Staff("yuzhong-ybj.zhou", "周六", "500103-ybj", ("handling",), "clerk"),
    Staff("yuzhong-ybj.wu", "吴七", "500103-ybj", ("handling",), "clerk"),
    Staff("yuzhong-ybj.zheng", "郑八", "500103-ybj", ("supervisor",), "clerk"),
    Staff("customs.feng", "冯九", "500000-customs", ("handling",), "clerk"),
    Staff("customs.chen", "陈十", "500000-customs", ("handling",), "clerk"),
    Staff("customs.chu", "褚十一", "500000-customs", ("supervisor",), "clerk"),
    Staff("ybj.jin", "金十七", "500000-ybj", ("editor",), "editor"),
    Staff("ybj.wei", "魏十八", "500000-ybj", ("editor",), "editor"),
    Staff("designer", "卫十二", "500000-zzb", ("designer",), "designer"),
    Staff("auditor", "蒋十三", "500000-zzb", ("auditor",), "auditor"),
    Staff("admin", "沈十四", "500000-zzb", ("administrator",), "admin"),
)


def create(session: Session, accounts: Path) -> dict[str, identity.Actor]:
    """Create the staff and write their passwords to a file; return actors by login."""
    made: dict[str, str] = {}
    for one in STAFF:
        made[one.login] = secrets.token_urlsafe(9)
        users.add(
            session,
            login=one.login,
            name=one.name,
            office_id=one.office,
            roles={(role, one.office) for role in one.roles},
            password=made[one.login],
            by=identity.Actor.system(),
            demo=True,
        )
    session.flush()
    _write(accounts, made)
    return actors(session)


def actors(session: Session) -> dict[str, identity.Actor]:
    """Return the staff as actors, by login."""
    rows = session.scalars(select(User).where(User.login.in_([one.login for one in STAFF])))
    return {row.login: users.actor(session, row.id) for row in rows}


def accounts_text(accounts: Path) -> str:
    """Return the table of logins and passwords for the person who started a demonstration."""
    known = passwords(accounts)
    lines = [
        f"  {one.login:<18} {known[one.login]:<14} {one.name}  {one.office} {','.join(one.roles)}"
        for one in STAFF
        if one.login in known
    ]
    return "\n".join(lines)


def passwords(accounts: Path) -> dict[str, str]:
    """Return the passwords by login."""
    found: dict[str, str] = json.loads(accounts.read_text())
    return found


def _write(path: Path, made: dict[str, str]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        json.dump(made, file)
