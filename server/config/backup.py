"""The `[backup]` settings: where scheduled backups go, how often, and how many are left there."""

from dataclasses import dataclass

from server.config.reader import ConfigError
from server.config.urls.backup_url import read_backup_url
from server.config.urls.storage_url import StorageUrlError


@dataclass(frozen=True, slots=True, kw_only=True)
class Backup:
    to: str = ""
    every_hours: float
    keep_last: int

    @property
    def is_scheduled(self) -> bool:
        return bool(self.to)


def check_backup(backup: Backup) -> None:
    """Raise ConfigError for a location that is none."""
    if not backup.is_scheduled:
        return
    try:
        read_backup_url(backup.to)
    except StorageUrlError as error:
        raise ConfigError(f"CONFAB_BACKUP_TO (config.toml: [backup] to) {error}.") from error
