"""The second wall alone: raw SQL as the serving role, in each role's reach, on every guarded table."""

import pytest
from django.apps import apps
from django.db import ProgrammingError, connection, transaction
from psycopg.errors import InsufficientPrivilege

from huiju.config.instance import APP, OWNER, Instance
from huiju.directory.access import reach_of, reading_as
from huiju.kernel import clock
from huiju.kernel.rowsecurity import NOTHING, POLICY, statements
from huiju.registry.models import Person
from tests.permissions.database import as_owner
from tests.permissions.world import make_world

pytestmark = pytest.mark.django_db

OURS = [model for model in apps.get_models() if model.__module__.startswith("huiju.")]
GUARDED = [model for model in OURS if hasattr(model, "Reach")]
NAMES = [model._meta.label for model in GUARDED]
ROLES = [
    *("city", "district", "street", "agency", "worker"),
    *("reviewer", "finance", "auditor", "administrator", "nobody"),
]
every_guarded_table = pytest.mark.parametrize("model", GUARDED, ids=NAMES)


@pytest.fixture
def world(db):
    return make_world()


def keys_seen(model):
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {model._meta.pk.column} FROM {model._meta.db_table}")
        return {row[0] for row in cursor.fetchall()}


def everything_seen():
    return {model._meta.label: keys_seen(model) for model in GUARDED}


def keys_in_reach(model, reach, *, about=True):
    """What the declaration beside the model says, worked out in Python from all rows."""
    rows = list(model._base_manager.all())
    if reach.everything:
        return {row.pk for row in rows}
    seen = set()
    for kind, held in (
        ("place", reach.places),
        ("organisation", reach.organisations),
        ("person", {reach.person} - {None}),
    ):
        if name := getattr(model.Reach, kind, None):
            attribute = model._meta.get_field(name).attname
            seen |= {row.pk for row in rows if getattr(row, attribute) in held}
    if name := getattr(model.Reach, "parent", None):
        field = model._meta.get_field(name)
        parents = keys_in_reach(field.related_model, reach, about=False)
        seen |= {row.pk for row in rows if getattr(row, field.attname) in parents}
    if through := getattr(model.Reach, "through", None):
        label, name = through.rsplit(".", 1)
        other = apps.get_model(label)
        pointing = keys_in_reach(other, reach) if hasattr(other, "Reach") else keys_seen(other)
        attribute = other._meta.get_field(name).attname
        targets = other._base_manager.filter(pk__in=pointing).values_list(attribute, flat=True)
        seen |= set(targets)
    if about and hasattr(model.Reach, "about"):
        label, name = model.Reach.about.rsplit(".", 1)
        field, values = model.Reach.about_if
        theirs = apps.get_model(label)._base_manager.filter(person=reach.person)
        pointed = set(theirs.values_list(name, flat=True))
        seen |= {row.pk for row in rows if row.pk in pointed and getattr(row, field) in values}
    if hasattr(model.Reach, "together"):
        attribute = model._meta.get_field(model.Reach.together[0]).attname
        groups = {getattr(row, attribute) for row in rows if row.pk in seen} - {None}
        seen |= {row.pk for row in rows if getattr(row, attribute) in groups}
    return seen


@pytest.mark.parametrize("role", ROLES)
def test_raw_sql_shows_a_reader_the_rows_in_reach_and_no_others(world, role):
    reader = world.readers[role]
    reach = reach_of(reader, on=clock.today())
    expected = {model._meta.label: keys_in_reach(model, reach) for model in GUARDED}

    with reading_as(reader):
        assert everything_seen() == expected


def test_the_district_s_wall_has_rows_on_both_sides(world):
    """Otherwise the test above could not fail: give `world` a row in each district."""
    with reading_as(world.readers["district"]):
        inside = everything_seen()
    outside = {name: keys - inside[name] for name, keys in everything_seen().items()}

    assert [name for name in NAMES if not inside[name] or not outside[name]] == []


@pytest.mark.parametrize("role", ["reviewer", "administrator", "nobody"])
def test_who_has_no_business_with_people_sees_what_is_open_to_all_and_no_more(world, role):
    open_to_all = {model._meta.label: keys_in_reach(model, NOTHING) for model in GUARDED}

    with reading_as(world.readers[role]):
        assert everything_seen() == open_to_all


def test_without_a_reach_no_row_is_seen_but_what_is_open_to_all(world):
    open_to_all = {model._meta.label: keys_in_reach(model, NOTHING) for model in GUARDED}

    forget_reach()

    assert everything_seen() == open_to_all
    assert [name for name, keys in open_to_all.items() if keys] == ["documents.StoredFile"]


def test_a_row_outside_the_reach_is_neither_changed_nor_deleted(world):
    with reading_as(world.readers["district"]):
        inside = everything_seen()
    foreign = {name: sorted(keys - inside[name]) for name, keys in everything_seen().items()}

    with reading_as(world.readers["district"]):
        touched = {model._meta.label: touch(model, foreign[model._meta.label]) for model in GUARDED}

    assert touched == dict.fromkeys(NAMES, (0, 0))


def touch(model, keys):
    """How many of these rows the serving role can update and delete."""
    table, key = model._meta.db_table, model._meta.pk.column
    statements = (
        f"UPDATE {table} SET {key} = {key} WHERE {key} = ANY(%s)",
        f"DELETE FROM {table} WHERE {key} = ANY(%s)",
    )
    return tuple(rows_hit(statement, keys) for statement in statements)


def rows_hit(statement, keys):
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement, [keys])
            return cursor.rowcount
    except ProgrammingError as refusal:
        if isinstance(refusal.__cause__, InsufficientPrivilege):
            return 0
        raise


@pytest.mark.django_db(transaction=True)
def test_the_reach_of_one_request_is_gone_in_the_next():
    with transaction.atomic():
        world = make_world()
    forget_reach()
    with reading_as(world.readers["city"]):
        during = keys_seen(Person)

    assert (len(during), keys_seen(Person)) == (4, set())


def forget_reach():
    """Tests begin with the whole reach; a served connection begins with none."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('huiju.reach', '', false)")


@every_guarded_table
def test_the_live_policy_is_the_one_the_declaration_generates(model):
    with as_owner() as owner:
        live = policies(owner, model)
        for statement in statements(model):
            owner.execute(statement)
        generated = policies(owner, model)
        owner.rollback()

    assert live == generated


def policies(owner, model):
    table = model._meta.db_table
    flags = "SELECT relrowsecurity, relforcerowsecurity FROM pg_class WHERE oid = %s::regclass"
    rules = (
        "SELECT policyname, permissive, roles, cmd, qual, with_check FROM pg_policies"
        " WHERE tablename = %s ORDER BY policyname"
    )
    return owner.execute(flags, [table]).fetchone(), owner.execute(rules, [table]).fetchall()


def test_no_other_table_has_a_policy_and_none_is_forgotten():
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename, policyname FROM pg_policies ORDER BY tablename")
        live = cursor.fetchall()

    assert live == sorted((model._meta.db_table, POLICY) for model in GUARDED)


def test_the_serving_role_cannot_step_around_the_wall():
    instance = Instance.from_environment()
    query = "SELECT rolsuper, rolbypassrls, rolcreaterole FROM pg_roles WHERE rolname = %s"
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        serving = cursor.fetchone()[0]
        cursor.execute(query, [serving])
        powers = cursor.fetchone()
        cursor.execute("SELECT DISTINCT tableowner FROM pg_tables WHERE schemaname = 'public'")
        owners = cursor.fetchall()

    assert (serving, powers) == (instance.role(APP), (False, False, False))
    assert owners == [(instance.role(OWNER),)]


def test_every_view_reads_with_the_reader_s_own_rights():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class JOIN pg_namespace n ON n.oid = relnamespace"
            " WHERE relkind = 'v' AND nspname = 'public'"
            " AND NOT coalesce(reloptions, '{}') @> '{security_invoker=true}'"
        )
        open_views = cursor.fetchall()

    assert open_views == []
