"""The encrypted column on a real table, with a key ring of its own."""

import json
from datetime import date

import pytest
from django.apps import apps
from django.core.exceptions import FieldError
from django.core.management import call_command
from django.db import connection

from huiju.audit.models import Event
from huiju.directory.queries import city
from huiju.kernel import clock, crypto
from huiju.kernel.encrypted import (
    EncryptedTextField,
    column_of,
    reseal_column,
    search_digest,
)
from huiju.registry.models import IdentityDocument, Person

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True, params=["intl", "gm"])
def profile(request, settings, tmp_path):
    crypto.generate(tmp_path, profile=request.param, at=clock.now())
    settings.HUIJU_KEYS = tmp_path
    return request.param


def make_person(**fields):
    return Person.objects.create(
        name="测试人", place=city(), born_on=date(1990, 1, 1), created_at=clock.now(), **fields
    )


def stored(person):
    with connection.cursor() as cursor:
        cursor.execute("SELECT phone FROM registry_person WHERE id = %s", [person.pk])
        return cursor.fetchone()[0]


def test_an_encrypted_column_reads_as_written_and_lies_sealed(profile):
    person = make_person(phone="13800000000")

    read = Person.objects.get(pk=person.pk).phone

    assert read == "13800000000"
    assert stored(person).startswith(f"{crypto.PROFILES[profile]['seal']}:seal-0001:")


def test_every_way_of_writing_seals():
    person = make_person()
    written = []

    Person.objects.filter(pk=person.pk).update(phone="1")
    written.append(stored(person))
    person.phone = "2"
    Person.objects.bulk_update([person], ["phone"])
    written.append(stored(person))
    (other,) = Person.objects.bulk_create(
        [Person(name="乙", place=city(), created_at=clock.now(), phone="3")]
    )
    written.append(stored(other))

    assert [value.split(":")[1] for value in written] == ["seal-0001"] * 3
    assert list(Person.objects.order_by("pk").values_list("phone", flat=True)) == ["2", "3"]


def test_an_empty_text_stays_empty():
    assert stored(make_person(phone="")) == ""


def test_an_encrypted_column_cannot_be_searched():
    with pytest.raises(FieldError):
        Person.objects.filter(phone="13800000000").exists()


def test_a_value_moved_into_another_column_does_not_open():
    person = make_person(phone="13800000000")
    document = IdentityDocument.objects.create(
        person=person,
        type="resident_id",
        number="350201199001010000",
        number_digest=search_digest(IdentityDocument, "number", "350201199001010000"),
        recorded_at=clock.now(),
    )
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE registry_person SET phone = (SELECT number FROM registry_identitydocument WHERE id = %s)",
            [document.pk],
        )

    with pytest.raises(crypto.NotAuthentic):
        Person.objects.get(pk=person.pk)


def test_a_person_is_found_by_the_digest_of_their_number():
    document = IdentityDocument.objects.create(
        person=make_person(),
        type="resident_id",
        number="350201199001010000",
        number_digest=search_digest(IdentityDocument, "number", "350201199001010000"),
        recorded_at=clock.now(),
    )

    digest = search_digest(IdentityDocument, "number", "350201199001010000")

    assert IdentityDocument.objects.get(number_digest=digest) == document


def test_after_a_rotation_every_value_moves_to_the_new_key_once(settings, profile):
    people = [make_person(phone=phone) for phone in ("1", "", "3")]
    crypto.rotate(settings.HUIJU_KEYS, profile=profile, at=clock.now())

    moved = [reseal_column(Person, "phone"), reseal_column(Person, "phone")]

    assert moved == [2, 0]
    assert [Person.objects.get(pk=person.pk).phone for person in people] == ["1", "", "3"]
    assert stored(people[0]).split(":")[1] == "seal-0002"


def test_the_command_rotates_every_encrypted_column_of_the_house(settings, profile, capsys):
    settings.CRYPTO_PROFILE = "gm"
    person = make_person(phone="13800000000")

    call_command("rotate_keys")

    told = json.loads(capsys.readouterr().out)
    declared = {
        column_of(field)
        for model in apps.get_models()
        for field in model._meta.local_concrete_fields
        if isinstance(field, EncryptedTextField)
    }
    assert told["key"] == "seal-0002"
    assert set(told["moved"]) == declared
    assert told["moved"]["registry_person.phone"] == 1
    assert stored(person).startswith("sm4-gcm:seal-0002:")
    assert Event.objects.latest("pk").action == "directory.keys_rotated"
