"""Who acts: the one value that every engine function receives as `by`.

An actor is a frozen picture of a member of staff (or of the system) at the moment of acting. It
holds no row and no session, so it may be kept, compared and sent along. What its roles allow is
decided in `engine.people.permissions`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import UUID

SYSTEM_NAME = "system"


@dataclass(frozen=True)
class Actor:
    """A person, or the system, acting.

    Attributes:
        user_id: the account, or None for the system.
        name: the name shown to colleagues and kept in the record.
        login: the account's login, or None for the system.
        office_id: the office the person sits in.
        roles: pairs of role and the office at which it is held.
        on_behalf_of: the name of the colleague for whom a delegate acts.
    """

    user_id: UUID | None
    name: str
    login: str | None = None
    office_id: str | None = None
    roles: frozenset[tuple[str, str]] = field(default_factory=frozenset)
    on_behalf_of: str | None = None

    @classmethod
    def system(cls) -> Actor:
        """Return the actor of timers, the worker and other steps that no person takes."""
        return cls(user_id=None, name=SYSTEM_NAME)

    @property
    def key(self) -> str:
        """How the record names the actor: the account's id, or the system; never a name."""
        return SYSTEM_NAME if self.user_id is None else str(self.user_id)

    @property
    def is_system(self) -> bool:
        """Whether no person acts here."""
        return self.user_id is None

    def holds(self, role: str, office_id: str | None = None) -> bool:
        """Tell whether the role is held at that office, or anywhere when none is named."""
        if office_id is None:
            return any(held == role for held, _ in self.roles)
        return (role, office_id) in self.roles

    def offices_with(self, *roles: str) -> frozenset[str]:
        """Return the offices at which one of the roles is held; of any role when none is named."""
        return frozenset(office for role, office in self.roles if not roles or role in roles)

    def role_names(self) -> frozenset[str]:
        """Return the roles without their offices."""
        return frozenset(role for role, _ in self.roles)
