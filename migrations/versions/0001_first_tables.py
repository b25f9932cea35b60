"""first tables"""

import sqlalchemy as sa
from alembic import op

revision = '0001'
down_revision = None

ONLY_GROWS = {
    "sqlite": [
        "CREATE TRIGGER ledger_entry_no_update BEFORE update ON ledger_entry\n"
        "BEGIN SELECT RAISE(ABORT, 'the ledger only grows'); END",
        "CREATE TRIGGER ledger_entry_no_delete BEFORE delete ON ledger_entry\n"
        "BEGIN SELECT RAISE(ABORT, 'the ledger only grows'); END",
    ],
    "postgresql": [
        "CREATE OR REPLACE FUNCTION ledger_only_grows() RETURNS trigger LANGUAGE plpgsql AS\n"
        "$$ BEGIN RAISE EXCEPTION 'the ledger only grows'; END $$",
        "CREATE TRIGGER ledger_entry_no_change BEFORE UPDATE OR DELETE ON ledger_entry\n"
        "FOR EACH ROW EXECUTE FUNCTION ledger_only_grows()",
    ],
}


def upgrade():
    op.create_table('calendar_day',
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('works', sa.Boolean(), nullable=False),
    sa.Column('name', sa.String(length=50), nullable=False),
    sa.PrimaryKeyConstraint('day', name=op.f('pk_calendar_day'))
    )
    op.create_table('certificate_group',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('made_by', sa.Integer(), nullable=True),
    sa.Column('made_at', sa.DateTime(), nullable=False),
    sa.Column('left_out', sa.JSON(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_certificate_group'))
    )
    op.create_table('credential_kind',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('code', sa.String(length=40), nullable=False),
    sa.Column('name_zh', sa.String(length=100), nullable=False),
    sa.Column('name_en', sa.String(length=150), nullable=True),
    sa.Column('issuer', sa.String(length=150), nullable=True),
    sa.Column('lapses', sa.Boolean(), nullable=False),
    sa.Column('months', sa.Integer(), nullable=True),
    sa.Column('professional', sa.Boolean(), nullable=False),
    sa.Column('grade', sa.Enum('assistant', 'social_worker', 'senior', name='grade', native_enum=False, length=30), nullable=True),
    sa.Column('place', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_credential_kind')),
    sa.UniqueConstraint('code', name=op.f('uq_credential_kind_code'))
    )
    op.create_table('ended_session',
    sa.Column('digest', sa.String(length=64), nullable=False),
    sa.Column('at', sa.DateTime(), nullable=False),
    sa.PrimaryKeyConstraint('digest', name=op.f('pk_ended_session'))
    )
    with op.batch_alter_table('ended_session', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_ended_session_at'), ['at'], unique=False)

    op.create_table('failed_sign_in',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('login_index', sa.String(length=64), nullable=False),
    sa.Column('address_index', sa.String(length=64), nullable=False),
    sa.Column('at', sa.DateTime(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_failed_sign_in'))
    )
    with op.batch_alter_table('failed_sign_in', schema=None) as batch_op:
        batch_op.create_index('ix_failed_sign_in_address', ['address_index', 'at'], unique=False)
        batch_op.create_index('ix_failed_sign_in_login', ['login_index', 'at'], unique=False)

    op.create_table('job_run',
    sa.Column('name', sa.String(length=60), nullable=False),
    sa.Column('started_at', sa.DateTime(), nullable=False),
    sa.Column('finished_at', sa.DateTime(), nullable=True),
    sa.Column('result', sa.String(length=500), nullable=True),
    sa.PrimaryKeyConstraint('name', name=op.f('pk_job_run'))
    )
    op.create_table('office',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('parent_id', sa.Integer(), nullable=True),
    sa.Column('path', sa.String(length=200), nullable=False),
    sa.Column('kind', sa.Enum('district', 'street', 'community', 'station', 'partner', name='officekind', native_enum=False, length=30), nullable=False),
    sa.Column('name_zh', sa.String(length=100), nullable=False),
    sa.Column('name_en', sa.String(length=150), nullable=True),
    sa.Column('division_code', sa.String(length=12), nullable=True),
    sa.Column('credit_code', sa.String(length=18), nullable=True),
    sa.Column('contact_name', sa.String(length=50), nullable=True),
    sa.Column('contact_phone', sa.String(length=30), nullable=True),
    sa.Column('contact_email', sa.String(length=254), nullable=True),
    sa.Column('address', sa.String(length=200), nullable=True),
    sa.Column('zone', sa.String(length=50), nullable=False),
    sa.Column('settlement', sa.Enum('urban', 'rural', name='settlement', native_enum=False, length=30), nullable=False),
    sa.Column('households', sa.Integer(), nullable=True),
    sa.Column('open', sa.Boolean(), nullable=False),
    sa.ForeignKeyConstraint(['parent_id'], ['office.id'], name=op.f('fk_office_parent_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_office')),
    sa.UniqueConstraint('credit_code', name=op.f('uq_office_credit_code'))
    )
    with op.batch_alter_table('office', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_office_parent_id'), ['parent_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_office_path'), ['path'], unique=False)

    op.create_table('person',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('volunteer_no', sa.String(length=32), nullable=False),
    sa.Column('name', sa.String(length=50), nullable=False),
    sa.Column('sort_key', sa.String(length=200).with_variant(sa.String(length=200, collation='C'), 'postgresql'), nullable=False),
    sa.Column('sex', sa.Enum('female', 'male', name='sex', native_enum=False, length=30), nullable=True),
    sa.Column('birth_date', sa.Date(), nullable=True),
    sa.Column('document_kind', sa.Enum('resident_id', 'hk_macao_permit', 'taiwan_permit', 'residence_permit', 'foreign_permanent', 'passport', 'other', name='documentkind', native_enum=False, length=30), nullable=True),
    sa.Column('document', sa.Text(), nullable=True),
    sa.Column('document_index', sa.String(length=64), nullable=True),
    sa.Column('phone', sa.Text(), nullable=True),
    sa.Column('phone_index', sa.String(length=64), nullable=True),
    sa.Column('phone_tail_index', sa.String(length=64), nullable=True),
    sa.Column('email', sa.String(length=254), nullable=True),
    sa.Column('area', sa.String(length=100), nullable=True),
    sa.Column('skills', sa.Text(), nullable=True),
    sa.Column('guardian_name', sa.String(length=50), nullable=True),
    sa.Column('guardian_phone', sa.Text(), nullable=True),
    sa.Column('guardian_relation', sa.String(length=20), nullable=True),
    sa.Column('guardian_id', sa.Integer(), nullable=True),
    sa.Column('entered_by', sa.Integer(), nullable=True),
    sa.Column('language', sa.String(length=5), nullable=False),
    sa.Column('made_at', sa.DateTime(), nullable=False),
    sa.Column('changed_at', sa.DateTime(), nullable=False),
    sa.ForeignKeyConstraint(['guardian_id'], ['person.id'], name=op.f('fk_person_guardian_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_person')),
    sa.UniqueConstraint('document_kind', 'document_index', name=op.f('uq_person_document_kind_document_index')),
    sa.UniqueConstraint('volunteer_no', name=op.f('uq_person_volunteer_no'))
    )
    with op.batch_alter_table('person', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_person_guardian_id'), ['guardian_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_person_phone_index'), ['phone_index'], unique=False)
        batch_op.create_index(batch_op.f('ix_person_phone_tail_index'), ['phone_tail_index'], unique=False)
        batch_op.create_index('ix_person_sort', ['sort_key', 'id'], unique=False)

    op.create_table('service_category',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('code', sa.String(length=30), nullable=False),
    sa.Column('name_zh', sa.String(length=50), nullable=False),
    sa.Column('name_en', sa.String(length=80), nullable=True),
    sa.Column('open', sa.Boolean(), nullable=False),
    sa.Column('place', sa.Integer(), nullable=False),
    sa.CheckConstraint("name_zh <> ''", name=op.f('ck_service_category_named')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_service_category')),
    sa.UniqueConstraint('code', name=op.f('uq_service_category_code'))
    )
    op.create_table('stored_file',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=200), nullable=False),
    sa.Column('media_type', sa.String(length=100), nullable=False),
    sa.Column('digest', sa.String(length=64), nullable=False),
    sa.Column('size', sa.Integer(), nullable=False),
    sa.Column('content', sa.LargeBinary(), nullable=True),
    sa.Column('account_id', sa.Integer(), nullable=True),
    sa.Column('at', sa.DateTime(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_stored_file'))
    )
    with op.batch_alter_table('stored_file', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_stored_file_digest'), ['digest'], unique=False)

    op.create_table('account',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=True),
    sa.Column('email', sa.String(length=254), nullable=True),
    sa.Column('email_proved_at', sa.DateTime(), nullable=True),
    sa.Column('phone_index', sa.String(length=64), nullable=True),
    sa.Column('name', sa.String(length=50), nullable=False),
    sa.Column('password_hash', sa.String(length=200), nullable=True),
    sa.Column('language', sa.String(length=5), nullable=False),
    sa.Column('epoch', sa.Integer(), nullable=False),
    sa.Column('made_at', sa.DateTime(), nullable=False),
    sa.Column('closed_at', sa.DateTime(), nullable=True),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_account_person_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_account')),
    sa.UniqueConstraint('email', name=op.f('uq_account_email')),
    sa.UniqueConstraint('person_id', name=op.f('uq_account_person_id')),
    sa.UniqueConstraint('phone_index', name=op.f('uq_account_phone_index'))
    )
    op.create_table('appointment',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('office_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.Enum('party', 'committee', 'full_time', 'grid', 'social_worker', 'other', name='appointmentkind', native_enum=False, length=30), nullable=False),
    sa.Column('post', sa.String(length=100), nullable=True),
    sa.Column('share', sa.Numeric(precision=4, scale=3), nullable=False),
    sa.Column('starts_on', sa.Date(), nullable=False),
    sa.Column('ends_on', sa.Date(), nullable=True),
    sa.Column('on_leave', sa.Boolean(), nullable=False),
    sa.CheckConstraint('ends_on IS NULL OR ends_on > starts_on', name=op.f('ck_appointment_forward')),
    sa.CheckConstraint('share > 0 AND share <= 1', name=op.f('ck_appointment_share')),
    sa.ForeignKeyConstraint(['office_id'], ['office.id'], name=op.f('fk_appointment_office_id')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_appointment_person_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_appointment')),
    sa.UniqueConstraint('person_id', 'office_id', 'kind', 'starts_on', name=op.f('uq_appointment_person_id_office_id_kind_starts_on'))
    )
    with op.batch_alter_table('appointment', schema=None) as batch_op:
        batch_op.create_index('ix_appointment_office_starts', ['office_id', 'starts_on'], unique=False)
        batch_op.create_index(batch_op.f('ix_appointment_person_id'), ['person_id'], unique=False)

    op.create_table('audit_entry',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('at', sa.DateTime(), nullable=False),
    sa.Column('account_id', sa.Integer(), nullable=True),
    sa.Column('act', sa.Enum('account.signed-in', 'account.sign-in-failed', 'account.signed-out-everywhere', 'account.made', 'account.changed', 'account.password-changed', 'account.reset-asked', 'role.granted', 'role.ended', 'office.made', 'office.changed', 'office.rule-set', 'calendar.changed', 'category.changed', 'person.added', 'person.changed', 'person.claimed', 'person.identity-seen', 'registration.moved', 'consent.given', 'consent.withdrawn', 'import.confirmed', 'course.changed', 'training.recorded', 'credential.changed', 'credential.verified', 'appointment.changed', 'population.changed', 'standard.changed', 'project.changed', 'shift.changed', 'shift.cancelled', 'signup.made', 'signup.overridden', 'signup.cancelled', 'signup.promoted', 'attendance.taken', 'hours.recorded', 'hours.reviewed', 'hours.corrected', 'hours.correction-asked', 'certificate.issued', 'certificate.revoked', 'message.resent', name='act', native_enum=False, length=40), nullable=False),
    sa.Column('office_id', sa.Integer(), nullable=True),
    sa.Column('subject', sa.String(length=60), nullable=False),
    sa.Column('facts', sa.JSON(), nullable=False),
    sa.ForeignKeyConstraint(['office_id'], ['office.id'], name=op.f('fk_audit_entry_office_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_audit_entry'))
    )
    with op.batch_alter_table('audit_entry', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_audit_entry_account_id'), ['account_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_audit_entry_at'), ['at'], unique=False)
        batch_op.create_index(batch_op.f('ix_audit_entry_office_id'), ['office_id'], unique=False)

    op.create_table('certificate',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('number', sa.String(length=32), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('language', sa.Enum('zh', 'en', 'both', name='certificatelanguage', native_enum=False, length=30), nullable=False),
    sa.Column('issued_at', sa.DateTime(), nullable=False),
    sa.Column('issued_on', sa.Date(), nullable=False),
    sa.Column('period_from', sa.Date(), nullable=False),
    sa.Column('period_to', sa.Date(), nullable=False),
    sa.Column('total_minutes', sa.Integer(), nullable=False),
    sa.Column('content', sa.JSON(), nullable=False),
    sa.Column('digest', sa.String(length=64), nullable=False),
    sa.Column('issued_by', sa.Integer(), nullable=True),
    sa.Column('group_id', sa.Integer(), nullable=True),
    sa.Column('revoked_at', sa.DateTime(), nullable=True),
    sa.Column('revoked_by', sa.Integer(), nullable=True),
    sa.Column('revoked_kind', sa.Enum('error', 'false_record', 'misused', 'asked', name='revocationkind', native_enum=False, length=30), nullable=True),
    sa.Column('revoked_why', sa.String(length=300), nullable=True),
    sa.ForeignKeyConstraint(['group_id'], ['certificate_group.id'], name=op.f('fk_certificate_group_id')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_certificate_person_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_certificate')),
    sa.UniqueConstraint('number', name=op.f('uq_certificate_number'))
    )
    with op.batch_alter_table('certificate', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_certificate_group_id'), ['group_id'], unique=False)
        batch_op.create_index('ix_certificate_person', ['person_id', 'id'], unique=False)

    op.create_table('claim',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('account_id', sa.Integer(), nullable=False),
    sa.Column('account_name', sa.String(length=50), nullable=False),
    sa.Column('state', sa.Enum('open', 'confirmed', 'refused', 'taken', name='claimstate', native_enum=False, length=30), nullable=False),
    sa.Column('reason', sa.String(length=500), nullable=True),
    sa.Column('made_at', sa.DateTime(), nullable=False),
    sa.Column('decided_at', sa.DateTime(), nullable=True),
    sa.Column('decided_by', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_claim_person_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_claim')),
    sa.UniqueConstraint('person_id', 'account_id', name=op.f('uq_claim_person_id_account_id'))
    )
    with op.batch_alter_table('claim', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_claim_account_id'), ['account_id'], unique=False)

    op.create_table('consent',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.Enum('privacy', 'guardian', 'child', 'honour_roll', name='consentkind', native_enum=False, length=30), nullable=False),
    sa.Column('version', sa.String(length=20), nullable=False),
    sa.Column('given_at', sa.DateTime(), nullable=False),
    sa.Column('given_by', sa.String(length=100), nullable=False),
    sa.Column('by_guardian', sa.Boolean(), nullable=False),
    sa.Column('on_paper', sa.Boolean(), nullable=False),
    sa.Column('evidence_id', sa.Integer(), nullable=True),
    sa.Column('account_id', sa.Integer(), nullable=True),
    sa.Column('withdrawn_at', sa.DateTime(), nullable=True),
    sa.ForeignKeyConstraint(['evidence_id'], ['stored_file.id'], name=op.f('fk_consent_evidence_id')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_consent_person_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_consent'))
    )
    with op.batch_alter_table('consent', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_consent_person_id'), ['person_id'], unique=False)

    op.create_table('course',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('office_id', sa.Integer(), nullable=False),
    sa.Column('name_zh', sa.String(length=100), nullable=False),
    sa.Column('name_en', sa.String(length=150), nullable=True),
    sa.Column('content', sa.Text(), nullable=False),
    sa.Column('minutes', sa.Integer(), nullable=False),
    sa.Column('valid_months', sa.Integer(), nullable=True),
    sa.Column('continuing_education', sa.Boolean(), nullable=False),
    sa.Column('open', sa.Boolean(), nullable=False),
    sa.ForeignKeyConstraint(['office_id'], ['office.id'], name=op.f('fk_course_office_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_course'))
    )
    with op.batch_alter_table('course', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_course_office_id'), ['office_id'], unique=False)

    op.create_table('credential',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('kind_id', sa.Integer(), nullable=False),
    sa.Column('number', sa.String(length=60), nullable=True),
    sa.Column('issuer', sa.String(length=150), nullable=True),
    sa.Column('issued_on', sa.Date(), nullable=False),
    sa.Column('valid_until', sa.Date(), nullable=True),
    sa.Column('file_id', sa.Integer(), nullable=True),
    sa.Column('entered_by', sa.Integer(), nullable=True),
    sa.Column('made_at', sa.DateTime(), nullable=False),
    sa.Column('verified_by', sa.Integer(), nullable=True),
    sa.Column('verified_at', sa.DateTime(), nullable=True),
    sa.Column('ended_at', sa.DateTime(), nullable=True),
    sa.Column('ended_why', sa.String(length=300), nullable=True),
    sa.ForeignKeyConstraint(['file_id'], ['stored_file.id'], name=op.f('fk_credential_file_id')),
    sa.ForeignKeyConstraint(['kind_id'], ['credential_kind.id'], name=op.f('fk_credential_kind_id')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_credential_person_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_credential'))
    )
    with op.batch_alter_table('credential', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_credential_kind_id'), ['kind_id'], unique=False)
        batch_op.create_index('ix_credential_person_kind', ['person_id', 'kind_id'], unique=False)
        batch_op.create_index('ix_credential_valid_until', ['valid_until'], unique=False)

    op.create_table('hour_tally',
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('office_id', sa.Integer(), nullable=False),
    sa.Column('category_id', sa.Integer(), nullable=False),
    sa.Column('year', sa.Integer(), nullable=False),
    sa.Column('minutes', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['category_id'], ['service_category.id'], name=op.f('fk_hour_tally_category_id')),
    sa.ForeignKeyConstraint(['office_id'], ['office.id'], name=op.f('fk_hour_tally_office_id')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_hour_tally_person_id')),
    sa.PrimaryKeyConstraint('person_id', 'office_id', 'category_id', 'year', name=op.f('pk_hour_tally'))
    )
    with op.batch_alter_table('hour_tally', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_hour_tally_office_id'), ['office_id'], unique=False)

    op.create_table('name_key',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('text', sa.String(length=200).with_variant(sa.String(length=200, collation='C'), 'postgresql'), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_name_key_person_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_name_key'))
    )
    with op.batch_alter_table('name_key', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_name_key_person_id'), ['person_id'], unique=False)
        batch_op.create_index('ix_name_key_text', ['text', 'person_id'], unique=False)

    op.create_table('office_rule',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('office_id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=40), nullable=False),
    sa.Column('value', sa.JSON(), nullable=False),
    sa.Column('valid_from', sa.Date(), nullable=False),
    sa.Column('set_at', sa.DateTime(), nullable=False),
    sa.Column('account_id', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['office_id'], ['office.id'], name=op.f('fk_office_rule_office_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_office_rule')),
    sa.UniqueConstraint('office_id', 'name', 'valid_from', name=op.f('uq_office_rule_office_id_name_valid_from'))
    )
    op.create_table('person_category',
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('category_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['category_id'], ['service_category.id'], name=op.f('fk_person_category_category_id')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_person_category_person_id')),
    sa.PrimaryKeyConstraint('person_id', 'category_id', name=op.f('pk_person_category'))
    )
    op.create_table('person_office',
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('office_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['office_id'], ['office.id'], name=op.f('fk_person_office_office_id')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_person_office_person_id')),
    sa.PrimaryKeyConstraint('person_id', 'office_id', name=op.f('pk_person_office'))
    )
    with op.batch_alter_table('person_office', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_person_office_office_id'), ['office_id'], unique=False)

    op.create_table('population',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('office_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.Enum('urban_resident', 'resident', 'registered', 'households', name='populationkind', native_enum=False, length=30), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('as_of', sa.Date(), nullable=False),
    sa.Column('source', sa.String(length=200), nullable=False),
    sa.Column('made_at', sa.DateTime(), nullable=False),
    sa.CheckConstraint('number >= 0', name=op.f('ck_population_not_negative')),
    sa.ForeignKeyConstraint(['office_id'], ['office.id'], name=op.f('fk_population_office_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_population')),
    sa.UniqueConstraint('office_id', 'kind', 'as_of', name=op.f('uq_population_office_id_kind_as_of'))
    )
    op.create_table('project',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('office_id', sa.Integer(), nullable=False),
    sa.Column('audience_id', sa.Integer(), nullable=False),
    sa.Column('category_id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=100), nullable=False),
    sa.Column('name_en', sa.String(length=150), nullable=True),
    sa.Column('content', sa.Text(), nullable=False),
    sa.Column('place', sa.String(length=200), nullable=False),
    sa.Column('person_in_charge', sa.String(length=50), nullable=False),
    sa.Column('contact', sa.String(length=100), nullable=True),
    sa.Column('bring', sa.String(length=200), nullable=True),
    sa.Column('risks', sa.String(length=500), nullable=True),
    sa.Column('safeguards', sa.String(length=500), nullable=True),
    sa.Column('risky', sa.Boolean(), nullable=False),
    sa.Column('insurance_no', sa.String(length=60), nullable=True),
    sa.Column('insured_from', sa.Date(), nullable=True),
    sa.Column('insured_to', sa.Date(), nullable=True),
    sa.Column('state', sa.Enum('draft', 'open', 'closed', name='projectstate', native_enum=False, length=30), nullable=False),
    sa.Column('made_at', sa.DateTime(), nullable=False),
    sa.CheckConstraint('insured_to IS NULL OR insured_from IS NULL OR insured_to >= insured_from', name=op.f('ck_project_insured')),
    sa.ForeignKeyConstraint(['audience_id'], ['office.id'], name=op.f('fk_project_audience_id')),
    sa.ForeignKeyConstraint(['category_id'], ['service_category.id'], name=op.f('fk_project_category_id')),
    sa.ForeignKeyConstraint(['office_id'], ['office.id'], name=op.f('fk_project_office_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_project'))
    )
    with op.batch_alter_table('project', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_project_audience_id'), ['audience_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_project_category_id'), ['category_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_project_office_id'), ['office_id'], unique=False)

    op.create_table('registration',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('office_id', sa.Integer(), nullable=False),
    sa.Column('state', sa.Enum('applied', 'returned', 'active', 'paused', 'left', name='registrationstate', native_enum=False, length=30), nullable=False),
    sa.Column('reason', sa.String(length=500), nullable=True),
    sa.Column('applied_at', sa.DateTime(), nullable=False),
    sa.Column('decided_at', sa.DateTime(), nullable=True),
    sa.Column('decided_by', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['office_id'], ['office.id'], name=op.f('fk_registration_office_id')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_registration_person_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_registration')),
    sa.UniqueConstraint('person_id', 'office_id', name=op.f('uq_registration_person_id_office_id'))
    )
    with op.batch_alter_table('registration', schema=None) as batch_op:
        batch_op.create_index('ix_registration_office_state', ['office_id', 'state'], unique=False)
        batch_op.create_index(batch_op.f('ix_registration_person_id'), ['person_id'], unique=False)

    op.create_table('social_work_registration',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('grade', sa.Enum('assistant', 'social_worker', 'senior', name='grade', native_enum=False, length=30), nullable=False),
    sa.Column('number', sa.String(length=60), nullable=True),
    sa.Column('starts_on', sa.Date(), nullable=False),
    sa.Column('ends_on', sa.Date(), nullable=False),
    sa.Column('degree_on', sa.Date(), nullable=True),
    sa.Column('account_id', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_social_work_registration_person_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_social_work_registration')),
    sa.UniqueConstraint('person_id', 'starts_on', name=op.f('uq_social_work_registration_person_id_starts_on'))
    )
    with op.batch_alter_table('social_work_registration', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_social_work_registration_ends_on'), ['ends_on'], unique=False)
        batch_op.create_index(batch_op.f('ix_social_work_registration_person_id'), ['person_id'], unique=False)

    op.create_table('standard',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('office_id', sa.Integer(), nullable=True),
    sa.Column('name_zh', sa.String(length=100), nullable=False),
    sa.Column('name_en', sa.String(length=150), nullable=True),
    sa.Column('target', sa.Numeric(precision=12, scale=4), nullable=False),
    sa.Column('population_kind', sa.Enum('urban_resident', 'resident', 'registered', 'households', name='populationkind', native_enum=False, length=30), nullable=False),
    sa.Column('count_mode', sa.Enum('headcount', 'fte', name='countmode', native_enum=False, length=30), nullable=False),
    sa.Column('kinds', sa.JSON(), nullable=False),
    sa.Column('count_on_leave', sa.Boolean(), nullable=False),
    sa.Column('valid_from', sa.Date(), nullable=False),
    sa.Column('valid_to', sa.Date(), nullable=True),
    sa.Column('source', sa.String(length=200), nullable=False),
    sa.CheckConstraint('target > 0', name=op.f('ck_standard_target')),
    sa.CheckConstraint('valid_to IS NULL OR valid_to > valid_from', name=op.f('ck_standard_forward')),
    sa.ForeignKeyConstraint(['office_id'], ['office.id'], name=op.f('fk_standard_office_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_standard'))
    )
    op.create_table('stopped_message',
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.Enum('shift_reminder', 'shift_changed', 'shift_cancelled', 'signed_up', 'removed', 'promoted', 'registration_decided', 'session_changed', 'session_cancelled', 'credential_lapses', 'registration_lapses', 'records_overdue', 'hours_corrected', 'password_reset', 'login_changed', 'claim', name='messagekind', native_enum=False, length=30), nullable=False),
    sa.Column('at', sa.DateTime(), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_stopped_message_person_id')),
    sa.PrimaryKeyConstraint('person_id', 'kind', name=op.f('pk_stopped_message'))
    )
    op.create_table('invitation',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('digest', sa.String(length=64), nullable=False),
    sa.Column('account_id', sa.Integer(), nullable=True),
    sa.Column('person_id', sa.Integer(), nullable=True),
    sa.Column('made_at', sa.DateTime(), nullable=False),
    sa.Column('expires_at', sa.DateTime(), nullable=False),
    sa.Column('used_at', sa.DateTime(), nullable=True),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_invitation_account_id')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_invitation_person_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_invitation')),
    sa.UniqueConstraint('digest', name=op.f('uq_invitation_digest'))
    )
    with op.batch_alter_table('invitation', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_invitation_account_id'), ['account_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_invitation_person_id'), ['person_id'], unique=False)

    op.create_table('message',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.Enum('shift_reminder', 'shift_changed', 'shift_cancelled', 'signed_up', 'removed', 'promoted', 'registration_decided', 'session_changed', 'session_cancelled', 'credential_lapses', 'registration_lapses', 'records_overdue', 'hours_corrected', 'password_reset', 'login_changed', 'claim', name='messagekind', native_enum=False, length=30), nullable=False),
    sa.Column('once', sa.String(length=120), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=True),
    sa.Column('account_id', sa.Integer(), nullable=True),
    sa.Column('office_id', sa.Integer(), nullable=True),
    sa.Column('address', sa.String(length=254), nullable=True),
    sa.Column('language', sa.String(length=5), nullable=False),
    sa.Column('facts', sa.JSON(), nullable=False),
    sa.Column('secret', sa.Text(), nullable=True),
    sa.Column('state', sa.Enum('waiting', 'claimed', 'handed', 'sent', 'dead', 'dropped', name='messagestate', native_enum=False, length=30), nullable=False),
    sa.Column('made_at', sa.DateTime(), nullable=False),
    sa.Column('due_at', sa.DateTime(), nullable=False),
    sa.Column('useless_after', sa.DateTime(), nullable=True),
    sa.Column('tries', sa.Integer(), nullable=False),
    sa.Column('claimed_by', sa.String(length=80), nullable=True),
    sa.Column('claimed_until', sa.DateTime(), nullable=True),
    sa.Column('sent_at', sa.DateTime(), nullable=True),
    sa.Column('trouble', sa.Enum('no_address', 'bad_address', 'unreachable', 'refused', 'not_confirmed', 'unwritten', 'too_late', 'stopped', 'withdrawn', name='trouble', native_enum=False, length=30), nullable=True),
    sa.Column('answer', sa.String(length=500), nullable=True),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_message_account_id')),
    sa.ForeignKeyConstraint(['office_id'], ['office.id'], name=op.f('fk_message_office_id')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_message_person_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_message')),
    sa.UniqueConstraint('once', name=op.f('uq_message_once'))
    )
    with op.batch_alter_table('message', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_message_account_id'), ['account_id'], unique=False)
        batch_op.create_index('ix_message_due', ['state', 'due_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_message_office_id'), ['office_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_message_person_id'), ['person_id'], unique=False)

    op.create_table('position',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('project_id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=100), nullable=False),
    sa.Column('name_en', sa.String(length=150), nullable=True),
    sa.Column('minimum_age', sa.Integer(), nullable=True),
    sa.Column('credential_kind_id', sa.Integer(), nullable=True),
    sa.Column('course_id', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['course_id'], ['course.id'], name=op.f('fk_position_course_id')),
    sa.ForeignKeyConstraint(['credential_kind_id'], ['credential_kind.id'], name=op.f('fk_position_credential_kind_id')),
    sa.ForeignKeyConstraint(['project_id'], ['project.id'], name=op.f('fk_position_project_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_position'))
    )
    with op.batch_alter_table('position', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_position_project_id'), ['project_id'], unique=False)

    op.create_table('role_grant',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('account_id', sa.Integer(), nullable=False),
    sa.Column('office_id', sa.Integer(), nullable=False),
    sa.Column('role', sa.Enum('volunteer', 'leader', 'coordinator', 'manager', 'auditor', 'administrator', name='role', native_enum=False, length=30), nullable=False),
    sa.Column('granted_at', sa.DateTime(), nullable=False),
    sa.Column('granted_by', sa.Integer(), nullable=True),
    sa.Column('ended_at', sa.DateTime(), nullable=True),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_role_grant_account_id')),
    sa.ForeignKeyConstraint(['office_id'], ['office.id'], name=op.f('fk_role_grant_office_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_role_grant'))
    )
    with op.batch_alter_table('role_grant', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_role_grant_account_id'), ['account_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_role_grant_office_id'), ['office_id'], unique=False)
        batch_op.create_index('uq_role_grant_live', ['account_id', 'office_id', 'role'], unique=True, sqlite_where=sa.text('ended_at IS NULL'), postgresql_where=sa.text('ended_at IS NULL'))

    op.create_table('shift',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('project_id', sa.Integer(), nullable=False),
    sa.Column('starts_at', sa.DateTime(), nullable=False),
    sa.Column('ends_at', sa.DateTime(), nullable=False),
    sa.Column('zone', sa.String(length=50), nullable=False),
    sa.Column('place', sa.String(length=200), nullable=True),
    sa.Column('note', sa.String(length=500), nullable=True),
    sa.Column('state', sa.Enum('draft', 'published', 'cancelled', 'closed', name='shiftstate', native_enum=False, length=30), nullable=False),
    sa.Column('cancel_reason', sa.String(length=300), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('scan_token', sa.String(length=40), nullable=False),
    sa.Column('made_at', sa.DateTime(), nullable=False),
    sa.Column('closed_at', sa.DateTime(), nullable=True),
    sa.CheckConstraint('ends_at > starts_at', name=op.f('ck_shift_forward')),
    sa.ForeignKeyConstraint(['project_id'], ['project.id'], name=op.f('fk_shift_project_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_shift')),
    sa.UniqueConstraint('scan_token', name=op.f('uq_shift_scan_token'))
    )
    with op.batch_alter_table('shift', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_shift_project_id'), ['project_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_shift_starts_at'), ['starts_at'], unique=False)
        batch_op.create_index('ix_shift_state_starts', ['state', 'starts_at', 'id'], unique=False)

    op.create_table('training_session',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('course_id', sa.Integer(), nullable=False),
    sa.Column('office_id', sa.Integer(), nullable=False),
    sa.Column('starts_at', sa.DateTime(), nullable=False),
    sa.Column('ends_at', sa.DateTime(), nullable=False),
    sa.Column('place', sa.String(length=200), nullable=False),
    sa.Column('teacher', sa.String(length=100), nullable=True),
    sa.Column('places', sa.Integer(), nullable=False),
    sa.Column('taken', sa.Integer(), nullable=False),
    sa.Column('cancelled_at', sa.DateTime(), nullable=True),
    sa.CheckConstraint('ends_at > starts_at', name=op.f('ck_training_session_forward')),
    sa.CheckConstraint('taken >= 0 AND taken <= places', name=op.f('ck_training_session_within_places')),
    sa.ForeignKeyConstraint(['course_id'], ['course.id'], name=op.f('fk_training_session_course_id')),
    sa.ForeignKeyConstraint(['office_id'], ['office.id'], name=op.f('fk_training_session_office_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_training_session'))
    )
    with op.batch_alter_table('training_session', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_training_session_course_id'), ['course_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_training_session_office_id'), ['office_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_training_session_starts_at'), ['starts_at'], unique=False)

    op.create_table('shift_need',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('shift_id', sa.Integer(), nullable=False),
    sa.Column('position_id', sa.Integer(), nullable=False),
    sa.Column('places', sa.Integer(), nullable=False),
    sa.Column('taken', sa.Integer(), nullable=False),
    sa.CheckConstraint('taken >= 0 AND taken <= places', name=op.f('ck_shift_need_within_places')),
    sa.ForeignKeyConstraint(['position_id'], ['position.id'], name=op.f('fk_shift_need_position_id')),
    sa.ForeignKeyConstraint(['shift_id'], ['shift.id'], name=op.f('fk_shift_need_shift_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_shift_need')),
    sa.UniqueConstraint('shift_id', 'position_id', name=op.f('uq_shift_need_shift_id_position_id'))
    )
    with op.batch_alter_table('shift_need', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_shift_need_position_id'), ['position_id'], unique=False)

    op.create_table('training_seat',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('session_id', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('state', sa.Enum('taken', 'cancelled', 'attended', 'missed', name='seatstate', native_enum=False, length=30), nullable=False),
    sa.Column('at', sa.DateTime(), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_training_seat_person_id')),
    sa.ForeignKeyConstraint(['session_id'], ['training_session.id'], name=op.f('fk_training_seat_session_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_training_seat')),
    sa.UniqueConstraint('session_id', 'person_id', name=op.f('uq_training_seat_session_id_person_id'))
    )
    with op.batch_alter_table('training_seat', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_training_seat_person_id'), ['person_id'], unique=False)

    op.create_table('signup',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('shift_id', sa.Integer(), nullable=False),
    sa.Column('need_id', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('state', sa.Enum('confirmed', 'waiting', 'cancelled', 'removed', name='signupstate', native_enum=False, length=30), nullable=False),
    sa.Column('note', sa.String(length=300), nullable=True),
    sa.Column('override_reason', sa.String(length=300), nullable=True),
    sa.Column('overridden', sa.String(length=300), nullable=True),
    sa.Column('risks_read_at', sa.DateTime(), nullable=True),
    sa.Column('walk_in', sa.Boolean(), nullable=False),
    sa.Column('made_by', sa.Integer(), nullable=True),
    sa.Column('made_at', sa.DateTime(), nullable=False),
    sa.Column('queued_at', sa.DateTime(), nullable=False),
    sa.Column('ended_at', sa.DateTime(), nullable=True),
    sa.ForeignKeyConstraint(['need_id'], ['shift_need.id'], name=op.f('fk_signup_need_id')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_signup_person_id')),
    sa.ForeignKeyConstraint(['shift_id'], ['shift.id'], name=op.f('fk_signup_shift_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_signup'))
    )
    with op.batch_alter_table('signup', schema=None) as batch_op:
        batch_op.create_index('ix_signup_need_state', ['need_id', 'state', 'queued_at', 'id'], unique=False)
        batch_op.create_index('ix_signup_person_state', ['person_id', 'state'], unique=False)
        batch_op.create_index('uq_signup_live', ['shift_id', 'person_id'], unique=True, sqlite_where=sa.text("state IN ('confirmed', 'waiting')"), postgresql_where=sa.text("state IN ('confirmed', 'waiting')"))

    op.create_table('training_record',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('course_id', sa.Integer(), nullable=True),
    sa.Column('seat_id', sa.Integer(), nullable=True),
    sa.Column('office_id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=150), nullable=False),
    sa.Column('content', sa.Text(), nullable=False),
    sa.Column('minutes', sa.Integer(), nullable=False),
    sa.Column('organiser', sa.String(length=150), nullable=False),
    sa.Column('held_on', sa.Date(), nullable=False),
    sa.Column('valid_until', sa.Date(), nullable=True),
    sa.Column('continuing_education', sa.Boolean(), nullable=False),
    sa.Column('made_at', sa.DateTime(), nullable=False),
    sa.Column('account_id', sa.Integer(), nullable=True),
    sa.Column('ended_at', sa.DateTime(), nullable=True),
    sa.Column('ended_why', sa.String(length=300), nullable=True),
    sa.CheckConstraint('minutes > 0', name=op.f('ck_training_record_learned')),
    sa.ForeignKeyConstraint(['course_id'], ['course.id'], name=op.f('fk_training_record_course_id')),
    sa.ForeignKeyConstraint(['office_id'], ['office.id'], name=op.f('fk_training_record_office_id')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_training_record_person_id')),
    sa.ForeignKeyConstraint(['seat_id'], ['training_seat.id'], name=op.f('fk_training_record_seat_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_training_record'))
    )
    with op.batch_alter_table('training_record', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_training_record_course_id'), ['course_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_training_record_office_id'), ['office_id'], unique=False)
        batch_op.create_index('ix_training_record_person', ['person_id', 'held_on'], unique=False)
        batch_op.create_index('ix_training_record_valid_until', ['valid_until'], unique=False)
        batch_op.create_index('uq_training_record_seat', ['seat_id'], unique=True, sqlite_where=sa.text('seat_id IS NOT NULL'), postgresql_where=sa.text('seat_id IS NOT NULL'))

    op.create_table('attendance',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('signup_id', sa.Integer(), nullable=False),
    sa.Column('state', sa.Enum('present', 'left', 'review', 'absent', name='attendancestate', native_enum=False, length=30), nullable=False),
    sa.Column('in_at', sa.DateTime(), nullable=True),
    sa.Column('out_at', sa.DateTime(), nullable=True),
    sa.Column('in_source', sa.Enum('qr', 'leader', 'walk_in', 'hand', name='attendancesource', native_enum=False, length=30), nullable=True),
    sa.Column('out_source', sa.Enum('qr', 'leader', 'walk_in', 'hand', name='attendancesource', native_enum=False, length=30), nullable=True),
    sa.Column('taken_by', sa.Integer(), nullable=True),
    sa.Column('changed_at', sa.DateTime(), nullable=False),
    sa.CheckConstraint('out_at IS NULL OR in_at IS NOT NULL', name=op.f('ck_attendance_in_before_out')),
    sa.ForeignKeyConstraint(['signup_id'], ['signup.id'], name=op.f('fk_attendance_signup_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_attendance')),
    sa.UniqueConstraint('signup_id', name=op.f('uq_attendance_signup_id'))
    )
    with op.batch_alter_table('attendance', schema=None) as batch_op:
        batch_op.create_index('ix_attendance_state', ['state'], unique=False)

    op.create_table('service_record',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('office_id', sa.Integer(), nullable=False),
    sa.Column('category_id', sa.Integer(), nullable=False),
    sa.Column('shift_id', sa.Integer(), nullable=True),
    sa.Column('attendance_id', sa.Integer(), nullable=True),
    sa.Column('activity', sa.String(length=150), nullable=False),
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('place', sa.String(length=200), nullable=False),
    sa.Column('content', sa.Text(), nullable=False),
    sa.Column('organiser', sa.String(length=150), nullable=False),
    sa.Column('person_in_charge', sa.String(length=50), nullable=False),
    sa.Column('starts_at', sa.DateTime(), nullable=False),
    sa.Column('ends_at', sa.DateTime(), nullable=False),
    sa.Column('claimed_minutes', sa.Integer(), nullable=False),
    sa.Column('minutes', sa.Integer(), nullable=False),
    sa.Column('origin', sa.Enum('attendance', 'leader', 'hand', 'imported', name='origin', native_enum=False, length=30), nullable=False),
    sa.Column('evidence', sa.String(length=500), nullable=True),
    sa.Column('state', sa.Enum('pending', 'pending_above', 'approved', 'refused', name='recordstate', native_enum=False, length=30), nullable=False),
    sa.Column('reasons', sa.JSON(), nullable=False),
    sa.Column('answer', sa.String(length=500), nullable=True),
    sa.Column('due_on', sa.Date(), nullable=False),
    sa.Column('entered_by', sa.Integer(), nullable=True),
    sa.Column('made_at', sa.DateTime(), nullable=False),
    sa.Column('decided_by', sa.Integer(), nullable=True),
    sa.Column('decided_at', sa.DateTime(), nullable=True),
    sa.CheckConstraint('claimed_minutes >= 0', name=op.f('ck_service_record_claimed')),
    sa.ForeignKeyConstraint(['attendance_id'], ['attendance.id'], name=op.f('fk_service_record_attendance_id')),
    sa.ForeignKeyConstraint(['category_id'], ['service_category.id'], name=op.f('fk_service_record_category_id')),
    sa.ForeignKeyConstraint(['office_id'], ['office.id'], name=op.f('fk_service_record_office_id')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_service_record_person_id')),
    sa.ForeignKeyConstraint(['shift_id'], ['shift.id'], name=op.f('fk_service_record_shift_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_service_record')),
    sa.UniqueConstraint('attendance_id', 'day', name=op.f('uq_service_record_attendance_id_day'))
    )
    with op.batch_alter_table('service_record', schema=None) as batch_op:
        batch_op.create_index('ix_service_record_office_state', ['office_id', 'state', 'day'], unique=False)
        batch_op.create_index('ix_service_record_person_day', ['person_id', 'day', 'id'], unique=False)
        batch_op.create_index(batch_op.f('ix_service_record_shift_id'), ['shift_id'], unique=False)

    op.create_table('certificate_line',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('certificate_id', sa.Integer(), nullable=False),
    sa.Column('record_id', sa.Integer(), nullable=False),
    sa.Column('office_id', sa.Integer(), nullable=False),
    sa.Column('minutes', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['certificate_id'], ['certificate.id'], name=op.f('fk_certificate_line_certificate_id')),
    sa.ForeignKeyConstraint(['office_id'], ['office.id'], name=op.f('fk_certificate_line_office_id')),
    sa.ForeignKeyConstraint(['record_id'], ['service_record.id'], name=op.f('fk_certificate_line_record_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_certificate_line'))
    )
    with op.batch_alter_table('certificate_line', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_certificate_line_certificate_id'), ['certificate_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_certificate_line_office_id'), ['office_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_certificate_line_record_id'), ['record_id'], unique=False)

    op.create_table('correction_request',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('record_id', sa.Integer(), nullable=False),
    sa.Column('wrong', sa.String(length=500), nullable=False),
    sa.Column('wished_minutes', sa.Integer(), nullable=True),
    sa.Column('state', sa.Enum('asked', 'accepted', 'declined', name='correctionstate', native_enum=False, length=30), nullable=False),
    sa.Column('answer', sa.String(length=500), nullable=True),
    sa.Column('made_at', sa.DateTime(), nullable=False),
    sa.Column('answered_at', sa.DateTime(), nullable=True),
    sa.Column('answered_by', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['record_id'], ['service_record.id'], name=op.f('fk_correction_request_record_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_correction_request'))
    )
    with op.batch_alter_table('correction_request', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_correction_request_record_id'), ['record_id'], unique=False)

    op.create_table('ledger_entry',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('record_id', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('office_id', sa.Integer(), nullable=False),
    sa.Column('category_id', sa.Integer(), nullable=False),
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('kind', sa.Enum('earned', 'corrected', 'reversed', name='entrykind', native_enum=False, length=30), nullable=False),
    sa.Column('minutes', sa.Integer(), nullable=False),
    sa.Column('origin', sa.Enum('attendance', 'leader', 'hand', 'imported', name='origin', native_enum=False, length=30), nullable=False),
    sa.Column('reason', sa.String(length=500), nullable=True),
    sa.Column('account_id', sa.Integer(), nullable=True),
    sa.Column('at', sa.DateTime(), nullable=False),
    sa.CheckConstraint('minutes <> 0', name=op.f('ck_ledger_entry_moves')),
    sa.ForeignKeyConstraint(['category_id'], ['service_category.id'], name=op.f('fk_ledger_entry_category_id')),
    sa.ForeignKeyConstraint(['office_id'], ['office.id'], name=op.f('fk_ledger_entry_office_id')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_ledger_entry_person_id')),
    sa.ForeignKeyConstraint(['record_id'], ['service_record.id'], name=op.f('fk_ledger_entry_record_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_ledger_entry'))
    )
    with op.batch_alter_table('ledger_entry', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_ledger_entry_office_id'), ['office_id'], unique=False)
        batch_op.create_index('ix_ledger_entry_person', ['person_id', 'office_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_ledger_entry_record_id'), ['record_id'], unique=False)

    # What only grows is kept so by the database itself.
    engine = op.get_bind().dialect.name
    for statement in ONLY_GROWS[engine]:
        op.execute(statement)


def downgrade():
    with op.batch_alter_table('ledger_entry', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_ledger_entry_record_id'))
        batch_op.drop_index('ix_ledger_entry_person')
        batch_op.drop_index(batch_op.f('ix_ledger_entry_office_id'))

    op.drop_table('ledger_entry')
    with op.batch_alter_table('correction_request', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_correction_request_record_id'))

    op.drop_table('correction_request')
    with op.batch_alter_table('certificate_line', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_certificate_line_record_id'))
        batch_op.drop_index(batch_op.f('ix_certificate_line_office_id'))
        batch_op.drop_index(batch_op.f('ix_certificate_line_certificate_id'))

    op.drop_table('certificate_line')
    with op.batch_alter_table('service_record', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_service_record_shift_id'))
        batch_op.drop_index('ix_service_record_person_day')
        batch_op.drop_index('ix_service_record_office_state')

    op.drop_table('service_record')
    with op.batch_alter_table('attendance', schema=None) as batch_op:
        batch_op.drop_index('ix_attendance_state')

    op.drop_table('attendance')
    with op.batch_alter_table('training_record', schema=None) as batch_op:
        batch_op.drop_index('uq_training_record_seat', sqlite_where=sa.text('seat_id IS NOT NULL'), postgresql_where=sa.text('seat_id IS NOT NULL'))
        batch_op.drop_index('ix_training_record_valid_until')
        batch_op.drop_index('ix_training_record_person')
        batch_op.drop_index(batch_op.f('ix_training_record_office_id'))
        batch_op.drop_index(batch_op.f('ix_training_record_course_id'))

    op.drop_table('training_record')
    with op.batch_alter_table('signup', schema=None) as batch_op:
        batch_op.drop_index('uq_signup_live', sqlite_where=sa.text("state IN ('confirmed', 'waiting')"), postgresql_where=sa.text("state IN ('confirmed', 'waiting')"))
        batch_op.drop_index('ix_signup_person_state')
        batch_op.drop_index('ix_signup_need_state')

    op.drop_table('signup')
    with op.batch_alter_table('training_seat', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_training_seat_person_id'))

    op.drop_table('training_seat')
    with op.batch_alter_table('shift_need', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_shift_need_position_id'))

    op.drop_table('shift_need')
    with op.batch_alter_table('training_session', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_training_session_starts_at'))
        batch_op.drop_index(batch_op.f('ix_training_session_office_id'))
        batch_op.drop_index(batch_op.f('ix_training_session_course_id'))

    op.drop_table('training_session')
    with op.batch_alter_table('shift', schema=None) as batch_op:
        batch_op.drop_index('ix_shift_state_starts')
        batch_op.drop_index(batch_op.f('ix_shift_starts_at'))
        batch_op.drop_index(batch_op.f('ix_shift_project_id'))

    op.drop_table('shift')
    with op.batch_alter_table('role_grant', schema=None) as batch_op:
        batch_op.drop_index('uq_role_grant_live', sqlite_where=sa.text('ended_at IS NULL'), postgresql_where=sa.text('ended_at IS NULL'))
        batch_op.drop_index(batch_op.f('ix_role_grant_office_id'))
        batch_op.drop_index(batch_op.f('ix_role_grant_account_id'))

    op.drop_table('role_grant')
    with op.batch_alter_table('position', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_position_project_id'))

    op.drop_table('position')
    with op.batch_alter_table('message', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_message_person_id'))
        batch_op.drop_index(batch_op.f('ix_message_office_id'))
        batch_op.drop_index('ix_message_due')
        batch_op.drop_index(batch_op.f('ix_message_account_id'))

    op.drop_table('message')
    with op.batch_alter_table('invitation', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_invitation_person_id'))
        batch_op.drop_index(batch_op.f('ix_invitation_account_id'))

    op.drop_table('invitation')
    op.drop_table('stopped_message')
    op.drop_table('standard')
    with op.batch_alter_table('social_work_registration', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_social_work_registration_person_id'))
        batch_op.drop_index(batch_op.f('ix_social_work_registration_ends_on'))

    op.drop_table('social_work_registration')
    with op.batch_alter_table('registration', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_registration_person_id'))
        batch_op.drop_index('ix_registration_office_state')

    op.drop_table('registration')
    with op.batch_alter_table('project', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_project_office_id'))
        batch_op.drop_index(batch_op.f('ix_project_category_id'))
        batch_op.drop_index(batch_op.f('ix_project_audience_id'))

    op.drop_table('project')
    op.drop_table('population')
    with op.batch_alter_table('person_office', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_person_office_office_id'))

    op.drop_table('person_office')
    op.drop_table('person_category')
    op.drop_table('office_rule')
    with op.batch_alter_table('name_key', schema=None) as batch_op:
        batch_op.drop_index('ix_name_key_text')
        batch_op.drop_index(batch_op.f('ix_name_key_person_id'))

    op.drop_table('name_key')
    with op.batch_alter_table('hour_tally', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_hour_tally_office_id'))

    op.drop_table('hour_tally')
    with op.batch_alter_table('credential', schema=None) as batch_op:
        batch_op.drop_index('ix_credential_valid_until')
        batch_op.drop_index('ix_credential_person_kind')
        batch_op.drop_index(batch_op.f('ix_credential_kind_id'))

    op.drop_table('credential')
    with op.batch_alter_table('course', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_course_office_id'))

    op.drop_table('course')
    with op.batch_alter_table('consent', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_consent_person_id'))

    op.drop_table('consent')
    with op.batch_alter_table('claim', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_claim_account_id'))

    op.drop_table('claim')
    with op.batch_alter_table('certificate', schema=None) as batch_op:
        batch_op.drop_index('ix_certificate_person')
        batch_op.drop_index(batch_op.f('ix_certificate_group_id'))

    op.drop_table('certificate')
    with op.batch_alter_table('audit_entry', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_audit_entry_office_id'))
        batch_op.drop_index(batch_op.f('ix_audit_entry_at'))
        batch_op.drop_index(batch_op.f('ix_audit_entry_account_id'))

    op.drop_table('audit_entry')
    with op.batch_alter_table('appointment', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_appointment_person_id'))
        batch_op.drop_index('ix_appointment_office_starts')

    op.drop_table('appointment')
    op.drop_table('account')
    with op.batch_alter_table('stored_file', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_stored_file_digest'))

    op.drop_table('stored_file')
    op.drop_table('service_category')
    with op.batch_alter_table('person', schema=None) as batch_op:
        batch_op.drop_index('ix_person_sort')
        batch_op.drop_index(batch_op.f('ix_person_phone_tail_index'))
        batch_op.drop_index(batch_op.f('ix_person_phone_index'))
        batch_op.drop_index(batch_op.f('ix_person_guardian_id'))

    op.drop_table('person')
    with op.batch_alter_table('office', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_office_path'))
        batch_op.drop_index(batch_op.f('ix_office_parent_id'))

    op.drop_table('office')
    op.drop_table('job_run')
    with op.batch_alter_table('failed_sign_in', schema=None) as batch_op:
        batch_op.drop_index('ix_failed_sign_in_login')
        batch_op.drop_index('ix_failed_sign_in_address')

    op.drop_table('failed_sign_in')
    with op.batch_alter_table('ended_session', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_ended_session_at'))

    op.drop_table('ended_session')
    op.drop_table('credential_kind')
    op.drop_table('certificate_group')
    op.drop_table('calendar_day')
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION ledger_only_grows()")
