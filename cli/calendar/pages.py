"""cli: writes the generated pages of the calendar into docs/: `python -m cli.calendar.pages`."""

from __future__ import annotations

from pathlib import Path

from cli.calendar.lint import rules_page

DOCS = Path(__file__).resolve().parents[2] / "docs"


def main() -> None:
    """Write docs/lint-rules.md."""
    (DOCS / "lint-rules.md").write_text(rules_page(), encoding="utf-8")


if __name__ == "__main__":
    main()
