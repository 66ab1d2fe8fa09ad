"""The first tables"""

import sqlalchemy as sa
from alembic import op

from foundation.model import Minutes, UtcDateTime
from scheduling.models.net import spread_net


revision = '0001'
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward."""
    op.create_table('blocked_time',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('made_at', UtcDateTime(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_blocked_time'))
    )
    op.create_table('centre',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('code', sa.Text(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('place', sa.Text(), nullable=False),
    sa.Column('address', sa.Text(), nullable=False),
    sa.Column('directions', sa.JSON(), nullable=False),
    sa.Column('waiting_area', sa.JSON(), nullable=False),
    sa.Column('phone', sa.Text(), nullable=False),
    sa.Column('zone_name', sa.Text(), nullable=False),
    sa.Column('phone_languages', sa.JSON(), nullable=False),
    sa.Column('queue_settings', sa.JSON(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_centre')),
    sa.UniqueConstraint('code', name=op.f('uq_centre_code'))
    )
    op.create_table('change_tag',
    sa.Column('scope', sa.Text(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('scope', name=op.f('pk_change_tag'))
    )
    op.create_table('domain_clock',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('ahead_seconds', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_domain_clock'))
    )
    op.create_table('fact',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('subject_kind', sa.Text(), nullable=False),
    sa.Column('subject_id', sa.Integer(), nullable=False),
    sa.Column('scope', sa.Text(), nullable=False),
    sa.Column('at', UtcDateTime(), nullable=False),
    sa.Column('actor_kind', sa.Text(), nullable=False),
    sa.Column('actor_id', sa.Integer(), nullable=True),
    sa.Column('details', sa.JSON(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_fact'))
    )
    with op.batch_alter_table('fact', schema=None) as batch_op:
        batch_op.create_index('ix_fact_at', ['at'], unique=False)
        batch_op.create_index('ix_fact_subject', ['subject_kind', 'subject_id'], unique=False)

    op.create_table('form_key',
    sa.Column('key_hash', sa.Text(), nullable=False),
    sa.Column('body_hash', sa.Text(), nullable=False),
    sa.Column('subject_id', sa.Integer(), nullable=True),
    sa.Column('made_at', UtcDateTime(), nullable=False),
    sa.PrimaryKeyConstraint('key_hash', name=op.f('pk_form_key'))
    )
    with op.batch_alter_table('form_key', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_form_key_made_at'), ['made_at'], unique=False)

    op.create_table('resource',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('code', sa.Text(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('active', sa.Boolean(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_resource')),
    sa.UniqueConstraint('code', name=op.f('uq_resource_code'))
    )
    op.create_table('topic_group',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('code', sa.Text(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('pictogram', sa.Text(), nullable=False),
    sa.Column('titles', sa.JSON(), nullable=False),
    sa.Column('hints', sa.JSON(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_topic_group')),
    sa.UniqueConstraint('code', name=op.f('uq_topic_group_code'))
    )
    op.create_table('absence',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('resource_id', sa.Integer(), nullable=False),
    sa.Column('starts_at', UtcDateTime(), nullable=False),
    sa.Column('ends_at', UtcDateTime(), nullable=False),
    sa.CheckConstraint('starts_at < ends_at', name=op.f('ck_absence_order')),
    sa.ForeignKeyConstraint(['resource_id'], ['resource.id'], name=op.f('fk_absence_resource_id_resource')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_absence'))
    )
    with op.batch_alter_table('absence', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_absence_resource_id'), ['resource_id'], unique=False)

    op.create_table('centre_hours',
    sa.Column('centre_id', sa.Integer(), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('weekday', sa.Integer(), nullable=False),
    sa.Column('opens', sa.Time(), nullable=False),
    sa.Column('closes', sa.Time(), nullable=False),
    sa.Column('valid_from', sa.Date(), nullable=False),
    sa.Column('valid_until', sa.Date(), nullable=True),
    sa.Column('every_weeks', sa.Integer(), nullable=False),
    sa.CheckConstraint('opens < closes', name=op.f('ck_centre_hours_order')),
    sa.ForeignKeyConstraint(['centre_id'], ['centre.id'], name=op.f('fk_centre_hours_centre_id_centre')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_centre_hours'))
    )
    with op.batch_alter_table('centre_hours', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_centre_hours_centre_id'), ['centre_id'], unique=False)

    op.create_table('closure',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('centre_id', sa.Integer(), nullable=False),
    sa.Column('starts_at', UtcDateTime(), nullable=False),
    sa.Column('ends_at', UtcDateTime(), nullable=False),
    sa.CheckConstraint('starts_at < ends_at', name=op.f('ck_closure_order')),
    sa.ForeignKeyConstraint(['centre_id'], ['centre.id'], name=op.f('fk_closure_centre_id_centre')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_closure'))
    )
    with op.batch_alter_table('closure', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_closure_centre_id'), ['centre_id'], unique=False)

    op.create_table('counter',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('code', sa.Text(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('centre_id', sa.Integer(), nullable=False),
    sa.Column('label', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['centre_id'], ['centre.id'], name=op.f('fk_counter_centre_id_centre')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_counter')),
    sa.UniqueConstraint('code', name=op.f('uq_counter_code'))
    )
    with op.batch_alter_table('counter', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_counter_centre_id'), ['centre_id'], unique=False)

    op.create_table('device',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('centre_id', sa.Integer(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('token_hash', sa.Text(), nullable=True),
    sa.Column('pairing_hash', sa.Text(), nullable=True),
    sa.Column('pairing_until', UtcDateTime(), nullable=True),
    sa.Column('paired_at', UtcDateTime(), nullable=True),
    sa.Column('revoked_at', UtcDateTime(), nullable=True),
    sa.Column('wrong_in_a_row', sa.Integer(), nullable=False),
    sa.Column('wrong_today', sa.Integer(), nullable=False),
    sa.Column('wrong_on', sa.Date(), nullable=True),
    sa.Column('codes_locked_until', UtcDateTime(), nullable=True),
    sa.ForeignKeyConstraint(['centre_id'], ['centre.id'], name=op.f('fk_device_centre_id_centre')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_device')),
    sa.UniqueConstraint('pairing_hash', name=op.f('uq_device_pairing_hash')),
    sa.UniqueConstraint('token_hash', name=op.f('uq_device_token_hash'))
    )
    with op.batch_alter_table('device', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_device_centre_id'), ['centre_id'], unique=False)

    op.create_table('extra_hours',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('centre_id', sa.Integer(), nullable=False),
    sa.Column('resource_id', sa.Integer(), nullable=False),
    sa.Column('starts_at', UtcDateTime(), nullable=False),
    sa.Column('ends_at', UtcDateTime(), nullable=False),
    sa.Column('despite_holiday', sa.Boolean(), nullable=False),
    sa.CheckConstraint('starts_at < ends_at', name=op.f('ck_extra_hours_order')),
    sa.ForeignKeyConstraint(['centre_id'], ['centre.id'], name=op.f('fk_extra_hours_centre_id_centre')),
    sa.ForeignKeyConstraint(['resource_id'], ['resource.id'], name=op.f('fk_extra_hours_resource_id_resource')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_extra_hours'))
    )
    with op.batch_alter_table('extra_hours', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_extra_hours_centre_id'), ['centre_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_extra_hours_resource_id'), ['resource_id'], unique=False)

    op.create_table('help_request',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('centre_id', sa.Integer(), nullable=False),
    sa.Column('place', sa.Text(), nullable=False),
    sa.Column('asked_at', UtcDateTime(), nullable=False),
    sa.Column('coming_at', UtcDateTime(), nullable=True),
    sa.ForeignKeyConstraint(['centre_id'], ['centre.id'], name=op.f('fk_help_request_centre_id_centre')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_help_request'))
    )
    with op.batch_alter_table('help_request', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_help_request_centre_id'), ['centre_id'], unique=False)

    op.create_table('hours',
    sa.Column('resource_id', sa.Integer(), nullable=False),
    sa.Column('centre_id', sa.Integer(), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('weekday', sa.Integer(), nullable=False),
    sa.Column('opens', sa.Time(), nullable=False),
    sa.Column('closes', sa.Time(), nullable=False),
    sa.Column('valid_from', sa.Date(), nullable=False),
    sa.Column('valid_until', sa.Date(), nullable=True),
    sa.Column('every_weeks', sa.Integer(), nullable=False),
    sa.CheckConstraint('opens < closes', name=op.f('ck_hours_order')),
    sa.ForeignKeyConstraint(['centre_id'], ['centre.id'], name=op.f('fk_hours_centre_id_centre')),
    sa.ForeignKeyConstraint(['resource_id'], ['resource.id'], name=op.f('fk_hours_resource_id_resource')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_hours'))
    )
    with op.batch_alter_table('hours', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_hours_centre_id'), ['centre_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_hours_resource_id'), ['resource_id'], unique=False)

    op.create_table('interpreter',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('gender', sa.Text(), nullable=False),
    sa.Column('languages', sa.JSON(), nullable=False),
    sa.ForeignKeyConstraint(['id'], ['resource.id'], name=op.f('fk_interpreter_id_resource')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_interpreter'))
    )
    op.create_table('last_number',
    sa.Column('centre_id', sa.Integer(), nullable=False),
    sa.Column('day_on', sa.Date(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['centre_id'], ['centre.id'], name=op.f('fk_last_number_centre_id_centre')),
    sa.PrimaryKeyConstraint('centre_id', 'day_on', name=op.f('pk_last_number'))
    )
    op.create_table('service',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('code', sa.Text(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('topic_group_id', sa.Integer(), nullable=False),
    sa.Column('titles', sa.JSON(), nullable=False),
    sa.Column('bring', sa.JSON(), nullable=True),
    sa.Column('length', Minutes(), nullable=False),
    sa.Column('buffer', Minutes(), nullable=False),
    sa.Column('lead_time', Minutes(), nullable=False),
    sa.Column('horizon', Minutes(), nullable=False),
    sa.Column('party_max', sa.Integer(), nullable=False),
    sa.Column('room_features', sa.JSON(), nullable=False),
    sa.Column('bookable', sa.Boolean(), nullable=False),
    sa.Column('walk_in', sa.Boolean(), nullable=False),
    sa.Column('women_only', sa.Boolean(), nullable=False),
    sa.Column('hidden_topic', sa.Boolean(), nullable=False),
    sa.ForeignKeyConstraint(['topic_group_id'], ['topic_group.id'], name=op.f('fk_service_topic_group_id_topic_group')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_service')),
    sa.UniqueConstraint('code', name=op.f('uq_service_code'))
    )
    with op.batch_alter_table('service', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_service_topic_group_id'), ['topic_group_id'], unique=False)

    op.create_table('visit',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('centre_id', sa.Integer(), nullable=False),
    sa.Column('day_on', sa.Date(), nullable=False),
    sa.Column('code', sa.Text(), nullable=True),
    sa.Column('ui_lang', sa.Text(), nullable=False),
    sa.Column('spoken_langs', sa.JSON(), nullable=False),
    sa.Column('party', sa.Integer(), nullable=False),
    sa.Column('wishes', sa.JSON(), nullable=False),
    sa.Column('call_name', sa.Text(), nullable=True),
    sa.Column('phone', sa.Text(), nullable=True),
    sa.Column('consent_at', UtcDateTime(), nullable=True),
    sa.Column('consent_wording', sa.Text(), nullable=True),
    sa.Column('token_generation', sa.Integer(), nullable=False),
    sa.Column('token_hash', sa.Text(), nullable=True),
    sa.Column('typed_at', UtcDateTime(), nullable=False),
    sa.Column('ended_at', UtcDateTime(), nullable=True),
    sa.Column('erased_at', UtcDateTime(), nullable=True),
    sa.ForeignKeyConstraint(['centre_id'], ['centre.id'], name=op.f('fk_visit_centre_id_centre')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_visit')),
    sa.UniqueConstraint('token_hash', name=op.f('uq_visit_token_hash')),
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('visit', schema=None) as batch_op:
        batch_op.create_index('uq_visit_open_code', ['centre_id', 'day_on', 'code'], unique=True, sqlite_where=sa.text('ended_at IS NULL'), postgresql_where=sa.text('ended_at IS NULL'))

    op.create_table('counsellor',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('gender', sa.Text(), nullable=False),
    sa.Column('languages', sa.JSON(), nullable=False),
    sa.Column('counter_id', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['counter_id'], ['counter.id'], name=op.f('fk_counsellor_counter_id_counter')),
    sa.ForeignKeyConstraint(['id'], ['resource.id'], name=op.f('fk_counsellor_id_resource')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_counsellor'))
    )
    op.create_table('room',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('centre_id', sa.Integer(), nullable=False),
    sa.Column('counter_id', sa.Integer(), nullable=False),
    sa.Column('seats', sa.Integer(), nullable=False),
    sa.Column('features', sa.JSON(), nullable=False),
    sa.ForeignKeyConstraint(['centre_id'], ['centre.id'], name=op.f('fk_room_centre_id_centre')),
    sa.ForeignKeyConstraint(['counter_id'], ['counter.id'], name=op.f('fk_room_counter_id_counter')),
    sa.ForeignKeyConstraint(['id'], ['resource.id'], name=op.f('fk_room_id_resource')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_room'))
    )
    with op.batch_alter_table('room', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_room_centre_id'), ['centre_id'], unique=False)

    op.create_table('account',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('login', sa.Text(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('role', sa.Enum('counsellor', 'front_desk', 'lead', 'district_lead', 'admin', name='role', native_enum=False, length=20), nullable=False),
    sa.Column('centre_id', sa.Integer(), nullable=True),
    sa.Column('counsellor_id', sa.Integer(), nullable=True),
    sa.Column('password_hash', sa.Text(), nullable=False),
    sa.Column('active', sa.Boolean(), nullable=False),
    sa.Column('session_generation', sa.Integer(), nullable=False),
    sa.Column('failed_sign_ins', sa.Integer(), nullable=False),
    sa.Column('locked_until', UtcDateTime(), nullable=True),
    sa.ForeignKeyConstraint(['centre_id'], ['centre.id'], name=op.f('fk_account_centre_id_centre')),
    sa.ForeignKeyConstraint(['counsellor_id'], ['counsellor.id'], name=op.f('fk_account_counsellor_id_counsellor')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_account')),
    sa.UniqueConstraint('login', name=op.f('uq_account_login'))
    )
    op.create_table('appointment',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('visit_id', sa.Integer(), nullable=False),
    sa.Column('service_id', sa.Integer(), nullable=False),
    sa.Column('counsellor_id', sa.Integer(), nullable=False),
    sa.Column('room_id', sa.Integer(), nullable=False),
    sa.Column('interpreter_id', sa.Integer(), nullable=True),
    sa.Column('route', sa.Text(), nullable=False),
    sa.Column('starts_at', UtcDateTime(), nullable=False),
    sa.Column('ends_at', UtcDateTime(), nullable=False),
    sa.Column('state', sa.Enum('held', 'released', 'booked', 'cancelled', 'seen', 'no_show', name='appointmentstate', native_enum=False, length=20), nullable=False),
    sa.Column('hold_until', UtcDateTime(), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.CheckConstraint('starts_at < ends_at', name=op.f('ck_appointment_order')),
    sa.ForeignKeyConstraint(['counsellor_id'], ['counsellor.id'], name=op.f('fk_appointment_counsellor_id_counsellor')),
    sa.ForeignKeyConstraint(['interpreter_id'], ['interpreter.id'], name=op.f('fk_appointment_interpreter_id_interpreter')),
    sa.ForeignKeyConstraint(['room_id'], ['room.id'], name=op.f('fk_appointment_room_id_room')),
    sa.ForeignKeyConstraint(['service_id'], ['service.id'], name=op.f('fk_appointment_service_id_service')),
    sa.ForeignKeyConstraint(['visit_id'], ['visit.id'], name=op.f('fk_appointment_visit_id_visit'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_appointment'))
    )
    with op.batch_alter_table('appointment', schema=None) as batch_op:
        batch_op.create_index('ix_appointment_counsellor_id_starts_at', ['counsellor_id', 'starts_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_appointment_visit_id'), ['visit_id'], unique=False)

    op.create_table('skill',
    sa.Column('counsellor_id', sa.Integer(), nullable=False),
    sa.Column('service_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['counsellor_id'], ['counsellor.id'], name=op.f('fk_skill_counsellor_id_counsellor')),
    sa.ForeignKeyConstraint(['service_id'], ['service.id'], name=op.f('fk_skill_service_id_service')),
    sa.PrimaryKeyConstraint('counsellor_id', 'service_id', name=op.f('pk_skill'))
    )
    op.create_table('claim',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('resource_id', sa.Integer(), nullable=False),
    sa.Column('starts_at', UtcDateTime(), nullable=False),
    sa.Column('ends_at', UtcDateTime(), nullable=False),
    sa.Column('appointment_id', sa.Integer(), nullable=True),
    sa.Column('blocked_time_id', sa.Integer(), nullable=True),
    sa.CheckConstraint('(appointment_id IS NULL) <> (blocked_time_id IS NULL)', name=op.f('ck_claim_one_reason')),
    sa.CheckConstraint('starts_at < ends_at', name=op.f('ck_claim_order')),
    sa.ForeignKeyConstraint(['appointment_id'], ['appointment.id'], name=op.f('fk_claim_appointment_id_appointment'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['blocked_time_id'], ['blocked_time.id'], name=op.f('fk_claim_blocked_time_id_blocked_time'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['resource_id'], ['resource.id'], name=op.f('fk_claim_resource_id_resource')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_claim'))
    )
    with op.batch_alter_table('claim', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_claim_appointment_id'), ['appointment_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_claim_blocked_time_id'), ['blocked_time_id'], unique=False)
        batch_op.create_index('ix_claim_resource_id_starts_at', ['resource_id', 'starts_at'], unique=False)

    op.create_table('message',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('visit_id', sa.Integer(), nullable=False),
    sa.Column('appointment_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.Enum('confirmation', 'reminder', 'moved', 'cancelled', name='kind', native_enum=False, length=20), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('recipient', sa.Text(), nullable=True),
    sa.Column('body', sa.Text(), nullable=True),
    sa.Column('due_at', UtcDateTime(), nullable=False),
    sa.Column('useless_after', UtcDateTime(), nullable=False),
    sa.Column('state', sa.Enum('due', 'claimed', 'handed_over', 'withdrawn', 'useless', 'failed', 'unknown', name='messagestate', native_enum=False, length=20), nullable=False),
    sa.Column('lease_until', UtcDateTime(), nullable=True),
    sa.Column('tries', sa.Integer(), nullable=False),
    sa.Column('provider_id', sa.Text(), nullable=True),
    sa.Column('sent_at', UtcDateTime(), nullable=True),
    sa.ForeignKeyConstraint(['appointment_id'], ['appointment.id'], name=op.f('fk_message_appointment_id_appointment'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['visit_id'], ['visit.id'], name=op.f('fk_message_visit_id_visit'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_message')),
    sa.UniqueConstraint('appointment_id', 'kind', 'version', 'recipient', name='uq_message_once')
    )
    with op.batch_alter_table('message', schema=None) as batch_op:
        batch_op.create_index('ix_message_due', ['due_at', 'id'], unique=False, sqlite_where=sa.text("state = 'due'"), postgresql_where=sa.text("state = 'due'"))
        batch_op.create_index(batch_op.f('ix_message_visit_id'), ['visit_id'], unique=False)

    op.create_table('ticket',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('centre_id', sa.Integer(), nullable=False),
    sa.Column('day_on', sa.Date(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('visit_id', sa.Integer(), nullable=False),
    sa.Column('appointment_id', sa.Integer(), nullable=True),
    sa.Column('topic_group_id', sa.Integer(), nullable=True),
    sa.Column('state', sa.Enum('waiting', 'called', 'serving', 'done', 'no_show', 'left', name='ticketstate', native_enum=False, length=20), nullable=False),
    sa.Column('urgent', sa.Enum('deadline', 'health', 'child', name='urgentreason', native_enum=False, length=20), nullable=True),
    sa.Column('arrived_at', UtcDateTime(), nullable=False),
    sa.Column('called_at', UtcDateTime(), nullable=True),
    sa.Column('started_at', UtcDateTime(), nullable=True),
    sa.Column('ended_at', UtcDateTime(), nullable=True),
    sa.Column('counsellor_id', sa.Integer(), nullable=True),
    sa.Column('counter_id', sa.Integer(), nullable=True),
    sa.Column('closed_over', sa.Boolean(), nullable=False),
    sa.ForeignKeyConstraint(['appointment_id'], ['appointment.id'], name=op.f('fk_ticket_appointment_id_appointment'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['centre_id'], ['centre.id'], name=op.f('fk_ticket_centre_id_centre')),
    sa.ForeignKeyConstraint(['counsellor_id'], ['counsellor.id'], name=op.f('fk_ticket_counsellor_id_counsellor')),
    sa.ForeignKeyConstraint(['counter_id'], ['counter.id'], name=op.f('fk_ticket_counter_id_counter')),
    sa.ForeignKeyConstraint(['topic_group_id'], ['topic_group.id'], name=op.f('fk_ticket_topic_group_id_topic_group')),
    sa.ForeignKeyConstraint(['visit_id'], ['visit.id'], name=op.f('fk_ticket_visit_id_visit'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_ticket')),
    sa.UniqueConstraint('centre_id', 'day_on', 'number', name=op.f('uq_ticket_centre_id_day_on_number'))
    )
    with op.batch_alter_table('ticket', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_ticket_appointment_id'), ['appointment_id'], unique=False)
        batch_op.create_index('uq_ticket_open_visit', ['visit_id'], unique=True, sqlite_where=sa.text("state IN ('waiting', 'called', 'serving')"), postgresql_where=sa.text("state IN ('waiting', 'called', 'serving')"))

    op.create_table('call',
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
    sa.ForeignKeyConstraint(['ticket_id'], ['ticket.id'], name=op.f('fk_call_ticket_id_ticket'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_call'))
    )
    with op.batch_alter_table('call', schema=None) as batch_op:
        batch_op.create_index('ix_call_centre_id_at', ['centre_id', 'at'], unique=False)
        batch_op.create_index('ix_call_counsellor_id_at', ['counsellor_id', 'at'], unique=False)
        batch_op.create_index(batch_op.f('ix_call_ticket_id'), ['ticket_id'], unique=False)
    spread_net(op.get_bind())


def downgrade() -> None:
    """Back."""
    with op.batch_alter_table('call', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_call_ticket_id'))
        batch_op.drop_index('ix_call_counsellor_id_at')
        batch_op.drop_index('ix_call_centre_id_at')

    op.drop_table('call')
    with op.batch_alter_table('ticket', schema=None) as batch_op:
        batch_op.drop_index('uq_ticket_open_visit', sqlite_where=sa.text("state IN ('waiting', 'called', 'serving')"), postgresql_where=sa.text("state IN ('waiting', 'called', 'serving')"))
        batch_op.drop_index(batch_op.f('ix_ticket_appointment_id'))

    op.drop_table('ticket')
    with op.batch_alter_table('message', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_message_visit_id'))
        batch_op.drop_index('ix_message_due', sqlite_where=sa.text("state = 'due'"), postgresql_where=sa.text("state = 'due'"))

    op.drop_table('message')
    with op.batch_alter_table('claim', schema=None) as batch_op:
        batch_op.drop_index('ix_claim_resource_id_starts_at')
        batch_op.drop_index(batch_op.f('ix_claim_blocked_time_id'))
        batch_op.drop_index(batch_op.f('ix_claim_appointment_id'))

    op.drop_table('claim')
    op.drop_table('skill')
    with op.batch_alter_table('appointment', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_appointment_visit_id'))
        batch_op.drop_index('ix_appointment_counsellor_id_starts_at')

    op.drop_table('appointment')
    op.drop_table('account')
    with op.batch_alter_table('room', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_room_centre_id'))

    op.drop_table('room')
    op.drop_table('counsellor')
    with op.batch_alter_table('visit', schema=None) as batch_op:
        batch_op.drop_index('uq_visit_open_code', sqlite_where=sa.text('ended_at IS NULL'), postgresql_where=sa.text('ended_at IS NULL'))

    op.drop_table('visit')
    with op.batch_alter_table('service', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_service_topic_group_id'))

    op.drop_table('service')
    op.drop_table('last_number')
    op.drop_table('interpreter')
    with op.batch_alter_table('hours', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_hours_resource_id'))
        batch_op.drop_index(batch_op.f('ix_hours_centre_id'))

    op.drop_table('hours')
    with op.batch_alter_table('help_request', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_help_request_centre_id'))

    op.drop_table('help_request')
    with op.batch_alter_table('extra_hours', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_extra_hours_resource_id'))
        batch_op.drop_index(batch_op.f('ix_extra_hours_centre_id'))

    op.drop_table('extra_hours')
    with op.batch_alter_table('device', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_device_centre_id'))

    op.drop_table('device')
    with op.batch_alter_table('counter', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_counter_centre_id'))

    op.drop_table('counter')
    with op.batch_alter_table('closure', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_closure_centre_id'))

    op.drop_table('closure')
    with op.batch_alter_table('centre_hours', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_centre_hours_centre_id'))

    op.drop_table('centre_hours')
    with op.batch_alter_table('absence', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_absence_resource_id'))

    op.drop_table('absence')
    op.drop_table('topic_group')
    op.drop_table('resource')
    with op.batch_alter_table('form_key', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_form_key_made_at'))

    op.drop_table('form_key')
    with op.batch_alter_table('fact', schema=None) as batch_op:
        batch_op.drop_index('ix_fact_subject')
        batch_op.drop_index('ix_fact_at')

    op.drop_table('fact')
    op.drop_table('domain_clock')
    op.drop_table('change_tag')
    op.drop_table('centre')
    op.drop_table('blocked_time')
