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
        sa.Column('state', sa.Enum(*STATES, name='requeststate', native_enum=False, length=20), nullable=False),
        sa.Column('asked', sa.Integer(), nullable=False),
        sa.Column('answer_by', UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ['appointment_id'], ['appointment.id'], name=op.f('fk_pool_request_appointment_id_appointment'),
            ondelete='CASCADE',
        ),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_pool_request')),
        sa.UniqueConstraint('appointment_id', name=op.f('uq_pool_request_appointment_id')),
    )


def downgrade() -> None:
    """Back."""
    op.drop_table('pool_request')
