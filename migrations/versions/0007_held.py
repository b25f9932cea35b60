"""held: which shifts somebody has is found in an index alone"""

from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade():
    op.create_index("ix_signup_held", "signup", ["person_id", "state", "shift_id"])
    op.drop_index("ix_signup_person_state", "signup")


def downgrade():
    op.create_index("ix_signup_person_state", "signup", ["person_id", "state"])
    op.drop_index("ix_signup_held", "signup")
