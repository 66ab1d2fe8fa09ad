"""`python -m tools.run`: what `make run` does after set-up. Starts web and worker, ends both together."""

import os
import secrets
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
INSTANCE = ROOT / "instance"
STARTED_WITHIN = 30
ENDED_WITHIN = 10


def main() -> None:
    """Prepare, start, say which pages to open, wait for Ctrl-C."""
    host, port = os.environ.get("HOST") or "127.0.0.1", os.environ.get("PORT") or "8000"
    certificate, key = os.environ.get("CERT"), os.environ.get("KEY")
    environment = {**os.environ, **_defaults(host, port, bool(certificate))}
    if _taken(host, int(port)):
        raise SystemExit(f"Port {port} is in use. Try: make run PORT={int(port) + 1}")
    subprocess.run([sys.executable, "-m", "tools.assets"], cwd=ROOT, env=environment, check=True)
    subprocess.run([sys.executable, "-m", "tools.prepare"], cwd=ROOT, env=environment, check=True)
    web = [
        sys.executable, "-m", "gunicorn", "wsgi:create_app()", "--bind", f"{host}:{port}", "--workers", "1",
        "--threads", "4", "--keep-alive", "5", "--log-level", "warning", "--worker-tmp-dir", "/tmp",
    ]  # fmt: skip
    if certificate and key:
        web += ["--certfile", certificate, "--keyfile", key]
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background job would ignore it
    began = time.perf_counter()
    children, sounds = [_start(web, environment)], None
    try:
        _wait_for_web(children[0], host, port, bool(certificate))
        children.append(
            _start([sys.executable, "worker.py"], environment)
        )  # after the web: it wants the processor first
        print(f"First page after {time.perf_counter() - began:.2f} s.")
        sounds = _start([sys.executable, "-m", "tools.sounds"], environment)  # the kiosk's; nobody waits for them
        _say_where(environment["PUBLIC_URL"])
        while all(child.poll() is None for child in children):
            time.sleep(0.5)
        print("One of the two processes ended; stopping the other.", file=sys.stderr)
        raise SystemExit(1)
    except KeyboardInterrupt:
        print("\nStopped.")
    finally:
        _end([*children, sounds] if sounds else children)


def _start(command: list[str], environment: dict[str, str]) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(command, cwd=ROOT, env=environment, start_new_session=True)


def _taken(host: str, port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return True
    return False


def _defaults(host: str, port: str, tls: bool) -> dict[str, str]:
    """Settings of the demo, where the environment says nothing else."""
    INSTANCE.mkdir(exist_ok=True)
    secret = INSTANCE / "secret"
    if not secret.exists():
        secret.touch(mode=0o600)
        secret.write_text(secrets.token_urlsafe(48))
    defaults = {
        "DEMO": "" if os.environ.get("DATABASE_URL") else "1",
        "DATABASE_URL": f"sqlite:///{INSTANCE / 'empfang.sqlite3'}",
        "PUBLIC_URL": f"{'https' if tls else 'http'}://{host}:{port}",
    }
    if not os.environ.get("SECRET_KEYS"):
        defaults["SECRET_KEYS_FILE"] = str(secret)
    return {name: os.environ.get(name) or value for name, value in defaults.items()}


def _wait_for_web(web: "subprocess.Popen[bytes]", host: str, port: str, tls: bool) -> None:
    address = f"http://127.0.0.1:{port}/health" if host in {"127.0.0.1", "0.0.0.0"} else f"http://{host}:{port}/health"
    deadline = time.monotonic() + STARTED_WITHIN
    while time.monotonic() < deadline and web.poll() is None:
        if tls:  # the certificate may be home-made; a listening port is sign enough
            time.sleep(1)
            return
        try:
            urllib.request.urlopen(address, timeout=1)
            return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.05)
    raise SystemExit(f"The web process did not start on port {port}. Is the port in use? Try: make run PORT=8001")


def _say_where(url: str) -> None:
    print(
        f"""
Empfang is open. Everything starts here:

    {url}/demo      all doors, the simulated phones, the clock
    {url}/          booking, as a client sees it on a phone
    {url}/kiosk/    the kiosk (pair it on the demo page with one press)
    {url}/desk/     the counsellors' desk (sign in on the demo page with one press)

Ctrl-C ends it.""",
        flush=True,
    )


def _end(children: "list[subprocess.Popen[bytes]]") -> None:
    for child in children:
        if child.poll() is None:
            child.send_signal(signal.SIGTERM)
    for child in children:
        try:
            child.wait(ENDED_WITHIN)
        except subprocess.TimeoutExpired:
            child.kill()


if __name__ == "__main__":
    main()
