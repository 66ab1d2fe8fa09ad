"""Tickets without code, the turn told by SMS, and kiosks that print"""

import sqlalchemy as sa
from alembic import op

from foundation.model import UtcDateTime

revision = '0015'
down_revision = '0014'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward."""
    with op.batch_alter_table('ticket') as ticket:
        ticket.add_column(sa.Column('meant_id', sa.Integer(), nullable=True))
        ticket.add_column(sa.Column('link_hash', sa.Text(), nullable=True))
        ticket.add_column(sa.Column('turn_wished_at', UtcDateTime(), nullable=True))
        ticket.add_column(sa.Column('turn_told_at', UtcDateTime(), nullable=True))
        ticket.create_foreign_key('fk_ticket_meant_id_appointment', 'appointment', ['meant_id'], ['id'], ondelete='SET NULL')
        ticket.create_unique_constraint('uq_ticket_link_hash', ['link_hash'])
        ticket.create_index('ix_ticket_meant_id', ['meant_id'])
    with op.batch_alter_table('message') as message:
        message.alter_column('appointment_id', existing_type=sa.Integer(), nullable=True)
        message.add_column(sa.Column('ticket_id', sa.Integer(), nullable=True))
        message.create_foreign_key('fk_message_ticket_id_ticket', 'ticket', ['ticket_id'], ['id'], ondelete='CASCADE')
        message.create_index('ix_message_ticket_id', ['ticket_id'])
    with op.batch_alter_table('device') as device:
        device.add_column(sa.Column('prints', sa.Boolean(), server_default=sa.false(), nullable=False))


def downgrade() -> None:
    """Back."""
    with op.batch_alter_table('device') as device:
        device.drop_column('prints')
    op.execute('DELETE FROM message WHERE appointment_id IS NULL')
    with op.batch_alter_table('message') as message:
        message.drop_index('ix_message_ticket_id')
        message.drop_constraint('fk_message_ticket_id_ticket', type_='foreignkey')
        message.drop_column('ticket_id')
        message.alter_column('appointment_id', existing_type=sa.Integer(), nullable=False)
    with op.batch_alter_table('ticket') as ticket:
        ticket.drop_index('ix_ticket_meant_id')
        ticket.drop_constraint('uq_ticket_link_hash', type_='unique')
        ticket.drop_constraint('fk_ticket_meant_id_appointment', type_='foreignkey')
        for name in ('turn_told_at', 'turn_wished_at', 'link_hash', 'meant_id'):
            ticket.drop_column(name)
