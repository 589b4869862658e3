"""What the compiler does not check: who may include whom, what g++ 12 miscompiles, how large a file may grow, links that lead nowhere."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent

# src/README.md: a module may include only lower levels, never its own.
LEVELS = {
    "base": 0,
    "wire": 1, "telemetry": 1,
    "dialect": 2, "config": 2,
    "net": 3, "classify": 3, "policy": 3, "cascade": 3, "upstream": 3, "ledger": 3,
    "decision": 4,
    "gateway": 5, "admin": 5, "store": 5, "tracing": 5, "lab": 5, "simulator": 5,
    "app": 6,
}
LINES_MAX = 400
# Files that are longer than LINES_MAX and why that is right. Empty is the aim.
LONG_FILES: dict[str, str] = {}
# Starting a coroutine is no business with sockets; everything else of Asio and all of Beast is.
ASIO_FOR_ALL = {"boost/asio/co_spawn.hpp"}

INCLUDE = re.compile(r'^\s*#\s*include\s*(["<])([^">]+)[">]', re.MULTILINE)


def sources(*folders: str) -> list[Path]:
    return sorted(path for folder in folders for path in (ROOT / folder).rglob("*") if path.suffix in (".cpp", ".hpp"))


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def module_of(path: Path) -> str:
    parts = path.relative_to(ROOT).parts
    return parts[2] if parts[0] == "include" else parts[1]


def module_sources() -> list[Path]:
    return sources("src", "include")


def test_every_module_has_a_level():
    found = {module_of(path) for path in module_sources()}
    assert found
    assert found <= set(LEVELS)


@pytest.mark.parametrize("module", LEVELS)
def test_a_module_includes_only_lower_levels(module):
    wrong = []
    for path in module_sources():
        if module_of(path) != module:
            continue
        for kind, target in INCLUDE.findall(path.read_text(encoding="utf-8")):
            parts = target.split("/")
            if parts[0] == "tierway" and len(parts) > 2:
                other = parts[1]
            elif kind == '"' and parts[0] in LEVELS and len(parts) > 1:
                other = parts[0]
                if other != module:
                    wrong.append(f"{name_of(path)} includes {target}, a private header of another module")
            else:
                continue
            if other != module and LEVELS.get(other, 99) >= LEVELS[module]:
                wrong.append(f"{name_of(path)} (level {LEVELS[module]}) includes {target} (level {LEVELS.get(other)})")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("module", LEVELS)
def test_a_module_links_only_lower_levels(module):
    file = ROOT / "src" / module / "CMakeLists.txt"
    if not file.exists():
        assert not (ROOT / "src" / module).exists()
        return
    linked = set(re.findall(r"tierway::(\w+)", file.read_text(encoding="utf-8"))) - {module}
    assert linked <= set(LEVELS), linked
    assert all(LEVELS[other] < LEVELS[module] for other in linked), linked


def test_only_net_touches_sockets():
    wrong = [f"{name_of(path)} includes {target}" for path in module_sources() if module_of(path) != "net"
             for _, target in INCLUDE.findall(path.read_text(encoding="utf-8"))
             if target.startswith(("boost/asio", "boost/beast", "sys/socket", "openssl/ssl")) and target not in ASIO_FOR_ALL]
    assert not wrong, "\n".join(wrong)


def test_every_quoted_include_exists():
    roots = [ROOT / "include", ROOT / "src", ROOT / "tests" / "unit", ROOT]
    wrong = [f"{name_of(path)} includes {target}" for path in sources("src", "include", "tests/unit")
             for kind, target in INCLUDE.findall(path.read_text(encoding="utf-8"))
             if kind == '"' and not any((root / target).exists() for root in [*roots, path.parent])]
    assert not wrong, "\n".join(wrong)


def test_every_header_guards_itself_first():
    wrong = [name_of(path) for path in sources("src", "include", "tests/unit") if path.suffix == ".hpp"
             and not without_comments(path.read_text(encoding="utf-8")).lstrip().startswith("#pragma once")]
    assert not wrong, "\n".join(wrong)


def test_no_file_grows_beyond_one_purpose():
    lengths = {name_of(path): len(path.read_text(encoding="utf-8").splitlines()) for path in module_sources()}
    wrong = [f"{name} has {length} lines" for name, length in lengths.items() if length > LINES_MAX and name not in LONG_FILES]
    assert not wrong, "\n".join(wrong)
    assert all(lengths.get(name, 0) > LINES_MAX for name in LONG_FILES), "a file of the list is short again"


# Coroutines: what g++ 12 miscompiles (STYLE.md section 4.2).

def blank(match: re.Match) -> str:
    """As many characters and lines as before, without their meaning."""
    return re.sub(r"[^\n]", " ", match[0])


def without_comments(text: str) -> str:
    text = re.sub(r'R"(\w*)\(.*?\)\1"', blank, text, flags=re.DOTALL)
    return re.sub(r'//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])+\'',
                  lambda match: match[0] if match[0].startswith('"') else blank(match), text, flags=re.DOTALL)


def code_only(text: str) -> str:
    """Without comments, literals and preprocessor lines; offsets and lines stay."""
    text = without_comments(text)
    text = re.sub(r'"(?:\\.|[^"\\\n])*"', blank, text)
    return re.sub(r"^\s*#[^\n]*", blank, text, flags=re.MULTILINE)


BEFORE_A_BLOCK = re.compile(r"(?:[)\];{}:]|\b(?:else|do|try|const|noexcept|override|final|mutable))\s*$")


def opens_block(before: str) -> bool:
    """Whether a brace after `before` opens a block rather than an initialiser."""
    if not before.strip() or BEFORE_A_BLOCK.search(before):
        return not before.rstrip().endswith("operator()")
    statement = re.split(r"[;{}]", before)[-1]
    if re.search(r"\b(?:namespace|class|struct|union|enum|extern)\b[^=()]*$", statement):
        return True
    # A trailing return type: ") -> Task<> {".
    return bool(re.search(r"[)\]]\s*(?:mutable\s*|noexcept\s*)*->\s*[\w:<>,\s*&]+$", statement))


def statements(text: str) -> Iterator[tuple[int, str, bool]]:
    """Line, own text and "has an initialiser's braces" of each statement. Nested blocks are statements of their own."""
    code = code_only(text)
    frames = [[0, "", False]]  # For each open block: where the statement began, its text so far, whether it holds an initialiser.
    braces: list[bool] = []  # Whether each open brace is a block.

    def finish(frame) -> tuple[int, str, bool]:
        line = code.count("\n", 0, frame[0] + len(frame[1]) - len(frame[1].lstrip())) + 1
        return line, frame[1], frame[2]

    for position, character in enumerate(code):
        frame = frames[-1]
        if character == "{":
            block = opens_block(code[max(0, position - 400):position])
            braces.append(block)
            if block:
                frames.append([position + 1, "", False])
            else:
                frame[2] = True
                frame[1] += character
        elif character == "}" and braces:
            if braces.pop():
                yield finish(frames.pop())
                # A lambda's body ends inside its statement; any other block ends one.
                if frames[-1][1].count("(") <= frames[-1][1].count(")"):
                    yield finish(frames[-1])
                    frames[-1] = [position + 1, "", False]
            else:
                frame[1] += character
        elif character == ";":
            yield finish(frame)
            frames[-1] = [position + 1, "", False]
        else:
            frame[1] += character


def coroutine_faults(text: str) -> list[tuple[int, str]]:
    """What section 4.2 forbids, by line."""
    faults = []
    for line, statement, braced in statements(text) if "co_await" in text else ():
        count = len(re.findall(r"\bco_await\b", statement))
        if count == 0:
            continue
        if count > 1:
            faults.append((line, "more than one co_await in a statement"))
        if re.search(r"\?(?!\?)", statement):
            faults.append((line, "co_await in a statement with ?:"))
        if braced:
            faults.append((line, "co_await in a statement with braces; name the arguments first"))
        if any(capture.strip() not in ("", "&", "this", "&, this", "this, &") and not capture.strip().startswith("&")
               for capture in re.findall(r"(?<!auto )(?<!auto& )(?<!auto&& )(?<![\w\])])\[([^\[\]]*)\]", statement)):
            faults.append((line, "co_await in a statement with a lambda that captures by value"))
    return faults


FORBIDDEN = {
    "two in one statement": "int f() { g(co_await a(), co_await b()); }",
    "under ?:": "Task<> f() { auto x = ready ? co_await a() : b(); }",
    "inside an aggregate": "Task<> f() { Pair p{co_await a(), 1}; }",
    "with a temporary aggregate": "Task<> f() { co_await send(Options{1, name}); }",
    "with bare braces": "Task<> f() { co_await send({name, 1}); }",
    "with a capture by value": "Task<> f() { co_await run([name] { use(name); }); }",
    "in a lambda": "void f() { co_spawn(x, []() -> Task<> { co_await a({1}); }, detached); }",
    "over several lines": "Task<> f() {\n    auto x = co_await a(\n        Named{\n            1});\n}",
}
ALLOWED = {
    "plain": "Task<> f() { auto x = co_await a(b, c); }",
    "in a condition": "Task<> f() { if (co_await a()) { b(); } }",
    "in a loop's head": "Task<> f() { while (co_await a()) { b({1, 2}); } }",
    "braces in the next statement": "Task<> f() { co_await a(); g({1}); return x ? y : z; }",
    "in a comment": "// co_await a ? b : co_await c\nvoid f() {}",
    "in a string": 'void f() { g("co_await ? {", {1}); }',
    "a capture by reference": "Task<> f() { co_await run([&] { use(name); }); }",
    "in a switch": "Task<> f() { switch (x) { case A: co_await a(); break; default: break; } }",
    "structured bindings": "Task<> f() { auto [error, size] = co_await a(b); }",
}


@pytest.mark.parametrize("text", FORBIDDEN.values(), ids=FORBIDDEN.keys())
def test_the_check_of_coroutines_sees(text):
    assert coroutine_faults(text)


@pytest.mark.parametrize("text", ALLOWED.values(), ids=ALLOWED.keys())
def test_the_check_of_coroutines_lets_pass(text):
    assert not coroutine_faults(text)


def test_coroutines_avoid_what_the_compiler_gets_wrong():
    wrong = [f"{name_of(path)}:{line}: {fault}" for path in sources("src", "include", "tests/unit", "bench")
             for line, fault in coroutine_faults(path.read_text(encoding="utf-8"))]
    assert not wrong, "\n".join(wrong)


# Documents.

def documents() -> list[Path]:
    folders = ["docs", "src", "config", "tests", "bench", "scripts"]
    return [*ROOT.glob("*.md"), *(path for folder in folders for path in (ROOT / folder).rglob("*.md") if "results" not in path.parts)]


def anchors_of(text: str) -> set[str]:
    """As forges make them from headings."""
    headings = re.findall(r"^#+\s+(.+?)\s*$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", re.sub(r"[`*]", "", heading)).strip().lower().replace(" ", "-") for heading in headings}


def test_there_is_a_readme_and_a_map():
    assert (ROOT / "README.md").exists()
    assert (ROOT / "src" / "README.md").exists()


def test_no_merge_is_left_half_done():
    marker = re.compile(r"^(?:<{7}|>{7}) ", re.MULTILINE)
    texts = [path for folder in ("src", "include", "tests", "config", "docs", "scripts", "bench", "cmake") for path in (ROOT / folder).rglob("*")
             if path.suffix in (".cpp", ".hpp", ".py", ".md", ".sh", ".yaml", ".txt", ".mjs", ".cmake")]
    wrong = [name_of(path) for path in [*ROOT.glob("*.*"), *texts] if path.is_file() and marker.search(path.read_text(encoding="utf-8"))]
    assert not wrong, "\n".join(wrong)


def test_links_between_documents_lead_somewhere():
    wrong = []
    for path in documents():
        text = re.sub(r"```.*?```", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
        for target in re.findall(r"\]\(([^)\s]+)\)", text):
            if re.match(r"[a-z]+:", target):
                continue
            file, _, anchor = target.partition("#")
            linked = (path.parent / file).resolve() if file else path
            if not linked.exists():
                wrong.append(f"{name_of(path)} links to {target}, which is not there")
            elif anchor and linked.suffix == ".md" and anchor not in anchors_of(linked.read_text(encoding="utf-8")):
                wrong.append(f"{name_of(path)} links to {target}, which has no such heading")
    assert not wrong, "\n".join(wrong)
