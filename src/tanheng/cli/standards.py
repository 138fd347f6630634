"""``tanheng standards``: check the rule pack, show what it knows, list its ids.

Exit codes: 0 done; 2 a file or an argument was refused; 1 the id or value asked for is not there.
"""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tanheng.cli.root import language
from tanheng.core.errors import InputError, PeriodError

if TYPE_CHECKING:
    from tanheng.standards import RulePack

REFUSED = 2

command = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    help="Check and show the rule pack: every number the platform calculates with, its source and how sure we are of it.",
    epilog="Example: tanheng standards show cn.grid.province.hubei.factor --on 2025-06-30 --latest",
)

_OVERLAY = typer.Option("--overlay", metavar="DIR", help="Folder of the site's own files; may be given several times.")
_LANG = typer.Option("--lang", help="zh or en; default from LANG.")
_JSON = typer.Option("--json", help="Print JSON and nothing else.")


@command.command(epilog="Example: tanheng standards check overlays/my-plant")
def check(
    path: Annotated[
        Path | None,
        typer.Argument(help="Folder of a whole pack, or of an overlay to lay over the shipped pack. Default: shipped."),
    ] = None,
    lang: Annotated[str, _LANG] = "",
    as_json: Annotated[bool, _JSON] = False,
) -> None:
    """Check every file against its schema and all of them together; tell each fault with file, place and cure."""
    from tanheng.cli import standards_view
    from tanheng.standards import PackRefusedError

    lang = _language(lang)
    try:
        pack = _checked(path)
    except PackRefusedError as refused:
        if as_json:
            standards_view.print_json([{"code": fault.code, "text": fault.text(lang)} for fault in refused.findings])
        else:
            standards_view.print_faults(refused, lang)
        raise typer.Exit(REFUSED) from None
    if as_json:
        standards_view.print_json(standards_view.summary(pack))
    else:
        standards_view.print_summary(pack, lang)


@command.command(epilog="Example: tanheng standards show cn.ets.allocation.slope --on 2026-06-30 --known 2026-12-31")
def show(
    identifier: Annotated[str, typer.Argument(metavar="ID", help="Id of a parameter, table or document; or words of a title.")],
    on: Annotated[str, typer.Option(metavar="DATE", help="Only the value that describes this day (2025-06-30).")] = "",
    known: Annotated[str, typer.Option(metavar="DATE", help="Only what was known on this day.")] = "",
    latest: Annotated[bool, typer.Option("--latest", help="With --on: else the newest value of an earlier time.")] = False,
    overlay: Annotated[list[Path] | None, _OVERLAY] = None,
    lang: Annotated[str, _LANG] = "",
    as_json: Annotated[bool, _JSON] = False,
) -> None:
    """Show a parameter with all its values, or the one of a day; a table; or a document. Several of a title are listed."""
    from tanheng.cli import standards_view
    from tanheng.standards import load_pack

    lang = _language(lang)
    day, known_day = _day(on, "--on"), _day(known, "--known")
    if latest and day is None:
        raise InputError("standards.option.latest")
    pack = load_pack(tuple(overlay or ()))
    if not standards_view.has(pack, identifier):
        ids = standards_view.titled(pack, identifier)
        if len(ids) > 1:
            _print_ids(pack, ids, lang, as_json=as_json)
            return
        identifier = ids[0] if ids else identifier
    shown = standards_view.find(pack, identifier, on=day, known=known_day, latest=latest)
    if as_json:
        standards_view.print_json(shown)
    else:
        standards_view.print_shown(shown, lang)


@command.command("list", epilog="Example: tanheng standards list cn.cets.deduction")
def list_ids(
    prefix: Annotated[str, typer.Argument(help="Beginning of the ids, or words of a title; without it all of them.")] = "",
    overlay: Annotated[list[Path] | None, _OVERLAY] = None,
    lang: Annotated[str, _LANG] = "",
    as_json: Annotated[bool, _JSON] = False,
) -> None:
    """List parameters with the newest value of each."""
    from tanheng.cli import standards_view
    from tanheng.standards import load_pack

    lang = _language(lang)
    pack = load_pack(tuple(overlay or ()))
    parameters = [pack.parameter(identifier) for identifier in pack.ids(prefix)]
    if not parameters:
        ids = standards_view.titled(pack, prefix)
        parameters = [pack.parameters[identifier] for identifier in ids if identifier in pack.parameters]
    if not parameters:
        pack.parameter(prefix)  # refuses, and names near ids
    if as_json:
        standards_view.print_json(parameters)
    else:
        standards_view.print_parameters(parameters, lang)


def _print_ids(pack: RulePack, ids: list[str], lang: str, *, as_json: bool) -> None:
    from tanheng.cli import standards_view

    titles = standards_view.titles_of(pack, ids)
    if as_json:
        standards_view.print_json([{"id": key, "title": title} for key, title in titles.items()])
    else:
        standards_view.print_titles(titles, lang)


def _checked(path: Path | None) -> RulePack:
    from tanheng.standards import check_pack, extra_files
    from tanheng.standards.loader import SHIPPED

    if path is None or (path / "register.yaml").is_file():
        root = path or SHIPPED
        for folder in ("requirements", "checks", "cases"):
            extra_files(folder, root)
        return check_pack(root)
    return check_pack(SHIPPED, (path,))


def _language(lang: str) -> str:
    if lang not in ("", "zh", "en"):
        raise InputError("cli.language", value=lang)
    return lang or language()


def _day(text: str, option: str) -> datetime.date | None:
    from tanheng.core.period import parse_day

    try:
        return parse_day(text) if text else None
    except PeriodError as error:
        raise InputError("standards.option.date", findings=[error], option=option, value=text) from error
