"""The engine: holds on claims, halls, pool, travel, caps, walk-in hours, reasons, and the pulse"""

import sqlalchemy as sa
from alembic import op

from foundation.model import Minutes, UtcDateTime
from scheduling.models.net import spread_net
from scheduling.models.pulse import start_pulse, stop_pulse

revision = '0002'
down_revision = '0001'
branch_labels = None
depends_on = None

ADDED = {
    'resource': [sa.Column('taken_version', sa.Integer(), nullable=False, server_default='0')],
    'hours': [sa.Column('walk_in_only', sa.Boolean(), nullable=False, server_default=sa.false())],
    'centre': [
        sa.Column('pool_languages', sa.JSON(), nullable=False, server_default='[]'),
        sa.Column('pool_notice', sa.Integer(), nullable=False, server_default='3'),
    ],
    'service': [sa.Column('daily_cap', sa.Integer(), nullable=True)],
    'appointment': [sa.Column('overruled', sa.Text(), nullable=True)],
    'claim': [sa.Column('held_until', UtcDateTime(), nullable=True)],
}


def upgrade() -> None:
    """Forward."""
    for table, columns in ADDED.items():
        for column in columns:
            op.add_column(table, column._copy())  # never in batch: rebuilding a table deletes what depends on its rows
    op.create_index('ix_appointment_service_id_starts_at', 'appointment', ['service_id', 'starts_at'])
    op.create_table(
        'room_part',
        sa.Column('hall_id', sa.Integer(), nullable=False),
        sa.Column('part_id', sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(['hall_id'], ['room.id'], name=op.f('fk_room_part_hall_id_room')),
        sa.ForeignKeyConstraint(['part_id'], ['room.id'], name=op.f('fk_room_part_part_id_room')),
        sa.PrimaryKeyConstraint('hall_id', 'part_id', name=op.f('pk_room_part')),
    )
    op.create_table(
        'travel',
        sa.Column('from_id', sa.Integer(), nullable=False),
        sa.Column('to_id', sa.Integer(), nullable=False),
        sa.Column('takes', Minutes(), nullable=False),
        sa.CheckConstraint('from_id < to_id', name=op.f('ck_travel_order')),
        sa.ForeignKeyConstraint(['from_id'], ['centre.id'], name=op.f('fk_travel_from_id_centre')),
        sa.ForeignKeyConstraint(['to_id'], ['centre.id'], name=op.f('fk_travel_to_id_centre')),
        sa.PrimaryKeyConstraint('from_id', 'to_id', name=op.f('pk_travel')),
    )
    op.execute(
        "UPDATE claim SET held_until = (SELECT hold_until FROM appointment WHERE appointment.id = claim.appointment_id "
        "AND appointment.state = 'held') WHERE appointment_id IS NOT NULL"
    )
    spread_net(op.get_bind())
    start_pulse(op.get_bind())


def downgrade() -> None:
    """Back."""
    stop_pulse(op.get_bind())
    op.drop_table('travel')
    op.drop_table('room_part')
    op.drop_index('ix_appointment_service_id_starts_at', 'appointment')
    for table, columns in ADDED.items():
        for column in columns:
            op.drop_column(table, column.name)
