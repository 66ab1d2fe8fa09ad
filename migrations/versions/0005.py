"""Earlier times: who wishes them, and what was given back"""

import sqlalchemy as sa
from alembic import op

from foundation.model import UtcDateTime

revision = '0005'
down_revision = '0004'
branch_labels = None
depends_on = None

OFFERS = "SELECT id FROM appointment WHERE state IN ('offered', 'offer_over')"


def upgrade() -> None:
    """Forward."""
    op.add_column('visit', sa.Column('earlier_wished_at', UtcDateTime(), nullable=True))
    wished = sa.text('earlier_wished_at IS NOT NULL')
    op.create_index('ix_visit_earlier', 'visit', ['centre_id'], sqlite_where=wished, postgresql_where=wished)
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
    op.execute("DELETE FROM message WHERE kind = 'offer'")
    op.execute(f"DELETE FROM claim WHERE appointment_id IN ({OFFERS})")
    op.execute(f"DELETE FROM appointment WHERE id IN ({OFFERS})")
    op.drop_index('ix_visit_earlier', 'visit')
    op.drop_column('visit', 'earlier_wished_at')
