"""An instance's life: made, filled with the rehearsal city, served, watched, stopped."""

import argparse
import hashlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

from huiju.config.instance import OWNER, Instance
from huiju.config.postgres import Server, ensure_roles_and_database, superuser_dsn
from huiju.kernel import clock, crypto

PORT = 8000
PORTS_TRIED = 20
SETTINGS = "huiju.config.settings"
NOT_MADE = "这里还没有实例。请先运行 huiju init 或 huiju demo。"


def init(words: list[str]) -> int:
    """Make an empty instance: schema, roles, keys, and the first administrator, printed once."""
    argparse.ArgumentParser("huiju init").parse_args(words)
    instance = Instance.from_environment()
    prepare(instance)
    _django("first_administrator")
    return 0


def prepare(instance: Instance) -> None:
    """Bring keys, roles, schema and static files to the present version.

    Safe to repeat; what was prepared for this very version is only started.
    """
    stamp, version = instance.home / "prepared", _version_digest()
    if stamp.exists() and stamp.read_text() == version:
        start_database(instance)
        return
    for folder in (instance.home, instance.files, instance.logs):
        folder.mkdir(parents=True, exist_ok=True)
    instance.ensure_secret("secret_key")
    start_database(instance)
    ensure_roles_and_database(superuser_dsn(instance), instance)
    ensure_key_ring(instance)
    _django("migrate", "--noinput", "-v", "0", role=OWNER)
    _django("load_places")
    _django("collectstatic", "--noinput", "-v", "0")
    stamp.write_text(version)


def _version_digest() -> str:
    """What schema and static files are made from: their sources' names, sizes and instants."""
    package = Path(__file__).resolve().parent.parent
    digest = hashlib.sha256()
    for pattern in ("*/migrations/*.py", "*/static/**/*", "directory/data/*", "*/locale/**/*.mo"):
        for path in sorted(package.glob(pattern)):
            status = path.stat()
            digest.update(f"{path} {status.st_size} {status.st_mtime_ns}\n".encode())
    return digest.hexdigest()


def ensure_key_ring(instance: Instance) -> None:
    """Make the keys that seal personal data, on first use. Losing them loses that data."""
    try:
        crypto.load(instance.keys)
    except crypto.NoKeys:
        profile = os.environ.get("HUIJU_CRYPTO_PROFILE", "intl")
        crypto.generate(instance.keys, profile=profile, at=clock.now())


def start_database(instance: Instance) -> None:
    """Start the embedded server if this instance has one and it is not up."""
    if instance.embedded:
        Server(instance).start()


def demo(words: list[str]) -> int:
    """Make the rehearsal city, then serve it."""
    parser = argparse.ArgumentParser("huiju demo")
    parser.add_argument("--no-serve", action="store_true")
    parser.add_argument("--port", type=int, default=PORT)
    options = parser.parse_args(words)
    instance = Instance.from_environment()
    prepare(instance)
    if not (instance.home / "demo" / "done").exists():
        _django("demo_city")
    return 0 if options.no_serve else _serve(instance, options.port)


def serve(words: list[str]) -> int:
    """Serve the instance: web server and worker, until interrupted."""
    parser = argparse.ArgumentParser("huiju serve")
    parser.add_argument("--port", type=int, default=PORT)
    options = parser.parse_args(words)
    instance = Instance.from_environment()
    if not instance.secret("secret_key"):
        print(NOT_MADE, file=sys.stderr)
        return 2
    start_database(instance)
    return _serve(instance, options.port)


def _serve(instance: Instance, wanted: int) -> int:
    port = _free_port(wanted)
    if port != wanted:
        print(f"端口 {wanted} 已被占用，改用 {port}。", file=sys.stderr)
    web = subprocess.Popen(  # noqa: S603 -- our own programs
        [
            *(sys.executable, "-m", "gunicorn", "huiju.config.wsgi"),
            *("--bind", f"127.0.0.1:{port}", "--workers", "2", "--threads", "4"),
            *("--worker-class", "gthread", "--timeout", "120", "--log-level", "warning"),
            "--no-control-socket",
        ],
        env=_environment(),
    )
    background = _start_worker(instance)
    (instance.home / "serving.json").write_text(
        json.dumps({"port": port, "web": web.pid, "worker": background.pid})
    )
    _wait_until_answering(port)
    print(f"\n汇聚 Huiju 已启动： http://127.0.0.1:{port}/    （Ctrl+C 停止）", flush=True)
    accounts = instance.home / "demo-accounts.txt"
    if accounts.exists():
        print(accounts.read_text(), flush=True)
    return _watch(instance, web, background)


def _watch(
    instance: Instance, web: subprocess.Popen[bytes], worker: subprocess.Popen[bytes]
) -> int:
    """Wait for the end of the web server or a signal, then stop both; restart a lost worker."""

    def leave(_signal: int, _frame: object) -> None:
        raise KeyboardInterrupt

    signal.signal(signal.SIGTERM, leave)
    try:
        while web.poll() is None:
            if worker.poll() is not None:
                worker = _start_worker(instance)
            time.sleep(1)
    except KeyboardInterrupt:
        print("正在停止……", file=sys.stderr)
    finally:
        for process in (web, worker):
            process.terminate()
        for process in (web, worker):
            process.wait(timeout=30)
        (instance.home / "serving.json").unlink(missing_ok=True)
        if instance.embedded:
            Server(instance).stop()
    return 0


def _start_worker(instance: Instance) -> subprocess.Popen[bytes]:
    log = (instance.logs / "worker.log").open("ab")
    command = [sys.executable, "-m", "huiju.config", "worker"]
    return subprocess.Popen(command, env=_environment(), stdout=log, stderr=log)  # noqa: S603 -- own


def worker(words: list[str]) -> int:
    """Work off the queue until interrupted."""
    argparse.ArgumentParser("huiju worker").parse_args(words)
    instance = Instance.from_environment()
    if not instance.secret("secret_key"):
        print(NOT_MADE, file=sys.stderr)
        return 2
    start_database(instance)
    _django("procrastinate", "worker", "--concurrency", "2")
    return 0


def status(words: list[str]) -> int:
    """Print what of this instance is running."""
    argparse.ArgumentParser("huiju status").parse_args(words)
    instance = Instance.from_environment()
    serving = instance.home / "serving.json"
    answer = {
        "home": str(instance.home),
        "initialised": bool(instance.secret("secret_key")),
        "database": "external" if not instance.embedded else Server(instance).running(),
        "serving": json.loads(serving.read_text()) if serving.exists() else None,
    }
    print(json.dumps(answer, ensure_ascii=False))
    return 0


def stop(words: list[str]) -> int:
    """Stop the server, the worker and the embedded database of this instance."""
    argparse.ArgumentParser("huiju stop").parse_args(words)
    instance = Instance.from_environment()
    serving = instance.home / "serving.json"
    if serving.exists():
        for name in ("web", "worker"):
            _terminate(json.loads(serving.read_text())[name])
        serving.unlink(missing_ok=True)
    if instance.embedded:
        Server(instance).stop()
    return 0


def _terminate(pid: int) -> None:
    command = Path(f"/proc/{pid}/cmdline")
    if command.exists() and b"huiju" in command.read_bytes():
        os.kill(pid, signal.SIGTERM)


def _environment(role: str = "") -> dict[str, str]:
    extra = {"DJANGO_SETTINGS_MODULE": SETTINGS}
    return os.environ | extra | ({"HUIJU_DATABASE_ROLE": role} if role else {})


def _django(*words: str, role: str = "") -> None:
    """Run a management command in its own process, so that settings are read afresh."""
    command = [sys.executable, "-m", "django", *words]
    subprocess.run(command, check=True, env=_environment(role))  # noqa: S603 -- own commands


def _free_port(wanted: int) -> int:
    for port in range(wanted, wanted + PORTS_TRIED):
        with closing(socket.socket()) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise SystemExit(
        f"端口 {wanted} 到 {wanted + PORTS_TRIED - 1} 都被占用，请用 --port 指定另一个。"
    )


def _wait_until_answering(port: int, seconds: float = 30) -> None:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        with closing(socket.socket()) as probe:
            probe.settimeout(1)
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
