"""The walls of the house: which floor imports which, who may speak to Streamlit, to a model and to SQL."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

# Each floor and what of the house it may import. The main script builds the navigation and stands above all pages.
BUILT = {"exchange", "experiments", "storage", "llm"}
BELOW = {
    "llm": {"llm"},
    "storage": {"storage", "llm.types"},
    "experiments": {
        "experiments",
        "storage.errors",
        "storage.records",
        "storage.experiments.records",
        "storage.experiments.rerun_records",
        "llm",
    },
    "exchange": {"exchange", "storage.exchange.checking", "storage.exchange.schema", "llm"},
    "components": {"components", "exchange", "experiments", "storage", "llm"},
    "services": {"services", "exchange", "experiments", "storage", "llm"},
    "tabs": {"tabs", "components", "services", "exchange", "experiments", "storage", "llm"},
    "live_route": {"components", "services", "experiments", "storage", "llm"},
    "exchange_route": {"exchange", "services", "storage", "llm"},
    "pages": {"pages", "tabs", "components", "services", "exchange", "experiments", "storage", "llm"},
    "app": BUILT | {"app", "live_route", "exchange_route", "tabs", "pages", "components", "services"},
}
MAIN_SCRIPT = Path("components/navigation.py")
ALONE = Path("llm/servers/local_server.py")  # run as a file in a process of its own

# A library and the only floors that may import it.
ROOMS = {
    "streamlit": {"app", "pages", "components", "services"},
    "openai": {"llm"},
    "httpx2": {"llm"},
    "sqlite_utils": {"storage"},
    "sqlite3": {"storage"},
    "altair": {"components", "experiments"},
    "jinja2": {"exchange", "experiments"},
    "jsonschema": {"experiments"},
    "numpy": {"experiments"},
    "rapidfuzz": {"experiments"},
    "regex": {"experiments"},
    "scipy": {"experiments"},
    "vl_convert": {"experiments"},
}
# Imported inside functions, for a quick start; so are the rooms that are made of such a library.
MADE_OF_HEAVY = {
    "exchange.writing.page",
    "llm.servers.bounded",
    "experiments.report.figures",
    "experiments.report.page",
}
CHARTS = ("cost", "effects", "means", "parts", "truncation", "win_rates")
MADE_OF_HEAVY |= {f"experiments.reading.charts.{room}" for room in CHARTS}
MADE_OF_HEAVY |= {f"experiments.reading.statistics.{room}" for room in ("bootstrap", "design", "shuffling")}
HEAVY = {"openai", "httpx2", "tiktoken", "genai_prices", "sqlite_utils", *MADE_OF_HEAVY}
HEAVY |= {"altair", "jinja2", "jsonschema", "jsonschema_specifications", "numpy", "rapidfuzz", "referencing", "regex"}
HEAVY |= {"scipy", "vl_convert"}
SQL = re.compile(r"\s*(SELECT|INSERT (OR \w+ )?INTO|UPDATE \w+ SET|DELETE FROM|CREATE \w+|ALTER TABLE|PRAGMA) ")


def source_files() -> list[Path]:
    folders = [ROOT / floor for floor in BELOW if (ROOT / floor).is_dir()]
    files = [file for folder in folders for file in folder.rglob("*.py")]
    return sorted(file.relative_to(ROOT) for file in [*files, *ROOT.glob("*.py")])


def floor_of(file: Path) -> str:
    return "app" if file == MAIN_SCRIPT else file.parts[0].removesuffix(".py")


def module_of(file: Path) -> str:
    return ".".join(file.with_suffix("").parts)


def imported(node: ast.AST, file: Path) -> list[str]:
    """The dotted names of one import; `from a import b` counts as a.b, for b may be a module."""
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if not isinstance(node, ast.ImportFrom):
        return []
    base = ".".join(file.parts[: len(file.parts) - node.level]) if node.level else ""
    module = ".".join(part for part in (base, node.module) if part)
    return [f"{module}.{alias.name}" for alias in node.names]


def at_import_time(tree: ast.Module) -> Iterator[ast.AST]:
    """What runs when the module is imported: all but functions and blocks for the type checker."""
    waiting: list[ast.AST] = [tree]
    while waiting:
        node = waiting.pop()
        yield node
        lazy = isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
        if not lazy and not (isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)):
            waiting.extend(ast.iter_child_nodes(node))


def within(name: str, allowed: set[str]) -> bool:
    return any(name == module or name.startswith(f"{module}.") for module in allowed)


def import_breaches(name: str, file: Path) -> Iterator[str]:
    floor, library = floor_of(file), name.partition(".")[0]
    if library in BELOW and not within(name, BELOW[floor]):
        yield f"{floor} must not import {name}: it may import {', '.join(sorted(BELOW[floor]))}"
    if library in BELOW and file == ALONE:
        yield f"imports {name}, but it is started as a file and knows nothing of the house"
    if library in ROOMS and floor not in ROOMS[library]:
        yield f"{library} belongs to {', '.join(sorted(ROOMS[library]))}"


def breaches(source: str, file: Path) -> list[str]:
    """One sentence for each wall that this source breaks, with the line."""
    tree, found = ast.parse(source), []
    for node in ast.walk(tree):
        for name in imported(node, file):
            found += [(node.lineno, breach) for breach in import_breaches(name, file)]
        if floor_of(file) != "storage" and isinstance(node, ast.Constant) and SQL.match(str(node.value)):
            found.append((node.lineno, "SQL belongs to storage"))
    for node in at_import_time(tree) if module_of(file) not in MADE_OF_HEAVY else ():
        heavy = {name for name in imported(node, file) if within(name, HEAVY)}
        found += [
            (node.lineno, f"{name.partition('.')[0]} is heavy: import it inside the function that needs it")
            for name in heavy
        ]
    return [f"{file}:{line}: {breach}" for line, breach in sorted(set(found))]


@pytest.mark.parametrize("file", source_files(), ids=str)
def test_a_file_keeps_the_walls(file):
    found = breaches((ROOT / file).read_text("utf-8"), file)
    assert not found, "\n".join(found)


@pytest.mark.parametrize(
    ("file", "source", "breach"),
    [
        ("llm/a.py", "import storage.store", "llm must not import storage.store"),
        ("llm/a.py", "def f():\n    from services import Services", "llm must not import services.Services"),
        ("llm/a.py", "import streamlit as st", "streamlit belongs to"),
        ("llm/a.py", "import openai", "openai is heavy"),
        ("llm/a/b.py", "class A:\n    from tiktoken import Encoding", "tiktoken is heavy"),
        ("llm/servers/local_server.py", "from llm.types import Message", "knows nothing of the house"),
        ("storage/a.py", "from llm import prices", "storage must not import llm.prices"),
        ("storage/a.py", "def f():\n    import openai", "openai belongs to llm"),
        ("experiments/a.py", "from storage.store import Store", "experiments must not import storage.store.Store"),
        ("experiments/a.py", "import scipy.stats", "scipy is heavy"),
        ("components/a.py", "def f():\n    from rapidfuzz import fuzz", "rapidfuzz belongs to experiments"),
        ("experiments/a.py", "import sqlite3", "sqlite3 belongs to storage"),
        ("components/a.py", "from services import Services", "components must not import services.Services"),
        ("components/a.py", "QUERY = '''\n  SELECT 消息 FROM messages'''", "SQL belongs to storage"),
        ("components/a.py", "from ..pages import chat", "components must not import pages.chat"),
        (
            "services.py",
            "from components.sidebar.meters import draw",
            "services must not import components.sidebar.meters.draw",
        ),
        ("pages/a.py", "import app", "pages must not import app"),
    ],
)
def test_a_breach_is_named(file, source, breach):
    [found] = breaches(source, Path(file))
    assert found.startswith(f"{file}:")
    assert breach in found


@pytest.mark.parametrize(
    ("file", "source"),
    [
        ("storage/a.py", "from llm.types import Message\nQUERY = 'SELECT 1'\ndef f():\n    import sqlite_utils"),
        ("llm/a.py", "if TYPE_CHECKING:\n    from openai import AsyncOpenAI"),
        ("llm/a.py", "from .types import Message"),
        ("components/a.py", "'''Select a model. 选择模型'''\nimport streamlit\nfrom llm.types import Parameters"),
        ("components/navigation.py", "from services import Services\nimport pages.chat"),
        ("experiments/a.py", "from storage.records import StoredReply\ndef f():\n    from scipy import stats"),
        ("app.py", "import streamlit\nfrom services import Services"),
    ],
)
def test_what_is_allowed_is_no_breach(file, source):
    assert breaches(source, Path(file)) == []
