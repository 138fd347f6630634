"""The root of the command line: the table of commands, loaded when called, and one way to end with an error.

Exit codes: 0 done, 1 something failed, 2 the input was refused, and what a command documents beside these.
"""

from __future__ import annotations

import importlib
import importlib.util
import os
import sys
from collections.abc import Sequence
from typing import Any, NoReturn

from tanheng import __version__
from tanheng.core import messages
from tanheng.core.errors import InputError, TanhengError

# name → (module, one line of help in Chinese and in English). The module is imported when the command is called or its own help
# is asked for; the lines stand here because tanheng --help reads no catalogue.
COMMANDS: dict[str, tuple[str, str, str]] = {
    "account": (
        "tanheng.cli.account",
        "核算一个工厂一年的文件：表格、工作簿和报告。",
        "Account a plant-year of files: tables, workbook and report.",
    ),
    "backup": ("tanheng.cli.backup", "把平台的数据写成一个备份文件。", "Write one archive of the platform's data."),
    "conformance": (
        "tanheng.cli.conformance",
        "为任何厂家的终端或接收端评分。",
        "Score a terminal or a receiver of any vendor.",
    ),
    "demo": (
        "tanheng.cli.demo",
        "先看一看：核算两个示例并显示表格。",
        "The first look: account both examples and show their tables.",
    ),
    "edge": ("tanheng.cli.edge", "工厂终端：登记、检查、运行、状态。", "The plant terminal: check, run, status."),
    "key": ("tanheng.cli.key", "生成、显示和轮换密钥。", "Make, show and rotate keys."),
    "link": ("tanheng.cli.link", "打印首位管理员的新一次性链接。", "Print a new one-time link of the first administrator."),
    "log": (
        "tanheng.cli.log",
        "验证透明日志；对照日志核对所存数据。",
        "Verify a transparency log; check stored data against it.",
    ),
    "migrate": ("tanheng.cli.migrate", "把数据库升级到本版本的表结构。", "Bring the database to this version's schema."),
    "note": ("tanheng.cli.note", "验证签名文书。", "Verify a signed note."),
    "restore": (
        "tanheng.cli.restore",
        "恢复备份，并用检查点的根核对。",
        "Restore an archive and prove it by the checkpoint root.",
    ),
    "serve": (
        "tanheng.cli.serve",
        "运行平台：数据库、网页和后台任务。",
        "Run the platform: database, web and worker together.",
    ),
    "simulate": ("tanheng.cli.simulate", "以真实协议模拟一座工厂。", "Play a simulated plant on real protocols."),
    "standards": ("tanheng.cli.standards", "检查和显示规则包。", "Check and show the rule pack."),
    "storage": (
        "tanheng.cli.storage",
        "显示存有什么，以及十年需要多少空间。",
        "Show what is stored and what ten years will need.",
    ),
    "upgrade": ("tanheng.cli.upgrade", "备份、迁移、检查并启用本版本。", "Back up, migrate, check and start this version."),
    "verify": ("tanheng.cli.verify", "离线验证证据包。", "Verify an evidence bundle offline."),
    "web": ("tanheng.cli.web", "单独运行网页进程。", "Run the web processes alone."),
    "witness": ("tanheng.cli.witness", "运行透明日志的见证人。", "Run a witness of transparency logs."),
    "worker": ("tanheng.cli.worker", "单独运行后台任务。", "Run the background worker alone."),
}

_EXTRAS = {"conformance": "lake", "edge": "edge", "simulate": "simulator"}
"""Command → the extra whose packages it needs; the others need ``platform``, where they need one."""


def language() -> str:
    """Return the language of messages, by the environment: ``zh`` or ``en``."""
    return messages.language_of(os.environ)


def report(error: TanhengError, *, lang: str | None = None) -> int:
    """Print an error and each of its findings on standard error; return the exit code, 2 for refused input, else 1."""
    lang = lang or language()
    print(error.text(lang), file=sys.stderr)
    if not isinstance(error, InputError):
        return 1
    for finding in error.findings:
        print("  " + finding.text(lang), file=sys.stderr)
    return 2


def offered() -> dict[str, tuple[str, str, str]]:
    """Return the commands whose module is installed."""
    return {name: entry for name, entry in COMMANDS.items() if importlib.util.find_spec(entry[0]) is not None}


def usage(lang: str) -> str:
    """Return the text of ``tanheng --help``."""
    chinese = lang == "zh"
    rows = [f"  {name:<12} {zh if chinese else en}" for name, (_, zh, en) in sorted(offered().items())]
    example = "tanheng account --template my-plant && tanheng account my-plant"
    if chinese:
        head = ["用法：tanheng COMMAND [OPTIONS] …", "", "碳衡 Tanheng：水泥行业的开放碳计量平台。", "", "命令："]
        foot = ["", f"示例：{example}", "每个命令自带说明：tanheng COMMAND --help"]
    else:
        head = [
            "Usage: tanheng COMMAND [OPTIONS] …",
            "",
            "Tanheng 碳衡: open carbon metering for the cement industry.",
            "",
            "Commands:",
        ]
        foot = ["", f"Example: {example}", "Each command explains itself: tanheng COMMAND --help"]
    return "\n".join([*head, *rows, *foot])


def run(arguments: Sequence[str]) -> NoReturn:
    """Run one command line and end the process with its exit code."""
    name, rest = (arguments[0], list(arguments[1:])) if arguments else ("--help", [])
    if name in ("--help", "-h"):
        print(usage(language()), flush=True)
        sys.exit(0)
    if name in ("--version", "-V"):
        print(f"tanheng {__version__}", flush=True)
        sys.exit(0)
    if name not in offered():
        sys.exit(report(InputError("cli.usage.command", name=name)))
    _run_command(name, rest)


def _run_command(name: str, arguments: list[str]) -> NoReturn:
    found = importlib.import_module(COMMANDS[name][0]).command
    try:
        code = call(found, name, arguments)
    except ModuleNotFoundError as error:
        if error.name is None or error.name.partition(".")[0] == "tanheng":
            raise
        extra = _EXTRAS.get(name, "platform")
        code = report(TanhengError("cli.command.extra", command=name, package=error.name, extra=extra))
    sys.exit(code)


def call(found: Any, name: str, arguments: Sequence[str]) -> int:  # a function of any signature, or an app
    """Run what a module offers as ``command`` and return its exit code; it speaks the language of the environment."""
    import typer

    app = found
    if not isinstance(found, typer.Typer):
        app = typer.Typer(add_completion=False)
        app.command()(found)
    lang = language()
    command: Any = typer.main.get_command(app)  # typer keeps its class to itself, like that of the faults it finds:
    fault: Any = typer.BadParameter.__base__
    if lang == "zh":
        from tanheng.cli.help import in_chinese

        in_chinese(command)
    try:
        return command.main(args=list(arguments), prog_name=f"tanheng {name}", standalone_mode=False) or 0
    except TanhengError as error:
        return report(error)
    except typer.Abort:
        print(messages.render("cli.usage.aborted", lang, {}), file=sys.stderr)
        return 1
    except fault as error:
        from tanheng.cli.refusal import tell

        refused = tell(error, command, ["tanheng", name, *arguments], lang=lang)
        return 2 if refused is None else report(refused)
