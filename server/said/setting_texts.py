"""What is said of settings without effect, of the public address and of ASSET_URL, by code."""

from collections.abc import Mapping

SETTINGS: Mapping[str, str] = {
    "public_url": "{url}",
    "public_url_loopback": "UniPile cannot reach {url}: set PUBLIC_URL to an address on the internet",
    "assets_served": "{url} has this version's files",
    "assets_silent": "{url} cannot be loaded ({error}): check ASSET_URL",
    "assets_missing": "{url} is answered {status}: let the CDN pull from PUBLIC_URL, or upload static/ of this version",
    "assets_differ": "{url} is not this version's file: let the CDN pass files on unchanged",
    "assets_closed": "{url} comes without Access-Control-Allow-Origin: let the CDN pass that header on",
    "setting_unknown": (
        "{name} in .env is not a setting of Confab: remove it, or see .env.example for the names."
    ),
    "setting_host_platform": (
        "HOST is {platform}, a build platform as conda sets it, and is ignored: set CONFAB_WEB_HOST to the "
        "address to listen on."
    ),
    "setting_needs_dsn": "{name} is set but needs UNIPILE_DSN; without it the sandbox is used.",
    "setting_needs_no_dsn": "{name} is set but needs UNIPILE_DSN to be unset.",
    "setting_needs_mail": "{name} is set but needs SMTP_URL.",
    "setting_needs_push": "{name} is set but needs VAPID_PRIVATE_KEY.",
    "setting_needs_bucket": "{name} is set but needs CONFAB_MEDIA_URL to name an s3:// bucket.",
    "setting_needs_pace": "{name} is set but needs CONFAB_PACE_ENABLED to be true.",
    "setting_needs_limits": "{name} is set but needs CONFAB_LIMITS_ENABLED to be true.",
    "setting_needs_other": "{name} is set but needs a value other than JWT_SECRET's.",
    "setting_needs_other_webhook": "{name} is set but needs a value other than WEBHOOK_SECRET's.",
    "setting_needs_billing": "{name} is set but needs CONFAB_BILLING_SECRET to be set to another value.",
    "setting_needs_data": "{name} is set but needs an embedded server or media on this disk.",
}
