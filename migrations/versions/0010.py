"""Quiet alarms"""

import sqlalchemy as sa
from alembic import op

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


def downgrade() -> None:
    """Back."""
    op.drop_table('alarm')
