"""Courses with sessions, enrolments, seats and attendance"""

import sqlalchemy as sa
from alembic import op

from foundation.model import UtcDateTime

revision = '0022'
down_revision = '0021'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward."""
    op.create_table('course',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('code', sa.Text(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('centre_id', sa.Integer(), nullable=False),
    sa.Column('state', sa.Enum('draft', 'open', 'called_off', name='coursestate', native_enum=False, length=20), nullable=False),
    sa.Column('titles', sa.JSON(), nullable=False),
    sa.Column('abouts', sa.JSON(), nullable=False),
    sa.Column('audience', sa.JSON(), nullable=False),
    sa.Column('level', sa.Text(), nullable=True),
    sa.Column('women_only', sa.Boolean(), server_default=sa.false(), nullable=False),
    sa.Column('drop_in', sa.Boolean(), server_default=sa.false(), nullable=False),
    sa.Column('teacher_id', sa.Integer(), nullable=False),
    sa.Column('room_id', sa.Integer(), nullable=True),
    sa.Column('place', sa.Text(), nullable=True),
    sa.Column('seats', sa.Integer(), nullable=False),
    sa.Column('childcare', sa.Integer(), server_default='0', nullable=False),
    sa.Column('late_sessions', sa.Integer(), server_default='0', nullable=False),
    sa.Column('absences', sa.Integer(), nullable=True),
    sa.CheckConstraint('absences IS NULL OR absences > 0', name=op.f('ck_course_absences')),
    sa.CheckConstraint('seats >= 0 AND childcare >= 0 AND late_sessions >= 0', name=op.f('ck_course_counts')),
    sa.ForeignKeyConstraint(['centre_id'], ['centre.id'], name=op.f('fk_course_centre_id_centre')),
    sa.ForeignKeyConstraint(['room_id'], ['room.id'], name=op.f('fk_course_room_id_room')),
    sa.ForeignKeyConstraint(['teacher_id'], ['counsellor.id'], name=op.f('fk_course_teacher_id_counsellor')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_course')),
    sa.UniqueConstraint('code', name=op.f('uq_course_code'))
    )
    op.create_index('ix_course_centre_id', 'course', ['centre_id'])

    op.create_table('course_session',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('course_id', sa.Integer(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('starts_at', UtcDateTime(), nullable=False),
    sa.Column('ends_at', UtcDateTime(), nullable=False),
    sa.Column('teacher_id', sa.Integer(), nullable=False),
    sa.Column('room_id', sa.Integer(), nullable=True),
    sa.Column('blocked_time_id', sa.Integer(), nullable=True),
    sa.Column('cancelled_at', UtcDateTime(), nullable=True),
    sa.Column('attended', sa.Integer(), nullable=True),
    sa.CheckConstraint('starts_at < ends_at', name=op.f('ck_course_session_order')),
    sa.ForeignKeyConstraint(['blocked_time_id'], ['blocked_time.id'], name=op.f('fk_course_session_blocked_time_id_blocked_time'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['course_id'], ['course.id'], name=op.f('fk_course_session_course_id_course'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['room_id'], ['room.id'], name=op.f('fk_course_session_room_id_room')),
    sa.ForeignKeyConstraint(['teacher_id'], ['counsellor.id'], name=op.f('fk_course_session_teacher_id_counsellor')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_course_session')),
    sa.UniqueConstraint('blocked_time_id', name=op.f('uq_course_session_blocked_time_id')),
    sa.UniqueConstraint('course_id', 'number', name='uq_course_session_number')
    )
    op.create_index('ix_course_session_course_id', 'course_session', ['course_id'])
    op.create_index('ix_course_session_room_id', 'course_session', ['room_id'])
    op.create_index('ix_course_session_starts_at', 'course_session', ['starts_at'])
    op.create_index('ix_course_session_teacher_id', 'course_session', ['teacher_id'])

    op.create_table('enrolment',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('course_id', sa.Integer(), nullable=False),
    sa.Column('visit_id', sa.Integer(), nullable=False),
    sa.Column('state', sa.Enum('waiting', 'offered', 'enrolled', 'left', 'lapsed', 'removed', 'called_off', name='enrolmentstate', native_enum=False, length=20), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('children', sa.Integer(), server_default='0', nullable=False),
    sa.Column('since_at', UtcDateTime(), nullable=False),
    sa.Column('seated_at', UtcDateTime(), nullable=True),
    sa.Column('offered_until', UtcDateTime(), nullable=True),
    sa.CheckConstraint('children >= 0', name=op.f('ck_enrolment_children')),
    sa.ForeignKeyConstraint(['course_id'], ['course.id'], name=op.f('fk_enrolment_course_id_course'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['visit_id'], ['visit.id'], name=op.f('fk_enrolment_visit_id_visit'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_enrolment')),
    sa.UniqueConstraint('visit_id', name=op.f('uq_enrolment_visit_id'))
    )
    op.create_index('ix_enrolment_course_id_state', 'enrolment', ['course_id', 'state'])
    op.create_index('ix_enrolment_offered_until', 'enrolment', ['offered_until'], sqlite_where=sa.text("state = 'offered'"), postgresql_where=sa.text("state = 'offered'"))

    op.create_table('attendance',
    sa.Column('session_id', sa.Integer(), nullable=False),
    sa.Column('enrolment_id', sa.Integer(), nullable=False),
    sa.Column('came', sa.Boolean(), nullable=False),
    sa.ForeignKeyConstraint(['enrolment_id'], ['enrolment.id'], name=op.f('fk_attendance_enrolment_id_enrolment'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['session_id'], ['course_session.id'], name=op.f('fk_attendance_session_id_course_session'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('session_id', 'enrolment_id', name=op.f('pk_attendance'))
    )
    op.create_index('ix_attendance_enrolment_id', 'attendance', ['enrolment_id'])

    op.create_table('seat',
    sa.Column('course_id', sa.Integer(), nullable=False),
    sa.Column('pool', sa.Enum('seat', 'child', name='pool', native_enum=False, length=20), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('enrolment_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['course_id'], ['course.id'], name=op.f('fk_seat_course_id_course'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['enrolment_id'], ['enrolment.id'], name=op.f('fk_seat_enrolment_id_enrolment'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('course_id', 'pool', 'number', name=op.f('pk_seat'))
    )
    op.create_index('ix_seat_enrolment_id', 'seat', ['enrolment_id'])

    with op.batch_alter_table('message') as batch:
        for column, table in (('enrolment_id', 'enrolment'), ('session_id', 'course_session')):
            batch.add_column(sa.Column(column, sa.Integer(), nullable=True))
            batch.create_foreign_key(f'fk_message_{column}_{table}', table, [column], ['id'], ondelete='CASCADE')
            batch.create_index(f'ix_message_{column}', [column])


def downgrade() -> None:
    """Back. Enrolments go, and with them how their people are reached."""
    with op.batch_alter_table('message') as batch:
        for column, table in (('enrolment_id', 'enrolment'), ('session_id', 'course_session')):
            batch.drop_index(f'ix_message_{column}')
            batch.drop_constraint(f'fk_message_{column}_{table}', type_='foreignkey')
            batch.drop_column(column)
    op.execute('DELETE FROM visit WHERE id IN (SELECT visit_id FROM enrolment)')
    op.execute("DELETE FROM blocked_time WHERE kind = 'course'")
    for table in ('seat', 'attendance', 'enrolment', 'course_session', 'course'):
        op.drop_table(table)
