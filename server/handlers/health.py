"""Endpoints for operators: liveness, readiness, and the settings that the app needs before login."""

import time
from collections.abc import Awaitable, Mapping
from uuid import uuid4

from aiohttp import web

from server import VERSION
from server.config import DEMO_EMAIL, Config
from server.errors import ConfabError, Unavailable
from server.queue import QUEUE_NAMES, read_queues
from server.redis.reasons import UNREACHABLE, reason_of
from server.store.db.database import require_writable
from server.store.dead_letters import count_dead_letters
from server.web.app_keys import CONFIG, DATABASE, REDIS, UNIPILE, WEBPUSH_KEY
from server.web.identity.identify import may_read_metrics
from server.web.requests import json_answer

NO_WORKER = "No worker has sent a heartbeat for 20 s: start `python worker.py`, or check its log."


async def show_health(request: web.Request) -> web.Response:
    """Liveness: the process runs. Nothing else is checked."""
    return json_answer({"status": "ok", "version": VERSION})


async def show_readiness(request: web.Request) -> web.Response:
    """Readiness: 200 if the process can take work, else 503 with the failed checks. Where metrics are for some only,
    others learn no more than the names of what failed.
    """
    checks = await _run_checks(request)
    failed = [name for name, check in checks.items() if not check["ok"]]
    details = {"checks": checks} if may_read_metrics(request.app[CONFIG], request) else {}
    if not failed:
        return json_answer({"status": "ready", **details})
    error = Unavailable(f"Not ready: {', '.join(failed)}.")
    body = error.body(uuid4().hex) | {"status": "unavailable", **details}
    answer = json_answer(body, error.status)
    answer.headers["Retry-After"] = str(error.retry_after)
    return answer


async def _run_checks(request: web.Request) -> dict[str, dict[str, object]]:
    checks = {
        "database": await _run_check(_check_database(request)),
        "redis": await _run_check(_check_redis(request)),
    }
    if checks["redis"]["ok"]:
        checks["worker"] = _check_worker(checks["redis"])
    # Reported only: without UniPile, the process still takes work.
    checks["unipile"] = {"ok": True, "circuit": request.app[UNIPILE].circuit}
    return checks


async def _run_check(work: Awaitable[dict[str, object]]) -> dict[str, object]:
    begun = time.perf_counter()
    try:
        details = await work
    except UNREACHABLE as error:
        return {"ok": False, "error": type(error).__name__, "reason": f"Redis {reason_of(error).sentence}."}
    except ConfabError as error:
        return {"ok": False, "error": type(error).__name__}
    return {"ok": True, "ms": round((time.perf_counter() - begun) * 1000, 1), **details}


async def _check_database(request: web.Request) -> dict[str, object]:
    await request.app[DATABASE].read(require_writable)
    return {"dead_letters": await request.app[DATABASE].read(count_dead_letters)}


async def _check_redis(request: web.Request) -> dict[str, object]:
    """Checks that Redis can write: a replica, as found after a failover, answers but takes no work."""
    found = await read_queues(request.app[REDIS], *QUEUE_NAMES, must_write=True)
    return {
        "queue_age_seconds": {name: round(found.ages[queue], 3) for queue, name in QUEUE_NAMES.items()},
        "worker_alive": found.is_worker_alive,
        "clock_skew_seconds": round(time.time() - found.clock_seconds, 1),
    }


def _check_worker(redis: Mapping[str, object]) -> dict[str, object]:
    """Events that are acknowledged are stored by a worker, so one must be alive."""
    return {"ok": True} if redis["worker_alive"] else {"ok": False, "error": "NoWorker", "reason": NO_WORKER}


async def show_config(request: web.Request) -> web.Response:
    """The settings that the app needs before login; the demo login only with the sandbox."""
    config = request.app[CONFIG]
    return json_answer(
        {
            "sandbox": config.sandbox.enabled,
            "phone_url": config.sandbox.url if config.sandbox.enabled else None,
            "demo": _demo_login(config),
            "providers": ["whatsapp"],
            "open_registration": config.auth.open_registration,
            "forgot_password": config.mail.is_on,
            "mail": config.mail.is_on,
            "webpush_key": request.app[WEBPUSH_KEY] or None,
            "uploads": _upload_limits(config),
            "version": VERSION,
        }
    )


def _demo_login(config: Config) -> dict[str, str] | None:
    if not config.sandbox.enabled:
        return None
    return {"email": DEMO_EMAIL, "password": config.secrets.demo_password}


def _upload_limits(config: Config) -> dict[str, int]:
    return {"max_bytes": config.media.max_upload_bytes, "max_files": config.media.max_upload_files}
