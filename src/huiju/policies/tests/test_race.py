"""Two officials, two connections, one day: only one value may come to count."""

from datetime import date
from threading import Barrier, Thread

import pytest
from django.db import connection

from huiju.kernel.errors import DomainError
from huiju.policies import services
from huiju.policies.models import ParameterValue
from huiju.policies.tests.factories import (
    AT,
    city_official,
    make_parameter,
    propose,
    value_entry,
)


@pytest.mark.django_db(transaction=True)
def test_two_confirmations_at_once_leave_one_value():
    parameter = make_parameter()
    values = [propose(value_entry(parameter, date(2014, 1, 1), value=fen)) for fen in (200, 300)]
    officials = [city_official(), city_official()]
    together, refusals = Barrier(2), []

    def confirm(value, official):
        together.wait()
        try:
            services.confirm_value(value=value, by=official, at=AT)
        except DomainError as refusal:
            refusals.append(type(refusal).__name__)
        finally:
            connection.close()

    threads = [Thread(target=confirm, args=pair) for pair in zip(values, officials, strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)

    assert refusals == ["ValuesOverlap"]
    assert ParameterValue.objects.confirmed().count() == 1
