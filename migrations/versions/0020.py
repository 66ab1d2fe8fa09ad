"""An e-mail address as the second way to write to clients, and a reminder three hours before, if a centre wants it"""

import sqlalchemy as sa
from alembic import op

revision = '0020'
down_revision = '0019'
branch_labels = None
depends_on = None

KNOWN = sa.text('email IS NOT NULL')


def upgrade() -> None:
    """Forward."""
    op.add_column('visit', sa.Column('email', sa.Text(), nullable=True))
    op.create_index('ix_visit_email', 'visit', ['email'], sqlite_where=KNOWN, postgresql_where=KNOWN)
    op.add_column('centre', sa.Column('reminds_soon', sa.Boolean(), server_default=sa.false(), nullable=False))


def downgrade() -> None:
    """Back. Whoever gave only an address is not written to any more."""
    op.execute('UPDATE visit SET consent_at = NULL, consent_wording = NULL, helper_lang = NULL WHERE email IS NOT NULL')
    op.drop_column('centre', 'reminds_soon')
    op.drop_index('ix_visit_email', 'visit')
    op.drop_column('visit', 'email')
