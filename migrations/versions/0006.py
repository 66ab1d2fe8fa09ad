"""A helper who is told instead of the client"""

import sqlalchemy as sa
from alembic import op

revision = '0006'
down_revision = '0005'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward."""
    op.add_column('visit', sa.Column('helper_lang', sa.Text(), nullable=True))


def downgrade() -> None:
    """Back."""
    op.drop_column('visit', 'helper_lang')
