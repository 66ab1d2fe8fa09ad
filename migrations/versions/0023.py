"""Visits that were booked together as a series know each other"""

import sqlalchemy as sa
from alembic import op

revision = '0023'
down_revision = '0022'
branch_labels = None
depends_on = None

KNOWN = sa.text('series IS NOT NULL')


def upgrade() -> None:
    """Forward."""
    op.add_column('visit', sa.Column('series', sa.Text(), nullable=True))
    op.create_index('ix_visit_series', 'visit', ['series'], sqlite_where=KNOWN, postgresql_where=KNOWN)


def downgrade() -> None:
    """Back."""
    op.drop_index('ix_visit_series', 'visit')
    op.drop_column('visit', 'series')
