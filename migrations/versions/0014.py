"""Devices: size of their screen, how they stand, when they were last heard; house messages of the displays"""

import sqlalchemy as sa
from alembic import op

from foundation.model import UtcDateTime

revision = '0014'
down_revision = '0013'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward."""
    with op.batch_alter_table('device') as device:
        device.add_column(sa.Column('ppi', sa.Integer(), server_default='96', nullable=False))
        device.add_column(sa.Column('low', sa.Boolean(), server_default=sa.false(), nullable=False))
        device.add_column(sa.Column('ruler_until', UtcDateTime(), nullable=True))
        device.add_column(sa.Column('seen_at', UtcDateTime(), nullable=True))
        device.add_column(sa.Column('version', sa.Text(), nullable=True))
        device.create_check_constraint(op.f('ck_device_ppi'), 'ppi BETWEEN 60 AND 400')
    op.create_table(
        'house_message',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('centre_id', sa.Integer(), nullable=False),
        sa.Column('code', sa.Text(), nullable=False),
        sa.Column('until_on', sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(['centre_id'], ['centre.id'], name=op.f('fk_house_message_centre_id_centre')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_house_message')),
        sa.UniqueConstraint('centre_id', 'code', name=op.f('uq_house_message_centre_id_code')),
    )


def downgrade() -> None:
    """Back."""
    op.drop_table('house_message')
    with op.batch_alter_table('device') as device:
        device.drop_constraint(op.f('ck_device_ppi'), type_='check')
        for column in ('version', 'seen_at', 'ruler_until', 'low', 'ppi'):
            device.drop_column(column)
