"""Approved sentences"""

import sqlalchemy as sa
from alembic import op

from foundation.model import UtcDateTime

revision = '0003'
down_revision = '0002'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward."""
    op.create_table(
        'approval',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('tag', sa.Text(), nullable=False),
        sa.Column('digest', sa.Text(), nullable=False),
        sa.Column('approved_at', UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_approval')),
        sa.UniqueConstraint('tag', 'digest', name=op.f('uq_approval_tag_digest')),
    )


def downgrade() -> None:
    """Back."""
    op.drop_table('approval')
