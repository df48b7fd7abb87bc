"""What the composition root puts into the application, by typed key."""

from dataclasses import dataclass

from aiohttp import ClientSession, web

from bot.conversations.store import Store
from bot.settings import Settings
from bot.staff.keyring import Keyring
from bot.web.chat.availability import DeskRules
from bot.web.chat.desk_moves import DeskMoves
from bot.web.chat.hub import Hub
from bot.web.chat.queues import Queues
from bot.web.chat.running import RunningTurns
from bot.web.chat.sockets import OpenSockets
from bot.web.chat.turns import Turns
from bot.web.limits import TokenBuckets
from bot.web.open_data import OpenData
from bot.web.staff.hashing import PasswordThreads
from bot.web.town import TownSource


@dataclass(frozen=True, kw_only=True)
class Limits:
    """Who may do how much."""

    messages: TokenBuckets  # by conversation
    conversations: TokenBuckets  # by address
    lookups: TokenBuckets  # of requests, by address


SETTINGS = web.AppKey("settings", Settings)
STORE = web.AppKey("store", Store)
SESSION = web.AppKey("session", ClientSession)
TOWN = web.AppKey("town", TownSource)
OPEN_DATA = web.AppKey("open_data", OpenData)
HUB = web.AppKey("hub", Hub)
TURNS = web.AppKey("turns", Turns)
QUEUES = web.AppKey("queues", Queues)
DESK_MOVES = web.AppKey("desk_moves", DeskMoves)
DESK_RULES = web.AppKey("desk_rules", DeskRules)
RUNNING = web.AppKey("running", RunningTurns)
LIMITS = web.AppKey("limits", Limits)
SOCKETS = web.AppKey("sockets", OpenSockets)
ORIGINS = web.AppKey("origins", frozenset[str])
OPENAPI = web.AppKey("openapi", bytes)
PASSWORDS = web.AppKey("passwords", PasswordThreads)
KEYRING = web.AppKey("keyring", Keyring)
