"""Settings in a backup: hashes by which a restore sees what has changed, and secrets, if asked for, encrypted."""

import os
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from hashlib import scrypt
from typing import Any

import orjson
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from server.config import Config
from server.config.reader import PREFIX
from server.errors import ConfabError

ERASURE_KEY = "ERASE_SECRET"
SALT, SHOWN_BYTES, MIN_PASSPHRASE = "salt", 16, 12
SALT_BYTES, NONCE_BYTES, KEY_BYTES = 16, 12, 32
# A hash of a setting and a key of a passphrase cost a guess 50 ms and 16 MB.
COST = {"n": 2**14, "r": 8, "p": 1}
# They name servers, which a restored system has others of.
ADDRESSES = ("DATABASE_URL", "REDIS_URL")
WHY = {
    ERASURE_KEY: "erased contacts would not be recognised, and could come back",
    "JWT_SECRET": "one-time links that were sent no longer open",
    "VAPID_PRIVATE_KEY": "browsers get no push until they are opened once",
    "UNIPILE_DSN": "the accounts are at another UniPile",
    "PUBLIC_URL": "links in mails that were sent lead elsewhere",
}


def fingerprint(config: Config, salt: str | None = None) -> dict[str, str]:
    """Names and salted hashes of the settings with which the data was written; never a value."""
    salt = salt or os.urandom(SALT_BYTES).hex()
    return {SALT: salt} | {name: _hash(value, salt) for name, value in _settings(config).items()}


def changed_settings(config: Config, stored: Mapping[str, str]) -> list[str]:
    """The names of settings that are not as they were at the backup."""
    salt = stored[SALT]
    now = fingerprint(config, salt)
    changed = [name for name in WHY if name in stored and stored[name] != now.get(name)]
    # What was erased with an earlier one is recognised too.
    known = {_hash(each, salt) for each in config.secrets.erasure_keys}
    return [name for name in changed if name != ERASURE_KEY or stored[name] not in known]


def _settings(config: Config) -> dict[str, str]:
    return {
        ERASURE_KEY: config.secrets.erasure_keys[0],
        "JWT_SECRET": config.secrets.jwt_secret,
        "VAPID_PRIVATE_KEY": config.webpush.private_key or "",
        # In sandbox mode its port is chosen at the start.
        "UNIPILE_DSN": "" if config.sandbox.enabled else config.unipile.dsn or "",
        "PUBLIC_URL": config.web.public_url,
    }


def _hash(value: str, salt: str) -> str:
    return scrypt(value.encode(), salt=bytes.fromhex(salt), dklen=SHOWN_BYTES, **COST).hex()


def encrypt_secrets(config: Config, passphrase: str) -> bytes:
    """The secrets of this installation, encrypted: AES-256-GCM, with a key that scrypt derives from the passphrase."""
    if len(passphrase) < MIN_PASSPHRASE:
        raise ConfabError("invalid", f"The passphrase must have at least {MIN_PASSPHRASE} characters.")
    salt, nonce = os.urandom(SALT_BYTES), os.urandom(NONCE_BYTES)
    plain = orjson.dumps(dict(_secrets(config)))
    sealed = AESGCM(_key(passphrase, salt)).encrypt(nonce, plain, None)
    return orjson.dumps({"salt": salt.hex(), "nonce": nonce.hex(), "sealed": sealed.hex()})


def decrypt_secrets(data: bytes, passphrase: str) -> dict[str, str]:
    """Names and values of sealed secrets; raises ConfabError("invalid") for another passphrase."""
    try:
        stored = orjson.loads(data)
        salt, nonce, sealed = (bytes.fromhex(stored[name]) for name in ("salt", "nonce", "sealed"))
        opened: dict[str, str] = orjson.loads(AESGCM(_key(passphrase, salt)).decrypt(nonce, sealed, None))
    except (InvalidTag, ValueError, KeyError, TypeError) as error:
        raise ConfabError("invalid", "The passphrase does not open the secrets of this backup.") from error
    return opened


def _key(passphrase: str, salt: bytes) -> bytes:
    return scrypt(passphrase.encode(), salt=salt, dklen=KEY_BYTES, **COST)


def _secrets(config: Config) -> Iterator[tuple[str, str]]:
    """The environment's names of all secrets that are set, with their values."""
    for section in fields(config):
        value: Any = getattr(config, section.name)
        for item in fields(value) if is_dataclass(value) else ():
            name = item.metadata.get("env") or f"{PREFIX}{section.name}_{item.name}".upper()
            secret = getattr(value, item.name)
            if item.metadata.get("secret") and secret and name not in ADDRESSES:
                yield name, str(secret)
