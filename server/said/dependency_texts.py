"""What is wrong with Redis, the mail server, UniPile or the media storage, and what to do about it, by code."""

from collections.abc import Mapping

DEPENDENCIES: Mapping[str, str] = {
    # Redis: the rest of a sentence that begins with its address
    "redis_readonly": "is a read-only replica: point REDIS_URL at the primary, or wait for the failover",
    "redis_loading": "is loading its data: wait until it has started",
    "redis_masterdown": "is a replica that has lost its primary: point REDIS_URL at the primary",
    "redis_noreplicas": (
        "accepts no writes because it has too few replicas: restart them, or lower min-replicas-to-write"
    ),
    "redis_misconf": "accepts no writes because it cannot save its data: check its disk and its log",
    "redis_oom": "is out of memory: raise maxmemory, and keep the policy noeviction",
    "redis_busy": "is busy with a script: wait, or end it with SCRIPT KILL",
    "redis_maxclients": "has no connections left: raise maxclients, or run fewer processes",
    "redis_clusterdown": "is in cluster mode, which Confab does not support: use one without cluster mode",
    "redis_noauth": "requires a password: put it into REDIS_URL, as in redis://:password@host:6379/0",
    "redis_wrongpass": (
        "rejects the user name or the password: check REDIS_URL (the password must be percent-encoded)"
    ),
    "redis_nopassword": "has no password, but REDIS_URL has one: remove it, or set requirepass",
    "redis_noperm": "denies its user a command, key or channel: grant the user ~confab:* ~arq:* &confab:* +@all",
    "redis_denied": "is in protected mode and accepts connections from its own machine only: set a password there",
    "redis_db": "has no database with that number: use database 0 in REDIS_URL, with /0 or ?db=0",
    "redis_name": "has a host name that cannot be resolved: check the host in REDIS_URL",
    "redis_refused": "refuses the connection: start it, or check host and port in REDIS_URL",
    "redis_socket": "has no socket there: start it, or check the path in REDIS_URL",
    "redis_rights": "may not be opened by this user: check the permissions of its socket (unixsocketperm)",
    "redis_tls": "failed the TLS handshake: if it does not use TLS, begin REDIS_URL with redis://",
    "redis_client_certificate": "requires a client certificate: set ssl_certfile and ssl_keyfile in REDIS_URL",
    "redis_certificate": (
        "has a certificate that no trusted authority signed: set its authority with ?ssl_ca_certs=/path/ca.pem, "
        "or accept any certificate with ?ssl_cert_reqs=none"
    ),
    "redis_certificate_name": (
        "has a certificate for another name: use that name in REDIS_URL, or do not check the name with "
        "?ssl_check_hostname=false"
    ),
    "redis_certificate_date": "has a certificate that is expired or not yet valid: renew it, or check the clocks",
    "redis_not_redis": (
        "does not respond like Redis: check host and port in REDIS_URL; if it uses TLS, begin REDIS_URL with "
        "rediss://"
    ),
    "redis_closed": "closed the connection without a response: if it uses TLS, begin REDIS_URL with rediss://",
    "redis_closed_tls": (
        "closed the connection without a response: if it does not use TLS, begin REDIS_URL with redis://; if it "
        "requires a client certificate, set ?ssl_certfile= and &ssl_keyfile="
    ),
    "redis_slow": "did not respond in time: check the network, firewalls and the load of its machine",
    "redis_slow_tls": (
        "did not respond in time: check the network and its load; if it does not use TLS, begin REDIS_URL with "
        "redis://"
    ),
    "redis_unreached": "cannot be reached: check the network, and host and port in REDIS_URL",
    "redis_no_sentinel": (
        "cannot be found because no Sentinel answers: check their hosts and ports in REDIS_URL, and "
        "?sentinel_password="
    ),
    "redis_not_monitored": (
        "is a name that Sentinel does not monitor: use the one of its `sentinel monitor` in REDIS_URL"
    ),
    "redis_unknown": "cannot be used: look into its log for the reason",
    "redis_version": "{version}",
    "redis_keeps": "the policy is noeviction",
    "redis_evicts": "maxmemory-policy is {policy}: set it to noeviction, or Redis deletes jobs when memory runs out",
    "redis_eviction_hidden": (
        "maxmemory-policy is hidden: set it to noeviction, or Redis deletes jobs when memory runs out"
    ),
    "redis_writes": "append-only file is on",
    "redis_writes_off": (
        "the append-only file is off: turn it on, or acknowledged events are lost when Redis restarts"
    ),
    "redis_writes_hidden": (
        "the append-only file is not visible: turn it on, or acknowledged events are lost when Redis restarts"
    ),
    # The mail server
    "mail_accepts": "{server} accepts our sign-in",
    "mail_fails": "{server}: {reason}",
    "mail_not_yet_valid": "its certificate is not valid yet",
    "mail_expired": "its certificate has expired",
    "mail_self_signed": "its certificate is self-signed",
    "mail_other_host": "its certificate is for another host name",
    "mail_other_address": "its certificate is for another address",
    "mail_untrusted": "its certificate is not signed by an authority that this machine trusts",
    "mail_no_tls": "it does not speak TLS from the start: use smtp:// instead of smtps://",
    "mail_no_greeting": (
        "it accepts the connection but sends no greeting: use smtps:// if it speaks TLS from the start"
    ),
    "mail_no_starttls": "it offers no STARTTLS: use smtps://, or another server",
    # UniPile and its webhooks
    "unipile_accepts": "reached, key accepted",
    "unipile_key": "UNIPILE_API_KEY is rejected: copy it from UniPile's dashboard",
    "unipile_rejects": "{type}: {title}",
    "unipile_fails": "{dsn}: {title}",
    "webhooks_some": "{count} registered for {url}",
    "webhooks_none": "none registered for {url}: start Confab, which registers them",
    "webhooks_previous": (
        "{count} registered for {url}, some with WEBHOOK_SECRET_PREVIOUS: run `python run.py rotate "
        "WEBHOOK_SECRET`"
    ),
    # The storage of media
    "media_usable": "{where} can be written, read and deleted",
    "media_differs": "{where} returned other bytes than were written: check the storage",
    "media_kept": "{where} still has a deleted file: turn off versioning or retention locks",
    "media_not_written": "{where} cannot be written to: {reason}",
    "media_not_read": "{where} cannot be read: {reason}",
    "media_not_deleted": "{where} cannot be deleted from: {reason}",
    "media_denied": (
        "permission denied; check AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and the bucket's policy, or the "
        "folder's owner"
    ),
    "media_credentials": (
        "the credentials are rejected; check AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and the bucket's policy, "
        "or the folder's owner"
    ),
    "media_absent": "the bucket or folder does not exist; create it, or correct CONFAB_MEDIA_URL",
    "media_missing": "a file just written is missing; check the storage",
}
