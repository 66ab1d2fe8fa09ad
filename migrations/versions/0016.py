"""The language in which somebody at a kiosk asks for a person"""

import sqlalchemy as sa
from alembic import op

revision = '0016'
down_revision = '0015'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward."""
    with op.batch_alter_table('help_request') as request:
        request.add_column(sa.Column('spoken', sa.Text(), server_default='de', nullable=False))


def downgrade() -> None:
    """Back."""
    with op.batch_alter_table('help_request') as request:
        request.drop_column('spoken')
