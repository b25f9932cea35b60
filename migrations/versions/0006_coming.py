"""coming: what is to come of a project is found in an index alone"""

from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade():
    op.create_index(
        "ix_shift_project_coming", "shift", ["project_id", "starts_at", "ends_at", "state"]
    )
    op.drop_index("ix_shift_project_starts", "shift")
    op.drop_index(op.f("ix_shift_project_id"), "shift")


def downgrade():
    op.create_index(op.f("ix_shift_project_id"), "shift", ["project_id"])
    op.create_index("ix_shift_project_starts", "shift", ["project_id", "starts_at"])
    op.drop_index("ix_shift_project_coming", "shift")
