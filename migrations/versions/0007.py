"""What the interpreter pool was asked for"""

import sqlalchemy as sa
from alembic import op

from foundation.model import UtcDateTime

revision = '0007'
down_revision = '0006'
branch_labels = None
depends_on = None

STATES = ('requested', 'assigned', 'confirmed', 'declined', 'given_up')


def upgrade() -> None:
    """Forward."""
    op.create_table(
        'pool_request',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('appointment_id', sa.Integer(), nullable=False),
        sa.Column('version', sa.Integer(), nullable=False),
        sa.Column('starts_at', UtcDateTime(), nullable=False),
        sa.Column('state', sa.Enum(*STATES, name='requeststate', native_enum=False, length=20), nullable=False),
        sa.Column('asked', sa.Integer(), nullable=False),
        sa.Column('answer_by', UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ['appointment_id'], ['appointment.id'], name=op.f('fk_pool_request_appointment_id_appointment'),
            ondelete='CASCADE',
        ),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_pool_request')),
        sa.UniqueConstraint('appointment_id', 'version', name='uq_pool_request_once'),
    )
    op.execute(
        "INSERT INTO pool_request (appointment_id, version, starts_at, state, asked, answer_by) "
        "SELECT id, version, starts_at, 'requested', 1, starts_at FROM appointment "
        "WHERE state = 'booked' AND route = 'pool' AND NOT EXISTS (SELECT 1 FROM appointment AS earlier "
        "WHERE earlier.visit_id = appointment.visit_id AND (earlier.starts_at < appointment.starts_at "
        "OR (earlier.starts_at = appointment.starts_at AND earlier.id < appointment.id)))"
    )


def downgrade() -> None:
    """Back."""
    op.drop_table('pool_request')
    op.execute("DELETE FROM message WHERE kind IN ('settled', 'question')")
