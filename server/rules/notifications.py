"""The kinds of notifications, their channels, and the defaults."""

from collections.abc import Mapping

# In the order in which they are shown.
EVENTS = (
    *("mine", "unassigned", "assigned", "mentioned", "snooze_over", "number_down", "scheduled_failed"),
    "rule",
    "target",
)
CHANNELS = ("bell", "sound", "desktop", "push", "mail")
# Of push and mail, whose texts the server writes; those of the app are in frontend/src/i18n.
LANGUAGES = ("en", "de", "es", "pt")

# event -> channel -> whether. A chat that all users see makes no sound; mail comes only to who chose it.
DEFAULTS: Mapping[str, Mapping[str, bool]] = {
    event: {
        "bell": True,
        "sound": event != "unassigned",
        "desktop": event != "unassigned",
        "push": event != "unassigned",
        "mail": False,
    }
    for event in EVENTS
}
