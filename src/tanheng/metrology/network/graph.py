"""Loops of a directed graph: strongly connected parts, and one way round each of them."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping, Sequence

Arrows = Mapping[str, Sequence[str]]


def arrows_of(pairs: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    """Return where each vertex leads, every vertex named, each list in order and without repetition."""
    found: dict[str, set[str]] = {}
    for start, end in pairs:
        found.setdefault(start, set()).add(end)
        found.setdefault(end, set())
    return {start: sorted(found[start]) for start in sorted(found)}


def components(arrows: Arrows) -> list[list[str]]:
    """Return the strongly connected components, each sorted, in an order in which arrows lead backwards (Tarjan 1972).

    Without recursion, so that a long chain of nodes needs no deep stack.
    """
    index: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []
    waiting: set[str] = set()
    found: list[list[str]] = []
    for root in arrows:
        if root in index:
            continue
        work = [(root, iter(arrows[root]))]
        index[root] = low[root] = len(index)
        stack.append(root)
        waiting.add(root)
        while work:
            vertex, ways = work[-1]
            step = next((end for end in ways if end not in index or end in waiting), None)
            if step is None:
                work.pop()
                if work:
                    low[work[-1][0]] = min(low[work[-1][0]], low[vertex])
                if low[vertex] == index[vertex]:
                    place = stack.index(vertex)
                    found.append(sorted(stack[place:]))
                    waiting.difference_update(stack[place:])
                    del stack[place:]
            elif step in index:
                low[vertex] = min(low[vertex], index[step])
            else:
                index[step] = low[step] = len(index)
                stack.append(step)
                waiting.add(step)
                work.append((step, iter(arrows[step])))
    return found


def loops(arrows: Arrows) -> list[tuple[str, ...]]:
    """Return one shortest loop of each strongly connected part that has any, from its first code on, in order of codes."""
    found = []
    for component in components(arrows):
        first = component[0]
        if len(component) > 1:
            found.append(_round(arrows, first, set(component)))
        elif first in arrows[first]:
            found.append((first,))
    return sorted(found)


def _round(arrows: Arrows, first: str, within: set[str]) -> tuple[str, ...]:
    """Return the shortest way from ``first`` back to it, by breadth."""
    before: dict[str, str] = {}
    queue = deque([first])
    while queue:
        vertex = queue.popleft()
        for end in arrows[vertex]:
            if end == first:
                way = [vertex]
                while way[-1] != first:
                    way.append(before[way[-1]])
                return tuple(reversed(way))
            if end in within and end not in before:
                before[end] = vertex
                queue.append(end)
    raise AssertionError(first)  # a strongly connected part leads back to each of its vertices


def reaches(arrows: Mapping[str, Iterable[str]], start: str, target: str) -> bool:
    """Return whether arrows lead from ``start`` to ``target``."""
    seen, queue = {start}, deque([start])
    while queue:
        vertex = queue.popleft()
        if vertex == target:
            return True
        for end in arrows.get(vertex, ()):
            if end not in seen:
                seen.add(end)
                queue.append(end)
    return False
