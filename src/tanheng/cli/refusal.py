"""A command line that cannot be run, said like every other refusal: the thing, the value, the rule and the cure.

Typer finds these faults and tells them in English alone; here they become errors of ours, with messages in both languages.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Sequence
from typing import Any

from tanheng.cli import help as helping
from tanheng.core import messages
from tanheng.core.errors import InputError

Both = dict[str, str]
"""A text in both languages."""


def tell(error: Any, command: Any, arguments: Sequence[str], *, lang: str) -> InputError | None:
    """Print how the command is used and return what is wrong; nothing is wrong when a group was called to show its help.

    Parameters
    ----------
    error
        What typer raised, and
    command
        what it was asked to run; their classes have no public name.
    arguments : sequence of str
        ``tanheng``, the name of the command, and what stood behind it.
    """
    if type(error).__name__ == "NoArgsIsHelpError":
        return None
    ctx = error.ctx or _context(command, arguments)
    line = ctx.get_usage()
    print(helping.usage(line) if lang == "zh" else line, file=sys.stderr)
    return _refusal(error, ctx, arguments)


def _context(command: Any, arguments: Sequence[str]) -> Any:
    """Return the context of the command that was called, for a fault that typer tells without one."""
    import typer

    depth = 2
    while below := getattr(command, "commands", {}).get(next(iter(arguments[depth:]), "")):
        command, depth = below, depth + 1
    return typer.Context(command, info_name=" ".join(arguments[:depth]))


def _refusal(error: Any, ctx: Any, arguments: Sequence[str]) -> InputError:
    """Return a usage error of typer as an error of ours."""
    command: str = ctx.command_path
    match type(error).__name__:
        case "MissingParameter":
            return InputError("cli.usage.missing", command=command, **_described(error.param))
        case "NoSuchOption":
            return InputError("cli.usage.option", command=command, name=error.option_name, known=_listed(_options(ctx)))
        case "BadOptionUsage":
            return _with_or_without(error.option_name, ctx)
        case "BadParameter" if error.param is not None:
            fields = _described(error.param) | {"command": command, "value": _value(error)}
            if rule := _rule(error.param):
                return InputError("cli.usage.value", rule=rule, **fields)
            return InputError("cli.usage.refused", reason=error.message, **fields)
    if below := getattr(ctx.command, "commands", None):
        word = next(iter(arguments[len(command.split()) :]), "")  # groups have no options: each word before is a command
        return InputError("cli.usage.subcommand", command=command, name=word, known=_listed(below))
    if extra := re.search(r"extra argument(?:s|\(s\))? \((.*)\)$", error.message, re.DOTALL):
        return InputError("cli.usage.extra", command=command, words=extra[1])
    return InputError("cli.usage.other", command=command, reason=error.message)


def _with_or_without(name: str, ctx: Any) -> InputError:
    """Return the error of an option that stands without the value it takes, or with one it does not take."""
    (param,) = [param for param in ctx.command.get_params(ctx) if name in param.opts]
    if param.is_flag:
        return InputError("cli.usage.flag", command=ctx.command_path, name=name)
    return InputError("cli.usage.empty", command=ctx.command_path, **_described(param))


def _options(ctx: Any) -> list[str]:
    params = ctx.command.get_params(ctx)
    return [name for param in params if not getattr(param, "hidden", False) for name in param.opts if name.startswith("--")]


def _described(param: Any) -> dict[str, Any]:  # fields of a message
    """Return the name of an option or argument as it is typed, what kind it is, and its help."""
    option = param.param_type_name == "option"
    kind = "cli.usage.kind.option" if option else "cli.usage.kind.argument"
    name = param.opts[0] if option else param.metavar or param.name
    return {"kind": _both(kind), "name": name, "help": {"zh": helping.chinese(param.help), "en": param.help or ""}}


def _value(error: Any) -> str:
    """Return the value that was refused: from the check that refused it, else as the sentence about it quotes it."""
    found = getattr(error.__cause__, "errors", None)
    if found:
        return str(found()[0]["input"])
    quoted = re.search(r"'(.*)'", error.message, re.DOTALL)
    return quoted[1] if quoted else ""


def _rule(param: Any) -> Both | None:
    """Return what a value of an option or argument must be, or nothing where only typer knows."""
    described = getattr(param, "type_descriptor", None)
    if described is None:  # an earlier typer
        return None
    kind, info = described.annotation, described.parameter_info
    if choices := getattr(kind, "__args__", None):
        return _both("cli.usage.rule.choice", known=_listed(map(str, choices)))
    if kind not in (int, float):
        return _both("cli.usage.rule.file") if info.exists and not info.dir_okay else None
    number = _both("cli.usage.rule.integer" if kind is int else "cli.usage.rule.number")
    if info.min is None:
        return number
    if info.max is None:
        return _both("cli.usage.rule.least", number=number, low=info.min)
    return _both("cli.usage.rule.between", number=number, low=info.min, high=info.max)


def _both(code: str, **fields: object) -> Both:
    return {language: messages.render(code, language, fields) for language in messages.LANGUAGES}


def _listed(names: Iterable[str]) -> Both:
    names = list(names)
    return {"zh": "、".join(names), "en": ", ".join(names)}
