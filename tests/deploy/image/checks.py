"""What is seen of the started containers: who they are, what they may do, write and reach, and that Confab works."""

import re
import subprocess
from collections.abc import Mapping
from pathlib import Path

from tests.deploy.image.machine import GATEWAY, Machine, Running
from tests.deploy.image.outside import UNIPILE_PORT, Client
from tests.support.peers import message_received
from tests.support.programs import wait_for

OWNER, PASSWORD = "owner@confab.local", "correct horse battery staple"
USER = 999
# Bits of linux/capability.h.
CAPABILITIES = {"CHOWN": 0, "DAC_OVERRIDE": 1, "FOWNER": 3, "SETGID": 6, "SETUID": 7, "NET_BIND_SERVICE": 10}
LISTENING = {"nginx": {80, 443}, "web": {8080}, "worker": {9100}, "postgres": {5432}, "valkey": {6379}}
READ_ONLY = (
    *("/", "/app", "/app/server", "/app/static", "/etc", "/usr/local/lib", "/run", "/run/secrets"),
    *("/root", "/var"),
)
WRITE = "import pathlib, sys; path = pathlib.Path(sys.argv[1], 'proof'); path.write_text('x'); path.unlink()"
METRICS = (
    "import urllib.request as r; print(r.urlopen('http://127.0.0.1:9100/metrics', timeout=9).read().decode())"
)
COUNTED = 'confab_events_total{outcome="unknown_account"} 1.0'
CONNECT = "exec 3<>/dev/tcp/{host}/{port}"


def seen(text: str) -> None:
    print(f"   seen: {text}", flush=True)


def expect(is_so: bool, text: str) -> None:
    if not is_so:
        raise SystemExit(f"confab: this was not so: {text}")
    seen(text)


def status_of(pid: int) -> Mapping[str, str]:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return dict(line.split(":\t", 1) for line in lines if ":\t" in line)


def is_read_only(pid: int) -> bool:
    """Of what the process has as its root: not even root could write there."""
    lines = Path(f"/proc/{pid}/mounts").read_text().splitlines()
    (options,) = (line.split()[3] for line in lines if line.split()[1] == "/")
    return "ro" in options.split(",")


def check_rights(running: Running) -> None:
    """Of its first process: no right but those added, and none to gain."""
    status, name = status_of(running.pid), running.container.name
    allowed = sum(1 << CAPABILITIES[each] for each in running.container.capabilities)
    expect(
        int(status["CapBnd"], 16) == allowed, f"{name} may have {status['CapBnd']} and no other capability"
    )
    expect(int(status["CapEff"], 16) & ~allowed == 0, f"{name} has the capabilities {status['CapEff']}")
    expect(status["NoNewPrivs"] == "1", f"{name} can gain no privilege")
    expect(is_read_only(running.pid), f"the root file system of {name} is read-only")
    if running.container.is_built:
        users = {int(each) for each in status["Uid"].split()}
        expect(users == {USER} and status["CapEff"] == "0" * 16, f"{name} runs as user {USER}")


def is_writable(running: Running, folder: str) -> bool:
    return running.execute("python", "-c", WRITE, folder).returncode == 0


def check_files(running: Running) -> None:
    """Only the volumes and /tmp are writable; the modules are compiled."""
    name = running.container.name
    volumes = {each.target for each in running.container.mounts if not each.is_read_only}
    for folder in sorted(volumes | {*running.container.tmpfs}):
        expect(is_writable(running, folder), f"{name} can write in {folder}")
    refused = [folder for folder in READ_ONLY if not is_writable(running, folder)]
    expect(refused == [*READ_ONLY], f"{name} cannot write in {', '.join(refused)}")
    listed = running.execute("ls", "/app/server/__pycache__").stdout
    expect("__init__.cpython" in listed, f"the modules of {name} are compiled")


def listening(*within: str) -> set[str]:
    """The addresses that something listens at."""
    command = [*within, "ss", "-ltnH"]
    found = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return {line.split()[3] for line in found.splitlines()}


def check_ports(machine: Machine) -> None:
    for name, running in machine.started.items():
        ports = {int(address.rpartition(":")[2]) for address in listening("ip", "netns", "exec", name)}
        expect(ports == LISTENING[name], f"{name} listens on {', '.join(map(str, sorted(ports)))} only")
        expect(running.container.exposed <= ports, f"{name} exposes nothing else")


def can_reach(machine: Machine, name: str, host: str, port: int) -> bool:
    command = ["timeout", "3", "bash", "-c", CONNECT.format(host=host, port=port)]
    done = subprocess.run(["ip", "netns", "exec", name, *command], capture_output=True, check=False)  # noqa: S607
    return done.returncode == 0


def check_networks(machine: Machine) -> None:
    """Postgres and Valkey are reached by web and worker only, and reach nothing."""
    for name, port in (("postgres", 5432), ("valkey", 6379)):
        host = machine.address(name, "inside")
        for other in ("web", "worker"):
            expect(can_reach(machine, other, host, port), f"{other} reaches {name}")
        expect(not can_reach(machine, "nginx", host, port), f"nginx does not reach {name}")
        expect(not can_reach(machine, name, GATEWAY, UNIPILE_PORT), f"{name} reaches nothing outside")
    expect(can_reach(machine, "web", GATEWAY, UNIPILE_PORT), "web reaches UniPile")
    expect(can_reach(machine, "nginx", machine.address("web", "outside"), 8080), "nginx reaches web")


def check_published(client: Client) -> None:
    ports = listening() - {f"{GATEWAY}:{UNIPILE_PORT}"}
    expect(
        ports == {"0.0.0.0:80", "0.0.0.0:443"}, f"{', '.join(sorted(ports))} are published and nothing else"
    )
    redirect = client.ask_plainly("/login")
    target = redirect.headers["Location"]
    expect(
        (redirect.status, target) == (301, f"https://{client.host}/login"), f"port 80 redirects to {target}"
    )
    page = client.ask("GET", "/")
    expect(page.status == 200 and "Strict-Transport-Security" in page.headers, "the page comes over TLS")
    expect(client.ask("GET", "/metrics").status == 403, "metrics are not published")


def check_owner(web: Running, client: Client) -> None:
    """The handbook's first command."""
    made = web.execute("python", "run.py", "user", "reset", OWNER)
    found = re.search(r"https://\S+#(\S+)", made.stdout)
    expect(found is not None, f"`user reset` prints a link ({made.stderr or 'no error'})")
    token = found[1] if found else ""
    expect(token not in web.output.read_text(), "the link is not in the log")
    body = {"token": token, "password": PASSWORD, "name": "Ana"}
    accepted = client.ask("POST", "/api/auth/link/accept", body, Origin=f"https://{client.host}")
    expect(accepted.status == 200, "the owner chooses a password and is signed in")
    access = {"Authorization": f"Bearer {accepted.json()['token']}"}
    expect(client.ask("GET", "/api/auth/me", **access).status == 200, "the owner's token is accepted")


def check_webhook(worker: Running, client: Client, secret: str) -> None:
    """Over both processes: the worker counts the event, of an account that nobody has linked."""
    event = message_received("acc-unknown", "Oi")
    path = "/api/webhooks/unipile/messages"
    expect(client.ask("POST", path, event).status == 401, "a webhook needs the secret")
    expect(client.ask("POST", path, event, Unipile_Auth=secret).status == 200, "a webhook is acknowledged")
    wait_for(lambda: COUNTED in worker.execute("python", "-c", METRICS).stdout)
    seen("the worker has processed it")


def check_doctor(web: Running) -> None:
    """The handbook's last command: everything but what a proof cannot have."""
    done = web.execute("python", "run.py", "doctor")
    print("".join(f"      {line}\n" for line in (done.stdout + done.stderr).splitlines()))
    expect(done.returncode == 0, "`doctor` finds nothing that failed")


def check_stop(machine: Machine) -> None:
    """As `docker compose down`: in the other order, each within its grace."""
    for name, running in reversed(machine.started.items()):
        code = running.stop()
        expect(code == 0, f"{name} ends with {code} within {running.container.grace_seconds:.0f} s")
