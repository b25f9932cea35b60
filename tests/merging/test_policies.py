"""No row that names a person is forgotten when files are joined."""

import talent.app  # every model  # noqa: F401
from talent.growing import MARK
from talent.merging import rows
from talent.merging.policies import ACCOUNTS, FIELDS, LABELS, OWN, PERSON, Lost, Way


def test_every_column_that_leads_to_a_person_says_what_becomes_of_it():
    there = {(table.name, column) for table, column in rows.pointing_at("person")}
    assert there == set(PERSON)


def test_every_column_that_leads_to_an_account_says_what_becomes_of_it():
    there = {(table.name, column) for table, column in rows.pointing_at("account")}
    assert there == set(ACCOUNTS)


def test_every_word_of_a_person_can_be_chosen_or_belongs_to_the_file():
    chosen = {column for group in FIELDS.values() for column in group}
    assert chosen | set(OWN) == {column.name for column in rows.table_of("person").columns}
    assert not chosen & set(OWN)
    assert set(FIELDS) == set(LABELS)


def test_where_only_one_row_may_be_there_it_is_said_which():
    silent = [
        (table, column)
        for (table, column), policy in {**PERSON, **ACCOUNTS}.items()
        if policy.way is Way.FOLLOWS
        and policy.lost is None
        and any(column in columns for columns, _ in rows.unique_sets(table))
    ]
    assert silent == []


def test_a_row_that_only_grows_never_follows_and_hangs_on_none_that_is_removed():
    for (name, _), policy in {**PERSON, **ACCOUNTS}.items():
        table = rows.table_of(name)
        if policy.way in {Way.FOLLOWS, Way.GONE}:
            assert not table.info.get(MARK), name
        if policy.lost is Lost.REMOVED or policy.way is Way.GONE:
            for child, column in rows.pointing_at(name):
                assert not child.info.get(MARK), (name, child.name, column)
                assert [each.name for each in table.primary_key] == ["id"]
