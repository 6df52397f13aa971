"""Small things are read; large ones are scrolled. The limits of the style guide, measured."""

import ast

from tests.architecture.source import SOURCE, code_lines, modules, templates

FORBIDDEN_NAMES = {"utils", "helpers", "common", "managers", "signals", "exceptions"}


def test_functions_have_at_most_40_lines():
    long = {
        f"{module.name}:{node.name}": code_lines(node)
        for module in modules()
        for node in module.functions()
        if code_lines(node) > 40
    }

    assert long == {}


def test_views_have_at_most_25_lines():
    long = {
        f"{module.name}:{node.name}": code_lines(node)
        for module in modules()
        if module.path.stem == "views" or module.path.parent.name == "views"
        for node in module.functions()
        if code_lines(node) > 25
    }

    assert long == {}


def test_functions_take_at_most_6_parameters():
    wide = {}
    for module in modules():
        for node in module.functions():
            names = [
                a.arg for a in (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs)
            ]
            count = len([name for name in names if name not in {"self", "cls"}])
            if count > 6:
                wide[f"{module.name}:{node.name}"] = count

    assert wide == {}


def test_files_have_at_most_400_lines():
    long = {m.name: m.text.count("\n") for m in modules() if m.text.count("\n") > 400}

    assert long == {}


def test_templates_have_at_most_120_lines():
    lines = {str(p.relative_to(SOURCE)): p.read_text().count("\n") for p in templates()}

    assert {name: count for name, count in lines.items() if count > 120} == {}


def test_no_module_is_named_for_what_it_is_not():
    named = {m.name for m in modules(with_tests=True) if m.path.stem in FORBIDDEN_NAMES}

    assert named == set()


def test_imports_inside_functions_give_their_reason():
    without = []
    for module in modules():
        lines = module.text.splitlines()
        for function in module.functions():
            for node in ast.walk(function):
                if isinstance(node, ast.Import | ast.ImportFrom):
                    line = lines[node.lineno - 1]
                    if "-- slow import" not in line and "-- optional dependency" not in line:
                        without.append(f"{module.name}:{node.lineno}")

    assert without == []


def test_only_the_clock_and_the_audit_trail_read_the_clock():
    calls = {"datetime.now", "date.today", "timezone.now", "timezone.localdate", "datetime.utcnow"}
    read = [
        f"{module.name}:{node.lineno}"
        for module in modules()
        if module.name not in {"kernel/clock.py", "audit/services.py"}
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Call) and ast.unparse(node.func) in calls
    ]

    assert read == []
