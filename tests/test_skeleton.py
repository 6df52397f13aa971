import subprocess
import sys

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


def test_a_start_leaves_pandas_and_the_reading_of_pdf_alone():
    """Each takes half a second to three and tens of megabytes, in every command and every import."""
    told = "import django, sys; django.setup(); print(*sys.modules)"

    started = subprocess.run([sys.executable, "-c", told], capture_output=True, check=True)

    assert {"pandas", "pypdf", "typst", "matplotlib"}.isdisjoint(started.stdout.decode().split())
