<<<<<<< HEAD
"""Quiet alarms"""
=======
"""The address of a counsellor's own calendar"""
>>>>>>> a3425b8 (Draw week and rooms, print the day, feed own calendars)

import sqlalchemy as sa
from alembic import op

<<<<<<< HEAD
from foundation.model import UtcDateTime

revision = '0010'
down_revision = '0009'
branch_labels = None
depends_on = None

STANDS = 'closed_at IS NULL AND withdrawn_at IS NULL'


def upgrade() -> None:
    """Forward."""
    op.create_table(
        'alarm',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('centre_id', sa.Integer(), nullable=False),
        sa.Column('counter_id', sa.Integer(), nullable=True),
        sa.Column('raised_by', sa.Integer(), nullable=False),
        sa.Column('raised_at', UtcDateTime(), nullable=False),
        sa.Column('answered_by', sa.Integer(), nullable=True),
        sa.Column('withdrawn_at', UtcDateTime(), nullable=True),
        sa.Column('closed_at', UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(['centre_id'], ['centre.id'], name=op.f('fk_alarm_centre_id_centre')),
        sa.ForeignKeyConstraint(['counter_id'], ['counter.id'], name=op.f('fk_alarm_counter_id_counter')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_alarm')),
    )
    op.create_index(op.f('ix_alarm_centre_id'), 'alarm', ['centre_id'])
    op.create_index(op.f('ix_alarm_raised_at'), 'alarm', ['raised_at'])
    op.create_index(
        'uq_alarm_raised_by', 'alarm', ['raised_by'], unique=True, sqlite_where=sa.text(STANDS),
        postgresql_where=sa.text(STANDS),
    )
=======
revision = '0010'
down_revision = '0008'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward."""
    with op.batch_alter_table('account') as account:
        account.add_column(sa.Column('feed_generation', sa.Integer(), server_default='0', nullable=False))
        account.add_column(sa.Column('feed_hash', sa.Text(), nullable=True))
        account.create_unique_constraint('uq_account_feed_hash', ['feed_hash'])
>>>>>>> a3425b8 (Draw week and rooms, print the day, feed own calendars)


def downgrade() -> None:
    """Back."""
<<<<<<< HEAD
    op.drop_table('alarm')
=======
    with op.batch_alter_table('account') as account:
        account.drop_constraint('uq_account_feed_hash', type_='unique')
        account.drop_column('feed_hash')
        account.drop_column('feed_generation')
>>>>>>> a3425b8 (Draw week and rooms, print the day, feed own calendars)
