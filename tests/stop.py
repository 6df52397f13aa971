"""Stop the cluster the tests ran on."""

from huiju.config import settings_test  # noqa: F401 -- sets the test instance's folder
from huiju.config.instance import Instance
from huiju.config.postgres import Server

if __name__ == "__main__":
    instance = Instance.from_environment()
    if instance.embedded:
        Server(instance, durable=False).stop()
