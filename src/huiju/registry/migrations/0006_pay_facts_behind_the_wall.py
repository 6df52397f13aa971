"""Row security on leaves, accounts and deaths; the fact tables of leaves and deaths.

From the day of death no post counts: as long as a death is believed, `fact_post` ends the dead
person's posts on that day. What was known before the death was recorded reads as it was known then,
so that a post's version falls into one row for each span of belief.
"""

from django.db import migrations

from huiju.kernel.rowsecurity import EnableRowSecurity

LEAVES = """
CREATE VIEW fact_leave WITH (security_invoker = true) AS
    SELECT id AS leave, person_id AS person, fact::text AS fact, kind::text AS kind,
           starts_on, ends_on, recorded_at AS known_from, superseded_at AS known_to
      FROM registry_leave
     WHERE NOT voided
"""
DEATHS = """
CREATE VIEW fact_death WITH (security_invoker = true) AS
    SELECT id AS death, person_id AS person, fact::text AS fact, died_on,
           recorded_at AS known_from, superseded_at AS known_to
      FROM registry_death
     WHERE NOT voided
"""
BELIEFS = """
CREATE VIEW person_belief WITH (security_invoker = true) AS
    WITH death AS (
        SELECT person_id AS person, died_on, tstzrange(recorded_at, superseded_at) AS known
          FROM registry_death
         WHERE NOT voided
    )
    SELECT person, died_on, known FROM death
    UNION ALL
    SELECT person, NULL, unnest(tstzmultirange(tstzrange(NULL, NULL)) - range_agg(known))
      FROM death
     GROUP BY person
"""
POST_COLUMNS = """
    SELECT post.id AS post, post.person_id AS person, post.fact::text AS fact,
           district.name::text AS district, district.code::text AS district_code,
           CASE WHEN place.kind = 'street' THEN place.name END::text AS street,
           post.employer_id AS employer, post.kind::text AS employer_kind, post.established,
           post.starts_on, {ends_on} AS ends_on, {known_from} AS known_from, {known_to} AS known_to
      FROM registry_post post
      JOIN directory_place district ON district.id = post.district_id
      JOIN directory_place place ON place.id = post.place_id
      {joins}
     WHERE NOT post.voided {conditions}
"""
POSTS = "CREATE OR REPLACE VIEW fact_post WITH (security_invoker = true) AS" + POST_COLUMNS.format(
    ends_on="least(post.ends_on, belief.died_on)",
    known_from="greatest(post.recorded_at, lower(belief.known))",
    known_to="least(post.superseded_at, upper(belief.known))",
    joins="LEFT JOIN person_belief belief ON belief.person = post.person_id"
    " AND belief.known && tstzrange(post.recorded_at, post.superseded_at)",
    conditions="AND (belief.died_on IS NULL OR belief.died_on > post.starts_on)",
)
POSTS_BEFORE = (
    "CREATE OR REPLACE VIEW fact_post WITH (security_invoker = true) AS"
    + POST_COLUMNS.format(
        ends_on="post.ends_on",
        known_from="post.recorded_at",
        known_to="post.superseded_at",
        joins="",
        conditions="",
    )
)


class Migration(migrations.Migration):
    dependencies = [
        ("registry", "0005_leaves_accounts_and_deaths"),
        ("directory", "0001_initial"),
    ]

    operations = [
        EnableRowSecurity("registry", "Leave"),
        EnableRowSecurity("registry", "BankAccount"),
        EnableRowSecurity("registry", "Death"),
        migrations.RunSQL(LEAVES, "DROP VIEW fact_leave"),
        migrations.RunSQL(DEATHS, "DROP VIEW fact_death"),
        migrations.RunSQL(BELIEFS, "DROP VIEW person_belief"),
        migrations.RunSQL(POSTS, POSTS_BEFORE),
    ]
