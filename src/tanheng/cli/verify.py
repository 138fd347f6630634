"""``tanheng verify``: an evidence bundle, checked offline by anybody.

Exit codes: 0 everything holds; 1 something does not, and the message names it; 2 the command was called wrongly.
"""

from __future__ import annotations

import datetime
import errno
import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tanheng.cli.root import language, report
from tanheng.core.errors import InputError, TanhengError
from tanheng.core.messages import LANGUAGES, render

if TYPE_CHECKING:
    from tanheng.evidence import Verified
    from tanheng.trust.policy import Policy

FAILED = 1


def command(
    bundle: Annotated[Path, typer.Argument(metavar="BUNDLE", help="The ZIP that tanheng account --bundle wrote.")],
    trust: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Policy: the logs, witnesses, quorum and rule packs you trust."),
    ] = None,
    overlay: Annotated[list[Path] | None, typer.Option(help="Folder of extra rule-pack files, for the replay.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the result as JSON.")] = False,
    lang: Annotated[str, typer.Option(help="zh or en; default from LANG.")] = "",
) -> None:
    """Verify an evidence bundle: hashes, signatures, proofs, witnesses, and every figure calculated again.

    Without --trust the keys are the bundle's own: it is then consistent in itself, and nobody has said whose it is.

    Example: tanheng verify hubei-2025.zip --trust province.policy
    """
    if lang not in ("", *LANGUAGES):
        raise InputError("cli.language", value=lang)
    lang = lang or language()
    try:
        verified = _verified(bundle, trust, tuple(overlay or ()))
    except TanhengError as error:
        raise typer.Exit(_fail(error, lang, as_json=as_json)) from error
    if as_json:
        sys.stdout.write(json.dumps(verified.jsonable(), ensure_ascii=False, indent=1) + "\n")
    else:
        for line in told(verified, lang, trust=trust):
            print(printable(line))


def _verified(bundle: Path, trust: Path | None, overlays: tuple[Path, ...]) -> Verified:
    from tanheng.evidence import verify_file
    from tanheng.standards import load_pack

    if not bundle.is_file():
        raise InputError("evidence.archive.unreadable", path=bundle, reason=os.strerror(errno.ENOENT))
    policy = None if trust is None else read_policy(trust)
    return verify_file(bundle, policy=policy, pack=lambda: load_pack(overlays))


def read_policy(path: Path) -> Policy:
    """Return the policy of a file.

    Raises
    ------
    InputError
        When the file cannot be read.
    PolicyError
        When it is no policy; names the line.
    """
    from tanheng.trust import policy

    try:
        return policy.parse(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise InputError("evidence.option.trust", path=path, reason=str(error)) from error


def _fail(error: TanhengError, lang: str, *, as_json: bool) -> int:
    """Report why a bundle does not verify; return the exit code."""
    from tanheng.evidence import BundleError

    if not isinstance(error, BundleError):
        return report(error, lang=lang)
    if as_json:
        found = {"verified": False, "code": error.code, "object": error.object, "reason": error.text(lang)}
        sys.stdout.write(json.dumps(found, ensure_ascii=False, indent=1) + "\n")
    print(printable(render("evidence.told.failed", lang, {"reason": error.text(lang)})), file=sys.stderr)
    return FAILED


def told(verified: Verified, lang: str, *, trust: Path | None) -> Iterator[str]:
    """Yield what a verified bundle proves, a line each; the first says whose the keys are."""

    def say(name: str, **fields: object) -> str:
        return render(f"evidence.told.{name}", lang, fields)

    head, checkpoint = verified.anchor, verified.anchor.checkpoint
    keys = ", ".join(f"{name} {fingerprint}" for name, fingerprint in head.fingerprints)
    yield say("own", keys=keys) if trust is None else say("anchored", file=trust, keys=keys)
    rules, stated = verified.report.rules, verified.stated
    time = _moment(stated.time_ms // 1000)
    yield say("report", plant=verified.report.plant, year=verified.report.year, version=stated.version, time=time)
    yield say("rules", book=rules.book, pack=rules.rule_pack)
    for total in verified.totals:
        value = say("blank") if total.rounded is None else total.rounded
        yield say("total", title=total.title.get(lang, total.id), value=value, unit=total.unit)
    yield say("figures", count=verified.figures)
    yield say(f"replay.{verified.replay.value}")
    yield say("files", count=verified.members, size=verified.size)
    yield say("log", origin=checkpoint.origin, size=checkpoint.size, root=checkpoint.root.hex())
    yield from _entries_told(verified, lang)
    yield say("key", key=head.record.key_id, protection=head.record.protection.words(lang))
    for witness, seconds in head.witnesses:
        yield say("cosigned", witness=witness, time=_moment(seconds))
    if not head.witnesses:
        yield say("no_witness")
    if verified.unverified:
        yield say("unverified", count=len(verified.unverified), ids=", ".join(verified.unverified))
    if verified.simulated:
        yield say("simulated")


def _entries_told(verified: Verified, lang: str) -> Iterator[str]:
    count, size = len(verified.entries), verified.anchor.checkpoint.size
    name = "complete" if verified.complete else "part"
    yield render(f"evidence.told.{name}", lang, {"count": count, "rest": size - count})
    for stated in verified.entries:
        if stated.entry.withheld is not None:
            fields = {"index": stated.index, "subject": stated.statement.subject, "reason": stated.entry.withheld.value}
            yield render("evidence.told.withheld", lang, fields)
    if verified.envelopes:
        yield render("evidence.told.envelopes", lang, {"count": verified.envelopes})


def _moment(seconds: int) -> str:
    """Return POSIX seconds as a time of day in UTC; the bare number when it is beyond the calendar."""
    try:
        return datetime.datetime.fromtimestamp(seconds, datetime.UTC).isoformat()
    except (ValueError, OverflowError, OSError):
        return f"{seconds} s"


def printable(text: str) -> str:
    """Return text from a file of unknown hands without characters that could steer a terminal."""
    return "".join(one if one.isprintable() or one == "\n" else "�" for one in text)
