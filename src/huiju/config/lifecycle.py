"""An instance's life: made, filled with the rehearsal city, served, watched, stopped."""

import argparse
import errno
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

from huiju.config.external import check_address, check_for_serving, check_for_setting_up
from huiju.config.instance import APP, OWNER, Instance
from huiju.config.postgres import Server, ensure_roles_and_database, superuser_dsn
from huiju.config.words import gettext as _
from huiju.kernel import clock, crypto

PORT = 8000
PORTS_TRIED = 20
PORTS = 65536
PENDING = 1  # what Django's check of migrations answers where some are not applied
STOPS_WITHIN = 30  # seconds
SETTINGS = "huiju.config.settings"


class NotReady(Exception):
    """There is no instance yet, or one of another version; the text says what to run."""


def port_number(text: str) -> int:
    """A port an ordinary server may take. Raises ArgumentTypeError."""
    if text.isdecimal() and 0 < int(text) < PORTS:
        return int(text)
    words = _("“%(text)s” is not a port. Write a number from 1 to 65535.")
    raise argparse.ArgumentTypeError(words % {"text": text})


def init(words: list[str]) -> int:
    """Make an empty instance: schema, roles, keys, and the first administrator, printed once."""
    help_words = _("Make an empty instance, or bring one to this version. Safe to repeat.")
    argparse.ArgumentParser("huiju init", description=help_words).parse_args(words)
    instance = Instance.from_environment()
    prepare(instance)
    _django("first_administrator")
    return 0


def prepare(instance: Instance) -> None:
    """Bring keys, roles, schema and static files to the present version.

    Safe to repeat; what was prepared for this very version is only started.
    """
    if _prepared(instance):
        start_database(instance)
        return
    if not instance.embedded:
        check_address(instance)
        check_for_setting_up(superuser_dsn(instance), instance)
    for folder in (instance.home, instance.files, instance.logs):
        folder.mkdir(parents=True, exist_ok=True)
    if instance.embedded:
        Server(instance).start()
    instance.ensure_secret("secret_key")
    ensure_roles_and_database(superuser_dsn(instance), instance)
    ensure_key_ring(instance)
    _django("migrate", "--noinput", "-v", "0", role=OWNER)
    _django("load_places")
    _django("collectstatic", "--noinput", "-v", "0")
    _stamp(instance).write_text(_version(instance))


def _stamp(instance: Instance) -> Path:
    """Says for which version and database an instance was prepared."""
    return instance.home / "prepared"


def _prepared(instance: Instance) -> bool:
    stamp = _stamp(instance)
    return stamp.exists() and stamp.read_text() == _version(instance)


def _version(instance: Instance) -> str:
    """What schema and static files are made from (sources' names, sizes, instants), and for where."""
    package = Path(__file__).resolve().parent.parent
    login = instance.login(APP)
    digest = hashlib.sha256(f"{login.host} {login.port} {login.name}\n".encode())
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
    """Start the embedded server, or see that the office's own lets us in.

    Raises NotReady before there is an instance, PostgresUnavailable where no database answers.
    """
    if not instance.secret("secret_key"):
        raise NotReady(
            _("There is no instance in %(home)s. Run “huiju init” or “huiju demo” first.")
            % {"home": instance.home}
        )
    if instance.embedded:
        Server(instance).start()
        return
    check_address(instance)
    check_for_serving(instance)


def _start_to_serve(instance: Instance) -> None:
    """Start the database; refuse one whose schema is older than the program. Raises NotReady."""
    start_database(instance)
    if _prepared(instance):
        return
    words = [sys.executable, "-m", "huiju.config", "manage", "migrate", "--check"]
    pending = subprocess.run(words, env=_environment(), stdout=subprocess.DEVNULL, check=False)  # noqa: S603 -- own command
    if pending.returncode == PENDING:
        raise NotReady(
            _("This program is newer than the instance in %(home)s. Run “huiju init” first.")
            % {"home": instance.home}
        )


def demo(words: list[str]) -> int:
    """Make the rehearsal city, then serve it."""
    parser = argparse.ArgumentParser(
        "huiju demo", description=_("Make the rehearsal city, then serve it.")
    )
    parser.add_argument(
        "--no-serve", action="store_true", help=_("only make the city, serve nothing")
    )
    options = _parsed(parser, words)
    instance = Instance.from_environment()
    prepare(instance)
    if not (instance.home / "demo" / "done").exists():
        _django("demo_city")
    return 0 if options.no_serve else _serve(instance, options.port)


def _parsed(parser: argparse.ArgumentParser, words: list[str]) -> argparse.Namespace:
    """The words of a command that serves."""
    help_words = _("the first port to try (8000)")
    parser.add_argument("--port", type=port_number, default=PORT, help=help_words)
    return parser.parse_args(words)


def serve(words: list[str]) -> int:
    """Serve the instance: web server and worker, until interrupted."""
    parser = argparse.ArgumentParser(
        "huiju serve",
        description=_("Serve the instance: web server and one worker, until interrupted."),
    )
    options = _parsed(parser, words)
    instance = Instance.from_environment()
    _start_to_serve(instance)
    return _serve(instance, options.port)


def _refuse_second(instance: Instance) -> None:
    """Two servers of one instance would not know of each other. Raises NotReady."""
    serving = instance.home / "serving.json"
    known = json.loads(serving.read_text()) if serving.exists() else {}
    if _is_ours(known.get("web", 0)):
        raise NotReady(
            _("This instance is served already at %(address)s. Stop it by “huiju stop” first.")
            % {"address": f"http://127.0.0.1:{known['port']}/"}
        )


def _serve(instance: Instance, wanted: int) -> int:
    _refuse_second(instance)
    port = _free_port(wanted)
    if port != wanted:
        taken = _("Port %(wanted)d is taken; using %(port)d instead.")
        print(taken % {"wanted": wanted, "port": port}, file=sys.stderr)
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
        json.dumps({"port": port, "serve": os.getpid(), "web": web.pid, "worker": background.pid})
    )
    if _answers(port, web):
        started = _("Huiju is running: %(address)s    (Ctrl+C stops it)")
        print("\n" + started % {"address": f"http://127.0.0.1:{port}/"}, flush=True)
    accounts = instance.home / "demo-accounts.txt"
    if accounts.exists():
        print(accounts.read_text(), flush=True)
    if _watch(instance, web, background):
        print(_("The web server ended by itself; the reason stands above."), file=sys.stderr)
        return 2
    return 0


def _watch(
    instance: Instance, web: subprocess.Popen[bytes], worker: subprocess.Popen[bytes]
) -> bool:
    """Wait for a signal, then stop both; restart a lost worker. Whether the web server failed."""

    def leave(_signal: int, _frame: object) -> None:
        raise KeyboardInterrupt

    signal.signal(signal.SIGTERM, leave)
    failed = False
    try:
        while web.poll() is None:
            if worker.poll() is not None:
                worker = _start_worker(instance)
            time.sleep(1)
        failed = web.returncode > 0
    except KeyboardInterrupt:
        print(_("Stopping…"), file=sys.stderr)
    finally:
        for process in (web, worker):
            process.terminate()
        for process in (web, worker):
            process.wait(timeout=STOPS_WITHIN)
        (instance.home / "serving.json").unlink(missing_ok=True)
        if instance.embedded:
            Server(instance).stop()
    return failed


def _start_worker(instance: Instance) -> subprocess.Popen[bytes]:
    log = (instance.logs / "worker.log").open("ab")
    command = [sys.executable, "-m", "huiju.config", "worker"]
    return subprocess.Popen(command, env=_environment(), stdout=log, stderr=log)  # noqa: S603 -- own


def worker(words: list[str]) -> int:
    """Work off the queue until interrupted."""
    about = _("One more worker of the queue, until interrupted.")
    argparse.ArgumentParser("huiju worker", description=about).parse_args(words)
    instance = Instance.from_environment()
    _start_to_serve(instance)
    _django("procrastinate", "worker", "--concurrency", "2")
    return 0


def status(words: list[str]) -> int:
    """Print what of this instance is running."""
    about = _("Tell as JSON what of this instance is running.")
    argparse.ArgumentParser("huiju status", description=about).parse_args(words)
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
    about = _("Stop the server, the worker and the embedded database of this instance.")
    argparse.ArgumentParser("huiju stop", description=about).parse_args(words)
    instance = Instance.from_environment()
    serving = instance.home / "serving.json"
    if serving.exists():
        known = json.loads(serving.read_text())
        for name in ("web", "worker"):
            _terminate(known[name])
        _wait_for_end_of(known["serve"])  # it stops the database, perhaps under one begun meanwhile
        serving.unlink(missing_ok=True)
    if instance.embedded:
        Server(instance).stop()
    return 0


def _terminate(pid: int) -> None:
    if _is_ours(pid):
        os.kill(pid, signal.SIGTERM)


def _wait_for_end_of(pid: int) -> None:
    until = time.monotonic() + STOPS_WITHIN
    while _is_ours(pid) and time.monotonic() < until:
        time.sleep(0.1)


def _is_ours(pid: int) -> bool:
    """Whether the process still runs and is one of Huiju's; numbers of ended ones are used again."""
    command = Path(f"/proc/{pid}/cmdline")
    return command.exists() and b"huiju" in command.read_bytes()


def _environment(role: str = "") -> dict[str, str]:
    extra = {"DJANGO_SETTINGS_MODULE": SETTINGS}
    return os.environ | extra | ({"HUIJU_DATABASE_ROLE": role} if role else {})


def _django(*words: str, role: str = "") -> None:
    """Run a management command in its own process, so that settings are read afresh."""
    command = [sys.executable, "-m", "huiju.config", "manage", *words]
    subprocess.run(command, check=True, env=_environment(role))  # noqa: S603 -- own commands


def _free_port(wanted: int) -> int:
    last = min(wanted + PORTS_TRIED, PORTS) - 1
    for port in range(wanted, last + 1):
        with closing(socket.socket()) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise OSError(
        errno.EADDRINUSE,
        _("ports %(first)d to %(last)d are taken or not ours to use; name another by --port")
        % {"first": wanted, "last": last},
        "--port",
    )


def _answers(port: int, web: subprocess.Popen[bytes], seconds: float = 30) -> bool:
    """Whether the web server answers before the time is over; one that has ended does not."""
    until = time.monotonic() + seconds
    while time.monotonic() < until and web.poll() is None:
        with closing(socket.socket()) as probe:
            probe.settimeout(1)
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return True
        time.sleep(0.1)
    return False
