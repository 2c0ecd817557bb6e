"""Why a message, a note or a new chat is refused, or a message was not sent, by code."""

from collections.abc import Mapping

MESSAGES: Mapping[str, str] = {
    "chat_closed": "The chat is closed.",
    "note_not_yours": "Only its author can edit a note.",
    "note_deleted": "This note was deleted.",
    "note_late": "A note can be edited for {minutes} minutes.",
    "note_delete_not_yours": "Only its author or an admin can delete a note.",
    "note_access": "Only who manages the members can give access.",
    "note_client_id": "This client_id belongs to another note.",
    "note_mentions_blind": "These users have no access to the account.",
    "channel_read_only": "Channels are read-only.",
    "planned_time_needed": "Required, as it waits no more.",
    "planned_time": "Must be in the future, and within {most} days.",
    "message_not_ours": "Only messages that this account sent can be edited or deleted.",
    "message_not_sent": "This message was deleted or has not been sent yet.",
    "message_resending": "This message is being sent again.",
    "message_no_retry": "Only a failed or unconfirmed message can be retried.",
    "message_already_sending": "This message is already being sent.",
    "message_other_chat": "This client_id belongs to a message of another chat.",
    "message_other_sent": "This client_id belongs to a message that was sent.",
    "message_other_part": "A part of this client_id belongs to another message.",
    "message_not_quotable": "Not a message of this chat that can be quoted.",
    "message_unconfirmed": (
        "UniPile did not confirm whether the message was sent. It will not be sent again; if it was sent, "
        "its chat will appear in the list."
    ),
    "planned_too_many": "At most {most} messages are planned in one chat.",
    "planned_not_yours": "Only its author changes a planned message.",
    "planned_sent": "This planned message has been sent.",
    "planned_cancelled": "This planned message has been cancelled.",
    "planned_author_gone": "Its author can no longer write in this account.",
    "planned_missed": (
        "Its time was between a backup and its restoring, so it may have been sent. Check the phone before "
        "sending it."
    ),
    "planned_unexpected": "Confab could not send this. The operator finds the reason in the log.",
    "start_own_number": "This is the account's own number.",
    "start_not_yours": (
        "There is a chat with this number already, and it is not yours. Ask a colleague to assign it to you."
    ),
    "start_day": (
        "This number has begun as many chats within 24 hours as WhatsApp tolerates. Existing chats go on."
    ),
    "start_rejected": (
        "WhatsApp has restricted this number, so it begins no new chats for now. Existing chats go on."
    ),
    "start_not_on_whatsapp": "This number is not on WhatsApp. Check it.",
    "upload_large": "{file} is larger than {most} bytes.",
    "upload_empty": "{file} is empty.",
    "upload_many": "At most {most} files in one send.",
    "form_unreadable": "The form could not be read.",
    "unconfirmed_worker": "Confab was interrupted while sending this. Check the phone before trying again.",
    "unconfirmed_restored": (
        "Confab was restored from a backup while this was being sent. Check the phone before trying again."
    ),
    "unconfirmed_unseen": (
        "UniPile accepted the message, but WhatsApp has not shown it since. Check the phone."
    ),
}
