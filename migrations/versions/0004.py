"""Running late, future bookings of a number, invitations"""

import sqlalchemy as sa
from alembic import op

from foundation.model import Minutes, UtcDateTime

revision = '0004'
down_revision = '0003'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward."""
    op.add_column('visit', sa.Column('late_by', Minutes(), nullable=True))
    kept = sa.text('phone IS NOT NULL')
    op.create_index('ix_visit_phone', 'visit', ['phone'], sqlite_where=kept, postgresql_where=kept)
    op.create_table(
        'invitation',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('centre_id', sa.Integer(), nullable=False),
        sa.Column('service_id', sa.Integer(), nullable=False),
        sa.Column('counsellor_id', sa.Integer(), nullable=True),
        sa.Column('language', sa.Text(), nullable=False),
        sa.Column('valid_until', UtcDateTime(), nullable=False),
        sa.Column('used_at', UtcDateTime(), nullable=True),
        sa.Column('token_hash', sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(['centre_id'], ['centre.id'], name=op.f('fk_invitation_centre_id_centre')),
        sa.ForeignKeyConstraint(['service_id'], ['service.id'], name=op.f('fk_invitation_service_id_service')),
        sa.ForeignKeyConstraint(
            ['counsellor_id'], ['counsellor.id'], name=op.f('fk_invitation_counsellor_id_counsellor')
        ),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_invitation')),
        sa.UniqueConstraint('token_hash', name=op.f('uq_invitation_token_hash')),
    )
    op.create_index(op.f('ix_invitation_centre_id'), 'invitation', ['centre_id'])


def downgrade() -> None:
    """Back."""
    op.drop_table('invitation')
    op.drop_index('ix_visit_phone', 'visit')
    op.drop_column('visit', 'late_by')
