"""Merges behind row security; the fact tables count merged records for their survivor.

`person_resolved` says for each record ever merged away into whose file it was believed to belong, over all
time: chains are followed, and the spans of a record cover every instant once. `person_belief` adds
deaths. Records never merged and alive stand in neither, so that the fact tables join few rows.
"""

from django.db import migrations

from huiju.kernel.rowsecurity import EnableRowSecurity

RESOLVED = """
CREATE VIEW person_resolved WITH (security_invoker = true) AS
    WITH RECURSIVE onward AS (
        SELECT from_person_id AS person, into_person_id AS survivor,
               tstzrange(recorded_at, superseded_at) AS known
          FROM registry_merge
         WHERE NOT voided AND superseded_at IS DISTINCT FROM recorded_at
    ), chain AS (
        SELECT DISTINCT person, person AS survivor, tstzrange(NULL, NULL) AS known FROM onward
        UNION ALL
        SELECT chain.person, onward.survivor, chain.known * onward.known
          FROM chain
          JOIN onward ON onward.person = chain.survivor AND onward.known && chain.known
    )
    SELECT person, survivor,
           unnest(tstzmultirange(known) - coalesce(
               (SELECT range_agg(onward.known) FROM onward WHERE onward.person = chain.survivor),
               '{}')) AS known
      FROM chain
"""
BELIEFS = """
CREATE OR REPLACE VIEW person_belief WITH (security_invoker = true) AS
    WITH death AS (
        SELECT coalesce(resolved.survivor, death.person_id) AS survivor, death.died_on,
               tstzrange(death.recorded_at, death.superseded_at)
               * coalesce(resolved.known, tstzrange(NULL, NULL)) AS known
          FROM registry_death death
          LEFT JOIN person_resolved resolved
            ON resolved.person = death.person_id
           AND resolved.known && tstzrange(death.recorded_at, death.superseded_at)
         WHERE NOT death.voided
    ), record AS (
        SELECT person, survivor, known FROM person_resolved
        UNION ALL
        SELECT DISTINCT survivor, survivor, tstzrange(NULL, NULL)
          FROM death
         WHERE NOT EXISTS (SELECT 1 FROM person_resolved r WHERE r.person = death.survivor)
    )
    SELECT record.person, death.died_on, record.known * death.known AS known, record.survivor
      FROM record
      JOIN death ON death.survivor = record.survivor AND death.known && record.known
    UNION ALL
    SELECT record.person, NULL,
           unnest(tstzmultirange(record.known) - coalesce(
               (SELECT range_agg(death.known) FROM death WHERE death.survivor = record.survivor),
               '{}')),
           record.survivor
      FROM record
"""
BELIEFS_BEFORE = """
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
POSTS = """
CREATE OR REPLACE VIEW fact_post WITH (security_invoker = true) AS
    SELECT post.id AS post, {person} AS person, post.fact::text AS fact,
           district.name::text AS district, district.code::text AS district_code,
           CASE WHEN place.kind = 'street' THEN place.name END::text AS street,
           post.employer_id AS employer, post.kind::text AS employer_kind, post.established,
           post.starts_on, least(post.ends_on, belief.died_on) AS ends_on,
           greatest(post.recorded_at, lower(belief.known)) AS known_from,
           least(post.superseded_at, upper(belief.known)) AS known_to
      FROM registry_post post
      JOIN directory_place district ON district.id = post.district_id
      JOIN directory_place place ON place.id = post.place_id
      LEFT JOIN person_belief belief
        ON belief.person = post.person_id
       AND belief.known && tstzrange(post.recorded_at, post.superseded_at)
     WHERE NOT post.voided AND (belief.died_on IS NULL OR belief.died_on > post.starts_on)
"""
KEEP_RECORDS = """
CREATE FUNCTION registry_keep_record_in_file() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.survivor_id IS NULL THEN
        DELETE FROM registry_recordinfile WHERE record = NEW.id;
    ELSE
        INSERT INTO registry_recordinfile (record, file, place)
        VALUES (NEW.id, NEW.survivor_id, NEW.place_id)
        ON CONFLICT (record) DO UPDATE SET file = NEW.survivor_id, place = NEW.place_id;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER keep_record_in_file
    AFTER UPDATE OF survivor_id, place_id ON registry_person
    FOR EACH ROW WHEN (OLD.survivor_id IS NOT NULL OR NEW.survivor_id IS NOT NULL)
    EXECUTE FUNCTION registry_keep_record_in_file();
"""
FORGET_RECORDS = """
DROP TRIGGER keep_record_in_file ON registry_person;
DROP FUNCTION registry_keep_record_in_file();
"""
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
    "fact_death": (
        "registry_death",
        "id AS death, {person} AS person, fact::text AS fact, died_on",
    ),
}


def resolved(name):
    table, columns = OTHERS[name]
    return f"""
        CREATE OR REPLACE VIEW {name} WITH (security_invoker = true) AS
            SELECT {columns.format(person="coalesce(resolved.survivor, told.person_id)")},
                   greatest(told.recorded_at, lower(resolved.known)) AS known_from,
                   least(told.superseded_at, upper(resolved.known)) AS known_to
              FROM {table} told
              LEFT JOIN person_resolved resolved
                ON resolved.person = told.person_id
               AND resolved.known && tstzrange(told.recorded_at, told.superseded_at)
             WHERE NOT told.voided
    """  # noqa: S608 -- names of our tables


def unresolved(name):
    table, columns = OTHERS[name]
    return f"""
        CREATE OR REPLACE VIEW {name} WITH (security_invoker = true) AS
            SELECT {columns.format(person="told.person_id")},
                   told.recorded_at AS known_from, told.superseded_at AS known_to
              FROM {table} told
             WHERE NOT told.voided
    """  # noqa: S608 -- names of our tables


class Migration(migrations.Migration):
    dependencies = [("registry", "0007_merges")]

    operations = [
        migrations.RunSQL(KEEP_RECORDS, FORGET_RECORDS),
        EnableRowSecurity("registry", "Person"),
        EnableRowSecurity("registry", "Merge"),
        EnableRowSecurity("registry", "DifferentPeople"),
        migrations.RunSQL(RESOLVED, "DROP VIEW person_resolved"),
        migrations.RunSQL(
            BELIEFS,
            [
                "DROP VIEW person_belief CASCADE",
                BELIEFS_BEFORE,
                POSTS.format(person="post.person_id"),
            ],
        ),
        migrations.RunSQL(
            POSTS.format(person="coalesce(belief.survivor, post.person_id)"),
            migrations.RunSQL.noop,
        ),
        *(migrations.RunSQL(resolved(name), unresolved(name)) for name in OTHERS),
    ]
