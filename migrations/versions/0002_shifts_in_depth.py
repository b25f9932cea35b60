"""Shifts in depth: series, bulk acts, requirements, reserves, skills, free times."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


LIVE = "state IN ('confirmed', 'waiting')"
LIVE_NOW = "state IN ('confirmed', 'offered', 'reserve', 'waiting')"


def one_live_signup(where):
    """At most one live sign-up of a person on a shift."""
    op.drop_index("uq_signup_live", table_name="signup")
    op.create_index(
        "uq_signup_live",
        "signup",
        ["shift_id", "person_id"],
        unique=True,
        sqlite_where=sa.text(where),
        postgresql_where=sa.text(where),
    )


def upgrade():  # noqa: PLR0915
    op.create_table(
        "skill",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name_zh", sa.String(length=50), nullable=False),
        sa.Column("name_en", sa.String(length=80), nullable=True),
        sa.Column("open", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_skill")),
        sa.UniqueConstraint("name_zh", name=op.f("uq_skill_name_zh")),
    )
    op.create_table(
        "batch",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("office_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "series",
                "split",
                "copy",
                "template",
                "edit",
                "cancel",
                name="batchkind",
                native_enum=False,
                length=30,
            ),
            nullable=False,
        ),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("made_by", sa.Integer(), nullable=True),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.Column("undone_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(["office_id"], ["office.id"], name=op.f("fk_batch_office_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_batch")),
    )
    with op.batch_alter_table("batch", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_batch_office_id"), ["office_id"], unique=False)

    op.create_table(
        "free_time",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("weekday", sa.Integer(), nullable=False),
        sa.Column("starts", sa.Time(), nullable=False),
        sa.Column("ends", sa.Time(), nullable=False),
        sa.CheckConstraint(
            "ends > starts AND weekday BETWEEN 0 AND 6", name=op.f("ck_free_time_forward")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_free_time_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_free_time")),
        sa.UniqueConstraint(
            "person_id", "weekday", "starts", name=op.f("uq_free_time_person_id_weekday_starts")
        ),
    )
    with op.batch_alter_table("free_time", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_free_time_person_id"), ["person_id"], unique=False)

    op.create_table(
        "kiosk",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("office_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=True),
        sa.Column("pairing_at", sa.DateTime(), nullable=True),
        sa.Column("made_by", sa.Integer(), nullable=True),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.Column("paired_at", sa.DateTime(), nullable=True),
        sa.Column("seen_at", sa.DateTime(), nullable=True),
        sa.Column("revoked_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(["office_id"], ["office.id"], name=op.f("fk_kiosk_office_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kiosk")),
    )
    with op.batch_alter_table("kiosk", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_kiosk_office_id"), ["office_id"], unique=False)

    op.create_table(
        "person_code",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("renewed_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_person_code_person_id")
        ),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_person_code")),
    )
    op.create_table(
        "person_skill",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("skill_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_person_skill_person_id")
        ),
        sa.ForeignKeyConstraint(["skill_id"], ["skill.id"], name=op.f("fk_person_skill_skill_id")),
        sa.PrimaryKeyConstraint("person_id", "skill_id", name=op.f("pk_person_skill")),
    )
    op.create_table(
        "shift_template",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("office_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("made_by", sa.Integer(), nullable=True),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["office_id"], ["office.id"], name=op.f("fk_shift_template_office_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shift_template")),
        sa.UniqueConstraint("office_id", "name", name=op.f("uq_shift_template_office_id_name")),
    )
    op.create_table(
        "travel_time",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("office_id", sa.Integer(), nullable=False),
        sa.Column("place_a", sa.String(length=200), nullable=False),
        sa.Column("place_b", sa.String(length=200), nullable=False),
        sa.Column("pair", sa.String(length=410), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.CheckConstraint("minutes >= 0", name=op.f("ck_travel_time_forward")),
        sa.ForeignKeyConstraint(
            ["office_id"], ["office.id"], name=op.f("fk_travel_time_office_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_travel_time")),
        sa.UniqueConstraint("office_id", "pair", name=op.f("uq_travel_time_office_id_pair")),
    )
    op.create_table(
        "volunteer_group",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("office_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "family",
                "class",
                "company",
                "other",
                name="groupkind",
                native_enum=False,
                length=30,
            ),
            nullable=False,
        ),
        sa.Column("contact_id", sa.Integer(), nullable=True),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("made_by", sa.Integer(), nullable=True),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["contact_id"], ["person.id"], name=op.f("fk_volunteer_group_contact_id")
        ),
        sa.ForeignKeyConstraint(
            ["office_id"], ["office.id"], name=op.f("fk_volunteer_group_office_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_volunteer_group")),
        sa.UniqueConstraint("code", name=op.f("uq_volunteer_group_code")),
    )
    with op.batch_alter_table("volunteer_group", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_volunteer_group_contact_id"), ["contact_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_volunteer_group_office_id"), ["office_id"], unique=False
        )

    op.create_table(
        "calendar_address",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("project_id", sa.Integer(), nullable=True),
        sa.Column("office_id", sa.Integer(), nullable=True),
        sa.Column("token", sa.String(length=43), nullable=False),
        sa.Column("language", sa.String(length=5), nullable=False),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.CheckConstraint(
            "(CASE WHEN person_id IS NULL THEN 0 ELSE 1 END"
            " + CASE WHEN project_id IS NULL THEN 0 ELSE 1 END"
            " + CASE WHEN office_id IS NULL THEN 0 ELSE 1 END) = 1",
            name=op.f("ck_calendar_address_one_owner"),
        ),
        sa.ForeignKeyConstraint(
            ["office_id"], ["office.id"], name=op.f("fk_calendar_address_office_id")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_calendar_address_person_id")
        ),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.id"], name=op.f("fk_calendar_address_project_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendar_address")),
        sa.UniqueConstraint("office_id", name=op.f("uq_calendar_address_office_id")),
        sa.UniqueConstraint("person_id", name=op.f("uq_calendar_address_person_id")),
        sa.UniqueConstraint("project_id", name=op.f("uq_calendar_address_project_id")),
        sa.UniqueConstraint("token", name=op.f("uq_calendar_address_token")),
    )
    op.create_table(
        "roster_proposal",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("office_id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=True),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("seconds", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "waiting",
                "running",
                "ready",
                "failed",
                "dropped",
                name="proposalstate",
                native_enum=False,
                length=30,
            ),
            nullable=False,
        ),
        sa.Column("percent", sa.Integer(), nullable=False),
        sa.Column("stopping", sa.Boolean(), nullable=False),
        sa.Column("optimised", sa.Boolean(), nullable=False),
        sa.Column("unfilled", sa.JSON(), nullable=False),
        sa.Column("made_by", sa.Integer(), nullable=True),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.Column("seen_at", sa.DateTime(), nullable=True),
        sa.Column("finished_at", sa.DateTime(), nullable=True),
        sa.CheckConstraint("last_day >= first_day", name=op.f("ck_roster_proposal_forward")),
        sa.ForeignKeyConstraint(
            ["office_id"], ["office.id"], name=op.f("fk_roster_proposal_office_id")
        ),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.id"], name=op.f("fk_roster_proposal_project_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_roster_proposal")),
    )
    with op.batch_alter_table("roster_proposal", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_roster_proposal_office_id"), ["office_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_roster_proposal_state"), ["state"], unique=False)

    op.create_table(
        "saved_view",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("query", sa.String(length=500), nullable=False),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_saved_view_account_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_view")),
        sa.UniqueConstraint("account_id", "name", name=op.f("uq_saved_view_account_id_name")),
    )
    op.create_table(
        "series",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("rule", sa.String(length=200), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("starts", sa.Time(), nullable=False),
        sa.Column("ends", sa.Time(), nullable=False),
        sa.Column("ends_later", sa.Integer(), nullable=False),
        sa.Column("zone", sa.String(length=50), nullable=False),
        sa.Column("place", sa.String(length=200), nullable=True),
        sa.Column("note", sa.String(length=500), nullable=True),
        sa.Column("needs", sa.JSON(), nullable=False),
        sa.Column("without", sa.JSON(), nullable=False),
        sa.Column("without_holidays", sa.Boolean(), nullable=False),
        sa.Column("made_by", sa.Integer(), nullable=True),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_series_project_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_series")),
    )
    with op.batch_alter_table("series", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_series_project_id"), ["project_id"], unique=False)

    op.create_table(
        "volunteer_group_member",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("group_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("agreed_at", sa.DateTime(), nullable=True),
        sa.Column("added_by", sa.Integer(), nullable=True),
        sa.Column("added_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["group_id"], ["volunteer_group.id"], name=op.f("fk_volunteer_group_member_group_id")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_volunteer_group_member_person_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_volunteer_group_member")),
        sa.UniqueConstraint(
            "group_id", "person_id", name=op.f("uq_volunteer_group_member_group_id_person_id")
        ),
    )
    with op.batch_alter_table("volunteer_group_member", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_volunteer_group_member_person_id"), ["person_id"], unique=False
        )

    op.create_table(
        "signed_sheet",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("shift_id", sa.Integer(), nullable=False),
        sa.Column("file_id", sa.Integer(), nullable=False),
        sa.Column("made_by", sa.Integer(), nullable=True),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["file_id"], ["stored_file.id"], name=op.f("fk_signed_sheet_file_id")
        ),
        sa.ForeignKeyConstraint(["shift_id"], ["shift.id"], name=op.f("fk_signed_sheet_shift_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signed_sheet")),
    )
    with op.batch_alter_table("signed_sheet", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_signed_sheet_shift_id"), ["shift_id"], unique=False)

    op.create_table(
        "requirement",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=True),
        sa.Column("position_id", sa.Integer(), nullable=True),
        sa.Column("need_id", sa.Integer(), nullable=True),
        sa.Column("credential_kind_id", sa.Integer(), nullable=True),
        sa.Column("course_id", sa.Integer(), nullable=True),
        sa.Column("skill_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "(CASE WHEN credential_kind_id IS NULL THEN 0 ELSE 1 END"
            " + CASE WHEN course_id IS NULL THEN 0 ELSE 1 END"
            " + CASE WHEN skill_id IS NULL THEN 0 ELSE 1 END) = 1",
            name=op.f("ck_requirement_one_thing"),
        ),
        sa.CheckConstraint(
            "(CASE WHEN project_id IS NULL THEN 0 ELSE 1 END"
            " + CASE WHEN position_id IS NULL THEN 0 ELSE 1 END"
            " + CASE WHEN need_id IS NULL THEN 0 ELSE 1 END) = 1",
            name=op.f("ck_requirement_one_owner"),
        ),
        sa.ForeignKeyConstraint(
            ["course_id"], ["course.id"], name=op.f("fk_requirement_course_id")
        ),
        sa.ForeignKeyConstraint(
            ["credential_kind_id"],
            ["credential_kind.id"],
            name=op.f("fk_requirement_credential_kind_id"),
        ),
        sa.ForeignKeyConstraint(
            ["need_id"], ["shift_need.id"], name=op.f("fk_requirement_need_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["position_id"], ["position.id"], name=op.f("fk_requirement_position_id")
        ),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.id"], name=op.f("fk_requirement_project_id")
        ),
        sa.ForeignKeyConstraint(["skill_id"], ["skill.id"], name=op.f("fk_requirement_skill_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_requirement")),
    )
    with op.batch_alter_table("requirement", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_requirement_need_id"), ["need_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_requirement_position_id"), ["position_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_requirement_project_id"), ["project_id"], unique=False)

    op.create_table(
        "substitute_search",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("shift_id", sa.Integer(), nullable=False),
        sa.Column("need_id", sa.Integer(), nullable=False),
        sa.Column("goal", sa.Integer(), nullable=False),
        sa.Column("why", sa.String(length=300), nullable=True),
        sa.Column("started_by", sa.Integer(), nullable=True),
        sa.Column("started_at", sa.DateTime(), nullable=False),
        sa.Column("stopped_at", sa.DateTime(), nullable=True),
        sa.Column(
            "ended",
            sa.Enum(
                "filled",
                "nobody",
                "begun",
                "called_off",
                "stopped",
                name="searchend",
                native_enum=False,
                length=30,
            ),
            nullable=True,
        ),
        sa.ForeignKeyConstraint(
            ["need_id"], ["shift_need.id"], name=op.f("fk_substitute_search_need_id")
        ),
        sa.ForeignKeyConstraint(
            ["shift_id"], ["shift.id"], name=op.f("fk_substitute_search_shift_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_substitute_search")),
    )
    with op.batch_alter_table("substitute_search", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_substitute_search_shift_id"), ["shift_id"], unique=False
        )
        batch_op.create_index(
            "uq_substitute_search_running",
            ["need_id"],
            unique=True,
            sqlite_where=sa.text("stopped_at IS NULL"),
            postgresql_where=sa.text("stopped_at IS NULL"),
        )

    op.create_table(
        "handover",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("signup_id", sa.Integer(), nullable=False),
        sa.Column("to_all", sa.Boolean(), nullable=False),
        sa.Column("receiver_id", sa.Integer(), nullable=True),
        sa.Column("wanted_id", sa.Integer(), nullable=True),
        sa.Column("return_id", sa.Integer(), nullable=True),
        sa.Column("note", sa.String(length=200), nullable=True),
        sa.Column(
            "state",
            sa.Enum(
                "offered",
                "accepted",
                "done",
                "declined",
                "withdrawn",
                "refused",
                "void",
                "lapsed",
                name="handoverstate",
                native_enum=False,
                length=30,
            ),
            nullable=False,
        ),
        sa.Column("declined", sa.JSON(), nullable=False),
        sa.Column("giver_read", sa.Boolean(), nullable=False),
        sa.Column("receiver_read", sa.Boolean(), nullable=False),
        sa.Column("why", sa.String(length=300), nullable=True),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.Column("answer_by", sa.DateTime(), nullable=True),
        sa.Column("ended_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["receiver_id"], ["person.id"], name=op.f("fk_handover_receiver_id")
        ),
        sa.ForeignKeyConstraint(["return_id"], ["signup.id"], name=op.f("fk_handover_return_id")),
        sa.ForeignKeyConstraint(["signup_id"], ["signup.id"], name=op.f("fk_handover_signup_id")),
        sa.ForeignKeyConstraint(["wanted_id"], ["shift.id"], name=op.f("fk_handover_wanted_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handover")),
    )
    with op.batch_alter_table("handover", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_handover_receiver_id"), ["receiver_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_handover_signup_id"), ["signup_id"], unique=False)
        batch_op.create_index("ix_handover_state", ["state", "id"], unique=False)
        batch_op.create_index(
            "uq_handover_open",
            ["signup_id"],
            unique=True,
            sqlite_where=sa.text("state IN ('accepted', 'offered')"),
            postgresql_where=sa.text("state IN ('accepted', 'offered')"),
        )

    op.create_table(
        "proposed_place",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("proposal_id", sa.Integer(), nullable=False),
        sa.Column("need_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("signup_id", sa.Integer(), nullable=True),
        sa.Column("refused", sa.JSON(), nullable=True),
        sa.ForeignKeyConstraint(
            ["need_id"],
            ["shift_need.id"],
            name=op.f("fk_proposed_place_need_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_proposed_place_person_id")
        ),
        sa.ForeignKeyConstraint(
            ["proposal_id"], ["roster_proposal.id"], name=op.f("fk_proposed_place_proposal_id")
        ),
        sa.ForeignKeyConstraint(
            ["signup_id"], ["signup.id"], name=op.f("fk_proposed_place_signup_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proposed_place")),
        sa.UniqueConstraint(
            "proposal_id",
            "need_id",
            "person_id",
            name=op.f("uq_proposed_place_proposal_id_need_id_person_id"),
        ),
    )
    with op.batch_alter_table("proposed_place", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_proposed_place_need_id"), ["need_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_proposed_place_person_id"), ["person_id"], unique=False
        )

    op.create_table(
        "queued_act",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("device", sa.String(length=40), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("signup_id", sa.Integer(), nullable=True),
        sa.Column("wanted", sa.Integer(), nullable=False),
        sa.Column(
            "act",
            sa.Enum("in", "out", name="signact", native_enum=False, length=30),
            nullable=False,
        ),
        sa.Column("device_at", sa.DateTime(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("received_at", sa.DateTime(), nullable=False),
        sa.Column("skew_seconds", sa.BigInteger(), nullable=False),
        sa.Column(
            "outcome",
            sa.Enum("taken", "known", "refused", name="verdict", native_enum=False, length=30),
            nullable=False,
        ),
        sa.Column("reasons", sa.JSON(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.Column("kiosk_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["kiosk_id"], ["kiosk.id"], name=op.f("fk_queued_act_kiosk_id")),
        sa.ForeignKeyConstraint(["signup_id"], ["signup.id"], name=op.f("fk_queued_act_signup_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_queued_act")),
    )
    with op.batch_alter_table("queued_act", schema=None) as batch_op:
        batch_op.create_index(
            "ix_queued_act_kiosk_received", ["kiosk_id", "received_at"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_queued_act_signup_id"), ["signup_id"], unique=False)

    op.create_table(
        "substitute_call",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("search_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "asked",
                "accepted",
                "declined",
                "lapsed",
                "stopped",
                name="callstate",
                native_enum=False,
                length=30,
            ),
            nullable=False,
        ),
        sa.Column("asked_at", sa.DateTime(), nullable=False),
        sa.Column("answer_by", sa.DateTime(), nullable=False),
        sa.Column("answered_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_substitute_call_person_id")
        ),
        sa.ForeignKeyConstraint(
            ["search_id"], ["substitute_search.id"], name=op.f("fk_substitute_call_search_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_substitute_call")),
        sa.UniqueConstraint(
            "search_id", "person_id", name=op.f("uq_substitute_call_search_id_person_id")
        ),
    )
    with op.batch_alter_table("substitute_call", schema=None) as batch_op:
        batch_op.create_index("ix_substitute_call_person", ["person_id", "asked_at"], unique=False)
        batch_op.create_index("ix_substitute_call_state", ["state", "answer_by"], unique=False)

    with op.batch_alter_table("attendance", schema=None) as batch_op:
        batch_op.add_column(sa.Column("settles_at", sa.DateTime(), nullable=True))
        batch_op.add_column(sa.Column("proposed_out_at", sa.DateTime(), nullable=True))
        batch_op.add_column(sa.Column("asked_at", sa.DateTime(), nullable=True))
        batch_op.add_column(sa.Column("said_out_at", sa.DateTime(), nullable=True))

    for thing in ("credential_kind_id", "course_id"):
        op.execute(
            f"INSERT INTO requirement (position_id, {thing}) "  # noqa: S608
            f"SELECT id, {thing} FROM position WHERE {thing} IS NOT NULL"
        )
    with op.batch_alter_table("position", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("leads", sa.Boolean(), nullable=False, server_default=sa.false())
        )
        batch_op.add_column(sa.Column("places", sa.Integer(), nullable=False, server_default="1"))
        batch_op.add_column(sa.Column("least", sa.Integer(), nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("reserve", sa.Integer(), nullable=False, server_default="0"))
        batch_op.create_check_constraint(op.f("ck_position_least"), "least <= places")
        batch_op.drop_constraint(batch_op.f("fk_position_course_id"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f("fk_position_credential_kind_id"), type_="foreignkey")
        batch_op.drop_column("credential_kind_id")
        batch_op.drop_column("course_id")

    with op.batch_alter_table("project", schema=None) as batch_op:
        batch_op.add_column(sa.Column("minimum_age", sa.Integer(), nullable=True))
        batch_op.add_column(
            sa.Column(
                "mode",
                sa.Enum(
                    "automatic", "in_only", "in_out", name="signmode", native_enum=False, length=30
                ),
                nullable=False,
                server_default="in_out",
            )
        )
        batch_op.add_column(sa.Column("latitude", sa.Numeric(precision=8, scale=6), nullable=True))
        batch_op.add_column(sa.Column("longitude", sa.Numeric(precision=9, scale=6), nullable=True))
        batch_op.add_column(sa.Column("radius_m", sa.Integer(), nullable=True))

    with op.batch_alter_table("shift", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "mode",
                sa.Enum(
                    "automatic", "in_only", "in_out", name="signmode", native_enum=False, length=30
                ),
                nullable=True,
            )
        )
        batch_op.add_column(sa.Column("early_minutes", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("late_minutes", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("series_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("series_day", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("batch_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("changed_at", sa.DateTime(), nullable=True))
        batch_op.add_column(sa.Column("invite_token", sa.String(length=40), nullable=True))
        batch_op.create_index(batch_op.f("ix_shift_batch_id"), ["batch_id"], unique=False)
        batch_op.create_index("ix_shift_ends", ["ends_at", "starts_at"], unique=False)
        batch_op.create_index("ix_shift_project_starts", ["project_id", "starts_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_shift_series_id"), ["series_id"], unique=False)
        batch_op.create_unique_constraint(batch_op.f("uq_shift_invite_token"), ["invite_token"])
        batch_op.create_unique_constraint(
            batch_op.f("uq_shift_series_id_series_day"), ["series_id", "series_day"]
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_shift_series_id"), "series", ["series_id"], ["id"]
        )
        batch_op.create_foreign_key(batch_op.f("fk_shift_batch_id"), "batch", ["batch_id"], ["id"])

    with op.batch_alter_table("shift_need", schema=None) as batch_op:
        batch_op.add_column(sa.Column("least", sa.Integer(), nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("reserve", sa.Integer(), nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("reserved", sa.Integer(), nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("minimum_age", sa.Integer(), nullable=True))
        batch_op.add_column(
            sa.Column("own_requirements", sa.Boolean(), nullable=False, server_default=sa.false())
        )
        batch_op.create_check_constraint(
            op.f("ck_shift_need_within_reserve"), "reserved >= 0 AND reserved <= reserve"
        )
        batch_op.create_check_constraint(op.f("ck_shift_need_least"), "least <= places")

    with op.batch_alter_table("signup", schema=None) as batch_op:
        batch_op.add_column(sa.Column("overridden_reasons", sa.JSON(), nullable=True))
        batch_op.add_column(
            sa.Column("late", sa.Boolean(), nullable=False, server_default=sa.false())
        )
        batch_op.add_column(sa.Column("group_id", sa.Integer(), nullable=True))
        batch_op.add_column(
            sa.Column("invited", sa.Boolean(), nullable=False, server_default=sa.false())
        )
        batch_op.add_column(
            sa.Column("newcomer", sa.Boolean(), nullable=False, server_default=sa.false())
        )
        batch_op.add_column(sa.Column("answer_by", sa.DateTime(), nullable=True))
        batch_op.add_column(sa.Column("passed_over", sa.JSON(), nullable=True))
        batch_op.add_column(
            sa.Column("seated", sa.Boolean(), nullable=False, server_default=sa.false())
        )
        batch_op.add_column(
            sa.Column("agreed_version", sa.Integer(), nullable=False, server_default="1")
        )
        batch_op.create_index(batch_op.f("ix_signup_group_id"), ["group_id"], unique=False)
        batch_op.create_index("ix_signup_shift_state", ["shift_id", "state"], unique=False)
        batch_op.create_foreign_key(
            batch_op.f("fk_signup_group_id"), "volunteer_group", ["group_id"], ["id"]
        )
    op.execute(sa.text("UPDATE signup SET seated = (state = 'confirmed')"))
    one_live_signup(LIVE_NOW)


def downgrade():  # noqa: PLR0915
    op.execute("UPDATE signup SET state = 'cancelled' WHERE state IN ('offered', 'reserve')")
    one_live_signup(LIVE)
    with op.batch_alter_table("signup", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_signup_group_id"), type_="foreignkey")
        batch_op.drop_index("ix_signup_shift_state")
        batch_op.drop_index(batch_op.f("ix_signup_group_id"))
        batch_op.drop_column("agreed_version")
        batch_op.drop_column("seated")
        batch_op.drop_column("passed_over")
        batch_op.drop_column("answer_by")
        batch_op.drop_column("newcomer")
        batch_op.drop_column("invited")
        batch_op.drop_column("group_id")
        batch_op.drop_column("late")
        batch_op.drop_column("overridden_reasons")

    with op.batch_alter_table("shift_need", schema=None) as batch_op:
        batch_op.drop_constraint(op.f("ck_shift_need_least"), type_="check")
        batch_op.drop_constraint(op.f("ck_shift_need_within_reserve"), type_="check")
        batch_op.drop_column("own_requirements")
        batch_op.drop_column("minimum_age")
        batch_op.drop_column("reserved")
        batch_op.drop_column("reserve")
        batch_op.drop_column("least")

    with op.batch_alter_table("shift", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_shift_batch_id"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f("fk_shift_series_id"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f("uq_shift_series_id_series_day"), type_="unique")
        batch_op.drop_constraint(batch_op.f("uq_shift_invite_token"), type_="unique")
        batch_op.drop_index(batch_op.f("ix_shift_series_id"))
        batch_op.drop_index("ix_shift_project_starts")
        batch_op.drop_index("ix_shift_ends")
        batch_op.drop_index(batch_op.f("ix_shift_batch_id"))
        batch_op.drop_column("invite_token")
        batch_op.drop_column("changed_at")
        batch_op.drop_column("batch_id")
        batch_op.drop_column("series_day")
        batch_op.drop_column("series_id")
        batch_op.drop_column("late_minutes")
        batch_op.drop_column("early_minutes")
        batch_op.drop_column("mode")

    with op.batch_alter_table("project", schema=None) as batch_op:
        batch_op.drop_column("radius_m")
        batch_op.drop_column("longitude")
        batch_op.drop_column("latitude")
        batch_op.drop_column("mode")
        batch_op.drop_column("minimum_age")

    with op.batch_alter_table("position", schema=None) as batch_op:
        batch_op.drop_constraint(op.f("ck_position_least"), type_="check")
        batch_op.add_column(sa.Column("course_id", sa.INTEGER(), nullable=True))
        batch_op.add_column(sa.Column("credential_kind_id", sa.INTEGER(), nullable=True))
        batch_op.create_foreign_key(
            batch_op.f("fk_position_credential_kind_id"),
            "credential_kind",
            ["credential_kind_id"],
            ["id"],
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_position_course_id"), "course", ["course_id"], ["id"]
        )
        batch_op.drop_column("reserve")
        batch_op.drop_column("least")
        batch_op.drop_column("places")
        batch_op.drop_column("leads")

    with op.batch_alter_table("attendance", schema=None) as batch_op:
        batch_op.drop_column("said_out_at")
        batch_op.drop_column("asked_at")
        batch_op.drop_column("proposed_out_at")
        batch_op.drop_column("settles_at")

    with op.batch_alter_table("substitute_call", schema=None) as batch_op:
        batch_op.drop_index("ix_substitute_call_state")
        batch_op.drop_index("ix_substitute_call_person")

    op.drop_table("substitute_call")
    with op.batch_alter_table("queued_act", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_queued_act_signup_id"))
        batch_op.drop_index("ix_queued_act_kiosk_received")

    op.drop_table("queued_act")
    with op.batch_alter_table("proposed_place", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_proposed_place_person_id"))
        batch_op.drop_index(batch_op.f("ix_proposed_place_need_id"))

    op.drop_table("proposed_place")
    with op.batch_alter_table("handover", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_handover_open",
            sqlite_where=sa.text("state IN ('accepted', 'offered')"),
            postgresql_where=sa.text("state IN ('accepted', 'offered')"),
        )
        batch_op.drop_index("ix_handover_state")
        batch_op.drop_index(batch_op.f("ix_handover_signup_id"))
        batch_op.drop_index(batch_op.f("ix_handover_receiver_id"))

    op.drop_table("handover")
    with op.batch_alter_table("substitute_search", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_substitute_search_running",
            sqlite_where=sa.text("stopped_at IS NULL"),
            postgresql_where=sa.text("stopped_at IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_substitute_search_shift_id"))

    op.drop_table("substitute_search")
    for thing in ("credential_kind_id", "course_id"):
        op.execute(
            f"UPDATE position SET {thing} = (SELECT min({thing}) FROM requirement "  # noqa: S608
            "WHERE requirement.position_id = position.id)"
        )
    with op.batch_alter_table("requirement", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_requirement_project_id"))
        batch_op.drop_index(batch_op.f("ix_requirement_position_id"))
        batch_op.drop_index(batch_op.f("ix_requirement_need_id"))

    op.drop_table("requirement")
    with op.batch_alter_table("signed_sheet", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_signed_sheet_shift_id"))

    op.drop_table("signed_sheet")
    with op.batch_alter_table("volunteer_group_member", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_volunteer_group_member_person_id"))

    op.drop_table("volunteer_group_member")
    with op.batch_alter_table("series", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_series_project_id"))

    op.drop_table("series")
    op.drop_table("saved_view")
    with op.batch_alter_table("roster_proposal", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_roster_proposal_state"))
        batch_op.drop_index(batch_op.f("ix_roster_proposal_office_id"))

    op.drop_table("roster_proposal")
    op.drop_table("calendar_address")
    with op.batch_alter_table("volunteer_group", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_volunteer_group_office_id"))
        batch_op.drop_index(batch_op.f("ix_volunteer_group_contact_id"))

    op.drop_table("volunteer_group")
    op.drop_table("travel_time")
    op.drop_table("shift_template")
    op.drop_table("person_skill")
    op.drop_table("person_code")
    with op.batch_alter_table("kiosk", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_kiosk_office_id"))

    op.drop_table("kiosk")
    with op.batch_alter_table("free_time", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_free_time_person_id"))

    op.drop_table("free_time")
    with op.batch_alter_table("batch", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_batch_office_id"))

    op.drop_table("batch")
    op.drop_table("skill")
