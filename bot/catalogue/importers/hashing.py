"""Tells whether a record says anything new."""

from dataclasses import replace
from decimal import Decimal
from hashlib import sha256
from typing import Any

import msgspec

from bot.catalogue.importers.record import OfficeRecord, ServiceRecord

LATER_FIELDS = ("areas", "alternative_names")


def content_hash(record: ServiceRecord | OfficeRecord) -> str:
    """SHA-256 of all the record says, without the date: a new stamp alone is no change.

    Fields that came later count where they are filled only, so that a catalogue from before is not changed by them.
    """
    content: dict[str, Any] = msgspec.to_builtins(replace(record, source_date=None), order="deterministic")
    for text in content.get("texts", {}).values():
        for fee in text["fees"]:
            # 5 and 5.00 are one amount; formats write it as they like, and the database in cents.
            fee |= {name: f"{Decimal(fee[name]):.2f}" for name in ("amount", "amount_to") if fee[name] is not None}
    for part in (content, *content.get("offices", ())):
        for name in LATER_FIELDS:
            if not part.get(name):
                part.pop(name, None)
    return sha256(msgspec.json.encode(content)).hexdigest()
