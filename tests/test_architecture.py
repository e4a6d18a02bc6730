"""The shape of the code, held: names, sizes, and one name for one thing."""

import ast
import inspect
import re
import statistics
from pathlib import Path

import pytest
from django.urls import URLPattern, get_resolver

ROOT = Path(__file__).resolve().parent.parent
CODE = ["peersupport", "members", "groups", "supportplans", "evaluation"]
APPS = ["members", "groups", "supportplans", "evaluation"]
BANNED_NAMES = re.compile(r"(^|_)(utils?|helpers?|managers?|handlers?|common|data|info|misc)$")

DEMO_ONLY = re.compile(r"^peersupport/(demo|embedded|supervisor)")


def modules(*folders):
    return [
        path
        for folder in folders
        for path in sorted((ROOT / folder).rglob("*.py"))
        if "migrations" not in path.parts and "node_modules" not in path.parts
    ]


def lines_of(paths):
    return sum(len(path.read_text().splitlines()) for path in paths)


def functions(paths):
    for path in paths:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                yield path, node


def own_views():
    """(app, URL name, view) for every URL of our own apps."""

    def walk(patterns, app):
        for pattern in patterns:
            if isinstance(pattern, URLPattern):
                if app in APPS:
                    yield app, pattern.name, pattern.callback
            else:
                yield from walk(pattern.url_patterns, pattern.app_name or app)

    return list(walk(get_resolver().url_patterns, None))


def test_module_names_say_what_is_inside():
    vague = [path for path in modules(*CODE, "tests") if BANNED_NAMES.search(path.stem)]
    assert vague == []


def test_modules_are_at_most_300_lines():
    """But for the settings, which are to be one file."""
    long = [path.relative_to(ROOT).as_posix() for path in modules(*CODE) if lines_of([path]) > 300]
    assert long == ["peersupport/settings.py"]


def test_functions_are_short():
    lengths = sorted(node.end_lineno - node.lineno + 1 for _path, node in functions(modules(*CODE)))
    assert statistics.median(lengths) <= 7
    assert lengths[int(len(lengths) * 0.95)] <= 30


def test_there_is_more_test_than_code():
    """Held against what runs in production; the demo and its servers are started and told whole in tests."""
    product = [path for path in modules(*CODE) if not DEMO_ONLY.search(path.relative_to(ROOT).as_posix())]
    assert lines_of(modules("tests")) >= 1.2 * lines_of(product)


def test_imports_stand_at_the_top():
    inside = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path, function in functions(modules(*CODE))
        for node in ast.walk(function)
        if isinstance(node, ast.Import | ast.ImportFrom)
        # An app's roles and models can be imported only once Django has loaded the apps.
        and function.name != "ready"
    ]
    assert inside == []


def test_no_signal_receivers_of_our_own():
    assert [path for path in modules(*CODE) if re.search(r"@receiver|\.connect\(", path.read_text())] == []


def test_every_test_asserts_something():
    asserting = re.compile(r"\bassert\b|raises|expect\(|then_|assert_|wait_for\(|\bcheck\(|run_state_machine")
    silent = [
        f"{path.relative_to(ROOT)}:{node.lineno} {node.name}"
        for path, node in functions(modules("tests"))
        if node.name.startswith("test_") and not asserting.search(ast.unparse(node))
    ]
    assert silent == []


def test_own_urls_exist():
    assert len(own_views()) > 20


@pytest.mark.parametrize("app", APPS)
def test_url_names_views_and_templates_share_one_name(app):
    for url_app, name, view in own_views():
        if url_app != app:
            continue
        plain = inspect.unwrap(view)
        assert plain.__name__ == name, f"{app}:{name} leads to the view {plain.__name__}"
        for template in re.findall(r'render\(\s*request,\s*"([^"]+)"', inspect.getsource(plain)):
            assert template.startswith(f"{app}/{name}"), f"{app}:{name} renders {template}"


def test_services_take_keywords_only():
    """`by=` and `now=` make a call readable, and time and person explicit."""
    positional = [
        f"{path.relative_to(ROOT)}:{node.lineno} {node.name}"
        for path, node in functions([path for path in modules(*APPS) if "services" in str(path)])
        if not node.name.startswith("_")
        and not isinstance(node, ast.ClassDef)
        and node.col_offset == 0
        and node.args.args
    ]
    assert positional == []


def test_nothing_is_left_unfinished():
    unfinished = re.compile(r"\bTODO\b|\bFIXME\b|\bXXX\b|raise NotImplementedError|pytest\.mark\.(skip|xfail)\b")
    this = Path(__file__)
    found = [path for path in modules(*CODE, "tests") if path != this and unfinished.search(path.read_text())]
    assert found == []
