"""Set up a checkout: virtual environment, Python packages, page assets, message catalogues.

Only the standard library, so that it runs with the bare interpreter. Each step leaves a stamp of
what it was made from and is skipped while that stands: a second call takes a fraction of a second.
"""

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"


def main(group: str) -> None:
    """Bring the checkout up to date; `group` is `run`, `dev` or, added to what is there, `spark`."""
    if sys.version_info < (3, 11):
        sys.exit(
            f"需要 Python 3.11 以上，当前是 {sys.version.split()[0]}。请用 PYTHON=python3.12 make … 指定。"
        )
    make_environment()
    install_packages("run" if group == "spark" else group)
    if group == "spark":
        add_spark()
    for script in ("assets.py", "messages.py"):
        subprocess.run([PYTHON, ROOT / "tools" / script], check=True)


def make_environment() -> None:
    """A virtual environment in .venv, by the interpreter that runs this."""
    if PYTHON.exists():
        return
    try:
        subprocess.run([sys.executable, "-m", "venv", VENV], check=True)
    except subprocess.CalledProcessError:
        shutil.rmtree(VENV, ignore_errors=True)
        version = f"{sys.version_info.major}.{sys.version_info.minor}"
        sys.exit(f"建不了虚拟环境。Debian/Ubuntu 请先安装软件包 python{version}-venv，然后重试。")


def install_packages(group: str) -> None:
    """The locked packages, each checked against its hash, and this project itself."""
    locked = ROOT / "requirements" / f"{group}.txt"
    stamp = VENV / "stamp"
    made_from = _digest(locked, ROOT / "pyproject.toml")
    done = stamp.read_text().split() if stamp.exists() else []
    dev = _digest(ROOT / "requirements" / "dev.txt", ROOT / "pyproject.toml")
    if made_from in done or dev in done:
        return
    installer = _installer()
    subprocess.run([*installer, "--require-hashes", "-r", locked], check=True)
    project = ["--no-deps", "--no-build-isolation", "-e", ROOT]
    subprocess.run([*installer, *project], check=True)
    stamp.write_text(made_from)


def add_spark() -> None:
    """Spark beside the locked packages; they stay as they are."""
    locked = ROOT / "requirements" / "spark.txt"
    stamp = VENV / "stamp-spark"
    if stamp.exists() and stamp.read_text() == _digest(locked):
        return
    subprocess.run([*_installer(), "--require-hashes", "-r", locked], check=True)
    stamp.write_text(_digest(locked))


def _installer() -> list[str | Path]:
    """uv where pip can fetch it (three times as fast), else pip itself."""
    pip = [PYTHON, "-m", "pip", "--disable-pip-version-check"]
    fetched = subprocess.run(
        [*pip, "install", "-q", "uv", "setuptools>=80"], stderr=subprocess.DEVNULL, check=False
    )
    if fetched.returncode == 0:
        os.environ.setdefault("UV_LINK_MODE", "copy")
        os.environ.setdefault("UV_NATIVE_TLS", "1")
        return [VENV / "bin" / "uv", "pip", "install", "-q", "--python", PYTHON]
    return [*pip, "install", "-q"]


def _digest(*paths: Path) -> str:
    return hashlib.sha256(b"".join(path.read_bytes() for path in paths)).hexdigest()[:16]


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "run")
