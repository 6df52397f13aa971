from django.db import migrations

VIEWS = {
    "fact_person": """
        SELECT person.id AS person, nullif(person.sex, '')::text AS sex,
               extract(year FROM person.born_on)::bigint AS birth_year,
               nullif(person.field, '')::text AS field,
               district.name::text AS file_district
        FROM registry_person person
        JOIN directory_place place ON place.id = person.place_id
        LEFT JOIN directory_place district ON district.code = split_part(place.path, '/', 2)
    """,
    "fact_certificate": """
        SELECT id AS certificate, person_id AS person, fact::text AS fact, level::text AS level,
               approved_on, revoked_on, recorded_at AS known_from, superseded_at AS known_to
        FROM registry_certificate
        WHERE NOT voided
    """,
    "fact_post": """
        SELECT post.id AS post, post.person_id AS person, post.fact::text AS fact,
               district.name::text AS district, district.code::text AS district_code,
               CASE WHEN place.kind = 'street' THEN place.name END::text AS street,
               post.employer_id AS employer, post.kind::text AS employer_kind, post.established,
               post.starts_on, post.ends_on,
               post.recorded_at AS known_from, post.superseded_at AS known_to
        FROM registry_post post
        JOIN directory_place district ON district.id = post.district_id
        JOIN directory_place place ON place.id = post.place_id
        WHERE NOT post.voided
    """,
}


class Migration(migrations.Migration):
    dependencies = [("registry", "0002_row_security"), ("directory", "0001_initial")]

    operations = [
        migrations.RunSQL(
            f"CREATE VIEW {name} WITH (security_invoker = true) AS {query}", f"DROP VIEW {name}"
        )
        for name, query in VIEWS.items()
    ]
