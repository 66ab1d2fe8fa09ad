"""What happened to a message: subject, repetitions, tries, errors; the pace of sending and the cost of a month"""

import sqlalchemy as sa
from alembic import op

from foundation.model import UtcDateTime

revision = '0017'
down_revision = '0016'
branch_labels = None
depends_on = None

IN_HAND = sa.text("state IN ('claimed', 'in_doubt')")
KNOWN_THERE = sa.text('provider_id IS NOT NULL')


def upgrade() -> None:
    """Forward."""
    op.create_table(
        'pace',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('free_at', UtcDateTime(), nullable=False),
        sa.Column('faults', sa.Integer(), nullable=False),
        sa.Column('faults_since', UtcDateTime(), nullable=True),
        sa.Column('rests_until', UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_pace')),
    )
    op.create_table(
        'month_sent',
        sa.Column('month', sa.Text(), nullable=False),
        sa.Column('segments', sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint('month', name=op.f('pk_month_sent')),
    )
    with op.batch_alter_table('message') as message:
        message.add_column(sa.Column('subject', sa.Text(), nullable=True))
        message.add_column(sa.Column('again', sa.Integer(), server_default='0', nullable=False))
        message.add_column(sa.Column('language', sa.Text(), nullable=True))
        message.add_column(sa.Column('segments', sa.Integer(), nullable=True))
        message.add_column(sa.Column('claimed_at', UtcDateTime(), nullable=True))
        message.add_column(sa.Column('looks', sa.Integer(), server_default='0', nullable=False))
        message.add_column(sa.Column('error', sa.Text(), nullable=True))
        message.drop_constraint('uq_message_once', type_='unique')
    op.execute("UPDATE message SET subject = 'appointment:' || appointment_id WHERE appointment_id IS NOT NULL")
    op.execute("UPDATE message SET subject = 'ticket:' || ticket_id WHERE appointment_id IS NULL")
    with op.batch_alter_table('message') as message:
        message.alter_column('subject', existing_type=sa.Text(), nullable=False)
        message.create_unique_constraint('uq_message_once', ['subject', 'kind', 'version', 'again', 'recipient'])
        message.create_index('ix_message_appointment_id', ['appointment_id'])
        message.create_index('ix_message_lease', ['lease_until'], sqlite_where=IN_HAND, postgresql_where=IN_HAND)
        message.create_index(
            'ix_message_provider_id', ['provider_id'], sqlite_where=KNOWN_THERE, postgresql_where=KNOWN_THERE
        )


def downgrade() -> None:
    """Back. What was told again is told once; what is in doubt stays unknown."""
    op.execute('DELETE FROM message WHERE again > 0')
    op.execute("DELETE FROM message WHERE appointment_id IS NULL AND ticket_id IS NULL")
    op.execute("UPDATE message SET state = 'unknown' WHERE state = 'in_doubt'")
    op.execute("UPDATE message SET state = 'handed_over' WHERE state = 'delivered'")
    with op.batch_alter_table('message') as message:
        for index in ('appointment_id', 'lease', 'provider_id'):
            message.drop_index(f'ix_message_{index}')
        message.drop_constraint('uq_message_once', type_='unique')
        for column in ('subject', 'again', 'language', 'segments', 'claimed_at', 'looks', 'error'):
            message.drop_column(column)
        message.create_unique_constraint('uq_message_once', ['appointment_id', 'kind', 'version', 'recipient'])
    op.drop_table('month_sent')
    op.drop_table('pace')
