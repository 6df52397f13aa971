"""An instance with N people in it, made by SQL in bulk: what rows 2, 6 and 7 measure.

city.py PEOPLE        in the instance of HUIJU_HOME, as its owner
"""

import sys
from datetime import UTC, date, datetime

import django

django.setup()

from django.db import connection, transaction  # noqa: E402

from huiju.allowances.models import Scheme  # noqa: E402
from huiju.allowances.tests.factories import make_scheme  # noqa: E402
from huiju.directory.models import User  # noqa: E402
from huiju.directory.tests.factories import make_user  # noqa: E402

OFFICIAL = "bench"
RECORDED = datetime(2014, 1, 2, tzinfo=UTC)
PLACES = """
CREATE TEMP TABLE street AS
SELECT row_number() OVER (ORDER BY place.code) - 1 AS number, place.id, place.parent_id AS district
  FROM directory_place place WHERE place.kind = 'street' AND place.ends_on IS NULL
"""
PEOPLE = """
INSERT INTO registry_person (name, sex, born_on, place_id, field, phone, pinyin, created_at)
SELECT '演练' || i, CASE i %% 3 WHEN 0 THEN 'm' ELSE 'f' END, DATE '1965-01-01' + (i %% 12000)::int,
       street.district, (ARRAY['老人社会服务', '社区建设', ''])[i %% 3 + 1], '', 'yanlian' || i, %(at)s
  FROM generate_series(1, %(people)s) i JOIN street ON street.number = i %% (SELECT count(*) FROM street)
"""
DOCUMENTS = """
INSERT INTO registry_identitydocument (person_id, type, number, number_digest, masked, recorded_at)
SELECT id, 'resident_id', '', md5(id::text) || md5(name), '3502**********0000', %(at)s FROM registry_person
"""
CERTIFICATES = """
INSERT INTO registry_certificate
       (fact, recorded_at, voided, source, reason, person_id, level, approved_on, certificate_no, management_no)
SELECT gen_random_uuid(), %(at)s, false, 'bench', '', person.id,
       (ARRAY['assistant', 'intermediate'])[second + 1], DATE '2008-09-01' + (person.id * 37 %% 6000)::int, '', ''
  FROM registry_person person, generate_series(0, 1) second
 WHERE (second = 0 AND person.id %% 10 < 9) OR (second = 1 AND person.id %% 4 = 1)
"""
POSTS = """
INSERT INTO registry_post (fact, recorded_at, voided, source, reason, person_id, place_id, district_id,
       kind, title, starts_on, ends_on, overlap_reason)
SELECT gen_random_uuid(), %(at)s, false, 'bench', '', person.id, street.id, street.district,
       (ARRAY['community', 'community', 'agency'])[person.id %% 3 + 1], '社工',
       DATE '2010-01-01' + (person.id * 13 %% 5000)::int,
       CASE person.id %% 7 WHEN 1 THEN DATE '2024-06-30' + (person.id %% 300)::int END, ''
  FROM registry_person person JOIN street ON street.number = person.id %% (SELECT count(*) FROM street)
"""


@transaction.atomic
def fill(people: int) -> None:
    """People with certificates and posts, an official of the city, and a scheme with its rates."""
    with connection.cursor() as cursor:
        cursor.execute(PLACES)
        for statement in (PEOPLE, DOCUMENTS, CERTIFICATES, POSTS):
            cursor.execute(statement, {"people": people, "at": RECORDED})
    make_user("city", "350200", username=OFFICIAL)
    make_scheme(first_month=date(2025, 1, 1), lookback_months=0)


if __name__ == "__main__":
    if not User.objects.filter(username=OFFICIAL).exists():
        assert not Scheme.objects.exists()
        fill(int(sys.argv[1]))
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
