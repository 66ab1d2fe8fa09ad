"""Messages are counted by the day they were due"""

from alembic import op

revision = '0021'
down_revision = '0020'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward."""
    op.create_index('ix_message_due_at', 'message', ['due_at'])


def downgrade() -> None:
    """Back."""
    op.drop_index('ix_message_due_at', 'message')
