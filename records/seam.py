"""records: the command seam. One command, one transaction: a fact and its proof, or a refusal and its attempt."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol
from uuid import UUID

import asyncpg
from pydantic import ValidationError
from pydantic_core import to_json

from records.db import Connection, Database, school_now
from records.files.shelf import LARGEST, Shelf
from records.together import Together
from rules.commands import REGISTRY, Command
from rules.exchange import Formats
from rules.refusals import Code, Refusal, Refused, refuse
from rules.refusals.malformed import malformed, unstorable

DEADLOCK_RETRIES = 2
"""A step holds its process and waits for a window while a command wakes that process: one of them tries again."""


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: a person, or another registered system (which acts under its post's holder)."""

    person: UUID
    system: str | None = None

    @property
    def text(self) -> str:
        """The name under which idempotency keys are kept."""
        return f"{self.system}/{self.person}" if self.system else str(self.person)


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of a command: `accepted` with its proof, or the refusal."""

    accepted: bool
    command: str
    proof: dict[str, Any] = field(default_factory=dict)
    refusal: Refusal | None = None
    repeated: bool = False
    results: tuple[dict[str, Any], ...] = ()
    """One row each, where a command is about many items."""

    def shown(self) -> dict[str, Any]:
        """The answer as one JSON object."""
        if self.refusal is not None:
            return {"accepted": False, "command": self.command, "refusal": self.refusal.shown()}
        shown = {"accepted": True, "command": self.command, "proof": self.proof, "repeated": self.repeated}
        return shown | {"results": list(self.results)} if self.results else shown


@dataclass(slots=True)
class Deed:
    """One command being carried out: its transaction, actor and instant. Handlers get it whole."""

    school: str
    actor: Actor
    command: Command
    connection: Connection
    vault: Vault
    at: datetime

    async def now(self) -> datetime:
        """Read the school's clock again, after the locks that decide were taken; kept as `at`."""
        self.at = await school_now(self.connection, self.school)
        return self.at

    async def record(
        self,
        kind: str,
        subject: str,
        body: dict[str, Any] | None = None,
        *,
        wakes: str | None = None,
        on_behalf_of: str | None = None,
        clause: str | None = None,
    ) -> dict[str, Any]:
        """Write the fact and return its proof. `body` holds ids, counts and instants only."""
        fact = await self.connection.fetchval(
            "insert into fact (school, at, kind, actor, on_behalf_of, clause, subject, body, wakes)"
            " values ($1, $2, $3, $4, $5, $6, $7, $8, $9) returning id",
            self.school,
            self.at,
            kind,
            self.actor.person,
            on_behalf_of,
            clause or self.command.clause,
            subject,
            body or {},
            wakes,
        )
        return proof(self.school, fact, kind, subject, self.at, body or {})


@dataclass(frozen=True, slots=True)
class Vault:
    """What a deed needs beside the database: the file store, the master key that wraps persons' keys, formats."""

    files: Path
    master_key: bytes
    formats: Formats | None = None
    """The outside world's formats, where rosters are written and receipts read."""
    shelf: Shelf | None = None
    """Where finished files stand instead of `files`; what is under way stays in `files`."""
    largest: int = LARGEST
    """Bytes after which an incoming file is refused without reading on."""


class Fast(Protocol):
    """A frequent command: checks what only Python knows, then one function call in one round trip.

    It gives `{"answer": …}`, `{"repeated": true, "answer": …}` or `{"refused": …}`, already recorded;
    an answer holds `fact`, `kind`, `subject`, `at` and `body`, of which the proof is made.
    """

    async def __call__(
        self, seam: Seam, school: str, actor: Actor, command: Any, *, key: str, request: str
    ) -> dict[str, Any]:
        """Carry the command out. Raises Refused for what is wrong before the database is asked."""


Handler = Callable[[Deed], Awaitable[dict[str, Any]]]
HANDLERS: dict[str, Handler] = {}
FAST: dict[str, Fast] = {}


def handles(command: type[Command]) -> Callable[[Handler], Handler]:
    """Register the handler of a command; one command has one handler."""

    def register(handler: Handler) -> Handler:
        if command.name in HANDLERS:
            raise RuntimeError(f"{command.name} has a handler already")
        HANDLERS[command.name] = handler
        return handler

    return register


def proof(school: str, fact: int, kind: str, subject: str, at: datetime, body: dict[str, Any]) -> dict[str, Any]:
    """A proof: the fact's id, what it is about, the instant that counted, and a hash over all of it."""
    shown = {"school": school, "fact": fact, "kind": kind, "subject": subject, "at": at.isoformat()}
    shown |= {k: v for k, v in body.items() if isinstance(v, (str, int, bool))}
    return shown | {"sha256": hashlib.sha256(plainly(shown)).hexdigest()}


def canonical(value: Any) -> bytes:
    """One spelling of a JSON value, for hashing."""
    return _one_spelling(value).encode()


def plainly(flat: dict[str, Any]) -> bytes:
    """As `canonical`, of an object of texts, numbers and truth values, in a quarter of the time; a test holds them alike."""
    return to_json(dict(sorted(flat.items())))


_one_spelling = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=str).encode


def parse(name: str, body: dict[str, Any]) -> Command:
    """The command of that name. Raises Refused(field_…) that names the field and what is wrong."""
    model = REGISTRY.get(name)
    if model is None:
        raise refuse(Code.NOT_FOUND, place=f"command {name}", limit=", ".join(sorted(REGISTRY)))
    try:
        return model.model_validate(body)
    except ValidationError as error:
        raise Refused(malformed(error, model, clause=model.clause, within=name)) from None


def _request(command: Command, body: dict[str, Any]) -> str:
    """The hash by which a repeated key is held against its body. Raises Refused for text that no database keeps."""
    spelled = _one_spelling({"name": command.name, "body": body})
    try:
        if "\\u0000" not in spelled:
            return hashlib.sha256(spelled.encode()).hexdigest()
    except UnicodeEncodeError:
        pass
    wrong = unstorable(body, clause=command.clause, within=command.name)
    if wrong is not None:
        raise Refused(wrong)
    return hashlib.sha256(spelled.encode()).hexdigest()


def _answer(school: str, name: str, given: dict[str, Any]) -> Answer:
    """The answer of a function in SQL; it recorded its refusal itself."""
    if "refused" in given:
        return Answer(False, name, refusal=Refusal(**given["refused"]))
    fact = given["answer"]
    at = datetime.fromisoformat(fact["at"])
    shown = proof(school, fact["fact"], fact["kind"], fact["subject"], at, fact["body"])
    rows = tuple(_row(item, became) for item, became in fact["body"].get("results", ()))
    return Answer(True, name, shown, repeated=bool(given.get("repeated")), results=rows)


def _row(item: str, became: int | dict[str, str]) -> dict[str, Any]:
    """What became of one item of many: the id of its fact, or the refusal."""
    if isinstance(became, int):
        return {"item": item, "accepted": True, "fact": became}
    return {"item": item, "accepted": False, "refusal": Refusal(**became).shown()}


class Seam:
    """Carries out commands of any school on one database."""

    def __init__(self, db: Database, vault: Vault) -> None:
        self.db = db
        self.vault = vault
        self.groups: dict[str, Together[Any, Any]] = {}
        """Of the frequent commands whose waiting calls go together."""

    async def do(self, school: str, actor: Actor, name: str, body: dict[str, Any], *, key: str) -> Answer:
        """Carry out one command under an idempotency key.

        The same key with the same body gives the first answer again; with another body it is
        refused. A refusal changes no fact, is written as an attempt and leaves the key free.
        """
        for _ in range(DEADLOCK_RETRIES):
            with suppress(asyncpg.DeadlockDetectedError):
                return await self._once(school, actor, name, body, key=key)
        return await self._once(school, actor, name, body, key=key)

    async def _once(self, school: str, actor: Actor, name: str, body: dict[str, Any], *, key: str) -> Answer:
        try:
            command = parse(name, body)
            request = _request(command, body)
        except Refused as refused:
            return await self.attempt(school, actor, name, refused.refusal)
        try:
            if name in FAST:
                given = await FAST[name](self, school, actor, command, key=key, request=request)
                return _answer(school, name, given)
            async with self.db.transaction(school) as connection:
                await connection.execute(
                    "select pg_advisory_xact_lock(hashtextextended($1, 1))", f"{school}|{actor.text}|{key}"
                )
                known = await connection.fetchrow(
                    "select request_hash, answer from command_key where school = $1 and actor = $2 and key = $3",
                    school,
                    actor.text,
                    key,
                )
                if known is not None:
                    if known["request_hash"] != request:
                        raise refuse(Code.KEY_REUSED, place=f"key {key}")
                    return Answer(True, name, known["answer"], repeated=True)
                at = await school_now(connection, school)
                deed = Deed(school, actor, command, connection, self.vault, at)
                shown = await HANDLERS[name](deed)
                await connection.execute(
                    "insert into command_key (school, actor, key, request_hash, answer, at)"
                    " values ($1, $2, $3, $4, $5, $6)",
                    school,
                    actor.text,
                    key,
                    request,
                    shown,
                    deed.at,
                )
                return Answer(True, name, shown)
        except Refused as refused:
            return await self.attempt(school, actor, name, refused.refusal)
        except asyncpg.DataError as error:
            # A number or a day that the database does not hold; what it says would repeat the value.
            told = Refusal(code=Code.BAD_REQUEST, clause=command.clause, place=name, found=type(error).__name__)
            return await self.attempt(school, actor, name, told)

    async def attempt(self, school: str, actor: Actor | None, name: str, refusal: Refusal) -> Answer:
        """Write a refusal as an attempt: it changes no fact, but counts and can be shown."""
        async with self.db.transaction(school) as connection:
            at = await school_now(connection, school)
            await connection.execute(
                "insert into attempt (school, at, actor, command, code, clause, place, found, limit_)"
                " values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
                school,
                at,
                actor.person if actor else None,
                name,
                refusal.code.value,
                refusal.clause,
                refusal.place,
                refusal.found,
                refusal.limit,
            )
        return Answer(False, name, refusal=refusal)
