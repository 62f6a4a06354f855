"""Every state that an item may have is told in words, and who failed is told apart."""

from __future__ import annotations

import pytest

from rules.admission import TRANSITIONS
from rules.items.states import STATES, state_words


@pytest.mark.clause("規§5.3.1", "規§5.3.2")
def test_every_state_has_words_and_a_teacher_s_silence_is_the_school_s_fault() -> None:
    reached = {t.to_state for t in TRANSITIONS} | {"locked", "expired", "expired_uncertified"}
    assert set(STATES) == reached
    assert "校方責任" in state_words("expired_uncertified") and "校方" not in state_words("expired")
    assert all(not zh.isascii() and en.isascii() for zh, en in STATES.values())
