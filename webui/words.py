"""Words for what the engine names by a code and several screens show: roles and office kinds."""

from __future__ import annotations

from flask_babel import gettext as _


def role_name(role: str) -> str:
    """Return what a role is called on the screen."""
    names = {
        "intake": _("intake clerk"),
        "handling": _("handling clerk"),
        "supervisor": _("supervisor"),
        "editor": _("editor of matters"),
        "designer": _("process designer"),
        "auditor": _("auditor"),
        "administrator": _("administrator"),
    }
    return names.get(role, role)


def office_role(role: str) -> str:
    """Return what an office does, on the screen."""
    names = {"intake": _("takes in"), "handling": _("decides"), "lead": _("leads")}
    return names.get(role, role)


def office_level(level: str) -> str:
    """Return whose office it is, on the screen."""
    names = {
        "district": _("district office"),
        "municipal": _("municipal office"),
        "vertical": _("vertical office"),
    }
    return names.get(level, level)
