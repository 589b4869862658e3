"""Clients of the gateway's doors, one for each dialect that a client may speak."""

from .chat import ChatDoor
from .door import Door, Heard, Question
from .messages import MessagesDoor
from .responses import ResponsesDoor

DOORS: dict[str, Door] = {door.name: door for door in (ChatDoor(), ResponsesDoor(), MessagesDoor())}

__all__ = ["DOORS", "Door", "Heard", "Question"]
