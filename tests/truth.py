"""Truth tables: who may what, written out by hand, so that a change of the policy turns red."""

# One letter a role, in this order: Volunteer, Leader, Coordinator, Manager, aUditor, Administrator.
ROLES = ["volunteer", "leader", "coordinator", "manager", "auditor", "administrator"]
MAY = {
    # permission           V L C M U A
    "take_shifts":        "x . . . . .",
    "lead_shifts":        ". x x x . x",
    "see_offices":        ". x x x x x",
    "edit_offices":       ". . . . . x",
    "see_people":         ". . x x x x",
    "edit_people":        ". . x x . x",
    "see_identity":       ". . . x . x",
    "grant_roles":        ". . . . . x",
    "see_training":       ". . x x x x",
    "edit_training":      ". . x x . x",
    "see_staffing":       ". . x x x x",
    "edit_staffing":      ". . . x . x",
    "see_shifts":         ". x x x x x",
    "plan_shifts":        ". . x x . x",
    "override":           ". . x x . x",
    "see_hours":          ". . x x x x",
    "enter_hours":        ". . x x . x",
    "review_hours":       ". . x x . x",
    "review_long_days":   ". . . x . x",
    "see_certificates":   ". . x x x x",
    "issue_certificates": ". . x x . x",
    "revoke_certificates": ". . . x . x",
    "see_messages":       ". . x x x x",
    "send_messages":      ". . x x . x",
    "see_reports":        ". . x x x x",
    "edit_rules":         ". . . x . x",
    "see_audit":          ". . . . x x",
}  # fmt: skip
