"""safety"""

import sqlalchemy as sa
from alembic import op

from talent.growing import statements

revision = "0005"
down_revision = "0004"


TRAIL = {"audit_entry": (), "audit_link": (("entry_id",),), "audit_proof": ()}  # only grow


def keep_trail():
    """From now on nothing changes in these tables."""
    for table, keys in TRAIL.items():
        for statement in statements(table, op.get_bind().dialect.name, keys):
            op.execute(sa.text(statement.replace(":", "\\:")))


def free_trail():
    """The trail as it was before; the triggers of the new tables go with them."""
    postgresql = op.get_bind().dialect.name == "postgresql"
    acts = ("change", "truncate") if postgresql else ("update", "delete", "replace")
    for act in acts:
        on = " ON audit_entry" if postgresql else ""
        op.execute(f"DROP TRIGGER IF EXISTS audit_entry_no_{act}{on}")


def upgrade():
    op.create_table(
        "audit_chain",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("length", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("seen_id", sa.Integer(), nullable=False),
        sa.Column("seen_at", sa.DateTime(), nullable=False),
        sa.Column("floor_id", sa.Integer(), nullable=False),
        sa.Column("next_floor_id", sa.Integer(), nullable=False),
        sa.Column("next_floor_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_chain")),
    )
    op.create_table(
        "audit_proof",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("length", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("faults", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_proof")),
        info={"only_grows": True},
    )
    op.create_table(
        "job_failure",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("said", sa.String(length=300), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job_failure")),
    )
    with op.batch_alter_table("job_failure", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_job_failure_at"), ["at"], unique=False)
        batch_op.create_index("ix_job_failure_name", ["name", "id"], unique=False)

    op.create_table(
        "sent_form",
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("location", sa.String(length=2000), nullable=True),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_sent_form")),
    )
    with op.batch_alter_table("sent_form", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sent_form_at"), ["at"], unique=False)

    op.create_table(
        "spent_challenge",
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_spent_challenge")),
    )
    with op.batch_alter_table("spent_challenge", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_spent_challenge_at"), ["at"], unique=False)

    op.create_table(
        "try_count",
        sa.Column("about", sa.String(length=64), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("last_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("about", name=op.f("pk_try_count")),
    )
    with op.batch_alter_table("try_count", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_try_count_last_at"), ["last_at"], unique=False)

    op.create_table(
        "worker_beat",
        sa.Column("id", sa.String(length=80), nullable=False),
        sa.Column("machine", sa.String(length=60), nullable=False),
        sa.Column("version", sa.String(length=40), nullable=False),
        sa.Column("started_at", sa.DateTime(), nullable=False),
        sa.Column("seen_at", sa.DateTime(), nullable=False),
        sa.Column("leads", sa.Boolean(), nullable=False),
        sa.Column("ended_at", sa.DateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_worker_beat")),
    )
    with op.batch_alter_table("worker_beat", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_worker_beat_seen_at"), ["seen_at"], unique=False)

    op.create_table(
        "worker_lead",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("holder", sa.String(length=80), nullable=False),
        sa.Column("term", sa.Integer(), nullable=False),
        sa.Column("until", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_worker_lead")),
    )
    op.create_table(
        "audit_link",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("said", sa.String(length=64), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("linked_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["audit_entry.id"], name=op.f("fk_audit_link_entry_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_link")),
        sa.UniqueConstraint("entry_id", name=op.f("uq_audit_link_entry_id")),
        info={"only_grows": True},
    )
    op.create_table(
        "account_session",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("device", sa.String(length=80), nullable=False),
        sa.Column(
            "way",
            sa.Enum(
                "password", "app", "recovery", "passkey", name="way", native_enum=False, length=30
            ),
            nullable=False,
        ),
        sa.Column("began_at", sa.DateTime(), nullable=False),
        sa.Column("seen_at", sa.DateTime(), nullable=False),
        sa.Column("proved_at", sa.DateTime(), nullable=False),
        sa.Column("ended_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_account_session_account_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account_session")),
        sa.UniqueConstraint("digest", name=op.f("uq_account_session_digest")),
    )
    with op.batch_alter_table("account_session", schema=None) as batch_op:
        batch_op.create_index(
            "ix_account_session_account", ["account_id", "ended_at"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_account_session_seen_at"), ["seen_at"], unique=False)

    op.create_table(
        "code_app",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("secret", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.Column("used_at", sa.DateTime(), nullable=False),
        sa.Column("last_step", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_code_app_account_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_code_app")),
        sa.UniqueConstraint("account_id", name=op.f("uq_code_app_account_id")),
    )
    op.create_table(
        "factor_removal",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("why", sa.String(length=200), nullable=False),
        sa.Column("asked_by", sa.Integer(), nullable=False),
        sa.Column("asked_at", sa.DateTime(), nullable=False),
        sa.Column("settled_by", sa.Integer(), nullable=True),
        sa.Column("settled_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_factor_removal_account_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_factor_removal")),
    )
    with op.batch_alter_table("factor_removal", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_factor_removal_account_id"), ["account_id"], unique=False
        )

    op.create_table(
        "passkey",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("token", sa.Text(), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("uses", sa.BigInteger(), nullable=False),
        sa.Column("handle", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=50), nullable=False),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.Column("used_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_passkey_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_passkey")),
        sa.UniqueConstraint("token", name=op.f("uq_passkey_token")),
    )
    with op.batch_alter_table("passkey", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_passkey_account_id"), ["account_id"], unique=False)

    op.create_table(
        "recovery_code",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("secret", sa.String(length=200), nullable=False),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.Column("used_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_recovery_code_account_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recovery_code")),
        sa.UniqueConstraint("account_id", "place", name=op.f("uq_recovery_code_account_id_place")),
    )
    with op.batch_alter_table("audit_entry", schema=None) as batch_op:
        batch_op.create_index("ix_audit_entry_act", ["act", "id"], unique=False)

    with op.batch_alter_table("intake", schema=None) as batch_op:
        batch_op.add_column(sa.Column("trouble", sa.JSON(), nullable=True))

    with op.batch_alter_table("job_run", schema=None) as batch_op:
        batch_op.add_column(sa.Column("every_s", sa.Integer(), nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("took_ms", sa.Integer(), nullable=True))
        batch_op.add_column(
            sa.Column("failed", sa.Boolean(), nullable=False, server_default=sa.false())
        )
        batch_op.add_column(sa.Column("failures", sa.Integer(), nullable=False, server_default="0"))

    with op.batch_alter_table("quiz_attempt", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("pass_per_cent", sa.Numeric(precision=5, scale=2), nullable=True)
        )

    with op.batch_alter_table("social_work_registration", schema=None) as batch_op:
        batch_op.add_column(sa.Column("ended_at", sa.DateTime(), nullable=True))
        batch_op.add_column(sa.Column("ended_why", sa.String(length=300), nullable=True))
        batch_op.drop_constraint(
            batch_op.f("uq_social_work_registration_person_id_starts_on"), type_="unique"
        )
        batch_op.create_index(
            "uq_social_work_registration_standing",
            ["person_id", "starts_on"],
            unique=True,
            sqlite_where=sa.text("ended_at IS NULL"),
            postgresql_where=sa.text("ended_at IS NULL"),
        )
    keep_trail()


def downgrade():
    free_trail()
    op.execute("DELETE FROM social_work_registration WHERE ended_at IS NOT NULL")
    with op.batch_alter_table("social_work_registration", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_social_work_registration_standing",
            sqlite_where=sa.text("ended_at IS NULL"),
            postgresql_where=sa.text("ended_at IS NULL"),
        )
        batch_op.create_unique_constraint(
            batch_op.f("uq_social_work_registration_person_id_starts_on"),
            ["person_id", "starts_on"],
        )
        batch_op.drop_column("ended_why")
        batch_op.drop_column("ended_at")

    with op.batch_alter_table("quiz_attempt", schema=None) as batch_op:
        batch_op.drop_column("pass_per_cent")

    with op.batch_alter_table("job_run", schema=None) as batch_op:
        batch_op.drop_column("failures")
        batch_op.drop_column("failed")
        batch_op.drop_column("took_ms")
        batch_op.drop_column("every_s")

    with op.batch_alter_table("intake", schema=None) as batch_op:
        batch_op.drop_column("trouble")

    with op.batch_alter_table("audit_entry", schema=None) as batch_op:
        batch_op.drop_index("ix_audit_entry_act")

    op.drop_table("recovery_code")
    with op.batch_alter_table("passkey", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_passkey_account_id"))

    op.drop_table("passkey")
    with op.batch_alter_table("factor_removal", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_factor_removal_account_id"))

    op.drop_table("factor_removal")
    op.drop_table("code_app")
    with op.batch_alter_table("account_session", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_account_session_seen_at"))
        batch_op.drop_index("ix_account_session_account")

    op.drop_table("account_session")
    op.drop_table("audit_link")
    op.drop_table("worker_lead")
    with op.batch_alter_table("worker_beat", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_worker_beat_seen_at"))

    op.drop_table("worker_beat")
    with op.batch_alter_table("try_count", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_try_count_last_at"))

    op.drop_table("try_count")
    with op.batch_alter_table("spent_challenge", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_spent_challenge_at"))

    op.drop_table("spent_challenge")
    with op.batch_alter_table("sent_form", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sent_form_at"))

    op.drop_table("sent_form")
    with op.batch_alter_table("job_failure", schema=None) as batch_op:
        batch_op.drop_index("ix_job_failure_name")
        batch_op.drop_index(batch_op.f("ix_job_failure_at"))

    op.drop_table("job_failure")
    op.drop_table("audit_proof")
    op.drop_table("audit_chain")
