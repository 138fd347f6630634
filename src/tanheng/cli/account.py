"""``tanheng account``: a plant-year of files in; tables, workbook, report and the whole trace out.

Exit codes: 0 done; 2 the input was refused; 3 done, but a mandatory figure is blank; 1 anything else.
"""

from __future__ import annotations

import contextlib
import datetime
import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from tanheng.cli import output
from tanheng.cli.root import language, report
from tanheng.core.errors import InputError, TanhengError

if TYPE_CHECKING:
    from tanheng.accounting.evaluation import Evaluation
    from tanheng.accounting.folder import PlantYear
    from tanheng.accounting.inventory import Inventory
    from tanheng.standards import RulePack

INCOMPLETE = 3


def command(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Folder of the plant-year; with --template, the one to write.")],
    out: Annotated[Path | None, typer.Option(help="Where the results go; default DIR/out.")] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace results that are there already.")] = False,
    template: Annotated[bool, typer.Option("--template", help="Write a documented template into DIR and stop.")] = False,
    kind: Annotated[str, typer.Option(help="Method the template is for: cets, gbt or eu.")] = "cets",
    form: Annotated[Literal["xlsx", "csv"], typer.Option(help="Form of the template's tables.")] = "xlsx",
    rulebook: Annotated[str, typer.Option(help="Rule book to use instead of the plant's own, such as cn.gbt32151.")] = "",
    known: Annotated[str, typer.Option(metavar="DATE", help="Use only what was known on this day (2026-01-31).")] = "",
    compare: Annotated[Path | None, typer.Option(metavar="OLD.json", help="Say which figures moved since, and why.")] = None,
    overlay: Annotated[list[Path] | None, typer.Option(help="Folder of extra rule-pack files of the site.")] = None,
    lang: Annotated[str, typer.Option(help="zh or en; default from LANG.")] = "",
    as_json: Annotated[
        bool, typer.Option("--json", help="Print the figures as JSON and nothing else; write no files.")
    ] = False,
    uncertainty: Annotated[
        bool, typer.Option("--uncertainty", help="Evaluate U of the totals from instruments.csv and uncertainty.csv.")
    ] = False,
    bundle: Annotated[Path | None, typer.Option(metavar="OUT.zip", help="Prove it: log it, write the bundle.")] = None,
    key: Annotated[str, typer.Option(metavar="NAME", help="Key that signs the log, with --bundle (tanheng key new).")] = "",
    data: Annotated[Path, typer.Option(metavar="DIR", help="Folder of keys and log, with --bundle.")] = Path("data"),
) -> None:
    """Account a plant-year of files: both boundaries' CO₂ with a full trace.

    Writes inventory.json (the trace), report.xlsx and report.pdf into DIR/out.

    Exit codes: 0 done, 2 input refused, 3 done but a mandatory figure is blank, 1 anything else.

    Example: tanheng account examples/hubei-5000tpd --known 2026-01-31 --compare last-month/inventory.json
    """
    lang = chosen_language(lang)
    with refusing_in(lang):
        if template:
            _template(folder, lang, kind, form)
            return
        day = _day(known)
        from tanheng.cli.bundling import Bundling
        from tanheng.standards import load_pack

        bundling = Bundling.asked(bundle, key=key, data=data, force=force, as_json=as_json)
        pack = load_pack(tuple(overlay or ()))
        old = None if compare is None else _old(compare)
        year, inventory = account_folder(folder, pack, rulebook, day, quiet=as_json)
        evaluation = None
        if uncertainty and not inventory.blank_mandatory:
            evaluation = _evaluated_if_stated(year, inventory, pack, lang, quiet=as_json)
        if as_json:
            sys.stdout.write(json.dumps(_figures(inventory, evaluation), ensure_ascii=False, indent=1) + "\n")
        else:
            write_results(out or folder / "out", inventory, evaluation, force=force, lang=lang)
            _show(inventory, evaluation, old, lang)
            _notices(year, inventory, lang)
            if bundling is not None:
                bundling.write(folder, year.files, out or folder / "out", pack, lang=lang)
    raise typer.Exit(INCOMPLETE if inventory.blank_mandatory else 0)


@contextlib.contextmanager
def refusing_in(lang: str) -> Iterator[None]:
    """End the command with the report of an error in the language that was asked for."""
    try:
        yield
    except TanhengError as error:
        raise typer.Exit(report(error, lang=lang)) from error


def chosen_language(lang: str) -> str:
    """Return the language asked for, or that of the environment.

    Raises
    ------
    InputError
        For any other word than zh and en.
    """
    if lang not in ("", "zh", "en"):
        raise InputError("cli.language", value=lang)
    return lang or language()


def _day(text: str) -> datetime.date | None:
    from tanheng.core.errors import PeriodError
    from tanheng.core.period import parse_day

    try:
        return parse_day(text) if text else None
    except PeriodError as error:
        raise InputError("cli.account.known", findings=[error], value=text) from error


def _old(path: Path) -> Mapping[str, Any]:
    """Return the inventory to compare with, read before anything is calculated: a wrong file is refused input."""
    from tanheng.accounting import trace
    from tanheng.accounting.compare import comparable
    from tanheng.core.errors import CalculationError

    try:
        return comparable(trace.load(path.read_bytes()))
    except OSError as error:
        raise InputError("cli.account.compare_unreadable", path=path, reason=error.strerror or error) from error
    except CalculationError as error:
        raise InputError("cli.account.compare", path=path, findings=[error]) from error


def _template(folder: Path, lang: str, kind: str, form: Literal["xlsx", "csv"]) -> None:
    from tanheng.accounting.folder import write_template
    from tanheng.core.messages import render

    write_template(folder, lang=lang, kind=kind, form=form)
    print(render("cli.account.template", lang, {"folder": folder}))


def account_folder(
    folder: Path, pack: RulePack, book: str = "", known: datetime.date | None = None, *, quiet: bool = False
) -> tuple[PlantYear, Inventory]:
    """Return the plant-year of a folder and its inventory.

    Raises
    ------
    InputError
        With every fault of the folder, or when there is no rule book ``book``.
    """
    from tanheng.accounting.account import account
    from tanheng.accounting.folder import read_folder
    from tanheng.accounting.vocabulary import clinker_kinds, devices, known_items, rulebook_ids

    if book and book not in rulebook_ids(pack):
        raise InputError("cli.account.rulebook", value=book, known=", ".join(rulebook_ids(pack)))
    with output.progress(quiet=quiet) as step:
        step("read")
        year = read_folder(
            folder,
            known_items=lambda own: known_items(pack, book or own),
            known_clinkers=clinker_kinds(pack),
            known_rulebooks=rulebook_ids(pack),
            known_devices=devices(pack),
        )
        step("account")
        return year, account(year.plant, year.ledger, pack, book_id=book, known=known)


def _evaluated_if_stated(year: PlantYear, inventory: Inventory, pack: RulePack, lang: str, *, quiet: bool) -> Evaluation | None:
    """Return the uncertainty of an inventory, or None and a word of it when the folder states nothing to evaluate."""
    if year.instruments or year.components:
        return evaluated(year, inventory, pack, quiet=quiet)
    from tanheng.core.messages import render

    print(render("cli.account.no_evidence", lang, {}), file=sys.stderr)
    return None


def evaluated(year: PlantYear, inventory: Inventory, pack: RulePack, *, quiet: bool = False) -> Evaluation:
    """Return the uncertainty of an inventory by what the folder states of instruments and laboratory."""
    from tanheng.accounting.evaluation import evaluate_inventory, requirements
    from tanheng.accounting.stated import evidence

    with output.progress(quiet=quiet) as step:
        step("uncertainty")
        given = evidence(year.instruments, year.components)
        return evaluate_inventory(inventory, given, required=requirements(inventory, pack))


def _figures(inventory: Inventory, evaluation: Evaluation | None) -> Mapping[str, Any]:
    """Return what ``--json`` prints: every figure of the account and of its periods."""
    from tanheng.core.canonical import plain

    return {
        "rulebook": inventory.book.id,
        "digest": inventory.book.digest,
        "figures": {
            key: {"value": None if figure.value is None else plain(figure.value.normalize()), "unit": figure.unit}
            for key, figure in inventory.figures.items()
        },
        "unverified": inventory.unverified,
        **({} if evaluation is None else {"uncertainty": _uncertainties(evaluation)}),
    }


def _uncertainties(evaluation: Evaluation) -> Mapping[str, Any]:
    """Return U of each evaluated figure, its parts, and what is without evidence; U is binary by nature and given as such."""
    return {
        "seed": evaluation.seed,
        "trials": evaluation.trials,
        "without_evidence": list(evaluation.without_evidence),
        "figures": {
            name: {"u": item.gum.u, "k": item.gum.expanded().k, "U": item.gum.expanded().U, **item.gum.parts}
            for name, item in evaluation.figures.items()
        },
    }


def write_results(out: Path, inventory: Inventory, evaluation: Evaluation | None = None, *, force: bool, lang: str) -> None:
    """Write trace, workbook and report into a folder, whole or not at all."""
    from tanheng.accounting import trace
    from tanheng.reports import pdf, workbook

    with output.replacing(out, force=force) as draft, output.progress() as step:
        step("trace")
        (draft / "inventory.json").write_bytes(trace.dumps(inventory))
        step("workbook")
        (draft / "report.xlsx").write_bytes(workbook.render(inventory, lang=lang, evaluation=evaluation))
        step("report")
        (draft / "report.pdf").write_bytes(pdf.render(inventory, lang=lang, evaluation=evaluation))


def _notices(year: PlantYear, inventory: Inventory, lang: str) -> None:
    """Print what the plant-year holds that is allowed and yet hardly meant."""
    from tanheng.accounting.plausibility import notices

    for notice in notices(year.plant, year.ledger, known=inventory.known, figures=inventory.figures):
        print(notice.text(lang), file=sys.stderr)


def _show(inventory: Inventory, evaluation: Evaluation | None, old: Mapping[str, Any] | None, lang: str) -> None:
    from tanheng.cli import tables

    tables.summary(inventory, lang)
    if evaluation is not None:
        tables.uncertainty(inventory, evaluation, lang)
    if old is not None:
        from tanheng.accounting import trace
        from tanheng.accounting.compare import moves

        new = trace.load(trace.dumps(inventory))
        tables.moves(moves(old, new), lang)
