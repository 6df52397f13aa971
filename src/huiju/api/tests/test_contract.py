"""An outside referee: schemathesis calls every operation with what the document allows and forbids.

It accepts no 5xx, no status and no shape outside the document, no wrong parameter taken for right
and no right one refused.
"""

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from hypothesis import HealthCheck, Phase, settings

from huiju.api import services
from huiju.api.root import schema
from huiju.config.wsgi import application
from huiju.directory.tests.factories import make_organisation, make_user
from huiju.kernel import clock

pytestmark = pytest.mark.django_db


@pytest.fixture
def kept_connection():
    """Calls go through the WSGI application, which would end the test's connection after each."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.fixture
def token(db, kept_connection):
    make_organisation()
    user = make_user("city", "350200")
    return services.create_token(user=user, name="referee", days=1, at=clock.now())[1]


def without_security():
    """The document without its lock: the token is given to every call below."""
    document = schema()
    document["components"].pop("securitySchemes")
    for methods in document["paths"].values():
        for operation in methods.values():
            operation.pop("security")
    return document


contract = schemathesis.openapi.from_dict(without_security())
contract.app = application


@contract.parametrize()
@settings(
    max_examples=25,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
def test_every_answer_is_one_the_document_declares(case, token):
    case.call_and_validate(headers={"Authorization": f"Bearer {token}"})


def test_no_operation_is_open_without_a_token(client):
    paths = [path.replace("{", "").replace("}", "") for path in schema()["paths"]]

    answers = {path: client.get(path).status_code for path in paths}

    assert set(answers.values()) == {401}, answers
