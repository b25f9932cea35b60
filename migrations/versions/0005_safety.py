"""safety"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade():
    op.create_table(
        "sent_form",
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("location", sa.String(length=2000), nullable=True),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_sent_form")),
    )
    with op.batch_alter_table("sent_form", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sent_form_at"), ["at"], unique=False)

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


def downgrade():
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

    with op.batch_alter_table("sent_form", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sent_form_at"))

    op.drop_table("sent_form")
