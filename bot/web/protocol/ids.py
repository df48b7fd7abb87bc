"""What identifies things in requests and answers."""

from typing import Annotated

from msgspec import Meta

MessageId = Annotated[str, Meta(pattern="^[0-9]{8}$", description="Grows within a conversation, also as text.")]
ConversationId = Annotated[str, Meta(pattern="^[A-Za-z0-9_-]{22}$")]
ChoiceToken = Annotated[str, Meta(pattern="^[A-Za-z0-9_-]{22}$", description="Opaque; send it back as it is.")]
RequestReference = Annotated[str, Meta(pattern="^[0-9A-Z]{4}-[0-9A-Z]{4}$")]
ClientKey = Annotated[
    str, Meta(pattern="^[!-~]{1,128}$", description="Made by the client; the same key is never worked on twice.")
]
