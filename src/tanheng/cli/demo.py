"""``tanheng demo``: the first look. Accounts both examples of the repository and shows their tables."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from tanheng.cli import tables
from tanheng.cli.account import account_folder, chosen_language, write_results
from tanheng.core.errors import InputError
from tanheng.core.messages import render

EXAMPLES = ("european-commission-cement", "hubei-5000tpd")


def command(
    examples: Annotated[Path, typer.Option(help="Folder that holds the examples.")] = Path("examples"),
    lang: Annotated[str, typer.Option(help="zh or en; default from LANG.")] = "",
) -> None:
    """Account the published example of the European Commission and the constructed plant in Hubei.

    Example: tanheng demo --lang en
    """
    lang = chosen_language(lang)
    print(render("cli.demo.accounting", lang, {"count": len(EXAMPLES)}) + "\n", flush=True)
    from tanheng.standards import load_pack

    pack = load_pack()
    for name in EXAMPLES:
        folder = examples / name
        if not folder.is_dir():
            raise InputError("cli.demo.missing", path=folder)
        _, inventory = account_folder(folder, pack)
        write_results(folder / "out", inventory, force=True, lang=lang)
        tables.summary(inventory, lang)
        print(render("cli.demo.written", lang, {"path": folder / "out"}) + "\n", flush=True)
