"""Fact views take the records that were never merged and never reported dead as they stand.

Nearly every record is such a one. Joined with the beliefs of the others, their days hide behind least(),
greatest() and coalesce(), of which the planner knows nothing: it expected one row where there were
thousands and a figure of 11,000 people took a minute. Their branch has bare columns and true statistics.
"""

# ruff: noqa: S608 -- statements put together from our own words

from django.db import migrations

RETOLD = """
CREATE VIEW person_retold WITH (security_invoker = true) AS
    SELECT from_person_id AS person FROM registry_merge
    UNION SELECT into_person_id FROM registry_merge
    UNION SELECT person_id FROM registry_death
"""
POST = """
    SELECT post.id AS post, {person} AS person, post.fact::text AS fact,
           district.name::text AS district, district.code::text AS district_code,
           CASE WHEN place.kind = 'street' THEN place.name END::text AS street,
           post.employer_id AS employer, post.kind::text AS employer_kind, post.established,
           post.starts_on, {ends_on} AS ends_on, {known_from} AS known_from, {known_to} AS known_to
      FROM registry_post post
      JOIN directory_place district ON district.id = post.district_id
      JOIN directory_place place ON place.id = post.place_id
"""
PLAIN_POST = POST.format(
    person="post.person_id",
    ends_on="post.ends_on",
    known_from="post.recorded_at",
    known_to="post.superseded_at",
)
RETOLD_POST = POST.format(
    person="coalesce(belief.survivor, post.person_id)",
    ends_on="least(post.ends_on, belief.died_on)",
    known_from="greatest(post.recorded_at, lower(belief.known))",
    known_to="least(post.superseded_at, upper(belief.known))",
)
BELIEVED = """
      LEFT JOIN person_belief belief
        ON belief.person = post.person_id
       AND belief.known && tstzrange(post.recorded_at, post.superseded_at)
     WHERE NOT post.voided AND (belief.died_on IS NULL OR belief.died_on > post.starts_on)
"""
VIEW = "CREATE OR REPLACE VIEW {name} WITH (security_invoker = true) AS"
POSTS_BEFORE = VIEW.format(name="fact_post") + RETOLD_POST + BELIEVED
POSTS = (
    VIEW.format(name="fact_post")
    + PLAIN_POST
    + """
     WHERE NOT post.voided
       AND NOT EXISTS (SELECT FROM person_retold r WHERE r.person = post.person_id)
    UNION ALL
    """
    + RETOLD_POST
    + BELIEVED
    + " AND post.person_id IN (SELECT person FROM person_retold)"
)
OTHERS = {
    "fact_certificate": (
        "registry_certificate",
        """id AS certificate, {person} AS person, fact::text AS fact, level::text AS level,
           approved_on, revoked_on""",
    ),
    "fact_leave": (
        "registry_leave",
        "id AS leave, {person} AS person, fact::text AS fact, kind::text AS kind, starts_on, ends_on",
    ),
}


def told(name):
    """A fact of whoever it was believed to be about."""
    table, columns = OTHERS[name]
    return f"""
        SELECT {columns.format(person="coalesce(resolved.survivor, told.person_id)")},
               greatest(told.recorded_at, lower(resolved.known)) AS known_from,
               least(told.superseded_at, upper(resolved.known)) AS known_to
          FROM {table} told
          LEFT JOIN person_resolved resolved
            ON resolved.person = told.person_id
           AND resolved.known && tstzrange(told.recorded_at, told.superseded_at)
         WHERE NOT told.voided
    """


def plain(name):
    """A fact of a record that nobody merged."""
    table, columns = OTHERS[name]
    return f"""
        SELECT {columns.format(person="told.person_id")},
               told.recorded_at AS known_from, told.superseded_at AS known_to
          FROM {table} told
         WHERE NOT told.voided
           AND NOT EXISTS (SELECT FROM registry_merge m WHERE m.from_person_id = told.person_id)
    """


def split(name):
    return (
        VIEW.format(name=name)
        + plain(name)
        + " UNION ALL "
        + told(name)
        + " AND told.person_id IN (SELECT from_person_id FROM registry_merge)"
    )


class Migration(migrations.Migration):
    dependencies = [("registry", "0008_merges_behind_the_wall")]

    operations = [
        migrations.RunSQL(RETOLD, "DROP VIEW person_retold"),
        migrations.RunSQL(POSTS, POSTS_BEFORE),
        *(migrations.RunSQL(split(name), VIEW.format(name=name) + told(name)) for name in OTHERS),
    ]
