"""rules: the words by which a school's calendar names the portfolio's operations (schools/portfolio-words.yaml). 規§4.1."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, Field

from rules.instants import Model
from rules.proposals.plain import bare

Words = Annotated[tuple[str, ...], AfterValidator(lambda given: tuple(bare(x) for x in given))]


def one_of(words: Words, text: str) -> str:
    """The first of the words that stands in a bare text; empty where none does."""
    return next((x for x in words if x in text), "")


class Operation(Model):
    """An operation: of which windows or dated duties it speaks, and what a title says of it.

    `event`: a meeting or an announcement, which outranks the operation that it is about. `joint`: operations of the
    same name in one title are all meant. `generic`: counts where no closer one is named.
    """

    id: str
    title: str
    title_en: str
    windows: tuple[str, ...] = ()
    duties: tuple[str, ...] = ()
    event: bool = False
    joint: str = ""
    generic: bool = False
    said: tuple[Words, ...] = Field(min_length=1)

    def named_in(self, text: str) -> bool:
        """Whether a bare title has one word of each list."""
        return all(one_of(words, text) for words in self.said)


class Nearest(Model):
    """How much nearer the nearest period must be than every other one: by days, and by times."""

    days: int = Field(ge=0)
    times: int = Field(ge=1)


class PortfolioWords(Model):
    """All words. A title with one of `mentions` is about the portfolio and never passed over."""

    source: str
    guess: bool
    mentions: Words
    opens: Words
    due: Words
    closes: Words
    unless: Words
    semesters: dict[int, Words]
    tracks: dict[str, Words]
    batches: dict[int, Words]
    nearest: Nearest
    operations: tuple[Operation, ...]
