"""Who has no number and has to be told by a person"""

import sqlalchemy as sa
from alembic import op

revision = '0025'
down_revision = '0024'
branch_labels = None
depends_on = None

BEFORE = sa.text("state IN ('failed', 'unknown', 'useless')")
NOW = sa.text("state IN ('failed', 'unknown', 'useless', 'by_person')")


def upgrade() -> None:
    """Forward."""
    _index(NOW)


def downgrade() -> None:
    """Back. What a person has to tell was no message."""
    op.execute("DELETE FROM message WHERE state = 'by_person'")
    _index(BEFORE)


def _index(where: sa.TextClause) -> None:
    op.drop_index('ix_message_to_call', table_name='message')
    op.create_index('ix_message_to_call', 'message', ['visit_id'], sqlite_where=where, postgresql_where=where)
