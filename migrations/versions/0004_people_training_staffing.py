"""People, training and staffing: teams, merges, requirements, standards of every kind."""

import sqlalchemy as sa
from alembic import op

from talent.growing import statements

revision = "0004"
down_revision = "0003"


GROWING = [
    ("agreement", (("office_id", "version"),)),
]  # only-grows tables


def only_grow():
    """From now on nothing changes in these tables."""
    for table, keys in GROWING:
        for statement in statements(table, op.get_bind().dialect.name, keys):
            op.execute(sa.text(statement.replace(":", "\\:")))


def upgrade():
    op.create_table(
        "likeness_mark",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("until", sa.DateTime(), nullable=False),
        sa.Column("last_id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_likeness_mark")),
    )
    op.create_table(
        "agreement",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("office_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("text_zh", sa.Text(), nullable=False),
        sa.Column("text_en", sa.Text(), nullable=True),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.Column("made_by", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["office_id"], ["office.id"], name=op.f("fk_agreement_office_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agreement")),
        sa.UniqueConstraint("office_id", "version", name=op.f("uq_agreement_office_id_version")),
        info={"only_grows": True},
    )
    op.create_table(
        "household",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("office_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(["office_id"], ["office.id"], name=op.f("fk_household_office_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_household")),
        sa.UniqueConstraint("office_id", "number", name=op.f("uq_household_office_id_number")),
    )
    op.create_table(
        "intake",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("office_id", sa.Integer(), nullable=False),
        sa.Column("made_by", sa.Integer(), nullable=True),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "people",
                "training",
                "credentials",
                "hours",
                name="intakekind",
                native_enum=False,
                length=30,
            ),
            nullable=False,
        ),
        sa.Column(
            "way",
            sa.Enum("both", "add", "update", name="way", native_enum=False, length=30),
            nullable=False,
        ),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("file_id", sa.Integer(), nullable=True),
        sa.Column(
            "state",
            sa.Enum(
                "mapping",
                "reading",
                "looked",
                "running",
                "done",
                "stopped",
                "failed",
                name="intakestate",
                native_enum=False,
                length=30,
            ),
            nullable=False,
        ),
        sa.Column("sheet", sa.String(length=100), nullable=False),
        sa.Column("first_row", sa.Integer(), nullable=False),
        sa.Column("titles", sa.JSON(), nullable=False),
        sa.Column("mapping", sa.JSON(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("mark", sa.Integer(), nullable=False),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(), nullable=True),
        sa.Column("seen_at", sa.DateTime(), nullable=True),
        sa.Column("finished_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(["file_id"], ["stored_file.id"], name=op.f("fk_intake_file_id")),
        sa.ForeignKeyConstraint(["office_id"], ["office.id"], name=op.f("fk_intake_office_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_intake")),
    )
    with op.batch_alter_table("intake", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_intake_made_at"), ["made_at"], unique=False)
        batch_op.create_index("ix_intake_made_by", ["made_by", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_intake_state"), ["state"], unique=False)

    op.create_table(
        "intake_heading",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("office_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "people",
                "training",
                "credentials",
                "hours",
                name="intakekind",
                native_enum=False,
                length=30,
            ),
            nullable=False,
        ),
        sa.Column("heading", sa.String(length=100), nullable=False),
        sa.Column("field", sa.String(length=30), nullable=False),
        sa.Column("kept_at", sa.DateTime(), nullable=False),
        sa.Column("kept_by", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["office_id"], ["office.id"], name=op.f("fk_intake_heading_office_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_intake_heading")),
        sa.UniqueConstraint(
            "office_id", "kind", "heading", name=op.f("uq_intake_heading_office_id_kind_heading")
        ),
    )
    op.create_table(
        "planned_figure",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("office_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "urban_resident",
                "resident",
                "registered",
                "households",
                "home_residents",
                "schools",
                "students",
                "cases",
                "families",
                "children_in_care",
                name="populationkind",
                native_enum=False,
                length=30,
            ),
            nullable=False,
        ),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.CheckConstraint("number >= 0", name=op.f("ck_planned_figure_not_negative")),
        sa.ForeignKeyConstraint(
            ["office_id"], ["office.id"], name=op.f("fk_planned_figure_office_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_planned_figure")),
        sa.UniqueConstraint(
            "office_id", "kind", "as_of", name=op.f("uq_planned_figure_office_id_kind_as_of")
        ),
    )
    op.create_table(
        "quantity",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("name_zh", sa.String(length=100), nullable=False),
        sa.Column("name_en", sa.String(length=150), nullable=True),
        sa.Column("unit_zh", sa.String(length=20), nullable=False),
        sa.Column("unit_en", sa.String(length=40), nullable=True),
        sa.Column(
            "measure",
            sa.Enum("count", "amount", "yes_no", name="measure", native_enum=False, length=30),
            nullable=False,
        ),
        sa.Column(
            "origin",
            sa.Enum(
                "stated",
                "communities",
                "households",
                "residents",
                "workers",
                "urban_residents",
                "heads",
                "certified",
                "active",
                "organisations",
                name="origin",
                native_enum=False,
                length=30,
            ),
            nullable=False,
        ),
        sa.Column("office_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["office_id"], ["office.id"], name=op.f("fk_quantity_office_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quantity")),
        sa.UniqueConstraint("code", name=op.f("uq_quantity_code")),
    )
    op.create_table(
        "retirement_age",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("office_id", sa.Integer(), nullable=True),
        sa.Column(
            "sex",
            sa.Enum("female", "male", name="sex", native_enum=False, length=30),
            nullable=False,
        ),
        sa.Column("kinds", sa.JSON(), nullable=False),
        sa.Column("age_months", sa.Integer(), nullable=False),
        sa.Column("most_months", sa.Integer(), nullable=False),
        sa.Column("step_months", sa.Integer(), nullable=False),
        sa.Column("early_months", sa.Integer(), nullable=False),
        sa.Column("late_months", sa.Integer(), nullable=False),
        sa.Column("notice_months", sa.Integer(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.Column(
            "sure",
            sa.Enum("a", "b", "c", "m", "own", name="sure", native_enum=False, length=30),
            nullable=False,
        ),
        sa.CheckConstraint(
            "age_months > 0 AND most_months >= age_months", name=op.f("ck_retirement_age_ages")
        ),
        sa.CheckConstraint(
            "step_months >= 0 AND early_months >= 0 AND late_months >= 0",
            name=op.f("ck_retirement_age_steps"),
        ),
        sa.CheckConstraint(
            "valid_to IS NULL OR valid_to > valid_from", name=op.f("ck_retirement_age_forward")
        ),
        sa.ForeignKeyConstraint(
            ["office_id"], ["office.id"], name=op.f("fk_retirement_age_office_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_retirement_age")),
    )
    op.create_table(
        "staffing_draft",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("office_id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("note", sa.String(length=500), nullable=True),
        sa.Column("measure", sa.String(length=40), nullable=False),
        sa.Column("base_on", sa.Date(), nullable=False),
        sa.Column("based_at", sa.DateTime(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "own",
                "shared",
                "agreed",
                "sent_back",
                "planned",
                "dropped",
                name="draftstate",
                native_enum=False,
                length=30,
            ),
            nullable=False,
        ),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.Column("changed_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["office_id"], ["office.id"], name=op.f("fk_staffing_draft_office_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staffing_draft")),
    )
    with op.batch_alter_table("staffing_draft", schema=None) as batch_op:
        batch_op.create_index("ix_staffing_draft_account", ["account_id", "id"], unique=False)
        batch_op.create_index("ix_staffing_draft_office", ["office_id", "id"], unique=False)

    op.create_table(
        "staffing_plan",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("office_id", sa.Integer(), nullable=False),
        sa.Column("draft_id", sa.Integer(), nullable=True),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("made_by", sa.Integer(), nullable=True),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["office_id"], ["office.id"], name=op.f("fk_staffing_plan_office_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staffing_plan")),
        sa.UniqueConstraint("draft_id", name=op.f("uq_staffing_plan_draft_id")),
    )
    with op.batch_alter_table("staffing_plan", schema=None) as batch_op:
        batch_op.create_index("ix_staffing_plan_office", ["office_id", "id"], unique=False)

    op.create_table(
        "team",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("office_id", sa.Integer(), nullable=False),
        sa.Column("parent_id", sa.Integer(), nullable=True),
        sa.Column(
            "kind",
            sa.Enum(
                "volunteers",
                "welfare",
                "mutual_aid",
                "culture",
                "mediation",
                "rescue",
                "partner",
                name="teamkind",
                native_enum=False,
                length=30,
            ),
            nullable=False,
        ),
        sa.Column("name_zh", sa.String(length=100), nullable=False),
        sa.Column("name_en", sa.String(length=150), nullable=True),
        sa.Column("purpose", sa.Text(), nullable=True),
        sa.Column("credit_code", sa.String(length=18), nullable=True),
        sa.Column(
            "standing",
            sa.Enum(
                "none", "on_record", "registered", name="teamstanding", native_enum=False, length=30
            ),
            nullable=False,
        ),
        sa.Column("standing_since", sa.Date(), nullable=True),
        sa.Column("standing_no", sa.String(length=60), nullable=True),
        sa.Column("contact_name", sa.String(length=50), nullable=True),
        sa.Column("contact_phone", sa.String(length=30), nullable=True),
        sa.Column("founded_on", sa.Date(), nullable=True),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("takes_members", sa.Boolean(), nullable=False),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.Column("changed_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["office_id"], ["office.id"], name=op.f("fk_team_office_id")),
        sa.ForeignKeyConstraint(["parent_id"], ["team.id"], name=op.f("fk_team_parent_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_team")),
        sa.UniqueConstraint("credit_code", name=op.f("uq_team_credit_code")),
    )
    with op.batch_alter_table("team", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_team_office_id"), ["office_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_team_parent_id"), ["parent_id"], unique=False)

    op.create_table(
        "training_plan",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("office_id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("note", sa.String(length=1000), nullable=True),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("year BETWEEN 2000 AND 2199", name=op.f("ck_training_plan_year")),
        sa.ForeignKeyConstraint(
            ["office_id"], ["office.id"], name=op.f("fk_training_plan_office_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_training_plan")),
        sa.UniqueConstraint("office_id", "year", name=op.f("uq_training_plan_office_id_year")),
    )
    op.create_table(
        "work_kind",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("name_zh", sa.String(length=100), nullable=False),
        sa.Column("name_en", sa.String(length=150), nullable=True),
        sa.Column("unit_zh", sa.String(length=20), nullable=False),
        sa.Column("unit_en", sa.String(length=40), nullable=True),
        sa.Column("office_id", sa.Integer(), nullable=True),
        sa.Column("open", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["office_id"], ["office.id"], name=op.f("fk_work_kind_office_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_work_kind")),
        sa.UniqueConstraint("code", name=op.f("uq_work_kind_code")),
    )
    op.create_table(
        "activity_consent",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("guardian_person_id", sa.Integer(), nullable=True),
        sa.Column("category_id", sa.Integer(), nullable=True),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=True),
        sa.Column("weekdays", sa.String(length=7), nullable=False),
        sa.Column("starts", sa.Time(), nullable=True),
        sa.Column("ends", sa.Time(), nullable=True),
        sa.Column("given_at", sa.DateTime(), nullable=False),
        sa.Column("given_by", sa.String(length=100), nullable=False),
        sa.Column("on_paper", sa.Boolean(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(), nullable=True),
        sa.CheckConstraint(
            "last_day IS NULL OR last_day >= first_day", name=op.f("ck_activity_consent_forward")
        ),
        sa.ForeignKeyConstraint(
            ["category_id"], ["service_category.id"], name=op.f("fk_activity_consent_category_id")
        ),
        sa.ForeignKeyConstraint(
            ["guardian_person_id"],
            ["person.id"],
            name=op.f("fk_activity_consent_guardian_person_id"),
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_activity_consent_person_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_activity_consent")),
    )
    with op.batch_alter_table("activity_consent", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_activity_consent_guardian_person_id"),
            ["guardian_person_id"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_activity_consent_person_id"), ["person_id"], unique=False
        )

    op.create_table(
        "agreement_signature",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("agreement_id", sa.Integer(), nullable=False),
        sa.Column("signed_at", sa.DateTime(), nullable=False),
        sa.Column("signed_by", sa.String(length=100), nullable=False),
        sa.Column("by_guardian", sa.Boolean(), nullable=False),
        sa.Column("on_paper", sa.Boolean(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["agreement_id"], ["agreement.id"], name=op.f("fk_agreement_signature_agreement_id")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_agreement_signature_person_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agreement_signature")),
        sa.UniqueConstraint(
            "person_id", "agreement_id", name=op.f("uq_agreement_signature_person_id_agreement_id")
        ),
    )
    with op.batch_alter_table("agreement_signature", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_agreement_signature_agreement_id"), ["agreement_id"], unique=False
        )

    op.create_table(
        "case_count",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("office_id", sa.Integer(), nullable=False),
        sa.Column("kind_id", sa.Integer(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("made_by", sa.Integer(), nullable=True),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.CheckConstraint("number >= 0", name=op.f("ck_case_count_not_negative")),
        sa.ForeignKeyConstraint(["kind_id"], ["work_kind.id"], name=op.f("fk_case_count_kind_id")),
        sa.ForeignKeyConstraint(["office_id"], ["office.id"], name=op.f("fk_case_count_office_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_case_count_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_count")),
        sa.UniqueConstraint(
            "office_id",
            "month",
            "kind_id",
            "person_id",
            name=op.f("uq_case_count_office_id_month_kind_id_person_id"),
        ),
    )
    with op.batch_alter_table("case_count", schema=None) as batch_op:
        batch_op.create_index("ix_case_count_month", ["month", "office_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_case_count_person_id"), ["person_id"], unique=False)

    op.create_table(
        "caseload_ceiling",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind_id", sa.Integer(), nullable=False),
        sa.Column("office_id", sa.Integer(), nullable=True),
        sa.Column("most", sa.Numeric(precision=8, scale=2), nullable=False),
        sa.Column("beside_id", sa.Integer(), nullable=True),
        sa.Column("beside_most", sa.Numeric(precision=8, scale=2), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.Column(
            "sureness",
            sa.Enum("a", "b", "c", "m", "own", name="sure", native_enum=False, length=30),
            nullable=False,
        ),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.CheckConstraint(
            "(beside_id IS NULL) = (beside_most IS NULL)", name=op.f("ck_caseload_ceiling_beside")
        ),
        sa.CheckConstraint("most > 0", name=op.f("ck_caseload_ceiling_most")),
        sa.CheckConstraint(
            "valid_to IS NULL OR valid_to > valid_from", name=op.f("ck_caseload_ceiling_forward")
        ),
        sa.ForeignKeyConstraint(
            ["beside_id"], ["work_kind.id"], name=op.f("fk_caseload_ceiling_beside_id")
        ),
        sa.ForeignKeyConstraint(
            ["kind_id"], ["work_kind.id"], name=op.f("fk_caseload_ceiling_kind_id")
        ),
        sa.ForeignKeyConstraint(
            ["office_id"], ["office.id"], name=op.f("fk_caseload_ceiling_office_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_caseload_ceiling")),
    )
    with op.batch_alter_table("caseload_ceiling", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_caseload_ceiling_kind_id"), ["kind_id"], unique=False)

    op.create_table(
        "course_material",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("course_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=150), nullable=False),
        sa.Column("link", sa.String(length=500), nullable=True),
        sa.Column("file_id", sa.Integer(), nullable=True),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.Column("ended_at", sa.DateTime(), nullable=True),
        sa.CheckConstraint(
            "(file_id IS NULL) <> (link IS NULL)", name=op.f("ck_course_material_one_thing")
        ),
        sa.ForeignKeyConstraint(
            ["course_id"], ["course.id"], name=op.f("fk_course_material_course_id")
        ),
        sa.ForeignKeyConstraint(
            ["file_id"], ["stored_file.id"], name=op.f("fk_course_material_file_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_course_material")),
    )
    with op.batch_alter_table("course_material", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_course_material_course_id"), ["course_id"], unique=False
        )

    op.create_table(
        "course_prerequisite",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("course_id", sa.Integer(), nullable=False),
        sa.Column("needed_course_id", sa.Integer(), nullable=True),
        sa.Column("needed_kind_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "(needed_course_id IS NULL) <> (needed_kind_id IS NULL)",
            name=op.f("ck_course_prerequisite_one_thing"),
        ),
        sa.CheckConstraint(
            "course_id <> needed_course_id", name=op.f("ck_course_prerequisite_another")
        ),
        sa.ForeignKeyConstraint(
            ["course_id"], ["course.id"], name=op.f("fk_course_prerequisite_course_id")
        ),
        sa.ForeignKeyConstraint(
            ["needed_course_id"],
            ["course.id"],
            name=op.f("fk_course_prerequisite_needed_course_id"),
        ),
        sa.ForeignKeyConstraint(
            ["needed_kind_id"],
            ["credential_kind.id"],
            name=op.f("fk_course_prerequisite_needed_kind_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_course_prerequisite")),
        sa.UniqueConstraint(
            "course_id",
            "needed_course_id",
            name=op.f("uq_course_prerequisite_course_id_needed_course_id"),
        ),
        sa.UniqueConstraint(
            "course_id",
            "needed_kind_id",
            name=op.f("uq_course_prerequisite_course_id_needed_kind_id"),
        ),
    )
    with op.batch_alter_table("course_prerequisite", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_course_prerequisite_needed_course_id"),
            ["needed_course_id"],
            unique=False,
        )

    op.create_table(
        "duplicate_pair",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("first_person_id", sa.Integer(), nullable=False),
        sa.Column("second_person_id", sa.Integer(), nullable=False),
        sa.Column("reasons", sa.JSON(), nullable=False),
        sa.Column("strength", sa.Integer(), nullable=False),
        sa.Column("found_at", sa.DateTime(), nullable=False),
        sa.Column("apart_at", sa.DateTime(), nullable=True),
        sa.Column("apart_by", sa.Integer(), nullable=True),
        sa.Column("apart_why", sa.String(length=300), nullable=True),
        sa.CheckConstraint(
            "first_person_id < second_person_id", name=op.f("ck_duplicate_pair_in_order")
        ),
        sa.ForeignKeyConstraint(
            ["first_person_id"], ["person.id"], name=op.f("fk_duplicate_pair_first_person_id")
        ),
        sa.ForeignKeyConstraint(
            ["second_person_id"], ["person.id"], name=op.f("fk_duplicate_pair_second_person_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_duplicate_pair")),
        sa.UniqueConstraint(
            "first_person_id",
            "second_person_id",
            name=op.f("uq_duplicate_pair_first_person_id_second_person_id"),
        ),
    )
    with op.batch_alter_table("duplicate_pair", schema=None) as batch_op:
        batch_op.create_index(
            "ix_duplicate_pair_open", ["apart_at", "strength", "id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_duplicate_pair_second_person_id"), ["second_person_id"], unique=False
        )

    op.create_table(
        "erasure",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("last_trace", sa.Date(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_erasure_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_erasure")),
        sa.UniqueConstraint("person_id", name=op.f("uq_erasure_person_id")),
    )
    with op.batch_alter_table("erasure", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_erasure_at"), ["at"], unique=False)

    op.create_table(
        "household_member",
        sa.Column("person_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("household_id", sa.Integer(), nullable=False),
        sa.Column("relation", sa.String(length=20), nullable=False),
        sa.Column("head", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["household_id"], ["household.id"], name=op.f("fk_household_member_household_id")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_household_member_person_id")
        ),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_household_member")),
    )
    with op.batch_alter_table("household_member", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_household_member_household_id"), ["household_id"], unique=False
        )

    op.create_table(
        "indicator",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("number", sa.Integer(), nullable=True),
        sa.Column("name_zh", sa.String(length=100), nullable=False),
        sa.Column("name_en", sa.String(length=200), nullable=True),
        sa.Column("unit_zh", sa.String(length=30), nullable=False),
        sa.Column("unit_en", sa.String(length=60), nullable=True),
        sa.Column(
            "formula",
            sa.Enum(
                "share",
                "per_100",
                "per_10k",
                "each",
                "number",
                name="formula",
                native_enum=False,
                length=30,
            ),
            nullable=False,
        ),
        sa.Column("numerator_id", sa.Integer(), nullable=False),
        sa.Column("denominator_id", sa.Integer(), nullable=True),
        sa.Column(
            "settlement",
            sa.Enum("urban", "rural", name="settlement", native_enum=False, length=30),
            nullable=True,
        ),
        sa.Column(
            "better",
            sa.Enum("more", "less", name="better", native_enum=False, length=30),
            nullable=False,
        ),
        sa.Column("places", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.Column(
            "sureness",
            sa.Enum("a", "b", "c", "m", "own", name="sure", native_enum=False, length=30),
            nullable=False,
        ),
        sa.Column("office_id", sa.Integer(), nullable=True),
        sa.Column("open", sa.Boolean(), nullable=False),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.CheckConstraint(
            "(formula = 'number') = (denominator_id IS NULL)", name=op.f("ck_indicator_denominator")
        ),
        sa.CheckConstraint("places BETWEEN 0 AND 4", name=op.f("ck_indicator_places")),
        sa.ForeignKeyConstraint(
            ["denominator_id"], ["quantity.id"], name=op.f("fk_indicator_denominator_id")
        ),
        sa.ForeignKeyConstraint(
            ["numerator_id"], ["quantity.id"], name=op.f("fk_indicator_numerator_id")
        ),
        sa.ForeignKeyConstraint(["office_id"], ["office.id"], name=op.f("fk_indicator_office_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_indicator")),
        sa.UniqueConstraint("code", name=op.f("uq_indicator_code")),
    )
    op.create_table(
        "intake_row",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("intake_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "take",
                "update",
                "ask",
                "same",
                "duplicate",
                "refused",
                "ignored",
                "added",
                "updated",
                name="rowstate",
                native_enum=False,
                length=30,
            ),
            nullable=False,
        ),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("likeness", sa.String(length=64), nullable=True),
        sa.Column("cells", sa.Text(), nullable=False),
        sa.Column("reasons", sa.JSON(), nullable=False),
        sa.Column("changes", sa.Text(), nullable=True),
        sa.Column("asks", sa.JSON(), nullable=False),
        sa.Column("answers", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["intake_id"], ["intake.id"], name=op.f("fk_intake_row_intake_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_intake_row_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_intake_row")),
        sa.UniqueConstraint("intake_id", "number", name=op.f("uq_intake_row_intake_id_number")),
    )
    with op.batch_alter_table("intake_row", schema=None) as batch_op:
        batch_op.create_index("ix_intake_row_likeness", ["intake_id", "likeness"], unique=False)
        batch_op.create_index(batch_op.f("ix_intake_row_person_id"), ["person_id"], unique=False)
        batch_op.create_index("ix_intake_row_state", ["intake_id", "state", "number"], unique=False)

    op.create_table(
        "likeness",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("document", sa.String(length=32), nullable=True),
        sa.Column("phone", sa.String(length=32), nullable=True),
        sa.Column("name_born", sa.String(length=32), nullable=True),
        sa.Column("pinyin_born", sa.String(length=32), nullable=True),
        sa.Column("pinyin_tail", sa.String(length=32), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_likeness_person_id")),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_likeness")),
    )
    with op.batch_alter_table("likeness", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_likeness_document"), ["document"], unique=False)
        batch_op.create_index(batch_op.f("ix_likeness_name_born"), ["name_born"], unique=False)
        batch_op.create_index(batch_op.f("ix_likeness_phone"), ["phone"], unique=False)
        batch_op.create_index(batch_op.f("ix_likeness_pinyin_born"), ["pinyin_born"], unique=False)
        batch_op.create_index(batch_op.f("ix_likeness_pinyin_tail"), ["pinyin_tail"], unique=False)

    op.create_table(
        "merge",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("source_person_id", sa.Integer(), nullable=False),
        sa.Column("target_person_id", sa.Integer(), nullable=False),
        sa.Column("why", sa.String(length=300), nullable=False),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.Column("made_by", sa.Integer(), nullable=True),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.Column("undone_by", sa.Integer(), nullable=True),
        sa.Column("undone_at", sa.DateTime(), nullable=True),
        sa.Column("undone_why", sa.String(length=300), nullable=True),
        sa.Column("left", sa.JSON(none_as_null=True), nullable=True),
        sa.CheckConstraint("source_person_id <> target_person_id", name=op.f("ck_merge_two_files")),
        sa.ForeignKeyConstraint(
            ["source_person_id"], ["person.id"], name=op.f("fk_merge_source_person_id")
        ),
        sa.ForeignKeyConstraint(
            ["target_person_id"], ["person.id"], name=op.f("fk_merge_target_person_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_merge")),
    )
    with op.batch_alter_table("merge", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_merge_made_at"), ["made_at"], unique=False)
        batch_op.create_index("ix_merge_source", ["source_person_id", "id"], unique=False)
        batch_op.create_index("ix_merge_target", ["target_person_id", "id"], unique=False)

    op.create_table(
        "people_served",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("for_worker", sa.Integer(), nullable=True),
        sa.Column("for_volunteer", sa.Integer(), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.Column("made_by", sa.Integer(), nullable=True),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.CheckConstraint(
            "for_worker > 0 AND for_volunteer > 0", name=op.f("ck_people_served_asked")
        ),
        sa.CheckConstraint("number >= 0", name=op.f("ck_people_served_not_negative")),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.id"], name=op.f("fk_people_served_project_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_people_served")),
        sa.UniqueConstraint(
            "project_id", "valid_from", name=op.f("uq_people_served_project_id_valid_from")
        ),
    )
    op.create_table(
        "person_area",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("office_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["office_id"], ["office.id"], name=op.f("fk_person_area_office_id")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_person_area_person_id")
        ),
        sa.PrimaryKeyConstraint("person_id", "office_id", name=op.f("pk_person_area")),
    )
    with op.batch_alter_table("person_area", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_person_area_office_id"), ["office_id"], unique=False)

    op.create_table(
        "person_change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("audit_id", sa.Integer(), nullable=False),
        sa.Column("field", sa.String(length=40), nullable=False),
        sa.Column("was", sa.Text(), nullable=True),
        sa.Column("became", sa.Text(), nullable=True),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["audit_id"], ["audit_entry.id"], name=op.f("fk_person_change_audit_id")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_person_change_person_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person_change")),
    )
    with op.batch_alter_table("person_change", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_person_change_audit_id"), ["audit_id"], unique=False)
        batch_op.create_index("ix_person_change_person", ["person_id", "id"], unique=False)

    op.create_table(
        "person_language",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column(
            "tongue",
            sa.Enum(
                "cmn",
                "yue",
                "wuu",
                "nan",
                "cdo",
                "hak",
                "hsn",
                "gan",
                "cjy",
                "csl",
                "bod",
                "uig",
                "mon",
                "zha",
                "kaz",
                "kor",
                "iii",
                "hmn",
                "eng",
                "jpn",
                "fra",
                "deu",
                "spa",
                "por",
                "rus",
                "ara",
                "vie",
                "tha",
                name="tongue",
                native_enum=False,
                length=30,
            ),
            nullable=False,
        ),
        sa.Column(
            "fluency",
            sa.Enum(
                "basic",
                "everyday",
                "fluent",
                "native",
                name="fluency",
                native_enum=False,
                length=30,
            ),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_person_language_person_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person_language")),
        sa.UniqueConstraint(
            "person_id", "tongue", name=op.f("uq_person_language_person_id_tongue")
        ),
    )
    with op.batch_alter_table("person_language", schema=None) as batch_op:
        batch_op.create_index("ix_person_language_tongue", ["tongue", "person_id"], unique=False)

    op.create_table(
        "planned_post",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=True),
        sa.Column("office_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "party",
                "committee",
                "full_time",
                "grid",
                "social_worker",
                "supervisor",
                "children_director",
                "children_supervisor",
                "other",
                name="appointmentkind",
                native_enum=False,
                length=30,
            ),
            nullable=False,
        ),
        sa.Column("share", sa.Numeric(precision=4, scale=3), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column(
            "certainty",
            sa.Enum(
                "certain", "likely", "possible", name="certainty", native_enum=False, length=30
            ),
            nullable=False,
        ),
        sa.Column("note", sa.String(length=200), nullable=True),
        sa.Column(
            "state",
            sa.Enum("open", "filled", "cancelled", name="poststate", native_enum=False, length=30),
            nullable=False,
        ),
        sa.Column("reason", sa.String(length=200), nullable=True),
        sa.Column("made_by", sa.Integer(), nullable=True),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.Column("changed_at", sa.DateTime(), nullable=False),
        sa.CheckConstraint("number > 0", name=op.f("ck_planned_post_number")),
        sa.CheckConstraint("share > 0 AND share <= 1", name=op.f("ck_planned_post_share")),
        sa.ForeignKeyConstraint(
            ["office_id"], ["office.id"], name=op.f("fk_planned_post_office_id")
        ),
        sa.ForeignKeyConstraint(
            ["plan_id"], ["staffing_plan.id"], name=op.f("fk_planned_post_plan_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_planned_post")),
    )
    with op.batch_alter_table("planned_post", schema=None) as batch_op:
        batch_op.create_index("ix_planned_post_office_state", ["office_id", "state"], unique=False)
        batch_op.create_index(batch_op.f("ix_planned_post_plan_id"), ["plan_id"], unique=False)

    op.create_table(
        "privacy_request",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("office_id", sa.Integer(), nullable=False),
        sa.Column(
            "wish",
            sa.Enum("correct", "explain", "erase", name="wish", native_enum=False, length=30),
            nullable=False,
        ),
        sa.Column("said", sa.Text(), nullable=False),
        sa.Column("made_by", sa.Integer(), nullable=True),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column(
            "standing",
            sa.Enum("asked", "done", "refused", name="standing", native_enum=False, length=30),
            nullable=False,
        ),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("answered_by", sa.Integer(), nullable=True),
        sa.Column("answered_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["office_id"], ["office.id"], name=op.f("fk_privacy_request_office_id")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_privacy_request_person_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_privacy_request")),
    )
    with op.batch_alter_table("privacy_request", schema=None) as batch_op:
        batch_op.create_index("ix_privacy_request_office", ["office_id", "standing"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_privacy_request_person_id"), ["person_id"], unique=False
        )

    op.create_table(
        "quiz",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("course_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=True),
        sa.Column("pass_per_cent", sa.Numeric(precision=5, scale=2), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=True),
        sa.Column("wait_minutes", sa.Integer(), nullable=False),
        sa.Column("limit_minutes", sa.Integer(), nullable=True),
        sa.Column("needed", sa.Boolean(), nullable=False),
        sa.CheckConstraint("attempts IS NULL OR attempts > 0", name=op.f("ck_quiz_attempts")),
        sa.CheckConstraint("number IS NULL OR number > 0", name=op.f("ck_quiz_number")),
        sa.CheckConstraint("pass_per_cent > 0 AND pass_per_cent <= 100", name=op.f("ck_quiz_mark")),
        sa.ForeignKeyConstraint(["course_id"], ["course.id"], name=op.f("fk_quiz_course_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quiz")),
        sa.UniqueConstraint("course_id", name=op.f("uq_quiz_course_id")),
    )
    op.create_table(
        "renewing_course",
        sa.Column("kind_id", sa.Integer(), nullable=False),
        sa.Column("course_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["course_id"], ["course.id"], name=op.f("fk_renewing_course_course_id")
        ),
        sa.ForeignKeyConstraint(
            ["kind_id"], ["credential_kind.id"], name=op.f("fk_renewing_course_kind_id")
        ),
        sa.PrimaryKeyConstraint("kind_id", "course_id", name=op.f("pk_renewing_course")),
    )
    with op.batch_alter_table("renewing_course", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_renewing_course_course_id"), ["course_id"], unique=False
        )

    op.create_table(
        "staffing_draft_said",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("draft_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "shared",
                "remark",
                "agreed",
                "sent_back",
                name="saidkind",
                native_enum=False,
                length=30,
            ),
            nullable=False,
        ),
        sa.Column("words", sa.String(length=500), nullable=True),
        sa.Column("said_by", sa.Integer(), nullable=True),
        sa.Column("said_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["draft_id"], ["staffing_draft.id"], name=op.f("fk_staffing_draft_said_draft_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staffing_draft_said")),
    )
    with op.batch_alter_table("staffing_draft_said", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_staffing_draft_said_draft_id"), ["draft_id"], unique=False
        )

    op.create_table(
        "stated_figure",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("office_id", sa.Integer(), nullable=False),
        sa.Column("quantity_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Numeric(precision=18, scale=4), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.Column("made_by", sa.Integer(), nullable=True),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.CheckConstraint("number >= 0", name=op.f("ck_stated_figure_not_negative")),
        sa.ForeignKeyConstraint(
            ["office_id"], ["office.id"], name=op.f("fk_stated_figure_office_id")
        ),
        sa.ForeignKeyConstraint(
            ["quantity_id"], ["quantity.id"], name=op.f("fk_stated_figure_quantity_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stated_figure")),
        sa.UniqueConstraint(
            "office_id",
            "quantity_id",
            "as_of",
            name=op.f("uq_stated_figure_office_id_quantity_id_as_of"),
        ),
    )
    with op.batch_alter_table("stated_figure", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_stated_figure_quantity_id"), ["quantity_id"], unique=False
        )

    op.create_table(
        "team_member",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("team_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column(
            "role",
            sa.Enum("member", "deputy", "leader", name="teamrole", native_enum=False, length=30),
            nullable=False,
        ),
        sa.Column(
            "state",
            sa.Enum(
                "asked",
                "active",
                "ended",
                "refused",
                name="memberstate",
                native_enum=False,
                length=30,
            ),
            nullable=False,
        ),
        sa.Column("since", sa.Date(), nullable=True),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("reason", sa.String(length=300), nullable=True),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.Column("made_by", sa.Integer(), nullable=True),
        sa.Column("decided_at", sa.DateTime(), nullable=True),
        sa.Column("decided_by", sa.Integer(), nullable=True),
        sa.CheckConstraint("until IS NULL OR until >= since", name=op.f("ck_team_member_forward")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_team_member_person_id")
        ),
        sa.ForeignKeyConstraint(["team_id"], ["team.id"], name=op.f("fk_team_member_team_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_team_member")),
    )
    with op.batch_alter_table("team_member", schema=None) as batch_op:
        batch_op.create_index("ix_team_member_person", ["person_id", "state"], unique=False)
        batch_op.create_index(
            "uq_team_member_live",
            ["team_id", "person_id"],
            unique=True,
            sqlite_where=sa.text("state IN ('asked', 'active')"),
            postgresql_where=sa.text("state IN ('asked', 'active')"),
        )

    op.create_table(
        "training_plan_line",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("course_id", sa.Integer(), nullable=False),
        sa.Column("month", sa.Integer(), nullable=False),
        sa.Column("sessions", sa.Integer(), nullable=False),
        sa.Column("places", sa.Integer(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("note", sa.String(length=300), nullable=True),
        sa.CheckConstraint("month BETWEEN 1 AND 12", name=op.f("ck_training_plan_line_month")),
        sa.CheckConstraint(
            "sessions > 0 AND places > 0 AND minutes >= 0", name=op.f("ck_training_plan_line_some")
        ),
        sa.ForeignKeyConstraint(
            ["course_id"], ["course.id"], name=op.f("fk_training_plan_line_course_id")
        ),
        sa.ForeignKeyConstraint(
            ["plan_id"], ["training_plan.id"], name=op.f("fk_training_plan_line_plan_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_training_plan_line")),
    )
    with op.batch_alter_table("training_plan_line", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_training_plan_line_course_id"), ["course_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_training_plan_line_plan_id"), ["plan_id"], unique=False
        )

    op.create_table(
        "erasure_office",
        sa.Column("erasure_id", sa.Integer(), nullable=False),
        sa.Column("office_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["erasure_id"], ["erasure.id"], name=op.f("fk_erasure_office_erasure_id")
        ),
        sa.ForeignKeyConstraint(
            ["office_id"], ["office.id"], name=op.f("fk_erasure_office_office_id")
        ),
        sa.PrimaryKeyConstraint("erasure_id", "office_id", name=op.f("pk_erasure_office")),
    )
    with op.batch_alter_table("erasure_office", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_erasure_office_office_id"), ["office_id"], unique=False
        )

    op.create_table(
        "indicator_target",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("indicator_id", sa.Integer(), nullable=False),
        sa.Column("office_id", sa.Integer(), nullable=True),
        sa.Column("level", sa.Numeric(precision=16, scale=4), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.Column(
            "sureness",
            sa.Enum("a", "b", "c", "m", "own", name="sure", native_enum=False, length=30),
            nullable=False,
        ),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.CheckConstraint("level >= 0", name=op.f("ck_indicator_target_level")),
        sa.CheckConstraint(
            "valid_to IS NULL OR valid_to > valid_from", name=op.f("ck_indicator_target_forward")
        ),
        sa.ForeignKeyConstraint(
            ["indicator_id"], ["indicator.id"], name=op.f("fk_indicator_target_indicator_id")
        ),
        sa.ForeignKeyConstraint(
            ["office_id"], ["office.id"], name=op.f("fk_indicator_target_office_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_indicator_target")),
    )
    with op.batch_alter_table("indicator_target", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_indicator_target_indicator_id"), ["indicator_id"], unique=False
        )

    op.create_table(
        "interview",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("registration_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("office_id", sa.Integer(), nullable=False),
        sa.Column("starts_at", sa.DateTime(), nullable=False),
        sa.Column("ends_at", sa.DateTime(), nullable=False),
        sa.Column(
            "way",
            sa.Enum(
                "in_person",
                "at_home",
                "phone",
                "video",
                name="interviewway",
                native_enum=False,
                length=30,
            ),
            nullable=False,
        ),
        sa.Column("place", sa.String(length=200), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "planned",
                "held",
                "missed",
                "called_off",
                name="interviewstate",
                native_enum=False,
                length=30,
            ),
            nullable=False,
        ),
        sa.Column("result", sa.String(length=1000), nullable=True),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.Column("made_by", sa.Integer(), nullable=True),
        sa.Column("changed_at", sa.DateTime(), nullable=False),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("ck_interview_forward")),
        sa.ForeignKeyConstraint(["office_id"], ["office.id"], name=op.f("fk_interview_office_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_interview_person_id")),
        sa.ForeignKeyConstraint(
            ["registration_id"], ["registration.id"], name=op.f("fk_interview_registration_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_interview")),
    )
    with op.batch_alter_table("interview", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_interview_changed_at"), ["changed_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_interview_person_id"), ["person_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_interview_registration_id"), ["registration_id"], unique=False
        )

    op.create_table(
        "merge_step",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("merge_id", sa.Integer(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column(
            "deed",
            sa.Enum(
                "moved",
                "changed",
                "removed",
                "made",
                "counted",
                "hours",
                "bank",
                name="deed",
                native_enum=False,
                length=30,
            ),
            nullable=False,
        ),
        sa.Column("table_name", sa.String(length=60), nullable=False),
        sa.Column("key", sa.JSON(), nullable=False),
        sa.Column("before", sa.Text(), nullable=True),
        sa.Column("after", sa.Text(), nullable=True),
        sa.Column("mark", sa.String(length=64), nullable=True),
        sa.ForeignKeyConstraint(["merge_id"], ["merge.id"], name=op.f("fk_merge_step_merge_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_merge_step")),
        sa.UniqueConstraint("merge_id", "place", name=op.f("uq_merge_step_merge_id_place")),
    )
    op.create_table(
        "people_act",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("made_by", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.Column("once", sa.String(length=64), nullable=True),
        sa.Column(
            "kind",
            sa.Enum(
                "give_skill",
                "take_skill",
                "give_category",
                "take_category",
                "pause",
                "resume",
                "tie",
                "join_team",
                "set_language",
                "send",
                name="manykind",
                native_enum=False,
                length=30,
            ),
            nullable=False,
        ),
        sa.Column("wish", sa.JSON(), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "waiting",
                "working",
                "done",
                "undoing",
                "undone",
                "stopped",
                name="manystate",
                native_enum=False,
                length=30,
            ),
            nullable=False,
        ),
        sa.Column("seen_at", sa.DateTime(), nullable=True),
        sa.Column("finished_at", sa.DateTime(), nullable=True),
        sa.Column("undone_by", sa.Integer(), nullable=True),
        sa.Column("undone_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(["made_by"], ["account.id"], name=op.f("fk_people_act_made_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_people_act")),
        sa.UniqueConstraint("once", name=op.f("uq_people_act_once")),
    )
    with op.batch_alter_table("people_act", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_people_act_made_by"), ["made_by"], unique=False)
        batch_op.create_index(batch_op.f("ix_people_act_state"), ["state"], unique=False)

    op.create_table(
        "people_filter",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("office_id", sa.Integer(), nullable=True),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("query", sa.String(length=1000), nullable=False),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_people_filter_account_id")
        ),
        sa.ForeignKeyConstraint(
            ["office_id"], ["office.id"], name=op.f("fk_people_filter_office_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_people_filter")),
        sa.UniqueConstraint("account_id", "name", name=op.f("uq_people_filter_account_id_name")),
    )
    with op.batch_alter_table("people_filter", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_people_filter_office_id"), ["office_id"], unique=False)

    op.create_table(
        "people_list_choice",
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("columns", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_people_list_choice_account_id")
        ),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_people_list_choice")),
    )
    op.create_table(
        "planned_post_filling",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("planned_post_id", sa.Integer(), nullable=False),
        sa.Column("appointment_id", sa.Integer(), nullable=False),
        sa.Column("filled_by", sa.Integer(), nullable=True),
        sa.Column("filled_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["appointment_id"],
            ["appointment.id"],
            name=op.f("fk_planned_post_filling_appointment_id"),
        ),
        sa.ForeignKeyConstraint(
            ["planned_post_id"],
            ["planned_post.id"],
            name=op.f("fk_planned_post_filling_planned_post_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_planned_post_filling")),
        sa.UniqueConstraint("appointment_id", name=op.f("uq_planned_post_filling_appointment_id")),
    )
    with op.batch_alter_table("planned_post_filling", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_planned_post_filling_planned_post_id"), ["planned_post_id"], unique=False
        )

    op.create_table(
        "quiz_attempt",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("quiz_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("seed", sa.String(length=32), nullable=False),
        sa.Column("questions", sa.JSON(), nullable=False),
        sa.Column("answers", sa.JSON(), nullable=False),
        sa.Column("begun_at", sa.DateTime(), nullable=False),
        sa.Column("due_at", sa.DateTime(), nullable=True),
        sa.Column("ended_at", sa.DateTime(), nullable=True),
        sa.Column("points", sa.Integer(), nullable=True),
        sa.Column("most", sa.Integer(), nullable=True),
        sa.Column("passed", sa.Boolean(), nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_quiz_attempt_person_id")
        ),
        sa.ForeignKeyConstraint(["quiz_id"], ["quiz.id"], name=op.f("fk_quiz_attempt_quiz_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quiz_attempt")),
        sa.UniqueConstraint(
            "quiz_id", "person_id", "number", name=op.f("uq_quiz_attempt_quiz_id_person_id_number")
        ),
    )
    with op.batch_alter_table("quiz_attempt", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_quiz_attempt_ended_at"), ["ended_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_quiz_attempt_person_id"), ["person_id"], unique=False)

    op.create_table(
        "quiz_question",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("quiz_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "single",
                "multiple",
                "true_false",
                name="questionkind",
                native_enum=False,
                length=30,
            ),
            nullable=False,
        ),
        sa.Column("text_zh", sa.Text(), nullable=False),
        sa.Column("text_en", sa.Text(), nullable=True),
        sa.Column("options", sa.JSON(), nullable=False),
        sa.Column("weight", sa.Integer(), nullable=False),
        sa.Column("why_zh", sa.Text(), nullable=True),
        sa.Column("why_en", sa.Text(), nullable=True),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.Column("made_by", sa.Integer(), nullable=True),
        sa.Column("ended_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(["quiz_id"], ["quiz.id"], name=op.f("fk_quiz_question_quiz_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quiz_question")),
    )
    with op.batch_alter_table("quiz_question", schema=None) as batch_op:
        batch_op.create_index("ix_quiz_question_quiz", ["quiz_id", "id"], unique=False)

    op.create_table(
        "registration_step",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("registration_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("office_id", sa.Integer(), nullable=False),
        sa.Column("to_office_id", sa.Integer(), nullable=True),
        sa.Column(
            "kind",
            sa.Enum(
                "applied",
                "taken",
                "released",
                "referred",
                "invited",
                "called_off",
                "held",
                "missed",
                "returned",
                "accepted",
                "paused",
                "left",
                name="stepkind",
                native_enum=False,
                length=30,
            ),
            nullable=False,
        ),
        sa.Column("note", sa.String(length=500), nullable=True),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["office_id"], ["office.id"], name=op.f("fk_registration_step_office_id")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_registration_step_person_id")
        ),
        sa.ForeignKeyConstraint(
            ["registration_id"],
            ["registration.id"],
            name=op.f("fk_registration_step_registration_id"),
        ),
        sa.ForeignKeyConstraint(
            ["to_office_id"], ["office.id"], name=op.f("fk_registration_step_to_office_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_registration_step")),
    )
    with op.batch_alter_table("registration_step", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_registration_step_person_id"), ["person_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_registration_step_registration_id"), ["registration_id"], unique=False
        )

    op.create_table(
        "session_evaluation",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("steps", sa.Integer(), nullable=False),
        sa.Column("said", sa.String(length=1000), nullable=True),
        sa.Column("shown", sa.Boolean(), nullable=False),
        sa.CheckConstraint("steps BETWEEN 1 AND 5", name=op.f("ck_session_evaluation_steps")),
        sa.ForeignKeyConstraint(
            ["session_id"], ["training_session.id"], name=op.f("fk_session_evaluation_session_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_session_evaluation")),
    )
    with op.batch_alter_table("session_evaluation", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_session_evaluation_session_id"), ["session_id"], unique=False
        )

    op.create_table(
        "session_evaluator",
        sa.Column("session_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("person_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_session_evaluator_person_id")
        ),
        sa.ForeignKeyConstraint(
            ["session_id"], ["training_session.id"], name=op.f("fk_session_evaluator_session_id")
        ),
        sa.PrimaryKeyConstraint("session_id", "person_id", name=op.f("pk_session_evaluator")),
    )
    op.create_table(
        "staffing_draft_change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("draft_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "move",
                "add",
                "end",
                "standard",
                "merge",
                name="changekind",
                native_enum=False,
                length=30,
            ),
            nullable=False,
        ),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("appointment_id", sa.Integer(), nullable=True),
        sa.Column("office_id", sa.Integer(), nullable=True),
        sa.Column("merged_id", sa.Integer(), nullable=True),
        sa.Column(
            "appointment_kind",
            sa.Enum(
                "party",
                "committee",
                "full_time",
                "grid",
                "social_worker",
                "supervisor",
                "children_director",
                "children_supervisor",
                "other",
                name="appointmentkind",
                native_enum=False,
                length=30,
            ),
            nullable=True,
        ),
        sa.Column("share", sa.Numeric(precision=4, scale=3), nullable=True),
        sa.Column("number", sa.Integer(), nullable=True),
        sa.Column("measure", sa.String(length=40), nullable=True),
        sa.Column("target", sa.Numeric(precision=12, scale=4), nullable=True),
        sa.CheckConstraint(
            "number IS NULL OR number > 0", name=op.f("ck_staffing_draft_change_number")
        ),
        sa.CheckConstraint(
            "share IS NULL OR (share > 0 AND share <= 1)",
            name=op.f("ck_staffing_draft_change_share"),
        ),
        sa.CheckConstraint(
            "target IS NULL OR target > 0", name=op.f("ck_staffing_draft_change_target")
        ),
        sa.ForeignKeyConstraint(
            ["appointment_id"],
            ["appointment.id"],
            name=op.f("fk_staffing_draft_change_appointment_id"),
        ),
        sa.ForeignKeyConstraint(
            ["draft_id"], ["staffing_draft.id"], name=op.f("fk_staffing_draft_change_draft_id")
        ),
        sa.ForeignKeyConstraint(
            ["merged_id"], ["office.id"], name=op.f("fk_staffing_draft_change_merged_id")
        ),
        sa.ForeignKeyConstraint(
            ["office_id"], ["office.id"], name=op.f("fk_staffing_draft_change_office_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staffing_draft_change")),
    )
    with op.batch_alter_table("staffing_draft_change", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_staffing_draft_change_appointment_id"), ["appointment_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_staffing_draft_change_draft_id"), ["draft_id"], unique=False
        )

    op.create_table(
        "training_part",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("starts_at", sa.DateTime(), nullable=False),
        sa.Column("ends_at", sa.DateTime(), nullable=False),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("ck_training_part_forward")),
        sa.ForeignKeyConstraint(
            ["session_id"], ["training_session.id"], name=op.f("fk_training_part_session_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_training_part")),
        sa.UniqueConstraint(
            "session_id", "starts_at", name=op.f("uq_training_part_session_id_starts_at")
        ),
    )
    op.create_table(
        "training_requirement",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("office_id", sa.Integer(), nullable=False),
        sa.Column("name_zh", sa.String(length=100), nullable=False),
        sa.Column("name_en", sa.String(length=150), nullable=True),
        sa.Column(
            "whom",
            sa.Enum(
                "volunteer",
                "leader",
                "staff",
                "position",
                name="whom",
                native_enum=False,
                length=30,
            ),
            nullable=False,
        ),
        sa.Column("appointment_kinds", sa.JSON(), nullable=False),
        sa.Column("position_id", sa.Integer(), nullable=True),
        sa.Column("times", sa.Integer(), nullable=True),
        sa.Column("minutes", sa.Integer(), nullable=True),
        sa.Column(
            "period",
            sa.Enum("year", "months", "registration", name="period", native_enum=False, length=30),
            nullable=False,
        ),
        sa.Column("months", sa.Integer(), nullable=True),
        sa.Column("course_id", sa.Integer(), nullable=True),
        sa.Column("continuing_education", sa.Boolean(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.Column(
            "sure",
            sa.Enum("a", "b", "c", "m", "own", name="sure", native_enum=False, length=30),
            nullable=False,
        ),
        sa.CheckConstraint(
            "minutes IS NULL OR minutes > 0", name=op.f("ck_training_requirement_minutes")
        ),
        sa.CheckConstraint(
            "times IS NOT NULL OR minutes IS NOT NULL", name=op.f("ck_training_requirement_amount")
        ),
        sa.CheckConstraint(
            "times IS NULL OR times > 0", name=op.f("ck_training_requirement_times")
        ),
        sa.CheckConstraint(
            "valid_to IS NULL OR valid_to > valid_from",
            name=op.f("ck_training_requirement_forward"),
        ),
        sa.ForeignKeyConstraint(
            ["course_id"], ["course.id"], name=op.f("fk_training_requirement_course_id")
        ),
        sa.ForeignKeyConstraint(
            ["office_id"], ["office.id"], name=op.f("fk_training_requirement_office_id")
        ),
        sa.ForeignKeyConstraint(
            ["position_id"], ["position.id"], name=op.f("fk_training_requirement_position_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_training_requirement")),
    )
    with op.batch_alter_table("training_requirement", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_training_requirement_course_id"), ["course_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_training_requirement_office_id"), ["office_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_training_requirement_position_id"), ["position_id"], unique=False
        )

    op.create_table(
        "people_act_part",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("act_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "waiting",
                "changed",
                "same",
                "left_out",
                "undone",
                "kept",
                name="partstate",
                native_enum=False,
                length=30,
            ),
            nullable=False,
        ),
        sa.Column("before", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("after", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("reasons", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("done_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["act_id"], ["people_act.id"], name=op.f("fk_people_act_part_act_id")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_people_act_part_person_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_people_act_part")),
        sa.UniqueConstraint(
            "act_id", "person_id", name=op.f("uq_people_act_part_act_id_person_id")
        ),
    )
    with op.batch_alter_table("people_act_part", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_people_act_part_person_id"), ["person_id"], unique=False
        )
        batch_op.create_index(
            "ix_people_act_part_state", ["act_id", "state", "person_id"], unique=False
        )

    op.create_table(
        "training_presence",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("seat_id", sa.Integer(), nullable=False),
        sa.Column("part_id", sa.Integer(), nullable=False),
        sa.Column("came_at", sa.DateTime(), nullable=False),
        sa.Column("left_at", sa.DateTime(), nullable=True),
        sa.Column(
            "source",
            sa.Enum("code", "list", "paper", name="source", native_enum=False, length=30),
            nullable=False,
        ),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.CheckConstraint(
            "left_at IS NULL OR left_at > came_at", name=op.f("ck_training_presence_forward")
        ),
        sa.ForeignKeyConstraint(
            ["part_id"], ["training_part.id"], name=op.f("fk_training_presence_part_id")
        ),
        sa.ForeignKeyConstraint(
            ["seat_id"], ["training_seat.id"], name=op.f("fk_training_presence_seat_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_training_presence")),
        sa.UniqueConstraint(
            "seat_id", "part_id", name=op.f("uq_training_presence_seat_id_part_id")
        ),
    )
    with op.batch_alter_table("training_presence", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_training_presence_part_id"), ["part_id"], unique=False)

    with op.batch_alter_table("appointment", schema=None) as batch_op:
        batch_op.add_column(sa.Column("probation_until", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("leave_starts_on", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("leave_ends_on", sa.Date(), nullable=True))
        batch_op.create_index("ix_appointment_kind_person", ["kind", "person_id"], unique=False)

    with op.batch_alter_table("audit_entry", schema=None) as batch_op:
        batch_op.create_index("ix_audit_entry_subject", ["subject", "id"], unique=False)

    with op.batch_alter_table("certificate", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "kind",
                sa.Enum(
                    "service", "training", name="certificatekind", native_enum=False, length=30
                ),
                nullable=False,
                server_default="service",
            )
        )

    with op.batch_alter_table("certificate_line", schema=None) as batch_op:
        batch_op.add_column(sa.Column("training_record_id", sa.Integer(), nullable=True))
        batch_op.alter_column("record_id", existing_type=sa.INTEGER(), nullable=True)
        batch_op.create_index(
            batch_op.f("ix_certificate_line_training_record_id"),
            ["training_record_id"],
            unique=False,
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_certificate_line_training_record_id"),
            "training_record",
            ["training_record_id"],
            ["id"],
        )

    with op.batch_alter_table("course", schema=None) as batch_op:
        batch_op.add_column(sa.Column("outcome", sa.Text(), nullable=True))
        batch_op.add_column(
            sa.Column(
                "kind",
                sa.Enum(
                    "induction",
                    "skills",
                    "safety",
                    "professional",
                    "continuing",
                    "other",
                    name="kind",
                    native_enum=False,
                    length=30,
                ),
                nullable=False,
                server_default="skills",
            )
        )
        batch_op.add_column(
            sa.Column("least_share", sa.Integer(), nullable=False, server_default="80")
        )
        batch_op.add_column(
            sa.Column(
                "signing",
                sa.Enum("in_only", "in_out", name="signing", native_enum=False, length=30),
                nullable=False,
                server_default="in_only",
            )
        )

    with op.batch_alter_table("credential", schema=None) as batch_op:
        batch_op.add_column(sa.Column("classes", sa.JSON(), nullable=False, server_default="[]"))
        batch_op.add_column(
            sa.Column(
                "result",
                sa.Enum("clear", "found", name="checkresult", native_enum=False, length=30),
                nullable=True,
            )
        )
        batch_op.add_column(sa.Column("recheck_on", sa.Date(), nullable=True))
        batch_op.add_column(
            sa.Column("refused", sa.Boolean(), nullable=False, server_default=sa.false())
        )
        batch_op.create_index(batch_op.f("ix_credential_recheck_on"), ["recheck_on"], unique=False)

    with op.batch_alter_table("credential_kind", schema=None) as batch_op:
        batch_op.add_column(sa.Column("recheck_months", sa.Integer(), nullable=True))
        batch_op.add_column(
            sa.Column("is_check", sa.Boolean(), nullable=False, server_default=sa.false())
        )
        batch_op.add_column(
            sa.Column("registered", sa.Boolean(), nullable=False, server_default=sa.false())
        )
        batch_op.add_column(sa.Column("renew_months", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("learning_minutes", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("renewal_zh", sa.String(length=500), nullable=True))
        batch_op.add_column(sa.Column("renewal_en", sa.String(length=500), nullable=True))
        batch_op.add_column(sa.Column("number_mask", sa.String(length=60), nullable=True))
        batch_op.add_column(sa.Column("number_example", sa.String(length=60), nullable=True))
        batch_op.add_column(
            sa.Column("evidence", sa.Boolean(), nullable=False, server_default=sa.false())
        )
        batch_op.add_column(sa.Column("classes", sa.JSON(), nullable=False, server_default="[]"))
        batch_op.add_column(
            sa.Column("remind_days", sa.JSON(), nullable=False, server_default="[]")
        )
        batch_op.add_column(sa.Column("source", sa.String(length=300), nullable=True))
        batch_op.add_column(
            sa.Column(
                "sure",
                sa.Enum("a", "b", "c", "m", "own", name="sure", native_enum=False, length=30),
                nullable=False,
                server_default="own",
            )
        )
        batch_op.add_column(
            sa.Column("open", sa.Boolean(), nullable=False, server_default=sa.false())
        )

    with op.batch_alter_table("name_key", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("head", sa.String(length=1), nullable=False, server_default="")
        )
        batch_op.add_column(
            sa.Column(
                "sort_key",
                sa.String(length=200).with_variant(
                    sa.String(length=200, collation="C"), "postgresql"
                ),
                nullable=False,
                server_default="",
            )
        )
        batch_op.create_index(
            "ix_name_key_head", ["head", "sort_key", "person_id", "text"], unique=False
        )

    with op.batch_alter_table("person", schema=None) as batch_op:
        batch_op.add_column(sa.Column("emergency_name", sa.String(length=50), nullable=True))
        batch_op.add_column(sa.Column("emergency_phone", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("emergency_relation", sa.String(length=20), nullable=True))
        batch_op.add_column(sa.Column("photo_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("home_office_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("restricted_at", sa.DateTime(), nullable=True))
        batch_op.add_column(sa.Column("anonymised_at", sa.DateTime(), nullable=True))
        batch_op.add_column(sa.Column("merged_into_person_id", sa.Integer(), nullable=True))
        batch_op.create_index("ix_person_birth_date", ["birth_date"], unique=False)
        batch_op.create_index("ix_person_changed_at", ["changed_at", "id"], unique=False)
        batch_op.create_index(
            "ix_person_guarded",
            ["id"],
            unique=False,
            sqlite_where=sa.text("guardian_name IS NOT NULL"),
            postgresql_where=sa.text("guardian_name IS NOT NULL"),
        )
        batch_op.create_index(
            batch_op.f("ix_person_merged_into_person_id"), ["merged_into_person_id"], unique=False
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_person_home_office_id"), "office", ["home_office_id"], ["id"]
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_person_photo_id"), "stored_file", ["photo_id"], ["id"]
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_person_merged_into_person_id"),
            "person",
            ["merged_into_person_id"],
            ["id"],
        )

    with op.batch_alter_table("person_category", schema=None) as batch_op:
        batch_op.create_index(
            "ix_person_category_category", ["category_id", "person_id"], unique=False
        )

    with op.batch_alter_table("person_office", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_person_office_office_id"))
        batch_op.create_index("ix_person_office_office", ["office_id", "person_id"], unique=False)

    with op.batch_alter_table("person_skill", schema=None) as batch_op:
        batch_op.create_index("ix_person_skill_skill", ["skill_id", "person_id"], unique=False)

    with op.batch_alter_table("registration", schema=None) as batch_op:
        batch_op.add_column(sa.Column("taken_by", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("taken_at", sa.DateTime(), nullable=True))
        batch_op.create_index("ix_registration_applied_at", ["applied_at"], unique=False)

    with op.batch_alter_table("skill", schema=None) as batch_op:
        batch_op.add_column(sa.Column("parent_id", sa.Integer(), nullable=True))
        batch_op.create_index(batch_op.f("ix_skill_parent_id"), ["parent_id"], unique=False)
        batch_op.create_foreign_key(
            batch_op.f("fk_skill_parent_id"), "skill", ["parent_id"], ["id"]
        )

    with op.batch_alter_table("social_work_registration", schema=None) as batch_op:
        batch_op.add_column(sa.Column("made_at", sa.DateTime(), nullable=True))
        batch_op.add_column(sa.Column("verified_by", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("verified_at", sa.DateTime(), nullable=True))

    with op.batch_alter_table("standard", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "measure", sa.String(length=40), nullable=False, server_default="community_workers"
            )
        )
        batch_op.add_column(sa.Column("template", sa.String(length=40), nullable=True))
        batch_op.add_column(
            sa.Column(
                "kind",
                sa.Enum(
                    "ratio",
                    "inverse",
                    "per_unit",
                    "band",
                    "share",
                    name="standardkind",
                    native_enum=False,
                    length=30,
                ),
                nullable=False,
                server_default="ratio",
            )
        )
        batch_op.add_column(
            sa.Column(
                "per", sa.Numeric(precision=12, scale=4), nullable=False, server_default="10000"
            )
        )
        batch_op.add_column(
            sa.Column(
                "least", sa.Numeric(precision=12, scale=4), nullable=False, server_default="0"
            )
        )
        batch_op.add_column(
            sa.Column("stepped", sa.Boolean(), nullable=False, server_default=sa.true())
        )
        batch_op.add_column(sa.Column("bands", sa.JSON(), nullable=False, server_default="[]"))
        batch_op.add_column(
            sa.Column(
                "base",
                sa.Enum(
                    "population", "offices", "staff", name="base", native_enum=False, length=30
                ),
                nullable=False,
                server_default="population",
            )
        )
        batch_op.add_column(sa.Column("base_kinds", sa.JSON(), nullable=False, server_default="[]"))
        batch_op.add_column(sa.Column("grades", sa.JSON(), nullable=False, server_default="[]"))
        batch_op.add_column(
            sa.Column("credentials", sa.JSON(), nullable=False, server_default="[]")
        )
        batch_op.add_column(
            sa.Column(
                "for_kind",
                sa.Enum(
                    "district",
                    "street",
                    "community",
                    "station",
                    "partner",
                    name="officekind",
                    native_enum=False,
                    length=30,
                ),
                nullable=True,
            )
        )
        batch_op.add_column(
            sa.Column(
                "settlement",
                sa.Enum("urban", "rural", name="settlement", native_enum=False, length=30),
                nullable=True,
            )
        )
        batch_op.add_column(
            sa.Column(
                "sure",
                sa.Enum("a", "b", "c", "m", "own", name="sure", native_enum=False, length=30),
                nullable=False,
                server_default="own",
            )
        )
        batch_op.alter_column(
            "target", existing_type=sa.NUMERIC(precision=12, scale=4), nullable=True
        )
        batch_op.create_index("ix_standard_measure", ["measure"], unique=False)

    with op.batch_alter_table("training_record", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("waits", sa.Boolean(), nullable=False, server_default=sa.false())
        )
        batch_op.add_column(sa.Column("file_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("verified_by", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("verified_at", sa.DateTime(), nullable=True))
        batch_op.create_foreign_key(
            batch_op.f("fk_training_record_file_id"), "stored_file", ["file_id"], ["id"]
        )

    with op.batch_alter_table("training_session", schema=None) as batch_op:
        batch_op.add_column(sa.Column("settled_at", sa.DateTime(), nullable=True))

    op.execute(
        "INSERT INTO training_part (session_id, starts_at, ends_at) "
        "SELECT id, starts_at, ends_at FROM training_session"
    )
    with op.batch_alter_table("certificate_line", schema=None) as batch_op:
        batch_op.create_check_constraint(
            batch_op.f("ck_certificate_line_one_record"),
            "(record_id IS NULL) <> (training_record_id IS NULL)",
        )

    op.execute(
        "UPDATE name_key SET head = substr(text, 1, 1), "
        "sort_key = (SELECT person.sort_key FROM person WHERE person.id = name_key.person_id)"
    )
    with op.batch_alter_table("name_key", schema=None) as batch_op:
        batch_op.alter_column("head", existing_type=sa.String(1), server_default=None)
        batch_op.alter_column("sort_key", existing_type=sa.String(200), server_default=None)
    only_grow()

    op.execute(
        "UPDATE standard SET sure = 'b' WHERE office_id IS NULL AND valid_from = '2021-12-27'"
    )

    op.execute(
        "UPDATE social_work_registration SET verified_by = account_id, "
        "verified_at = CURRENT_TIMESTAMP"
    )


def downgrade():
    op.execute("DELETE FROM standard WHERE kind <> 'ratio' OR target IS NULL")
    op.execute(
        "DELETE FROM certificate_register WHERE certificate_id IN "
        "(SELECT id FROM certificate WHERE kind = 'training')"
    )
    op.execute("DELETE FROM certificate_line WHERE record_id IS NULL")
    op.execute("DELETE FROM certificate WHERE kind = 'training'")
    with op.batch_alter_table("certificate_line", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_certificate_line_one_record"), type_="check")
    with op.batch_alter_table("training_session", schema=None) as batch_op:
        batch_op.drop_column("settled_at")

    with op.batch_alter_table("training_record", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_training_record_file_id"), type_="foreignkey")
        batch_op.drop_column("verified_at")
        batch_op.drop_column("verified_by")
        batch_op.drop_column("file_id")
        batch_op.drop_column("waits")

    with op.batch_alter_table("standard", schema=None) as batch_op:
        batch_op.drop_index("ix_standard_measure")
        batch_op.alter_column(
            "target", existing_type=sa.NUMERIC(precision=12, scale=4), nullable=False
        )
        batch_op.drop_column("sure")
        batch_op.drop_column("settlement")
        batch_op.drop_column("for_kind")
        batch_op.drop_column("credentials")
        batch_op.drop_column("grades")
        batch_op.drop_column("base_kinds")
        batch_op.drop_column("base")
        batch_op.drop_column("bands")
        batch_op.drop_column("stepped")
        batch_op.drop_column("least")
        batch_op.drop_column("per")
        batch_op.drop_column("kind")
        batch_op.drop_column("template")
        batch_op.drop_column("measure")

    with op.batch_alter_table("social_work_registration", schema=None) as batch_op:
        batch_op.drop_column("verified_at")
        batch_op.drop_column("verified_by")
        batch_op.drop_column("made_at")

    with op.batch_alter_table("skill", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_skill_parent_id"), type_="foreignkey")
        batch_op.drop_index(batch_op.f("ix_skill_parent_id"))
        batch_op.drop_column("parent_id")

    with op.batch_alter_table("registration", schema=None) as batch_op:
        batch_op.drop_index("ix_registration_applied_at")
        batch_op.drop_column("taken_at")
        batch_op.drop_column("taken_by")

    with op.batch_alter_table("person_skill", schema=None) as batch_op:
        batch_op.drop_index("ix_person_skill_skill")

    with op.batch_alter_table("person_office", schema=None) as batch_op:
        batch_op.drop_index("ix_person_office_office")
        batch_op.create_index(batch_op.f("ix_person_office_office_id"), ["office_id"], unique=False)

    with op.batch_alter_table("person_category", schema=None) as batch_op:
        batch_op.drop_index("ix_person_category_category")

    with op.batch_alter_table("person", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_person_merged_into_person_id"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f("fk_person_photo_id"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f("fk_person_home_office_id"), type_="foreignkey")
        batch_op.drop_index(batch_op.f("ix_person_merged_into_person_id"))
        batch_op.drop_index(
            "ix_person_guarded",
            sqlite_where=sa.text("guardian_name IS NOT NULL"),
            postgresql_where=sa.text("guardian_name IS NOT NULL"),
        )
        batch_op.drop_index("ix_person_changed_at")
        batch_op.drop_index("ix_person_birth_date")
        batch_op.drop_column("merged_into_person_id")
        batch_op.drop_column("anonymised_at")
        batch_op.drop_column("restricted_at")
        batch_op.drop_column("home_office_id")
        batch_op.drop_column("photo_id")
        batch_op.drop_column("emergency_relation")
        batch_op.drop_column("emergency_phone")
        batch_op.drop_column("emergency_name")

    with op.batch_alter_table("name_key", schema=None) as batch_op:
        batch_op.drop_index("ix_name_key_head")
        batch_op.drop_column("sort_key")
        batch_op.drop_column("head")

    with op.batch_alter_table("credential_kind", schema=None) as batch_op:
        batch_op.drop_column("open")
        batch_op.drop_column("sure")
        batch_op.drop_column("source")
        batch_op.drop_column("remind_days")
        batch_op.drop_column("classes")
        batch_op.drop_column("evidence")
        batch_op.drop_column("number_example")
        batch_op.drop_column("number_mask")
        batch_op.drop_column("renewal_en")
        batch_op.drop_column("renewal_zh")
        batch_op.drop_column("learning_minutes")
        batch_op.drop_column("renew_months")
        batch_op.drop_column("registered")
        batch_op.drop_column("is_check")
        batch_op.drop_column("recheck_months")

    with op.batch_alter_table("credential", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_credential_recheck_on"))
        batch_op.drop_column("refused")
        batch_op.drop_column("recheck_on")
        batch_op.drop_column("result")
        batch_op.drop_column("classes")

    with op.batch_alter_table("course", schema=None) as batch_op:
        batch_op.drop_column("signing")
        batch_op.drop_column("least_share")
        batch_op.drop_column("kind")
        batch_op.drop_column("outcome")

    with op.batch_alter_table("certificate_line", schema=None) as batch_op:
        batch_op.drop_constraint(
            batch_op.f("fk_certificate_line_training_record_id"), type_="foreignkey"
        )
        batch_op.drop_index(batch_op.f("ix_certificate_line_training_record_id"))
        batch_op.alter_column("record_id", existing_type=sa.INTEGER(), nullable=False)
        batch_op.drop_column("training_record_id")

    with op.batch_alter_table("certificate", schema=None) as batch_op:
        batch_op.drop_column("kind")

    with op.batch_alter_table("audit_entry", schema=None) as batch_op:
        batch_op.drop_index("ix_audit_entry_subject")

    with op.batch_alter_table("appointment", schema=None) as batch_op:
        batch_op.drop_index("ix_appointment_kind_person")
        batch_op.drop_column("leave_ends_on")
        batch_op.drop_column("leave_starts_on")
        batch_op.drop_column("probation_until")

    with op.batch_alter_table("training_presence", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_training_presence_part_id"))

    op.drop_table("training_presence")
    with op.batch_alter_table("people_act_part", schema=None) as batch_op:
        batch_op.drop_index("ix_people_act_part_state")
        batch_op.drop_index(batch_op.f("ix_people_act_part_person_id"))

    op.drop_table("people_act_part")
    with op.batch_alter_table("training_requirement", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_training_requirement_position_id"))
        batch_op.drop_index(batch_op.f("ix_training_requirement_office_id"))
        batch_op.drop_index(batch_op.f("ix_training_requirement_course_id"))

    op.drop_table("training_requirement")
    op.drop_table("training_part")
    with op.batch_alter_table("staffing_draft_change", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_staffing_draft_change_draft_id"))
        batch_op.drop_index(batch_op.f("ix_staffing_draft_change_appointment_id"))

    op.drop_table("staffing_draft_change")
    op.drop_table("session_evaluator")
    with op.batch_alter_table("session_evaluation", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_session_evaluation_session_id"))

    op.drop_table("session_evaluation")
    with op.batch_alter_table("registration_step", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_registration_step_registration_id"))
        batch_op.drop_index(batch_op.f("ix_registration_step_person_id"))

    op.drop_table("registration_step")
    with op.batch_alter_table("quiz_question", schema=None) as batch_op:
        batch_op.drop_index("ix_quiz_question_quiz")

    op.drop_table("quiz_question")
    with op.batch_alter_table("quiz_attempt", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_quiz_attempt_person_id"))
        batch_op.drop_index(batch_op.f("ix_quiz_attempt_ended_at"))

    op.drop_table("quiz_attempt")
    with op.batch_alter_table("planned_post_filling", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_planned_post_filling_planned_post_id"))

    op.drop_table("planned_post_filling")
    op.drop_table("people_list_choice")
    with op.batch_alter_table("people_filter", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_people_filter_office_id"))

    op.drop_table("people_filter")
    with op.batch_alter_table("people_act", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_people_act_state"))
        batch_op.drop_index(batch_op.f("ix_people_act_made_by"))

    op.drop_table("people_act")
    op.drop_table("merge_step")
    with op.batch_alter_table("interview", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_interview_registration_id"))
        batch_op.drop_index(batch_op.f("ix_interview_person_id"))
        batch_op.drop_index(batch_op.f("ix_interview_changed_at"))

    op.drop_table("interview")
    with op.batch_alter_table("indicator_target", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_indicator_target_indicator_id"))

    op.drop_table("indicator_target")
    with op.batch_alter_table("erasure_office", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_erasure_office_office_id"))

    op.drop_table("erasure_office")
    with op.batch_alter_table("training_plan_line", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_training_plan_line_plan_id"))
        batch_op.drop_index(batch_op.f("ix_training_plan_line_course_id"))

    op.drop_table("training_plan_line")
    with op.batch_alter_table("team_member", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_team_member_live",
            sqlite_where=sa.text("state IN ('asked', 'active')"),
            postgresql_where=sa.text("state IN ('asked', 'active')"),
        )
        batch_op.drop_index("ix_team_member_person")

    op.drop_table("team_member")
    with op.batch_alter_table("stated_figure", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_stated_figure_quantity_id"))

    op.drop_table("stated_figure")
    with op.batch_alter_table("staffing_draft_said", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_staffing_draft_said_draft_id"))

    op.drop_table("staffing_draft_said")
    with op.batch_alter_table("renewing_course", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_renewing_course_course_id"))

    op.drop_table("renewing_course")
    op.drop_table("quiz")
    with op.batch_alter_table("privacy_request", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_privacy_request_person_id"))
        batch_op.drop_index("ix_privacy_request_office")

    op.drop_table("privacy_request")
    with op.batch_alter_table("planned_post", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_planned_post_plan_id"))
        batch_op.drop_index("ix_planned_post_office_state")

    op.drop_table("planned_post")
    with op.batch_alter_table("person_language", schema=None) as batch_op:
        batch_op.drop_index("ix_person_language_tongue")

    op.drop_table("person_language")
    with op.batch_alter_table("person_change", schema=None) as batch_op:
        batch_op.drop_index("ix_person_change_person")
        batch_op.drop_index(batch_op.f("ix_person_change_audit_id"))

    op.drop_table("person_change")
    with op.batch_alter_table("person_area", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_person_area_office_id"))

    op.drop_table("person_area")
    op.drop_table("people_served")
    with op.batch_alter_table("merge", schema=None) as batch_op:
        batch_op.drop_index("ix_merge_target")
        batch_op.drop_index("ix_merge_source")
        batch_op.drop_index(batch_op.f("ix_merge_made_at"))

    op.drop_table("merge")
    with op.batch_alter_table("likeness", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_likeness_pinyin_tail"))
        batch_op.drop_index(batch_op.f("ix_likeness_pinyin_born"))
        batch_op.drop_index(batch_op.f("ix_likeness_phone"))
        batch_op.drop_index(batch_op.f("ix_likeness_name_born"))
        batch_op.drop_index(batch_op.f("ix_likeness_document"))

    op.drop_table("likeness")
    with op.batch_alter_table("intake_row", schema=None) as batch_op:
        batch_op.drop_index("ix_intake_row_state")
        batch_op.drop_index(batch_op.f("ix_intake_row_person_id"))
        batch_op.drop_index("ix_intake_row_likeness")

    op.drop_table("intake_row")
    op.drop_table("indicator")
    with op.batch_alter_table("household_member", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_household_member_household_id"))

    op.drop_table("household_member")
    with op.batch_alter_table("erasure", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_erasure_at"))

    op.drop_table("erasure")
    with op.batch_alter_table("duplicate_pair", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_duplicate_pair_second_person_id"))
        batch_op.drop_index("ix_duplicate_pair_open")

    op.drop_table("duplicate_pair")
    with op.batch_alter_table("course_prerequisite", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_course_prerequisite_needed_course_id"))

    op.drop_table("course_prerequisite")
    with op.batch_alter_table("course_material", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_course_material_course_id"))

    op.drop_table("course_material")
    with op.batch_alter_table("caseload_ceiling", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_caseload_ceiling_kind_id"))

    op.drop_table("caseload_ceiling")
    with op.batch_alter_table("case_count", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_case_count_person_id"))
        batch_op.drop_index("ix_case_count_month")

    op.drop_table("case_count")
    with op.batch_alter_table("agreement_signature", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_agreement_signature_agreement_id"))

    op.drop_table("agreement_signature")
    with op.batch_alter_table("activity_consent", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_activity_consent_person_id"))
        batch_op.drop_index(batch_op.f("ix_activity_consent_guardian_person_id"))

    op.drop_table("activity_consent")
    op.drop_table("work_kind")
    op.drop_table("training_plan")
    with op.batch_alter_table("team", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_team_parent_id"))
        batch_op.drop_index(batch_op.f("ix_team_office_id"))

    op.drop_table("team")
    with op.batch_alter_table("staffing_plan", schema=None) as batch_op:
        batch_op.drop_index("ix_staffing_plan_office")

    op.drop_table("staffing_plan")
    with op.batch_alter_table("staffing_draft", schema=None) as batch_op:
        batch_op.drop_index("ix_staffing_draft_office")
        batch_op.drop_index("ix_staffing_draft_account")

    op.drop_table("staffing_draft")
    op.drop_table("retirement_age")
    op.drop_table("quantity")
    op.drop_table("planned_figure")
    op.drop_table("intake_heading")
    with op.batch_alter_table("intake", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_intake_state"))
        batch_op.drop_index("ix_intake_made_by")
        batch_op.drop_index(batch_op.f("ix_intake_made_at"))

    op.drop_table("intake")
    op.drop_table("household")
    op.drop_table("agreement")
    op.drop_table("likeness_mark")
