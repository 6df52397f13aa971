import pytest
from django.db import connection

from huiju.directory.models import Place

pytestmark = pytest.mark.django_db


def test_tests_run_as_the_serving_role_behind_row_security():
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolsuper, rolbypassrls FROM pg_roles WHERE rolname = current_user")
        assert cursor.fetchone() == (False, False)


def test_places_of_the_city_are_loaded():
    assert Place.objects.filter(kind="district").count() == 6
