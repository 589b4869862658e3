"""What is installed, and whether it works there: `cmake --install`, completions, the manual page, the systemd unit."""

import gzip
import os
import re
import subprocess
from pathlib import Path

import pytest

from support.lane import Lane
from support.process import binary, run

ROOT = Path(__file__).resolve().parents[2]


def output_of(*command: str | Path, **options) -> str:
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True, timeout=120, check=False, **options)
    assert done.returncode == 0, f"{command}: {done.stdout}{done.stderr}"
    return done.stdout


@pytest.fixture(scope="module")
def prefix(tmp_path_factory) -> Path:
    """Everything installed under a prefix, the parts of a system beside it."""
    folder = tmp_path_factory.mktemp("installed")
    build = Path(binary()).resolve().parents[2]
    output_of("cmake", "--install", build, "--prefix", folder / "usr")
    output_of("cmake", "--install", build, "--prefix", folder / "usr", "--component", "service",
              env={**os.environ, "DESTDIR": str(folder / "system")})
    return folder / "usr"


@pytest.fixture(scope="module")
def unit(prefix: Path) -> Path:
    return prefix.parent / f"system{prefix}" / "lib/systemd/system/tierway.service"


def commands(*path: str) -> dict[tuple[str, ...], set[str]]:
    """Every command with the options that its help shows."""
    text = run(*path, "--help").stdout
    options = set(re.findall(r"^  (?:-\w,)?(--[\w-]+)", text, re.MULTILINE))
    found = {path: options | set(re.findall(r"^  (-\w),", text, re.MULTILINE))}
    _, _, listed = text.partition("\nSubcommands:\n")
    for name in re.findall(r"^  ([\w-]+)", listed, re.MULTILINE):
        found |= commands(*path, name)
    return found


@pytest.fixture(scope="module")
def command_line() -> dict[tuple[str, ...], set[str]]:
    found = commands()
    assert {("serve",), ("train", "classifier")} <= set(found)
    return found


# The program and what lies beside it.

def test_the_installed_program_accepts_the_installed_examples(prefix: Path):
    for example in ("minimal", "example"):
        output_of(prefix / "bin/tierway", "check", "-c", prefix / f"share/tierway/{example}.yaml",
                  env={**os.environ, "OPENAI_API_KEY": "unused"})


def test_documents_and_licence_are_installed(prefix: Path):
    documents = prefix / "share/doc/tierway"
    assert (documents / "docs/configuration.md").exists()
    assert "Apache-2.0" in (documents / "copyright").read_text()


def test_the_versions_agree():
    version = re.search(r"project\(tierway VERSION (\S+)", (ROOT / "CMakeLists.txt").read_text())[1]
    assert run("--version").stdout.strip() == version
    assert re.match(r"tierway \((\S+)\)", (ROOT / "deploy/debian/changelog").read_text())[1] == version


# The manual page.

def test_the_manual_page_tells_every_command_and_option(prefix: Path, command_line):
    page = gzip.decompress((prefix / "share/man/man1/tierway.1.gz").read_bytes()).decode()
    sections = dict(re.findall(r'^\.SS "([^"]+)"\n(.*?)(?=^\.S[SH]|\Z)', page, re.MULTILINE | re.DOTALL))
    for path, options in command_line.items():
        if not path:
            continue
        told = sections[" ".join(["tierway", *path])].replace("\\-", "-")
        for option in options:
            assert f"\\fB{option}\\fR" in told, (path, option)


def test_the_manual_page_is_well_formed(prefix: Path):
    warnings = subprocess.run(["man", "--warnings", "-E", "UTF-8", "-l", "-Tutf8", "-Z", str(prefix / "share/man/man1/tierway.1.gz")],
                              capture_output=True, text=True, timeout=60, check=False, env={**os.environ, "MANROFFSEQ": ""})
    assert (warnings.returncode, warnings.stderr) == (0, "")


# Completions.

def completed_by_bash(script: Path, *words: str) -> list[str]:
    """What bash offers for the last word, in a folder with one file."""
    line = " ".join(f"'{word}'" for word in ("tierway", *words))
    program = (f"compopt() {{ :; }}; source '{script}'; COMP_WORDS=({line}); COMP_CWORD={len(words)}; _tierway; "
               'printf "%s\\n" "${COMPREPLY[@]}"')
    return [word for word in output_of("bash", "--norc", "-c", program).split("\n") if word]


def test_bash_completes_every_command_and_option(prefix: Path, command_line):
    script = prefix / "share/bash-completion/completions/tierway"
    for path, options in command_line.items():
        assert options <= set(completed_by_bash(script, *path, "-")), path
        if path:
            assert path[-1] in completed_by_bash(script, *path[:-1], path[-1][:2])


def test_bash_completes_choices_and_files(prefix: Path):
    script = prefix / "share/bash-completion/completions/tierway"
    assert completed_by_bash(script, "explain", "--door", "m") == ["messages"]
    assert completed_by_bash(script, "completion", "z") == ["zsh"]
    examples = f"{prefix}/share/tierway/mini"
    assert completed_by_bash(script, "serve", "--config", examples) == [f"{examples}mal.yaml"]
    assert completed_by_bash(script, "serve", "--config", "=", examples) == [f"{examples}mal.yaml"]
    assert completed_by_bash(script, "import", "litellm", examples) == [f"{examples}mal.yaml"]
    assert completed_by_bash(script, "explain", "--class", "ser") == []


def test_fish_completes_every_command_and_option(prefix: Path, command_line, tmp_path: Path):
    script = prefix / "share/fish/vendor_completions.d/tierway.fish"
    asked = [(path, word) for path in command_line for word in (["--"] if path else [""])]
    lines = "\n".join(f'echo "== {" ".join(path)}"; complete -C "{" ".join(["tierway", *path, word])}"' for path, word in asked)
    answer = output_of("fish", "--no-config", "-c", f"source {script}\n{lines}", env={**os.environ, "HOME": str(tmp_path)}, cwd=tmp_path)
    offered = {tuple(block.split("\n")[0].split()): {line.split("\t")[0] for line in block.split("\n")[1:]}
               for block in answer.split("== ")[1:]}
    assert {path[0] for path in command_line if path} <= offered[()]
    for path, options in command_line.items():
        if path:
            assert {option for option in options if option.startswith("--")} <= offered[path], path


def test_zsh_completes_every_command_and_option(prefix: Path, command_line, tmp_path: Path):
    """Asks the real completion system for what it would show, in a shell of its own on a pseudo-terminal."""
    completions = prefix / "share/zsh/vendor-completions"
    asker = Path(__file__).with_name("ask_zsh.zsh")
    for path, options in command_line.items():
        # One question each would take long; nested commands and their parents are the ones that can go wrong.
        if path and path[0] in ("serve", "explain", "train", "completion"):
            shown = output_of("zsh", "-f", asker, completions, f"tierway {' '.join(path)} -", env={**os.environ, "HOME": str(tmp_path)})
            assert options <= set(shown.split()), (path, shown)
    shown = output_of("zsh", "-f", asker, completions, "tierway ", env={**os.environ, "HOME": str(tmp_path)})
    assert {path[0] for path in command_line if path} <= set(shown.split()), shown


# The service.

def test_the_unit_starts_what_is_installed(prefix: Path, unit: Path):
    text = unit.read_text()
    assert f"ExecStart={prefix}/bin/tierway serve" in text
    assert oct((prefix.parent / "system/etc/tierway/environment").stat().st_mode & 0o777) == "0o600"


def test_systemd_takes_the_unit_and_finds_it_confined(unit: Path):
    output_of("systemd-analyze", "verify", "--man=no", unit)
    # From 0 (confined as far as can be) to 10; the threshold is in tenths.
    output_of("systemd-analyze", "security", "--offline=yes", "--threshold=12", unit)


# `tierway health`, which the service and containers ask.

def test_health_tells_who_is_ready(tmp_path: Path):
    with Lane(tmp_path) as lane:
        address = "%s:%d" % lane.gateway.admin_address
        asked = run("health", "--admin", address)
        assert (asked.returncode, asked.stdout) == (0, "ready\n")
    gone = run("health", "--admin", address)
    assert gone.returncode == 1
    assert address in gone.stderr


def test_health_of_a_wrong_configuration_is_a_wrong_usage(tmp_path: Path):
    file = tmp_path / "wrong.yaml"
    file.write_text("version: 2\n")
    assert run("health", "--config", str(file)).returncode == 2
    assert run("health", "--admin", "192.0.2.1:80").returncode == 2
