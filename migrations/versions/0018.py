"""What people write back, who wants no SMS any more, where consent was given, and who said that she comes"""

import sqlalchemy as sa
from alembic import op

from foundation.model import UtcDateTime

revision = '0018'
down_revision = '0017'
branch_labels = None
depends_on = None

OPEN = sa.text('handled_at IS NULL')


def upgrade() -> None:
    """Forward."""
    op.create_table(
        'incoming',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('provider_id', sa.Text(), nullable=False),
        sa.Column('sender', sa.Text(), nullable=True),
        sa.Column('body', sa.Text(), nullable=True),
        sa.Column('received_at', UtcDateTime(), nullable=False),
        sa.Column('centre_id', sa.Integer(), nullable=True),
        sa.Column('visit_id', sa.Integer(), nullable=True),
        sa.Column(
            'meaning',
            sa.Enum('comes', 'cannot', 'stop', 'start', 'else', name='reply', native_enum=False, length=20),
            nullable=False,
        ),
        sa.Column('handled_at', UtcDateTime(), nullable=True),
        sa.Column('handled_by', sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(['centre_id'], ['centre.id'], name=op.f('fk_incoming_centre_id_centre')),
        sa.ForeignKeyConstraint(
            ['visit_id'], ['visit.id'], name=op.f('fk_incoming_visit_id_visit'), ondelete='SET NULL'
        ),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_incoming')),
        sa.UniqueConstraint('provider_id', name=op.f('uq_incoming_provider_id')),
    )
    op.create_index('ix_incoming_visit_id', 'incoming', ['visit_id'])
    op.create_index('ix_incoming_open', 'incoming', ['received_at'], sqlite_where=OPEN, postgresql_where=OPEN)
    op.create_table(
        'opted_out',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('number_hash', sa.Text(), nullable=False),
        sa.Column('since_at', UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_opted_out')),
        sa.UniqueConstraint('number_hash', name=op.f('uq_opted_out_number_hash')),
    )
    op.add_column('visit', sa.Column('consent_channel', sa.Text(), nullable=True))
    op.add_column('visit', sa.Column('consent_ended_at', UtcDateTime(), nullable=True))
    op.add_column('visit', sa.Column('said_comes_at', UtcDateTime(), nullable=True))


def downgrade() -> None:
    """Back. Who wanted no SMS has no consent left; a new booking of hers would write to her again."""
    op.execute("DELETE FROM message WHERE subject LIKE 'incoming:%'")
    op.execute("UPDATE visit SET consent_at = NULL, consent_wording = NULL WHERE consent_ended_at IS NOT NULL")
    op.drop_column('visit', 'said_comes_at')
    op.drop_column('visit', 'consent_ended_at')
    op.drop_column('visit', 'consent_channel')
    op.drop_table('opted_out')
    op.drop_table('incoming')
