"""A formula is arithmetic and nothing else: its syntax tree is read, node by node.

Allowed are ``+ - * /``, whole literals, its own arguments and names, loops over its own arguments, and the functions of
``core.numbers`` that exist for every kind of number. Whatever else a body holds would work for one kind and not for another,
or would depend on something that is no argument.
"""

from __future__ import annotations

import ast
import importlib
import inspect
import pkgutil
import sys
import textwrap
from collections.abc import Callable, Iterator
from types import ModuleType

import pytest

import tanheng.formulas
from tanheng.core import numbers
from tanheng.formulas import registry
from tanheng.formulas.declaration import record_of

FUNCTIONS = {name: getattr(numbers, name) for name in ("clamp", "smaller", "larger", "chosen", "power", "total")}
OPERATORS = (ast.Add, ast.Sub, ast.Mult, ast.Div, ast.USub)
PLUMBING = (
    ast.Load,
    ast.Store,
    ast.Assign,
    ast.Return,
    ast.For,
    ast.Tuple,
    ast.ListComp,
    ast.comprehension,
    ast.BinOp,
    ast.UnaryOp,
)


def impurities(source: str) -> Iterator[str]:
    """Yield what a function's source holds besides arithmetic."""
    function = ast.parse(textwrap.dedent(source)).body[0]
    assert isinstance(function, ast.FunctionDef)
    known = {argument.arg for argument in function.args.kwonlyargs}
    if function.args.args or function.args.vararg or function.args.kwarg or any(function.args.kw_defaults):
        yield "an argument that is not keyword-only, or has a default"
    body = function.body[1:] if ast.get_docstring(function) is not None else function.body
    known |= {
        node.id for part in body for node in ast.walk(part) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
    }
    for part in body:
        yield from _impure(part, known)


def _impure(part: ast.AST, known: set[str]) -> Iterator[str]:
    for node in ast.walk(part):
        match node:
            case ast.Call(func=ast.Name(id=name), keywords=[]) if name in FUNCTIONS:
                pass
            case ast.Name(id=name) if name in known or name in FUNCTIONS:
                pass
            case ast.Constant(value=int(value)) if not isinstance(value, bool):
                pass
            case ast.BinOp(left=ast.Constant(), right=ast.Constant()):
                yield "arithmetic on two literals: multiply first, then divide"
            case ast.For(iter=ast.Name(), orelse=[]) | ast.comprehension(iter=ast.Name(), ifs=[], is_async=0):
                pass
            case ast.For() | ast.comprehension():
                yield "a loop over something else than an argument"
            case _ if isinstance(node, (*OPERATORS, *PLUMBING)):
                pass
            case _:
                yield ast.unparse(node) or type(node).__name__


@pytest.mark.parametrize("formula", registry.all(), ids=lambda formula: formula.id)
def test_a_formula_is_arithmetic_on_its_arguments(formula: registry.Formula) -> None:
    assert list(impurities(inspect.getsource(formula.function))) == []


@pytest.mark.parametrize("formula", registry.all(), ids=lambda formula: formula.id)
def test_a_function_a_formula_calls_is_that_of_core_numbers(formula: registry.Formula) -> None:
    module = sys.modules[formula.function.__module__]
    used = set(formula.function.__code__.co_names) & set(FUNCTIONS)
    assert all(getattr(module, name) is FUNCTIONS[name] for name in used)


@pytest.mark.parametrize(
    "body",
    [
        "return a * 3.6",
        "return a * 44 // 12",
        "return a ** 2",
        "return a * (44 / 12)",
        "return a if a > 0 else b",
        "return max(a, b)",
        "return abs(a)",
        "return round(a, 2)",
        "return a.quantize(b)",
        "return a * b[0]",
        "return a * EF_DEFAULT",
        "return sum(a)",
        "return clamp(x=a, lowest=b, highest=b)",
        "import math\n    return a",
        "if a:\n        return b\n    return a",
        "for x in range(3):\n        a = a + x\n    return a",
        "return total([x for x in a if x])",
        "return float(a)",
        "assert a\n    return a",
        "return a % b",
        "return True",
    ],
)
def test_anything_else_is_found(body: str) -> None:
    assert list(impurities(f"def f(*, a, b):\n    {body}\n")) != []


@pytest.mark.parametrize("head", ["a, b", "*, a, b=1", "*a, b", "**a"])
def test_arguments_by_position_or_with_a_default_are_found(head: str) -> None:
    assert list(impurities(f"def f({head}):\n    return 1\n")) != []


def modules() -> list[ModuleType]:
    """Return every module of the package."""
    names = [entry.name for entry in pkgutil.walk_packages(tanheng.formulas.__path__, "tanheng.formulas.")]
    return [importlib.import_module(name) for name in names]


def test_every_formula_of_the_package_is_in_the_register() -> None:
    declared = {
        record.id
        for module in modules()
        for value in vars(module).values()
        if (record := record_of(value)) is not None and is_own(value, module)
    }
    assert declared == {formula.id for formula in registry.all()}


def is_own(value: Callable[..., object], module: ModuleType) -> bool:
    return value.__module__ == module.__name__
