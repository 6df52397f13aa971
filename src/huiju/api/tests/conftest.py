import pytest

from huiju.api import services
from huiju.directory.tests.factories import make_user
from huiju.kernel import clock


@pytest.fixture
def caller(client):
    """Call the API as a user with a role: `caller("district")("places", kind="street")`."""

    def as_role(role, where="350203"):
        user = make_user(role, where)
        _token, text = services.create_token(user=user, name="test", days=1, at=clock.now())

        def call(path, **asked):
            return client.get(f"/api/v1/{path}", asked, headers={"Authorization": f"Bearer {text}"})

        return call

    return as_role
