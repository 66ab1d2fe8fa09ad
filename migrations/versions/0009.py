"""The desk: parked, missed and handed-over tickets, undo by trail, delays; calls are kept with their ticket"""

import sqlalchemy as sa
from alembic import op

from foundation.model import Minutes, UtcDateTime

revision = '0009'
down_revision = '0008'
branch_labels = None
depends_on = None

OPEN_BEFORE = "state IN ('waiting', 'called', 'serving')"
OPEN_NOW = "state IN ('waiting', 'missed', 'called', 'serving', 'parked')"
BUSY = "state IN ('called', 'serving')"


def only(condition: str) -> dict[str, sa.TextClause]:
    """An index over some rows, on both databases."""
    return {'sqlite_where': sa.text(condition), 'postgresql_where': sa.text(condition)}


def upgrade() -> None:
    """Forward."""
    op.drop_table('call')
    op.add_column('appointment', sa.Column('delayed_by', Minutes(), nullable=True))
    op.drop_index('uq_ticket_open_visit', 'ticket')
    with op.batch_alter_table('ticket') as batch_op:
        batch_op.add_column(sa.Column('named_at', UtcDateTime(), nullable=True))
        batch_op.add_column(sa.Column('calls', sa.Integer(), nullable=False, server_default='0'))
        batch_op.add_column(sa.Column('missed_at', UtcDateTime(), nullable=True))
        batch_op.add_column(sa.Column('handed_to_id', sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column('service_id', sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column('follows', sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.add_column(sa.Column('notes', sa.JSON(), nullable=False, server_default='[]'))
        batch_op.add_column(sa.Column('trail', sa.JSON(), nullable=False, server_default='[]'))
        batch_op.create_foreign_key(
            batch_op.f('fk_ticket_handed_to_id_counsellor'), 'counsellor', ['handed_to_id'], ['id']
        )
        batch_op.create_foreign_key(batch_op.f('fk_ticket_service_id_service'), 'service', ['service_id'], ['id'])
    with op.batch_alter_table('ticket') as batch_op:
        for name in ('calls', 'follows', 'notes', 'trail'):
            batch_op.alter_column(name, server_default=None)
    op.create_index('uq_ticket_open_visit', 'ticket', ['visit_id'], unique=True, **only(OPEN_NOW))
    op.create_index('uq_ticket_busy_counter', 'ticket', ['counter_id', 'day_on'], unique=True, **only(BUSY))
    op.create_index('uq_ticket_busy_counsellor', 'ticket', ['counsellor_id', 'day_on'], unique=True, **only(BUSY))


def downgrade() -> None:
    """Back."""
    for name in ('uq_ticket_busy_counsellor', 'uq_ticket_busy_counter', 'uq_ticket_open_visit'):
        op.drop_index(name, 'ticket')
    op.execute("UPDATE ticket SET state = 'waiting' WHERE state IN ('parked', 'missed')")
    op.execute("UPDATE ticket SET state = 'left' WHERE state = 'sent_on'")
    with op.batch_alter_table('ticket') as batch_op:
        batch_op.drop_constraint(batch_op.f('fk_ticket_service_id_service'), type_='foreignkey')
        batch_op.drop_constraint(batch_op.f('fk_ticket_handed_to_id_counsellor'), type_='foreignkey')
        for name in ('trail', 'notes', 'follows', 'service_id', 'handed_to_id', 'missed_at', 'calls', 'named_at'):
            batch_op.drop_column(name)
    op.create_index('uq_ticket_open_visit', 'ticket', ['visit_id'], unique=True, **only(OPEN_BEFORE))
    op.drop_column('appointment', 'delayed_by')
    op.create_table(
        'call',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('centre_id', sa.Integer(), nullable=False),
        sa.Column('ticket_id', sa.Integer(), nullable=False),
        sa.Column('counsellor_id', sa.Integer(), nullable=False),
        sa.Column('counter_id', sa.Integer(), nullable=False),
        sa.Column('at', UtcDateTime(), nullable=False),
        sa.Column('appointment', sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(['centre_id'], ['centre.id'], name=op.f('fk_call_centre_id_centre')),
        sa.ForeignKeyConstraint(['counsellor_id'], ['counsellor.id'], name=op.f('fk_call_counsellor_id_counsellor')),
        sa.ForeignKeyConstraint(['counter_id'], ['counter.id'], name=op.f('fk_call_counter_id_counter')),
        sa.ForeignKeyConstraint(
            ['ticket_id'], ['ticket.id'], name=op.f('fk_call_ticket_id_ticket'), ondelete='CASCADE'
        ),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_call')),
    )
    op.create_index('ix_call_centre_id_at', 'call', ['centre_id', 'at'])
    op.create_index('ix_call_counsellor_id_at', 'call', ['counsellor_id', 'at'])
    op.create_index(op.f('ix_call_ticket_id'), 'call', ['ticket_id'])
