"""The address of a counsellor's own calendar"""

import sqlalchemy as sa
from alembic import op

revision = '0012'
down_revision = '0011'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward."""
    with op.batch_alter_table('account') as account:
        account.add_column(sa.Column('feed_generation', sa.Integer(), server_default='0', nullable=False))
        account.add_column(sa.Column('feed_hash', sa.Text(), nullable=True))
        account.create_unique_constraint('uq_account_feed_hash', ['feed_hash'])


def downgrade() -> None:
    """Back."""
    with op.batch_alter_table('account') as account:
        account.drop_constraint('uq_account_feed_hash', type_='unique')
        account.drop_column('feed_hash')
        account.drop_column('feed_generation')
