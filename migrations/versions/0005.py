"""Earlier times: who wishes them, and what was given back"""

import sqlalchemy as sa
from alembic import op

from foundation.model import UtcDateTime

revision = '0005'
down_revision = '0004'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward."""
    op.add_column('visit', sa.Column('earlier_wished_at', UtcDateTime(), nullable=True))
    op.create_table(
        'freed_time',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('centre_id', sa.Integer(), nullable=False),
        sa.Column('service_id', sa.Integer(), nullable=False),
        sa.Column('starts_at', UtcDateTime(), nullable=False),
        sa.Column('offer_id', sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(['centre_id'], ['centre.id'], name=op.f('fk_freed_time_centre_id_centre')),
        sa.ForeignKeyConstraint(['service_id'], ['service.id'], name=op.f('fk_freed_time_service_id_service')),
        sa.ForeignKeyConstraint(
            ['offer_id'], ['appointment.id'], name=op.f('fk_freed_time_offer_id_appointment'), ondelete='SET NULL'
        ),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_freed_time')),
    )
    op.create_index(op.f('ix_freed_time_offer_id'), 'freed_time', ['offer_id'])


def downgrade() -> None:
    """Back."""
    op.drop_table('freed_time')
    op.drop_column('visit', 'earlier_wished_at')
