"""Write the rules' pages into a folder: ``python -m puretango.lint docs/rules``."""

from __future__ import annotations

import sys
from pathlib import Path

from puretango.lint import all_rules, index_page, rule_page

if __name__ == "__main__":
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "README.md").write_text(index_page(), encoding="utf-8")
    for rule in all_rules().values():
        (folder / f"{rule.id}.md").write_text(rule_page(rule), encoding="utf-8")
