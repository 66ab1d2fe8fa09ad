"""Whom of the interpreter pool a centre asks, what they answered, and who came for how long"""

import sqlalchemy as sa
from alembic import op

from foundation.model import UtcDateTime

revision = '0024'
down_revision = '0023'
branch_labels = None
depends_on = None

STATES = ('open', 'accepted', 'refused', 'passed_on', 'off')
LIVE = sa.text("state IN ('open', 'accepted')")


def upgrade() -> None:
    """Forward."""
    op.add_column('centre', sa.Column('asks_interpreters', sa.Boolean(), server_default=sa.false(), nullable=False))
    op.create_table(
        'pool_interpreter',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('centre_id', sa.Integer(), nullable=False),
        sa.Column('code', sa.Text(), nullable=False),
        sa.Column('version', sa.Integer(), nullable=False),
        sa.Column('active', sa.Boolean(), nullable=False),
        sa.Column('name', sa.Text(), nullable=False),
        sa.Column('gender', sa.Text(), nullable=False),
        sa.Column('languages', sa.JSON(), nullable=False),
        sa.Column('phone', sa.Text(), nullable=True),
        sa.Column('email', sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(['centre_id'], ['centre.id'], name=op.f('fk_pool_interpreter_centre_id_centre')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_pool_interpreter')),
        sa.UniqueConstraint('code', name=op.f('uq_pool_interpreter_code')),
    )
    op.create_index('ix_pool_interpreter_centre_id', 'pool_interpreter', ['centre_id'])
    op.create_table(
        'asking',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('request_id', sa.Integer(), nullable=False),
        sa.Column('interpreter_id', sa.Integer(), nullable=False),
        sa.Column('state', sa.Enum(*STATES, name='askingstate', native_enum=False, length=20), nullable=False),
        sa.Column('by_phone', sa.Boolean(), nullable=False),
        sa.Column('asked_at', UtcDateTime(), nullable=False),
        sa.Column('answer_by', UtcDateTime(), nullable=False),
        sa.Column('token_hash', sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ['request_id'], ['pool_request.id'], name=op.f('fk_asking_request_id_pool_request'), ondelete='CASCADE'
        ),
        sa.ForeignKeyConstraint(
            ['interpreter_id'], ['pool_interpreter.id'], name=op.f('fk_asking_interpreter_id_pool_interpreter')
        ),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_asking')),
        sa.UniqueConstraint('token_hash', name=op.f('uq_asking_token_hash')),
    )
    op.create_index('ix_asking_request_id', 'asking', ['request_id'])
    op.create_index('ix_asking_interpreter_id', 'asking', ['interpreter_id'])
    op.create_index(
        'uq_asking_live', 'asking', ['request_id'], unique=True, sqlite_where=LIVE, postgresql_where=LIVE
    )
    op.create_index('ix_asking_open', 'asking', ['answer_by'], sqlite_where=LIVE, postgresql_where=LIVE)
    op.create_table(
        'duty',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('centre_id', sa.Integer(), nullable=False),
        sa.Column('appointment_id', sa.Integer(), nullable=True),
        sa.Column('house_id', sa.Integer(), nullable=True),
        sa.Column('pool_id', sa.Integer(), nullable=True),
        sa.Column('name', sa.Text(), nullable=False),
        sa.Column('language', sa.Text(), nullable=True),
        sa.Column('by_phone', sa.Boolean(), nullable=False),
        sa.Column('starts_at', UtcDateTime(), nullable=False),
        sa.Column('ends_at', UtcDateTime(), nullable=False),
        sa.Column('units', sa.Integer(), nullable=False),
        sa.Column('noted_at', UtcDateTime(), nullable=False),
        sa.Column('noted_by', sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(['centre_id'], ['centre.id'], name=op.f('fk_duty_centre_id_centre')),
        sa.ForeignKeyConstraint(
            ['appointment_id'], ['appointment.id'], name=op.f('fk_duty_appointment_id_appointment'),
            ondelete='SET NULL',
        ),
        sa.ForeignKeyConstraint(['house_id'], ['interpreter.id'], name=op.f('fk_duty_house_id_interpreter')),
        sa.ForeignKeyConstraint(['pool_id'], ['pool_interpreter.id'], name=op.f('fk_duty_pool_id_pool_interpreter')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_duty')),
        sa.UniqueConstraint('appointment_id', name=op.f('uq_duty_appointment_id')),
    )
    op.create_index('ix_duty_month', 'duty', ['centre_id', 'starts_at'])
    with op.batch_alter_table('message') as message:
        message.add_column(sa.Column('asking_id', sa.Integer(), nullable=True))
        message.create_foreign_key(
            message.f('fk_message_asking_id_asking'), 'asking', ['asking_id'], ['id'], ondelete='CASCADE'
        )
        message.create_index('ix_message_asking_id', ['asking_id'])


def downgrade() -> None:
    """Back. Who was asked and who came is forgotten."""
    op.execute("DELETE FROM message WHERE asking_id IS NOT NULL")
    with op.batch_alter_table('message') as message:
        message.drop_index('ix_message_asking_id')
        message.drop_constraint('fk_message_asking_id_asking', type_='foreignkey')
        message.drop_column('asking_id')
    for table in ('duty', 'asking', 'pool_interpreter'):
        op.drop_table(table)
    op.drop_column('centre', 'asks_interpreters')
