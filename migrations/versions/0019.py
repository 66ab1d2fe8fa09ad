"""What a provider keeps of our messages, until it is erased there"""

import sqlalchemy as sa
from alembic import op

from foundation.model import UtcDateTime

revision = '0019'
down_revision = '0018'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward. What was handed over so far is there, too."""
    op.create_table(
        'kept_there',
        sa.Column('provider_id', sa.Text(), nullable=False),
        sa.Column('since_at', UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint('provider_id', name=op.f('pk_kept_there')),
    )
    op.create_index('ix_kept_there_since_at', 'kept_there', ['since_at'])
    op.execute(
        'INSERT INTO kept_there (provider_id, since_at) SELECT provider_id, min(sent_at) FROM message '
        'WHERE provider_id IS NOT NULL AND sent_at IS NOT NULL GROUP BY provider_id'
    )


def downgrade() -> None:
    """Back."""
    op.drop_table('kept_there')
