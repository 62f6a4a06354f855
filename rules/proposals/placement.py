"""rules: the numbers by which a draft places what nobody has dated (schools/proposal.yaml). 規§4.1."""

from __future__ import annotations

from datetime import time

from pydantic import Field

from rules.instants import Model


class Placement(Model):
    """Working days between dates, and days of a year that stand in where the school's calendar is silent."""

    opens_at: time
    due_at: time
    meeting_before: int = Field(gt=0)
    publication_before: int = Field(gt=0)
    entry_days: int = Field(gt=0)
    entry_grace: int = Field(gt=0)
    certify_due: int = Field(gt=0)
    certify_close: int = Field(gt=0)
    correction_before: int = Field(gt=0)
    grades_after: int = Field(gt=0)
    selection_days: int = Field(gt=0)
    submission_days: int = Field(gt=0)
    submission_margin: int = Field(gt=0)
    receipts_after: int = Field(gt=0)
    receipts_days: int = Field(gt=0)
    training_after: int = Field(gt=0)
    first_1: str
    closing_1: str
    first_2: str
    closing_2: str
    submission_after_period: int = Field(gt=0)
    final_before_year_end: int = Field(gt=0)
