"""The `[metrics]` settings: who reads metrics and the details of readiness, and where workers show theirs."""

from dataclasses import dataclass

from server.config.reader import ConfigError, key
from server.config.secret_strength import secret_problem
from server.config.urls.addresses import check_networks

MIN_TOKEN_BYTES = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Metrics:
    # Without a token and networks everyone who reaches the process may read.
    token: str = key(secret=True, default="")
    networks: tuple[str, ...] = ()
    # Of a worker that runs alone; 0: none.
    worker_port: int = key(may_be_zero=True)

    @property
    def is_restricted(self) -> bool:
        """Whether only some may read."""
        return bool(self.token or self.networks)


def check_metrics(metrics: Metrics) -> None:
    """Raise ConfigError for a weak token, an invalid network or port."""
    if metrics.token and (problem := secret_problem(metrics.token, MIN_TOKEN_BYTES)):
        raise ConfigError(f"CONFAB_METRICS_TOKEN {problem}: set another one.")
    check_networks("[metrics] networks", metrics.networks)
    if metrics.worker_port > 65535:
        raise ConfigError(f"[metrics] worker_port must be at most 65535, not {metrics.worker_port}.")
