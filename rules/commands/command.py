"""rules: what every command is: a wish that becomes a fact or is refused."""

from __future__ import annotations

from typing import ClassVar

from rules.instants import Model


class Command(Model):
    """The body of a command. `name` is its name in the registry, `clause` what it rests on."""

    name: ClassVar[str]
    clause: ClassVar[str]
    title: ClassVar[str]
    title_en: ClassVar[str]
