"""Hours and certificates: the ledger as a chain, counting, doubts, recognition, keys."""

from datetime import UTC, date, datetime, timedelta

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


from talent.growing import statements
from talent.rules import chain

OLD_TRIGGERS = {
    "sqlite": [
        "CREATE TRIGGER ledger_entry_no_update BEFORE update ON ledger_entry\n"
        "BEGIN SELECT RAISE(ABORT, 'the ledger only grows'); END",
        "CREATE TRIGGER ledger_entry_no_delete BEFORE delete ON ledger_entry\n"
        "BEGIN SELECT RAISE(ABORT, 'the ledger only grows'); END",
    ],
    "postgresql": [
        "CREATE TRIGGER ledger_entry_no_change BEFORE UPDATE OR DELETE ON ledger_entry\n"
        "FOR EACH ROW EXECUTE FUNCTION ledger_only_grows()",
    ],
}
GROWING = (
    ("ledger_entry", (("office_id", "place"),)),
    ("correction_step", ()),
    ("bank_entry", (("ledger_entry_id",),)),
    ("record_change", ()),
)


def drop_triggers(table, *acts):
    """Take the triggers of a table away, so that it can be made anew."""
    on = f" ON {table}" if op.get_bind().dialect.name == "postgresql" else ""
    for act in acts:
        op.execute(f"DROP TRIGGER IF EXISTS {table}_no_{act}{on}")


def only_grow():
    """From now on nothing changes in these tables."""
    for table, keys in GROWING:
        for statement in statements(table, op.get_bind().dialect.name, keys):
            op.execute(sa.text(statement.replace(":", "\\:")))


def chain_entries():
    """Give the entries that stand their places and digests, office by office; then the sums."""
    bind = op.get_bind()
    names = (
        "id", "office_id", "record_id", "person_id", "category_id", "kind", "minutes", "origin",
        "reason", "account_id", "place", "digest",
    )  # fmt: skip
    entry = sa.table(
        "ledger_entry",
        *(sa.column(name) for name in names),
        sa.column("day", sa.Date),
        sa.column("at", sa.DateTime),
    )
    head = sa.table(
        "ledger_chain", sa.column("office_id"), sa.column("length"), sa.column("digest")
    )
    change = (
        entry.update()
        .where(entry.c.id == sa.bindparam("this"))
        .values(place=sa.bindparam("at_place"), digest=sa.bindparam("with_digest"))
    )
    offices = bind.execute(sa.select(entry.c.office_id).distinct().order_by(entry.c.office_id))
    for (office,) in offices.all():
        place, digest, last = 0, chain.BEGINNING, 0
        while True:
            query = sa.select(entry).where(entry.c.office_id == office, entry.c.id > last)
            rows = bind.execute(query.order_by(entry.c.id).limit(5000)).all()
            changes = []
            for row in rows:
                place, last = place + 1, row.id
                digest = chain.digest(
                    digest,
                    {
                        "office": office,
                        "place": place,
                        "record": row.record_id,
                        "person": row.person_id,
                        "category": row.category_id,
                        "day": row.day,
                        "kind": row.kind,
                        "minutes": row.minutes,
                        "recognised": row.minutes,
                        "origin": row.origin,
                        "reason": row.reason,
                        "evidence": None,
                        "account": row.account_id,
                        "at": row.at.replace(tzinfo=UTC),
                    },
                )
                changes.append({"this": last, "at_place": place, "with_digest": digest})
            if changes:
                bind.execute(change, changes)
            if len(rows) < 5000:
                break
        bind.execute(head.insert().values(office_id=office, length=place, digest=digest))
    op.execute("UPDATE ledger_entry SET recognised = minutes")
    op.execute("UPDATE service_record SET recognised_minutes = minutes")
    op.execute("UPDATE hour_tally SET recognised = minutes")
    year = {"sqlite": "CAST(strftime('%Y', e.day) AS INTEGER)"}.get(
        bind.dialect.name, "CAST(extract(year FROM e.day) AS INTEGER)"
    )
    op.execute(
        "UPDATE hour_tally SET verified = COALESCE((SELECT sum(e.minutes) FROM ledger_entry AS e "
        "WHERE e.person_id = hour_tally.person_id AND e.office_id = hour_tally.office_id "
        "AND e.category_id = hour_tally.category_id AND e.origin IN ('attendance', 'leader') "
        f"AND {year} = hour_tally.year), 0)"
    )
    op.execute(
        "INSERT INTO office_tally (office_id, category_id, year, minutes, verified, recognised) "
        "SELECT office_id, category_id, year, sum(minutes), sum(verified), sum(recognised) "
        "FROM hour_tally GROUP BY office_id, category_id, year"
    )


def rename_groups():
    """A group of certificates is a batch from now on; gives whom each of them left out."""
    op.rename_table("certificate_group", "certificate_batch")
    op.execute("ALTER TABLE certificate RENAME COLUMN group_id TO batch_id")
    batch = sa.table("certificate_batch", sa.column("id"), sa.column("left_out", sa.JSON))
    return [
        (row.id, left["person"], left["reasons"])
        for row in op.get_bind().execute(sa.select(batch).order_by(batch.c.id))
        for left in row.left_out or []
    ]


def fill_batches(left_out):
    """Who is in the batches that stand: those with a certificate, then those without one."""
    bind = op.get_bind()
    columns = ("batch_id", "person_id", "place", "state", "certificate_id")
    member = sa.table(
        "certificate_batch_member",
        *(sa.column(name) for name in columns),
        sa.column("reasons", sa.JSON),
    )
    made = sa.table("certificate", sa.column("id"), sa.column("batch_id"), sa.column("person_id"))
    query = sa.select(made).where(made.c.batch_id.is_not(None)).order_by(made.c.id)
    rows = [(row.batch_id, row.person_id, "issued", row.id, None) for row in bind.execute(query)]
    rows += [(batch, person, "left_out", None, reasons) for batch, person, reasons in left_out]
    for place, (batch, person, state, certificate, reasons) in enumerate(rows, 1):
        bind.execute(
            member.insert().values(
                batch_id=batch, person_id=person, place=place, state=state,
                certificate_id=certificate, reasons=reasons,
            )
        )  # fmt: skip
    # What was printed on demand is not kept: it is printed again when somebody asks.
    op.execute("UPDATE certificate_batch SET state = 'forgotten'")


def number_certificates():
    """The certificates that stand, in the registers of the offices that recorded something on them."""
    bind = op.get_bind()
    made = sa.table(
        "certificate",
        sa.column("id"),
        sa.column("issued_on", sa.Date),
        sa.column("content", sa.JSON),
    )
    names = ("certificate_id", "office_id", "year", "sequence", "minutes", "verified")
    entry = sa.table(
        "certificate_register",
        *(sa.column(name) for name in names),
        sa.column("issued_on", sa.Date),
    )
    count = sa.table(
        "certificate_register_count", sa.column("office_id"), sa.column("year"), sa.column("number")
    )
    counted = sa.table(
        "certificate_line", *(sa.column(n) for n in ("certificate_id", "record_id", "said"))
    )
    said = (
        counted.update()
        .where(
            counted.c.certificate_id == sa.bindparam("of"),
            counted.c.record_id == sa.bindparam("counts"),
        )
        .values(said=sa.bindparam("words"))
    )
    words = ("date", "activity", "place", "content", "organiser", "in_charge", "source")
    counts, last = {}, 0
    while True:
        query = sa.select(made).where(made.c.id > last).order_by(made.c.id).limit(500)
        rows = bind.execute(query).all()
        for row in rows:
            last, year = row.id, row.issued_on.year
            lines = [
                {
                    "of": row.id,
                    "counts": line["record"],
                    "words": "␟".join(line[word] or "" for word in words),
                }
                for group in row.content["groups"]
                for line in group["lines"]
            ]
            if lines:
                bind.execute(said, lines)
            for group in row.content["groups"]:
                key = group["unit"], year
                counts[key] = counts.get(key, 0) + 1
                verified = sum(
                    line["minutes"]
                    for line in group["lines"]
                    if line["source"] in {"attendance", "leader"}
                )
                bind.execute(
                    entry.insert().values(
                        certificate_id=row.id, office_id=key[0], year=year, sequence=counts[key],
                        issued_on=row.issued_on, minutes=group["total_minutes"], verified=verified,
                    )
                )  # fmt: skip
        if len(rows) < 500:
            break
    for (office, year), number in counts.items():
        bind.execute(count.insert().values(office_id=office, year=year, number=number))


def forget_members():
    """Back to groups: whom they left out, in one column again."""
    bind = op.get_bind()
    member = sa.table(
        "certificate_batch_member",
        *(sa.column(name) for name in ("batch_id", "person_id", "place", "state")),
        sa.column("reasons", sa.JSON),
    )
    query = sa.select(member).where(member.c.state == "left_out").order_by(member.c.place)
    kept = {}
    for row in bind.execute(query):
        left = {"person": row.person_id, "reasons": row.reasons}
        kept.setdefault(row.batch_id, []).append(left)
    return kept


def name_groups(kept):
    """The old names."""
    op.execute("ALTER TABLE certificate RENAME COLUMN batch_id TO group_id")
    op.rename_table("certificate_batch", "certificate_group")
    group = sa.table("certificate_group", sa.column("id"), sa.column("left_out", sa.JSON))
    for number, left in kept.items():
        op.get_bind().execute(group.update().where(group.c.id == number).values(left_out=left))


def fill_requests():
    """Whose the requests are that stand, by when they are answered, and their course so far."""
    for name in ("person_id", "office_id"):
        op.execute(
            f"UPDATE correction_request SET {name} = (SELECT r.{name} FROM service_record AS r "
            "WHERE r.id = correction_request.record_id)"
        )
    later = {"sqlite": "date(made_at, '+14 days')"}.get(
        op.get_bind().dialect.name, "CAST(made_at + INTERVAL '14 days' AS DATE)"
    )
    op.execute(f"UPDATE correction_request SET due_on = {later}")
    columns = "request_id, kind, said, due_on, account_id, by_office, at"
    op.execute(
        f"INSERT INTO correction_step ({columns}) "
        "SELECT id, 'asked', wrong, due_on, NULL, false, made_at FROM correction_request"
    )
    op.execute(
        f"INSERT INTO correction_step ({columns}) "
        "SELECT id, state, answer, NULL, answered_by, true, answered_at FROM correction_request "
        "WHERE answered_at IS NOT NULL"
    )
    with op.batch_alter_table("correction_request", schema=None) as batch_op:
        batch_op.alter_column("person_id", existing_type=sa.Integer(), nullable=False)
        batch_op.alter_column("office_id", existing_type=sa.Integer(), nullable=False)
        batch_op.alter_column("due_on", existing_type=sa.Date(), nullable=False)


def simplify_requests():
    """Back to requests about records alone, asked and answered."""
    op.execute("DELETE FROM correction_step")
    op.execute("DELETE FROM correction_request WHERE record_id IS NULL")
    for new, old in (("appealed", "asked"), ("granted", "accepted"), ("rejected", "declined")):
        op.execute(f"UPDATE correction_request SET state = '{old}' WHERE state = '{new}'")


def star_schemes():
    """What held as star hours at each office, for as long as it held, as schemes of levels."""
    bind = op.get_bind()
    rule = sa.table(
        "office_rule",
        *(sa.column(name) for name in ("office_id", "name", "account_id")),
        sa.column("value", sa.JSON(none_as_null=True)),
        sa.column("valid_from", sa.Date),
    )
    office = sa.table("office", sa.column("id"), sa.column("parent_id"))
    scheme = sa.table(
        "star_scheme",
        sa.column("id", sa.Integer),
        *(
            sa.column(name)
            for name in (
                "office_id", "name_zh", "name_en", "period", "quality", "least_average",
                "least_count", "source", "sureness", "account_id",
            )
        ),
        *(sa.column(name, sa.Date) for name in ("first_day", "last_day")),
        sa.column("made_at", sa.DateTime),
    )  # fmt: skip
    level = sa.table(
        "star_level",
        *(
            sa.column(name)
            for name in (
                "scheme_id", "place", "hours", "name_zh", "name_en", "kind", "way", "levels_up",
            )
        ),
    )  # fmt: skip
    names = (("一", "One"), ("二", "Two"), ("三", "Three"), ("四", "Four"), ("五", "Five"))
    roots = bind.execute(
        sa.select(office.c.id).where(office.c.parent_id.is_(None)).order_by(office.c.id)
    ).scalars()
    # Where no office said a word, this held; it is older than any record of a system like this.
    spoken = {root: [(date(2021, 2, 1), None, None)] for root in roots}
    common = [100, 300, 600, 1000, 1500]
    query = sa.select(rule).where(rule.c.name == "star_hours").order_by(rule.c.valid_from)
    for row in bind.execute(query).all():
        spoken.setdefault(row.office_id, []).append((row.valid_from, row.value, row.account_id))
    top = set(bind.execute(sa.select(office.c.id).where(office.c.parent_id.is_(None))).scalars())
    for office_id, words in sorted(spoken.items()):
        for index, (first, value, account_id) in enumerate(words):
            hours = value or (common if office_id in top else None)
            after = words[index + 1][0] if index + 1 < len(words) else None
            if hours is None or after == first:
                continue
            number = bind.execute(
                scheme.insert()
                .values(
                    office_id=office_id,
                    name_zh="志愿者星级认定",
                    name_en="Volunteer star levels",
                    period="lifetime",
                    quality="none",
                    least_average=0,
                    least_count=0,
                    first_day=first,
                    last_day=after - timedelta(days=1) if after else None,
                    source="沿用原有的星级小时数设置"
                    if value
                    else "通行做法：100/300/600/1000/1500小时",
                    sureness="own" if value else "quoted",
                    account_id=account_id,
                    made_at=datetime(first.year, first.month, first.day),  # noqa: DTZ001
                )
                .returning(scheme.c.id)
            ).scalar_one()
            for place, (each, (zh, en)) in enumerate(zip(hours, names, strict=True), start=1):
                bind.execute(
                    level.insert().values(
                        scheme_id=number,
                        place=place,
                        hours=each,
                        name_zh=f"{zh}星级志愿者",
                        name_en=f"{en}-star volunteer",
                        kind="star",
                        way="application",
                        levels_up=0,
                    )
                )
    bind.execute(rule.delete().where(rule.c.name == "star_hours"))


def star_hours():
    """Schemes of five stars for life as the star hours that the release before knows."""
    bind = op.get_bind()
    rule = sa.table(
        "office_rule",
        *(sa.column(name) for name in ("office_id", "name", "account_id")),
        sa.column("value", sa.JSON),
        sa.column("valid_from", sa.Date),
        sa.column("set_at", sa.DateTime),
    )
    found = {}
    rows = bind.execute(
        sa.text(
            "SELECT s.office_id, s.first_day, s.account_id, l.hours FROM star_scheme AS s "
            "JOIN star_level AS l ON l.scheme_id = s.id WHERE s.period = 'lifetime' "
            "ORDER BY s.id, l.place"
        ).columns(sa.column("office_id"), sa.column("first_day", sa.Date))
    )
    for office_id, first_day, account_id, hours in rows:
        found.setdefault((office_id, first_day, account_id), []).append(hours)
    kept = {(key[0], key[1]): (key[2], hours) for key, hours in found.items() if len(hours) == 5}
    for (office_id, first_day), (account_id, hours) in kept.items():
        bind.execute(
            rule.insert().values(
                office_id=office_id,
                name="star_hours",
                value=hours,
                valid_from=first_day,
                set_at=datetime(first_day.year, first_day.month, first_day.day),  # noqa: DTZ001
                account_id=account_id,
            )
        )


def upgrade():
    left_out = rename_groups()
    drop_triggers("ledger_entry", "update", "delete", "change")
    op.create_table(
        "doubt_watch",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("until", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_doubt_watch")),
    )
    op.create_table(
        "file_check",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("address_index", sa.String(length=64), nullable=False),
        sa.Column("network_index", sa.String(length=64), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_file_check")),
    )
    with op.batch_alter_table("file_check", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_file_check_address_index"), ["address_index"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_file_check_at"), ["at"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_file_check_network_index"), ["network_index"], unique=False
        )

    op.create_table(
        "rating_try",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("address_index", sa.String(length=64), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rating_try")),
    )
    with op.batch_alter_table("rating_try", schema=None) as batch_op:
        batch_op.create_index("ix_rating_try_address", ["address_index", "at"], unique=False)

    op.create_table(
        "award",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("office_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=150), nullable=False),
        sa.Column("awarded_on", sa.Date(), nullable=False),
        sa.Column("unit", sa.String(length=150), nullable=False),
        sa.Column(
            "rank",
            sa.Enum("own", "county", "other", name="rank", native_enum=False, length=30),
            nullable=False,
        ),
        sa.Column("evidence_id", sa.Integer(), nullable=True),
        sa.Column(
            "state",
            sa.Enum(
                "unverified", "stands", "withdrawn", name="awardstate", native_enum=False, length=30
            ),
            nullable=False,
        ),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.Column("verified_at", sa.DateTime(), nullable=True),
        sa.Column("verified_by", sa.Integer(), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(), nullable=True),
        sa.Column("withdrawn_by", sa.Integer(), nullable=True),
        sa.Column("withdrawn_why", sa.String(length=500), nullable=True),
        sa.ForeignKeyConstraint(
            ["evidence_id"], ["stored_file.id"], name=op.f("fk_award_evidence_id")
        ),
        sa.ForeignKeyConstraint(["office_id"], ["office.id"], name=op.f("fk_award_office_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_award_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_award")),
    )
    with op.batch_alter_table("award", schema=None) as batch_op:
        batch_op.create_index("ix_award_office", ["office_id", "state", "id"], unique=False)
        batch_op.create_index("ix_award_person", ["person_id", "awarded_on"], unique=False)

    op.create_table(
        "bank_account",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("office_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("balance", sa.Integer(), nullable=False),
        sa.Column("reserved", sa.Integer(), nullable=False),
        sa.Column("opened_at", sa.DateTime(), nullable=False),
        sa.CheckConstraint("reserved >= 0", name=op.f("ck_bank_account_reserved")),
        sa.ForeignKeyConstraint(
            ["office_id"], ["office.id"], name=op.f("fk_bank_account_office_id")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_bank_account_person_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bank_account")),
        sa.UniqueConstraint(
            "office_id", "person_id", name=op.f("uq_bank_account_office_id_person_id")
        ),
    )
    with op.batch_alter_table("bank_account", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_bank_account_person_id"), ["person_id"], unique=False)
        batch_op.create_index(
            "uq_bank_account_pool",
            ["office_id"],
            unique=True,
            sqlite_where=sa.text("person_id IS NULL"),
            postgresql_where=sa.text("person_id IS NULL"),
        )

    op.create_table(
        "bank_mark",
        sa.Column("office_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["office_id"], ["office.id"], name=op.f("fk_bank_mark_office_id")),
        sa.PrimaryKeyConstraint("office_id", name=op.f("pk_bank_mark")),
    )
    op.create_table(
        "certificate_batch_part",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("batch_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("file_id", sa.Integer(), nullable=False),
        sa.Column("printed_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["certificate_batch.id"], name=op.f("fk_certificate_batch_part_batch_id")
        ),
        sa.ForeignKeyConstraint(
            ["file_id"], ["stored_file.id"], name=op.f("fk_certificate_batch_part_file_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_certificate_batch_part")),
        sa.UniqueConstraint(
            "batch_id", "number", name=op.f("uq_certificate_batch_part_batch_id_number")
        ),
    )
    with op.batch_alter_table("certificate_batch_part", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_certificate_batch_part_printed_at"), ["printed_at"], unique=False
        )

    op.create_table(
        "certificate_register_count",
        sa.Column("office_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("year", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["office_id"], ["office.id"], name=op.f("fk_certificate_register_count_office_id")
        ),
        sa.PrimaryKeyConstraint("office_id", "year", name=op.f("pk_certificate_register_count")),
    )
    op.create_table(
        "counting_draft",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("office_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("note", sa.String(length=500), nullable=True),
        sa.Column("changed", sa.JSON(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "waiting",
                "running",
                "ready",
                "failed",
                "in_force",
                "dropped",
                name="draftstate",
                native_enum=False,
                length=30,
            ),
            nullable=False,
        ),
        sa.Column("percent", sa.Integer(), nullable=False),
        sa.Column("sums", sa.JSON(), nullable=False),
        sa.Column("made_by", sa.Integer(), nullable=True),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.Column("seen_at", sa.DateTime(), nullable=True),
        sa.Column("finished_at", sa.DateTime(), nullable=True),
        sa.Column("decided_by", sa.Integer(), nullable=True),
        sa.Column("decided_at", sa.DateTime(), nullable=True),
        sa.CheckConstraint("last_day >= first_day", name=op.f("ck_counting_draft_forward")),
        sa.ForeignKeyConstraint(
            ["office_id"], ["office.id"], name=op.f("fk_counting_draft_office_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_counting_draft")),
    )
    with op.batch_alter_table("counting_draft", schema=None) as batch_op:
        batch_op.create_index("ix_counting_draft_office", ["office_id", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_counting_draft_state"), ["state"], unique=False)

    op.create_table(
        "ledger_chain",
        sa.Column("office_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("length", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["office_id"], ["office.id"], name=op.f("fk_ledger_chain_office_id")
        ),
        sa.PrimaryKeyConstraint("office_id", name=op.f("pk_ledger_chain")),
    )
    op.create_table(
        "ledger_proof",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("office_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("length", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("faults", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["office_id"], ["office.id"], name=op.f("fk_ledger_proof_office_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_proof")),
    )
    with op.batch_alter_table("ledger_proof", schema=None) as batch_op:
        batch_op.create_index("ix_ledger_proof_office", ["office_id", "id"], unique=False)

    op.create_table(
        "national_answer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("office_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("accepted", sa.Integer(), nullable=False),
        sa.Column("refused", sa.Integer(), nullable=False),
        sa.Column("made_by", sa.Integer(), nullable=True),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["office_id"], ["office.id"], name=op.f("fk_national_answer_office_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_national_answer")),
    )
    with op.batch_alter_table("national_answer", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_national_answer_digest"), ["digest"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_national_answer_office_id"), ["office_id"], unique=False
        )

    op.create_table(
        "national_mapping",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("office_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=100), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("made_by", sa.Integer(), nullable=True),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["office_id"], ["office.id"], name=op.f("fk_national_mapping_office_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_national_mapping")),
        sa.UniqueConstraint(
            "office_id", "version", name=op.f("uq_national_mapping_office_id_version")
        ),
    )
    op.create_table(
        "national_volunteer",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=32), nullable=False),
        sa.Column("said_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_national_volunteer_person_id")
        ),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_national_volunteer")),
    )
    op.create_table(
        "office_key",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("office_id", sa.Integer(), nullable=True),
        sa.Column(
            "purpose",
            sa.Enum("root", "pdf", "payload", name="purpose", native_enum=False, length=30),
            nullable=False,
        ),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("public", sa.LargeBinary(), nullable=False),
        sa.Column("private", sa.Text(), nullable=True),
        sa.Column("certificate", sa.LargeBinary(), nullable=True),
        sa.Column("root_id", sa.Integer(), nullable=True),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.Column("made_by", sa.Integer(), nullable=True),
        sa.Column("retired_at", sa.DateTime(), nullable=True),
        sa.Column("replaced_by_id", sa.Integer(), nullable=True),
        sa.Column("compromised_at", sa.DateTime(), nullable=True),
        sa.Column("why", sa.String(length=300), nullable=True),
        sa.ForeignKeyConstraint(["office_id"], ["office.id"], name=op.f("fk_office_key_office_id")),
        sa.ForeignKeyConstraint(
            ["replaced_by_id"], ["office_key.id"], name=op.f("fk_office_key_replaced_by_id")
        ),
        sa.ForeignKeyConstraint(["root_id"], ["office_key.id"], name=op.f("fk_office_key_root_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_office_key")),
        sa.UniqueConstraint("fingerprint", name=op.f("uq_office_key_fingerprint")),
    )
    with op.batch_alter_table("office_key", schema=None) as batch_op:
        batch_op.create_index(
            "uq_office_key_installation",
            ["purpose"],
            unique=True,
            sqlite_where=sa.text("retired_at IS NULL AND office_id IS NULL"),
            postgresql_where=sa.text("retired_at IS NULL AND office_id IS NULL"),
        )
        batch_op.create_index(
            "uq_office_key_signing",
            ["office_id", "purpose"],
            unique=True,
            sqlite_where=sa.text("retired_at IS NULL"),
            postgresql_where=sa.text("retired_at IS NULL"),
        )

    op.create_table(
        "office_seal",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("office_id", sa.Integer(), nullable=False),
        sa.Column("file_id", sa.Integer(), nullable=False),
        sa.Column("own_exports", sa.Boolean(), nullable=False),
        sa.Column("made_by", sa.Integer(), nullable=True),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.Column("ended_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["file_id"], ["stored_file.id"], name=op.f("fk_office_seal_file_id")
        ),
        sa.ForeignKeyConstraint(
            ["office_id"], ["office.id"], name=op.f("fk_office_seal_office_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_office_seal")),
    )
    with op.batch_alter_table("office_seal", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_office_seal_office_id"), ["office_id"], unique=False)

    op.create_table(
        "office_tally",
        sa.Column("office_id", sa.Integer(), nullable=False),
        sa.Column("category_id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("verified", sa.Integer(), nullable=False),
        sa.Column("recognised", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["category_id"], ["service_category.id"], name=op.f("fk_office_tally_category_id")
        ),
        sa.ForeignKeyConstraint(
            ["office_id"], ["office.id"], name=op.f("fk_office_tally_office_id")
        ),
        sa.PrimaryKeyConstraint("office_id", "category_id", "year", name=op.f("pk_office_tally")),
    )
    op.create_table(
        "star_scheme",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("office_id", sa.Integer(), nullable=False),
        sa.Column("name_zh", sa.String(length=100), nullable=False),
        sa.Column("name_en", sa.String(length=150), nullable=True),
        sa.Column(
            "period",
            sa.Enum("lifetime", "year", "rolling", name="starperiod", native_enum=False, length=30),
            nullable=False,
        ),
        sa.Column(
            "quality",
            sa.Enum("none", "evaluations", "ratings", name="quality", native_enum=False, length=30),
            nullable=False,
        ),
        sa.Column("least_average", sa.Numeric(precision=3, scale=2), nullable=False),
        sa.Column("least_count", sa.Integer(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=True),
        sa.Column("source", sa.String(length=300), nullable=False),
        sa.Column(
            "sureness",
            sa.Enum(
                "primary", "quoted", "secondary", "own", name="source", native_enum=False, length=30
            ),
            nullable=False,
        ),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.CheckConstraint(
            "last_day IS NULL OR last_day >= first_day", name=op.f("ck_star_scheme_days")
        ),
        sa.ForeignKeyConstraint(
            ["office_id"], ["office.id"], name=op.f("fk_star_scheme_office_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_star_scheme")),
    )
    with op.batch_alter_table("star_scheme", schema=None) as batch_op:
        batch_op.create_index("ix_star_scheme_office", ["office_id", "first_day"], unique=False)

    op.create_table(
        "yearly_report",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("office_id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("figures", sa.JSON(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("published_at", sa.DateTime(), nullable=False),
        sa.Column("published_by", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["office_id"], ["office.id"], name=op.f("fk_yearly_report_office_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_yearly_report")),
        sa.UniqueConstraint("office_id", "year", name=op.f("uq_yearly_report_office_id_year")),
    )
    op.create_table(
        "bank_donation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("giver_id", sa.Integer(), nullable=False),
        sa.Column("receiver_id", sa.Integer(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("note", sa.String(length=200), nullable=True),
        sa.Column("once", sa.String(length=40), nullable=False),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.CheckConstraint(
            "minutes > 0 AND giver_id <> receiver_id", name=op.f("ck_bank_donation_moves")
        ),
        sa.ForeignKeyConstraint(
            ["giver_id"], ["bank_account.id"], name=op.f("fk_bank_donation_giver_id")
        ),
        sa.ForeignKeyConstraint(
            ["receiver_id"], ["bank_account.id"], name=op.f("fk_bank_donation_receiver_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bank_donation")),
        sa.UniqueConstraint("once", name=op.f("uq_bank_donation_once")),
    )
    with op.batch_alter_table("bank_donation", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_bank_donation_giver_id"), ["giver_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_bank_donation_receiver_id"), ["receiver_id"], unique=False
        )

    op.create_table(
        "bank_gift",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("pool_id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "proposed", "approved", "refused", name="giftstate", native_enum=False, length=30
            ),
            nullable=False,
        ),
        sa.Column("proposed_by", sa.Integer(), nullable=True),
        sa.Column("proposed_at", sa.DateTime(), nullable=False),
        sa.Column("decided_by", sa.Integer(), nullable=True),
        sa.Column("decided_at", sa.DateTime(), nullable=True),
        sa.CheckConstraint(
            "decided_by IS NULL OR decided_by <> proposed_by", name=op.f("ck_bank_gift_two_persons")
        ),
        sa.CheckConstraint("minutes > 0", name=op.f("ck_bank_gift_minutes")),
        sa.ForeignKeyConstraint(
            ["account_id"], ["bank_account.id"], name=op.f("fk_bank_gift_account_id")
        ),
        sa.ForeignKeyConstraint(
            ["pool_id"], ["bank_account.id"], name=op.f("fk_bank_gift_pool_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bank_gift")),
    )
    with op.batch_alter_table("bank_gift", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_bank_gift_account_id"), ["account_id"], unique=False)
        batch_op.create_index("ix_bank_gift_pool_state", ["pool_id", "state", "id"], unique=False)

    op.create_table(
        "bank_request",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("office_id", sa.Integer(), nullable=False),
        sa.Column("what", sa.String(length=500), nullable=False),
        sa.Column("starts_at", sa.DateTime(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("booked_minutes", sa.Integer(), nullable=True),
        sa.Column(
            "state",
            sa.Enum(
                "asked",
                "taken",
                "returned",
                "cancelled",
                "booked",
                name="requeststate",
                native_enum=False,
                length=30,
            ),
            nullable=False,
        ),
        sa.Column("answer", sa.String(length=500), nullable=True),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.Column("moved_at", sa.DateTime(), nullable=True),
        sa.Column("moved_by", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "booked_minutes IS NULL OR booked_minutes <= minutes",
            name=op.f("ck_bank_request_booked"),
        ),
        sa.CheckConstraint("minutes > 0", name=op.f("ck_bank_request_minutes")),
        sa.ForeignKeyConstraint(
            ["account_id"], ["bank_account.id"], name=op.f("fk_bank_request_account_id")
        ),
        sa.ForeignKeyConstraint(
            ["office_id"], ["office.id"], name=op.f("fk_bank_request_office_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bank_request")),
    )
    with op.batch_alter_table("bank_request", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_bank_request_account_id"), ["account_id"], unique=False
        )
        batch_op.create_index(
            "ix_bank_request_office_state", ["office_id", "state", "id"], unique=False
        )

    op.create_table(
        "certificate_batch_member",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("batch_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "waiting",
                "issued",
                "printed",
                "unprinted",
                "left_out",
                name="memberstate",
                native_enum=False,
                length=30,
            ),
            nullable=False,
        ),
        sa.Column("reasons", sa.JSON(), nullable=True),
        sa.Column("certificate_id", sa.Integer(), nullable=True),
        sa.Column("part_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["batch_id"],
            ["certificate_batch.id"],
            name=op.f("fk_certificate_batch_member_batch_id"),
        ),
        sa.ForeignKeyConstraint(
            ["certificate_id"],
            ["certificate.id"],
            name=op.f("fk_certificate_batch_member_certificate_id"),
        ),
        sa.ForeignKeyConstraint(
            ["part_id"],
            ["certificate_batch_part.id"],
            name=op.f("fk_certificate_batch_member_part_id"),
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_certificate_batch_member_person_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_certificate_batch_member")),
        sa.UniqueConstraint(
            "batch_id", "person_id", name=op.f("uq_certificate_batch_member_batch_id_person_id")
        ),
        sa.UniqueConstraint(
            "certificate_id", name=op.f("uq_certificate_batch_member_certificate_id")
        ),
    )
    with op.batch_alter_table("certificate_batch_member", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_certificate_batch_member_part_id"), ["part_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_certificate_batch_member_person_id"), ["person_id"], unique=False
        )
        batch_op.create_index(
            "ix_certificate_batch_member_state", ["batch_id", "state", "place"], unique=False
        )

    op.create_table(
        "certificate_register",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("certificate_id", sa.Integer(), nullable=False),
        sa.Column("office_id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("verified", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["certificate_id"],
            ["certificate.id"],
            name=op.f("fk_certificate_register_certificate_id"),
        ),
        sa.ForeignKeyConstraint(
            ["office_id"], ["office.id"], name=op.f("fk_certificate_register_office_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_certificate_register")),
        sa.UniqueConstraint(
            "certificate_id",
            "office_id",
            name=op.f("uq_certificate_register_certificate_id_office_id"),
        ),
        sa.UniqueConstraint(
            "office_id",
            "year",
            "sequence",
            name=op.f("uq_certificate_register_office_id_year_sequence"),
        ),
    )
    with op.batch_alter_table("certificate_register", schema=None) as batch_op:
        batch_op.create_index("ix_certificate_register_office", ["office_id", "id"], unique=False)

    op.create_table(
        "counting_draft_line",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("draft_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("records", sa.Integer(), nullable=False),
        sa.Column("minutes_before", sa.Integer(), nullable=False),
        sa.Column("minutes_after", sa.Integer(), nullable=False),
        sa.Column("recognised_before", sa.Integer(), nullable=False),
        sa.Column("recognised_after", sa.Integer(), nullable=False),
        sa.Column("reviewed_before", sa.Integer(), nullable=False),
        sa.Column("reviewed_after", sa.Integer(), nullable=False),
        sa.Column("scheme_id", sa.Integer(), nullable=True),
        sa.Column("level_before", sa.Integer(), nullable=False),
        sa.Column("level_after", sa.Integer(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["draft_id"], ["counting_draft.id"], name=op.f("fk_counting_draft_line_draft_id")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_counting_draft_line_person_id")
        ),
        sa.ForeignKeyConstraint(
            ["scheme_id"], ["star_scheme.id"], name=op.f("fk_counting_draft_line_scheme_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_counting_draft_line")),
        sa.UniqueConstraint(
            "draft_id", "person_id", name=op.f("uq_counting_draft_line_draft_id_person_id")
        ),
    )
    with op.batch_alter_table("counting_draft_line", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_counting_draft_line_person_id"), ["person_id"], unique=False
        )
        batch_op.create_index(
            "ix_counting_draft_line_size", ["draft_id", "size", "id"], unique=False
        )

    op.create_table(
        "national_batch",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("office_id", sa.Integer(), nullable=False),
        sa.Column("mapping_id", sa.Integer(), nullable=True),
        sa.Column("mapping_name", sa.String(length=150), nullable=False),
        sa.Column("kind", sa.String(length=4), nullable=False),
        sa.Column("first", sa.Date(), nullable=True),
        sa.Column("last", sa.Date(), nullable=True),
        sa.Column("records", sa.Integer(), nullable=False),
        sa.Column("identity", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=True),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("file_id", sa.Integer(), nullable=True),
        sa.Column("made_by", sa.Integer(), nullable=True),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["file_id"], ["stored_file.id"], name=op.f("fk_national_batch_file_id")
        ),
        sa.ForeignKeyConstraint(
            ["mapping_id"], ["national_mapping.id"], name=op.f("fk_national_batch_mapping_id")
        ),
        sa.ForeignKeyConstraint(
            ["office_id"], ["office.id"], name=op.f("fk_national_batch_office_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_national_batch")),
    )
    with op.batch_alter_table("national_batch", schema=None) as batch_op:
        batch_op.create_index("ix_national_batch_office", ["office_id", "id"], unique=False)

    op.create_table(
        "star_level",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("scheme_id", sa.Integer(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("hours", sa.Integer(), nullable=False),
        sa.Column("name_zh", sa.String(length=50), nullable=False),
        sa.Column("name_en", sa.String(length=80), nullable=True),
        sa.Column(
            "kind",
            sa.Enum("star", "medal", name="levelkind", native_enum=False, length=30),
            nullable=False,
        ),
        sa.Column(
            "way",
            sa.Enum("application", "automatic", name="way", native_enum=False, length=30),
            nullable=False,
        ),
        sa.Column("levels_up", sa.Integer(), nullable=False),
        sa.Column(
            "decider_kind",
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
        ),
        sa.CheckConstraint("hours > 0 AND levels_up >= 0", name=op.f("ck_star_level_positive")),
        sa.ForeignKeyConstraint(
            ["scheme_id"], ["star_scheme.id"], name=op.f("fk_star_level_scheme_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_star_level")),
        sa.UniqueConstraint("scheme_id", "place", name=op.f("uq_star_level_scheme_id_place")),
    )
    op.create_table(
        "star_application",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("level_id", sa.Integer(), nullable=False),
        sa.Column("office_id", sa.Integer(), nullable=False),
        sa.Column("decider_id", sa.Integer(), nullable=False),
        sa.Column("period", sa.String(length=10), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=True),
        sa.Column("last_day", sa.Date(), nullable=True),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "applied",
                "granted",
                "refused",
                "taken_back",
                name="applicationstate",
                native_enum=False,
                length=30,
            ),
            nullable=False,
        ),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=True),
        sa.Column("decided_at", sa.DateTime(), nullable=True),
        sa.Column("decided_by", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["decider_id"], ["office.id"], name=op.f("fk_star_application_decider_id")
        ),
        sa.ForeignKeyConstraint(
            ["level_id"], ["star_level.id"], name=op.f("fk_star_application_level_id")
        ),
        sa.ForeignKeyConstraint(
            ["office_id"], ["office.id"], name=op.f("fk_star_application_office_id")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_star_application_person_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_star_application")),
    )
    with op.batch_alter_table("star_application", schema=None) as batch_op:
        batch_op.create_index(
            "ix_star_application_decider", ["decider_id", "state", "id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_star_application_office_id"), ["office_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_star_application_person_id"), ["person_id"], unique=False
        )
        batch_op.create_index(
            "uq_star_application_open",
            ["person_id", "level_id"],
            unique=True,
            sqlite_where=sa.text("state = 'applied'"),
            postgresql_where=sa.text("state = 'applied'"),
        )

    op.create_table(
        "rating",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("shift_id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("office_id", sa.Integer(), nullable=False),
        sa.Column(
            "side",
            sa.Enum("resident", "volunteer", name="side", native_enum=False, length=30),
            nullable=False,
        ),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("device_index", sa.String(length=64), nullable=True),
        sa.Column("steps", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=True),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.Column("changed_at", sa.DateTime(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("answer", sa.String(length=1000), nullable=True),
        sa.Column("answered_at", sa.DateTime(), nullable=True),
        sa.Column("answered_by", sa.Integer(), nullable=True),
        sa.Column("told_above_at", sa.DateTime(), nullable=True),
        sa.CheckConstraint(
            "(side = 'resident') = (device_index IS NOT NULL)", name=op.f("ck_rating_resident")
        ),
        sa.CheckConstraint(
            "(side = 'volunteer') = (person_id IS NOT NULL)", name=op.f("ck_rating_volunteer")
        ),
        sa.CheckConstraint("steps BETWEEN 1 AND 5", name=op.f("ck_rating_steps")),
        sa.ForeignKeyConstraint(["office_id"], ["office.id"], name=op.f("fk_rating_office_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_rating_person_id")),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_rating_project_id")),
        sa.ForeignKeyConstraint(["shift_id"], ["shift.id"], name=op.f("fk_rating_shift_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rating")),
        sa.UniqueConstraint(
            "shift_id", "device_index", name=op.f("uq_rating_shift_id_device_index")
        ),
        sa.UniqueConstraint("shift_id", "person_id", name=op.f("uq_rating_shift_id_person_id")),
    )
    with op.batch_alter_table("rating", schema=None) as batch_op:
        batch_op.create_index("ix_rating_office", ["office_id", "id"], unique=False)
        batch_op.create_index("ix_rating_office_due", ["office_id", "due_on"], unique=False)
        batch_op.create_index(batch_op.f("ix_rating_person_id"), ["person_id"], unique=False)
        batch_op.create_index("ix_rating_project", ["project_id", "steps"], unique=False)

    op.create_table(
        "star_grant",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("level_id", sa.Integer(), nullable=False),
        sa.Column("office_id", sa.Integer(), nullable=False),
        sa.Column("decider_id", sa.Integer(), nullable=False),
        sa.Column("application_id", sa.Integer(), nullable=True),
        sa.Column("number", sa.String(length=30), nullable=False),
        sa.Column("period", sa.String(length=10), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=True),
        sa.Column("last_day", sa.Date(), nullable=True),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("steps", sa.Integer(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("granted_on", sa.Date(), nullable=False),
        sa.Column("granted_at", sa.DateTime(), nullable=False),
        sa.Column("granted_by", sa.Integer(), nullable=True),
        sa.Column("doubtful_since", sa.DateTime(), nullable=True),
        sa.Column("minutes_now", sa.Integer(), nullable=True),
        sa.Column("kept_at", sa.Integer(), nullable=True),
        sa.Column("kept_why", sa.String(length=500), nullable=True),
        sa.Column("kept_by", sa.Integer(), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(), nullable=True),
        sa.Column("withdrawn_by", sa.Integer(), nullable=True),
        sa.Column("withdrawn_why", sa.String(length=500), nullable=True),
        sa.ForeignKeyConstraint(
            ["application_id"], ["star_application.id"], name=op.f("fk_star_grant_application_id")
        ),
        sa.ForeignKeyConstraint(
            ["decider_id"], ["office.id"], name=op.f("fk_star_grant_decider_id")
        ),
        sa.ForeignKeyConstraint(
            ["level_id"], ["star_level.id"], name=op.f("fk_star_grant_level_id")
        ),
        sa.ForeignKeyConstraint(["office_id"], ["office.id"], name=op.f("fk_star_grant_office_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_star_grant_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_star_grant")),
        sa.UniqueConstraint("number", name=op.f("uq_star_grant_number")),
    )
    with op.batch_alter_table("star_grant", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_star_grant_decider_id"), ["decider_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_star_grant_level_id"), ["level_id"], unique=False)
        batch_op.create_index("ix_star_grant_office", ["office_id", "id"], unique=False)
        batch_op.create_index(
            "uq_star_grant_live",
            ["person_id", "level_id", "period"],
            unique=True,
            sqlite_where=sa.text("withdrawn_at IS NULL"),
            postgresql_where=sa.text("withdrawn_at IS NULL"),
        )

    op.create_table(
        "national_entry",
        sa.Column("record_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("office_id", sa.Integer(), nullable=False),
        sa.Column("batch_id", sa.Integer(), nullable=False),
        sa.Column(
            "standing",
            sa.Enum(
                "not_sent",
                "sent",
                "accepted",
                "refused",
                "withdrawn",
                "changed",
                "taken_back",
                name="standing",
                native_enum=False,
                length=30,
            ),
            nullable=False,
        ),
        sa.Column("sent_at", sa.DateTime(), nullable=False),
        sa.Column("answered_at", sa.DateTime(), nullable=True),
        sa.Column("number", sa.String(length=64), nullable=True),
        sa.Column("reason", sa.String(length=500), nullable=True),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("activity", sa.String(length=150), nullable=False),
        sa.Column("place", sa.String(length=200), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("organiser", sa.String(length=150), nullable=False),
        sa.Column("person_in_charge", sa.String(length=50), nullable=False),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["national_batch.id"], name=op.f("fk_national_entry_batch_id")
        ),
        sa.ForeignKeyConstraint(
            ["office_id"], ["office.id"], name=op.f("fk_national_entry_office_id")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_national_entry_person_id")
        ),
        sa.ForeignKeyConstraint(
            ["record_id"], ["service_record.id"], name=op.f("fk_national_entry_record_id")
        ),
        sa.PrimaryKeyConstraint("record_id", name=op.f("pk_national_entry")),
    )
    with op.batch_alter_table("national_entry", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_national_entry_batch_id"), ["batch_id"], unique=False)
        batch_op.create_index(
            "ix_national_entry_office", ["office_id", "standing", "sent_at"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_national_entry_person_id"), ["person_id"], unique=False
        )

    op.create_table(
        "national_event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("record_id", sa.Integer(), nullable=False),
        sa.Column(
            "standing",
            sa.Enum(
                "not_sent",
                "sent",
                "accepted",
                "refused",
                "withdrawn",
                "changed",
                "taken_back",
                name="standing",
                native_enum=False,
                length=30,
            ),
            nullable=False,
        ),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.Column("batch_id", sa.Integer(), nullable=True),
        sa.Column("answer_id", sa.Integer(), nullable=True),
        sa.Column("number", sa.String(length=64), nullable=True),
        sa.Column("reason", sa.String(length=500), nullable=True),
        sa.ForeignKeyConstraint(
            ["answer_id"], ["national_answer.id"], name=op.f("fk_national_event_answer_id")
        ),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["national_batch.id"], name=op.f("fk_national_event_batch_id")
        ),
        sa.ForeignKeyConstraint(
            ["record_id"], ["service_record.id"], name=op.f("fk_national_event_record_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_national_event")),
    )
    with op.batch_alter_table("national_event", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_national_event_answer_id"), ["answer_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_national_event_record_id"), ["record_id"], unique=False
        )

    op.create_table(
        "record_change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("record_id", sa.Integer(), nullable=False),
        sa.Column("field", sa.String(length=30), nullable=False),
        sa.Column("old", sa.Text(), nullable=False),
        sa.Column("new", sa.Text(), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["record_id"], ["service_record.id"], name=op.f("fk_record_change_record_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_record_change")),
        info={"only_grows": True},
    )
    with op.batch_alter_table("record_change", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_record_change_record_id"), ["record_id"], unique=False)

    op.create_table(
        "record_flag",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("record_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "late_signup",
                "no_sign_in",
                "one_clerk",
                "same_times",
                "way",
                "outlier",
                "device",
                name="doubtkind",
                native_enum=False,
                length=30,
            ),
            nullable=False,
        ),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("raised_at", sa.DateTime(), nullable=False),
        sa.Column(
            "verdict",
            sa.Enum("right", "wrong", name="verdict", native_enum=False, length=30),
            nullable=True,
        ),
        sa.Column("finding", sa.String(length=500), nullable=True),
        sa.Column("settled_by", sa.Integer(), nullable=True),
        sa.Column("settled_at", sa.DateTime(), nullable=True),
        sa.CheckConstraint(
            "(settled_at IS NULL) = (verdict IS NULL) AND (settled_at IS NULL) = (finding IS NULL)",
            name=op.f("ck_record_flag_settled"),
        ),
        sa.ForeignKeyConstraint(
            ["record_id"], ["service_record.id"], name=op.f("fk_record_flag_record_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_record_flag")),
        sa.UniqueConstraint("record_id", "kind", name=op.f("uq_record_flag_record_id_kind")),
    )
    with op.batch_alter_table("record_flag", schema=None) as batch_op:
        batch_op.create_index("ix_record_flag_settled", ["settled_at", "record_id"], unique=False)

    op.create_table(
        "service_evaluation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("record_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("office_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("remark", sa.Text(), nullable=True),
        sa.Column("evaluated_on", sa.Date(), nullable=False),
        sa.Column("evaluated_at", sa.DateTime(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("step BETWEEN 1 AND 5", name=op.f("ck_service_evaluation_step")),
        sa.ForeignKeyConstraint(
            ["office_id"], ["office.id"], name=op.f("fk_service_evaluation_office_id")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_service_evaluation_person_id")
        ),
        sa.ForeignKeyConstraint(
            ["record_id"], ["service_record.id"], name=op.f("fk_service_evaluation_record_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_service_evaluation")),
        sa.UniqueConstraint("record_id", name=op.f("uq_service_evaluation_record_id")),
    )
    with op.batch_alter_table("service_evaluation", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_service_evaluation_office_id"), ["office_id"], unique=False
        )
        batch_op.create_index("ix_service_evaluation_person", ["person_id", "day"], unique=False)

    op.create_table(
        "bank_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "credited",
                "corrected",
                "spent",
                "donated",
                "received",
                "overflowed",
                "given",
                "granted",
                name="bankkind",
                native_enum=False,
                length=30,
            ),
            nullable=False,
        ),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("excess", sa.Integer(), nullable=False),
        sa.Column("pooled", sa.Integer(), nullable=False),
        sa.Column("served", sa.Integer(), nullable=False),
        sa.Column("percent", sa.Integer(), nullable=True),
        sa.Column("ledger_entry_id", sa.Integer(), nullable=True),
        sa.Column("record_id", sa.Integer(), nullable=True),
        sa.Column("request_id", sa.Integer(), nullable=True),
        sa.Column("gift_id", sa.Integer(), nullable=True),
        sa.Column("donation_id", sa.Integer(), nullable=True),
        sa.Column("source_id", sa.Integer(), nullable=True),
        sa.Column("made_by", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.CheckConstraint(
            "ledger_entry_id IS NOT NULL OR minutes <> 0", name=op.f("ck_bank_entry_moves")
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["bank_account.id"], name=op.f("fk_bank_entry_account_id")
        ),
        sa.ForeignKeyConstraint(
            ["donation_id"], ["bank_donation.id"], name=op.f("fk_bank_entry_donation_id")
        ),
        sa.ForeignKeyConstraint(["gift_id"], ["bank_gift.id"], name=op.f("fk_bank_entry_gift_id")),
        sa.ForeignKeyConstraint(
            ["ledger_entry_id"], ["ledger_entry.id"], name=op.f("fk_bank_entry_ledger_entry_id")
        ),
        sa.ForeignKeyConstraint(
            ["record_id"], ["service_record.id"], name=op.f("fk_bank_entry_record_id")
        ),
        sa.ForeignKeyConstraint(
            ["request_id"], ["bank_request.id"], name=op.f("fk_bank_entry_request_id")
        ),
        sa.ForeignKeyConstraint(
            ["source_id"], ["bank_entry.id"], name=op.f("fk_bank_entry_source_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bank_entry")),
        sa.UniqueConstraint("ledger_entry_id", name=op.f("uq_bank_entry_ledger_entry_id")),
        info={"only_grows": True},
    )
    with op.batch_alter_table("bank_entry", schema=None) as batch_op:
        batch_op.create_index("ix_bank_entry_account", ["account_id", "id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_bank_entry_donation_id"), ["donation_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_bank_entry_gift_id"), ["gift_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_bank_entry_record_id"), ["record_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_bank_entry_request_id"), ["request_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_bank_entry_source_id"), ["source_id"], unique=False)

    op.create_table(
        "correction_step",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("request_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "asked",
                "taken_up",
                "accepted",
                "declined",
                "appealed",
                "granted",
                "rejected",
                "corrected",
                "entered",
                "found",
                name="step",
                native_enum=False,
                length=30,
            ),
            nullable=False,
        ),
        sa.Column("said", sa.String(length=500), nullable=True),
        sa.Column("old_minutes", sa.Integer(), nullable=True),
        sa.Column("new_minutes", sa.Integer(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("record_id", sa.Integer(), nullable=True),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.Column("by_office", sa.Boolean(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["record_id"], ["service_record.id"], name=op.f("fk_correction_step_record_id")
        ),
        sa.ForeignKeyConstraint(
            ["request_id"], ["correction_request.id"], name=op.f("fk_correction_step_request_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_correction_step")),
        info={"only_grows": True},
    )
    with op.batch_alter_table("correction_step", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_correction_step_request_id"), ["request_id"], unique=False
        )

    with op.batch_alter_table("attendance", schema=None) as batch_op:
        batch_op.add_column(sa.Column("in_device", sa.String(length=64), nullable=True))
        batch_op.add_column(sa.Column("out_device", sa.String(length=64), nullable=True))
        batch_op.create_index(batch_op.f("ix_attendance_in_device"), ["in_device"], unique=False)
        batch_op.create_index(batch_op.f("ix_attendance_out_device"), ["out_device"], unique=False)

    with op.batch_alter_table("certificate", schema=None) as batch_op:
        batch_op.add_column(sa.Column("once", sa.String(length=40), nullable=True))
        batch_op.drop_index(batch_op.f("ix_certificate_group_id"))
        batch_op.create_unique_constraint(
            batch_op.f("uq_certificate_batch_id_person_id"), ["batch_id", "person_id"]
        )
        batch_op.create_unique_constraint(batch_op.f("uq_certificate_once"), ["once"])

    with op.batch_alter_table("certificate_batch", schema=None) as batch_op:
        batch_op.add_column(sa.Column("once", sa.String(length=40), nullable=True))
        batch_op.add_column(
            sa.Column("chosen", sa.String(length=200), nullable=False, server_default="")
        )
        batch_op.add_column(sa.Column("wish", sa.JSON(), nullable=False, server_default="{}"))
        batch_op.add_column(sa.Column("issued_on", sa.Date(), nullable=True))
        batch_op.add_column(
            sa.Column("verify_at", sa.String(length=200), nullable=False, server_default="")
        )
        batch_op.add_column(
            sa.Column(
                "state",
                sa.Enum(
                    "waiting",
                    "issuing",
                    "printing",
                    "ready",
                    "cancelled",
                    "failed",
                    "forgotten",
                    name="batchstate",
                    native_enum=False,
                    length=30,
                ),
                nullable=False,
                server_default="ready",
            )
        )
        batch_op.add_column(sa.Column("seen_at", sa.DateTime(), nullable=True))
        batch_op.add_column(sa.Column("finished_at", sa.DateTime(), nullable=True))
        batch_op.create_index(batch_op.f("ix_certificate_batch_state"), ["state"], unique=False)
        batch_op.create_unique_constraint(batch_op.f("uq_certificate_batch_once"), ["once"])
        batch_op.drop_column("left_out")

    with op.batch_alter_table("certificate_line", schema=None) as batch_op:
        batch_op.add_column(sa.Column("said", sa.Text(), nullable=True))

    with op.batch_alter_table("correction_request", schema=None) as batch_op:
        batch_op.add_column(sa.Column("person_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("office_id", sa.Integer(), nullable=True))
        batch_op.add_column(
            sa.Column(
                "kind",
                sa.Enum(
                    "time",
                    "details",
                    "not_mine",
                    "missing",
                    name="wrong",
                    native_enum=False,
                    length=30,
                ),
                nullable=False,
                server_default="time",
            )
        )
        batch_op.add_column(sa.Column("evidence", sa.String(length=500), nullable=True))
        batch_op.add_column(sa.Column("file_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("wished", sa.JSON(), nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("shift_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("activity", sa.String(length=150), nullable=True))
        batch_op.add_column(sa.Column("starts_at", sa.DateTime(), nullable=True))
        batch_op.add_column(sa.Column("ends_at", sa.DateTime(), nullable=True))
        batch_op.add_column(sa.Column("due_on", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("made_by", sa.Integer(), nullable=True))
        batch_op.add_column(
            sa.Column("by_office", sa.Boolean(), nullable=False, server_default=sa.false())
        )
        batch_op.alter_column("record_id", existing_type=sa.INTEGER(), nullable=True)
        batch_op.create_index(
            "ix_correction_request_office", ["office_id", "state", "due_on"], unique=False
        )
        batch_op.create_index("ix_correction_request_person", ["person_id", "id"], unique=False)
        batch_op.create_foreign_key(
            batch_op.f("fk_correction_request_file_id"), "stored_file", ["file_id"], ["id"]
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_correction_request_person_id"), "person", ["person_id"], ["id"]
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_correction_request_shift_id"), "shift", ["shift_id"], ["id"]
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_correction_request_office_id"), "office", ["office_id"], ["id"]
        )

    with op.batch_alter_table("hour_tally", schema=None) as batch_op:
        batch_op.add_column(sa.Column("verified", sa.Integer(), nullable=False, server_default="0"))
        batch_op.add_column(
            sa.Column("recognised", sa.Integer(), nullable=False, server_default="0")
        )

    with op.batch_alter_table("ledger_entry", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("recognised", sa.Integer(), nullable=False, server_default="0")
        )
        batch_op.add_column(sa.Column("evidence", sa.String(length=500), nullable=True))
        batch_op.add_column(sa.Column("place", sa.Integer(), nullable=False, server_default="0"))
        batch_op.add_column(
            sa.Column("digest", sa.String(length=64), nullable=False, server_default="0")
        )
        batch_op.drop_index(batch_op.f("ix_ledger_entry_office_id"))
        batch_op.create_index("ix_ledger_entry_office_day", ["office_id", "day"], unique=False)

    with op.batch_alter_table("project", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "kind",
                sa.Enum(
                    "service",
                    "training",
                    "paid_duty",
                    "paid",
                    "own_interest",
                    "internship",
                    "meeting",
                    "management",
                    "commercial",
                    "donation",
                    "online_clicks",
                    name="activitykind",
                    native_enum=False,
                    length=30,
                ),
                nullable=False,
                server_default="service",
            )
        )
        batch_op.add_column(sa.Column("break_minutes", sa.Integer(), nullable=True))
        batch_op.add_column(
            sa.Column("travel_minutes", sa.Integer(), nullable=False, server_default="0")
        )

    with op.batch_alter_table("service_record", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("recognised_minutes", sa.Integer(), nullable=False, server_default="0")
        )
        batch_op.add_column(
            sa.Column(
                "waits_for",
                sa.Enum(
                    "level_above",
                    "second_person",
                    "sign_out",
                    "long_day",
                    "flag",
                    "approval",
                    name="waits",
                    native_enum=False,
                    length=30,
                ),
                nullable=True,
            )
        )
        batch_op.create_index(
            "ix_service_record_activity", ["office_id", "activity", "day"], unique=False
        )
        batch_op.create_index("ix_service_record_clerk", ["entered_by", "made_at"], unique=False)
        batch_op.create_index("ix_service_record_made", ["made_at"], unique=False)
        batch_op.create_index(
            "ix_service_record_office_starts", ["office_id", "starts_at"], unique=False
        )
    chain_entries()
    with op.batch_alter_table("ledger_entry", schema=None) as batch_op:
        batch_op.create_unique_constraint(
            batch_op.f("uq_ledger_entry_office_id_place"), ["office_id", "place"]
        )
    fill_requests()
    only_grow()
    fill_batches(left_out)
    number_certificates()
    op.execute(
        "UPDATE service_record SET waits_for = CASE "
        "WHEN state = 'pending_above' THEN 'level_above' "
        "WHEN origin IN ('hand', 'imported') THEN 'second_person' "
        "WHEN EXISTS (SELECT 1 FROM attendance WHERE attendance.id = service_record.attendance_id "
        "AND attendance.out_at IS NULL) THEN 'sign_out' "
        "WHEN claimed_minutes > 480 THEN 'long_day' ELSE 'approval' END "
        "WHERE state IN ('pending', 'pending_above')"
    )
    star_schemes()
    with op.batch_alter_table("project", schema=None) as batch_op:
        batch_op.create_check_constraint(
            batch_op.f("ck_project_counted"), "break_minutes >= 0 AND travel_minutes >= 0"
        )


def downgrade():
    with op.batch_alter_table("project", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_project_counted"), type_="check")
    star_hours()
    left_out = forget_members()
    for table, _ in GROWING:
        drop_triggers(table, "update", "delete", "replace", "change", "truncate")
    simplify_requests()
    op.execute("UPDATE ledger_entry SET kind = 'corrected' WHERE kind = 'transferred'")
    op.execute("UPDATE ledger_entry SET origin = 'leader' WHERE origin = 'sheet'")
    op.execute("UPDATE service_record SET origin = 'leader' WHERE origin = 'sheet'")
    with op.batch_alter_table("service_record", schema=None) as batch_op:
        batch_op.drop_index("ix_service_record_office_starts")
        batch_op.drop_index("ix_service_record_made")
        batch_op.drop_index("ix_service_record_clerk")
        batch_op.drop_index("ix_service_record_activity")
        batch_op.drop_column("waits_for")
        batch_op.drop_column("recognised_minutes")

    with op.batch_alter_table("project", schema=None) as batch_op:
        batch_op.drop_column("travel_minutes")
        batch_op.drop_column("break_minutes")
        batch_op.drop_column("kind")

    with op.batch_alter_table("ledger_entry", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("uq_ledger_entry_office_id_place"), type_="unique")
        batch_op.drop_index("ix_ledger_entry_office_day")
        batch_op.create_index(batch_op.f("ix_ledger_entry_office_id"), ["office_id"], unique=False)
        batch_op.drop_column("digest")
        batch_op.drop_column("place")
        batch_op.drop_column("evidence")
        batch_op.drop_column("recognised")

    with op.batch_alter_table("hour_tally", schema=None) as batch_op:
        batch_op.drop_column("recognised")
        batch_op.drop_column("verified")

    with op.batch_alter_table("correction_request", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_correction_request_office_id"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f("fk_correction_request_shift_id"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f("fk_correction_request_person_id"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f("fk_correction_request_file_id"), type_="foreignkey")
        batch_op.drop_index("ix_correction_request_person")
        batch_op.drop_index("ix_correction_request_office")
        batch_op.alter_column("record_id", existing_type=sa.INTEGER(), nullable=False)
        batch_op.drop_column("by_office")
        batch_op.drop_column("made_by")
        batch_op.drop_column("due_on")
        batch_op.drop_column("ends_at")
        batch_op.drop_column("starts_at")
        batch_op.drop_column("activity")
        batch_op.drop_column("shift_id")
        batch_op.drop_column("wished")
        batch_op.drop_column("file_id")
        batch_op.drop_column("evidence")
        batch_op.drop_column("kind")
        batch_op.drop_column("office_id")
        batch_op.drop_column("person_id")

    with op.batch_alter_table("certificate_line", schema=None) as batch_op:
        batch_op.drop_column("said")

    with op.batch_alter_table("certificate_batch", schema=None) as batch_op:
        batch_op.add_column(sa.Column("left_out", sa.JSON(), nullable=False, server_default="[]"))
        batch_op.drop_constraint(batch_op.f("uq_certificate_batch_once"), type_="unique")
        batch_op.drop_index(batch_op.f("ix_certificate_batch_state"))
        batch_op.drop_column("finished_at")
        batch_op.drop_column("seen_at")
        batch_op.drop_column("state")
        batch_op.drop_column("verify_at")
        batch_op.drop_column("issued_on")
        batch_op.drop_column("wish")
        batch_op.drop_column("chosen")
        batch_op.drop_column("once")

    with op.batch_alter_table("certificate", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("uq_certificate_once"), type_="unique")
        batch_op.drop_constraint(batch_op.f("uq_certificate_batch_id_person_id"), type_="unique")
        batch_op.create_index(batch_op.f("ix_certificate_group_id"), ["batch_id"], unique=False)
        batch_op.drop_column("once")

    with op.batch_alter_table("attendance", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_attendance_out_device"))
        batch_op.drop_index(batch_op.f("ix_attendance_in_device"))
        batch_op.drop_column("out_device")
        batch_op.drop_column("in_device")

    with op.batch_alter_table("correction_step", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_correction_step_request_id"))

    op.drop_table("correction_step")
    with op.batch_alter_table("bank_entry", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_bank_entry_source_id"))
        batch_op.drop_index(batch_op.f("ix_bank_entry_request_id"))
        batch_op.drop_index(batch_op.f("ix_bank_entry_record_id"))
        batch_op.drop_index(batch_op.f("ix_bank_entry_gift_id"))
        batch_op.drop_index(batch_op.f("ix_bank_entry_donation_id"))
        batch_op.drop_index("ix_bank_entry_account")

    op.drop_table("bank_entry")
    with op.batch_alter_table("service_evaluation", schema=None) as batch_op:
        batch_op.drop_index("ix_service_evaluation_person")
        batch_op.drop_index(batch_op.f("ix_service_evaluation_office_id"))

    op.drop_table("service_evaluation")
    with op.batch_alter_table("record_flag", schema=None) as batch_op:
        batch_op.drop_index("ix_record_flag_settled")

    op.drop_table("record_flag")
    with op.batch_alter_table("record_change", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_record_change_record_id"))

    op.drop_table("record_change")
    with op.batch_alter_table("national_event", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_national_event_record_id"))
        batch_op.drop_index(batch_op.f("ix_national_event_answer_id"))

    op.drop_table("national_event")
    with op.batch_alter_table("national_entry", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_national_entry_person_id"))
        batch_op.drop_index("ix_national_entry_office")
        batch_op.drop_index(batch_op.f("ix_national_entry_batch_id"))

    op.drop_table("national_entry")
    with op.batch_alter_table("star_grant", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_star_grant_live",
            sqlite_where=sa.text("withdrawn_at IS NULL"),
            postgresql_where=sa.text("withdrawn_at IS NULL"),
        )
        batch_op.drop_index("ix_star_grant_office")
        batch_op.drop_index(batch_op.f("ix_star_grant_level_id"))
        batch_op.drop_index(batch_op.f("ix_star_grant_decider_id"))

    op.drop_table("star_grant")
    with op.batch_alter_table("rating", schema=None) as batch_op:
        batch_op.drop_index("ix_rating_project")
        batch_op.drop_index(batch_op.f("ix_rating_person_id"))
        batch_op.drop_index("ix_rating_office_due")
        batch_op.drop_index("ix_rating_office")

    op.drop_table("rating")
    with op.batch_alter_table("star_application", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_star_application_open",
            sqlite_where=sa.text("state = 'applied'"),
            postgresql_where=sa.text("state = 'applied'"),
        )
        batch_op.drop_index(batch_op.f("ix_star_application_person_id"))
        batch_op.drop_index(batch_op.f("ix_star_application_office_id"))
        batch_op.drop_index("ix_star_application_decider")

    op.drop_table("star_application")
    op.drop_table("star_level")
    with op.batch_alter_table("national_batch", schema=None) as batch_op:
        batch_op.drop_index("ix_national_batch_office")

    op.drop_table("national_batch")
    with op.batch_alter_table("counting_draft_line", schema=None) as batch_op:
        batch_op.drop_index("ix_counting_draft_line_size")
        batch_op.drop_index(batch_op.f("ix_counting_draft_line_person_id"))

    op.drop_table("counting_draft_line")
    with op.batch_alter_table("certificate_register", schema=None) as batch_op:
        batch_op.drop_index("ix_certificate_register_office")

    op.drop_table("certificate_register")
    with op.batch_alter_table("certificate_batch_member", schema=None) as batch_op:
        batch_op.drop_index("ix_certificate_batch_member_state")
        batch_op.drop_index(batch_op.f("ix_certificate_batch_member_person_id"))
        batch_op.drop_index(batch_op.f("ix_certificate_batch_member_part_id"))

    op.drop_table("certificate_batch_member")
    with op.batch_alter_table("bank_request", schema=None) as batch_op:
        batch_op.drop_index("ix_bank_request_office_state")
        batch_op.drop_index(batch_op.f("ix_bank_request_account_id"))

    op.drop_table("bank_request")
    with op.batch_alter_table("bank_gift", schema=None) as batch_op:
        batch_op.drop_index("ix_bank_gift_pool_state")
        batch_op.drop_index(batch_op.f("ix_bank_gift_account_id"))

    op.drop_table("bank_gift")
    with op.batch_alter_table("bank_donation", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_bank_donation_receiver_id"))
        batch_op.drop_index(batch_op.f("ix_bank_donation_giver_id"))

    op.drop_table("bank_donation")
    op.drop_table("yearly_report")
    with op.batch_alter_table("star_scheme", schema=None) as batch_op:
        batch_op.drop_index("ix_star_scheme_office")

    op.drop_table("star_scheme")
    op.drop_table("office_tally")
    with op.batch_alter_table("office_seal", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_office_seal_office_id"))

    op.drop_table("office_seal")
    with op.batch_alter_table("office_key", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_office_key_signing",
            sqlite_where=sa.text("retired_at IS NULL"),
            postgresql_where=sa.text("retired_at IS NULL"),
        )
        batch_op.drop_index(
            "uq_office_key_installation",
            sqlite_where=sa.text("retired_at IS NULL AND office_id IS NULL"),
            postgresql_where=sa.text("retired_at IS NULL AND office_id IS NULL"),
        )

    op.drop_table("office_key")
    op.drop_table("national_volunteer")
    op.drop_table("national_mapping")
    with op.batch_alter_table("national_answer", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_national_answer_office_id"))
        batch_op.drop_index(batch_op.f("ix_national_answer_digest"))

    op.drop_table("national_answer")
    with op.batch_alter_table("ledger_proof", schema=None) as batch_op:
        batch_op.drop_index("ix_ledger_proof_office")

    op.drop_table("ledger_proof")
    op.drop_table("ledger_chain")
    with op.batch_alter_table("counting_draft", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_counting_draft_state"))
        batch_op.drop_index("ix_counting_draft_office")

    op.drop_table("counting_draft")
    op.drop_table("certificate_register_count")
    with op.batch_alter_table("certificate_batch_part", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_certificate_batch_part_printed_at"))

    op.drop_table("certificate_batch_part")
    op.drop_table("bank_mark")
    with op.batch_alter_table("bank_account", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_bank_account_pool",
            sqlite_where=sa.text("person_id IS NULL"),
            postgresql_where=sa.text("person_id IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_bank_account_person_id"))

    op.drop_table("bank_account")
    with op.batch_alter_table("award", schema=None) as batch_op:
        batch_op.drop_index("ix_award_person")
        batch_op.drop_index("ix_award_office")

    op.drop_table("award")
    with op.batch_alter_table("rating_try", schema=None) as batch_op:
        batch_op.drop_index("ix_rating_try_address")

    op.drop_table("rating_try")
    with op.batch_alter_table("file_check", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_file_check_network_index"))
        batch_op.drop_index(batch_op.f("ix_file_check_at"))
        batch_op.drop_index(batch_op.f("ix_file_check_address_index"))

    op.drop_table("file_check")
    op.drop_table("doubt_watch")
    for statement in OLD_TRIGGERS[op.get_bind().dialect.name]:
        op.execute(statement)
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION IF EXISTS only_grows()")
    name_groups(left_out)
    op.execute("DELETE FROM office_rule WHERE name = 'honour_roll'")
    op.execute(
        "DELETE FROM office_rule WHERE name IN ('rounding_unit', 'rounding_direction', "
        "'rounding_scope', 'break_after_minutes', 'break_minutes', 'activity_minutes', "
        "'counted_minutes', 'night_from', 'night_to', 'night_percent', 'holiday_percent', "
        "'duty_from', 'duty_to')"
    )
