"""How a waiting room hears calls"""

import sqlalchemy as sa
from alembic import op

revision = '0013'
down_revision = '0012'
branch_labels = None
depends_on = None

VOICES = ('client', 'german', 'chime')


def upgrade() -> None:
    """Forward."""
    kind = sa.Enum(*VOICES, name='callvoice', native_enum=False, length=20)
    with op.batch_alter_table('centre') as centre:
        centre.add_column(sa.Column('call_voice', kind, server_default='german', nullable=False))


def downgrade() -> None:
    """Back."""
    with op.batch_alter_table('centre') as centre:
        centre.drop_column('call_voice')
