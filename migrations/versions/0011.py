"""Messages that did not arrive are told by phone"""

import sqlalchemy as sa
from alembic import op

from foundation.model import UtcDateTime

revision = '0011'
down_revision = '0010'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward."""
    op.add_column('message', sa.Column('called_at', UtcDateTime(), nullable=True))
    op.create_index(
        'ix_message_to_call', 'message', ['visit_id'],
        sqlite_where=sa.text("state IN ('failed', 'unknown', 'useless')"),
        postgresql_where=sa.text("state IN ('failed', 'unknown', 'useless')"),
    )


def downgrade() -> None:
    """Back."""
    op.drop_index('ix_message_to_call', table_name='message')
    op.drop_column('message', 'called_at')
