"""${message}

Say in one sentence what changes and why. A rename is add, copy, drop over releases; data moves
are migrations of their own; history rows are never rewritten.
"""

import sqlalchemy as sa
from alembic import op
${imports if imports else ""}

revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}


def upgrade() -> None:
    ${upgrades if upgrades else "pass"}


def downgrade() -> None:
    ${downgrades if downgrades else "pass"}
