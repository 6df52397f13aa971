import subprocess
import sys
from pathlib import Path

import pytest

DEMO = Path(__file__).parent.parent


def built(folder: Path) -> Path:
    """The rehearsal city, written into a folder."""
    subprocess.run([sys.executable, str(DEMO / "build_city.py"), str(folder)], check=True)
    return folder


@pytest.fixture(scope="session")
def city(tmp_path_factory) -> Path:
    return built(tmp_path_factory.mktemp("city"))
