"""The image and the compose files, as far as they can be judged without a container engine: scripts/check-image.sh builds and runs."""

import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from support.process import run

ROOT = Path(__file__).resolve().parents[2]
DOCKER = ROOT / "docker"
DOCKERFILE = (DOCKER / "Dockerfile").read_text()


def loaded(*files: str) -> dict:
    """What docker compose would make of these files: checked by its schema, merged, with every variable put in."""
    arguments = [ROOT / "build/tools/compose-config", "-format", "json", *(DOCKER / file for file in files)]
    done = subprocess.run(arguments, capture_output=True, text=True, timeout=60, check=False, cwd=DOCKER,
                          env={"PATH": os.environ["PATH"], **variables()})
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def variables() -> dict[str, str]:
    lines = (DOCKER / ".env").read_text().splitlines()
    return dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))


@pytest.fixture(scope="module", params=[["compose.yaml"], ["compose.yaml", "compose.replicas.yaml"]], ids=["one", "replicas"])
def composed(request) -> dict:
    return loaded(*request.param)


def test_every_file_that_a_compose_file_mounts_is_there(composed):
    mounted = [Path(volume["source"]) for service in composed["services"].values() for volume in service.get("volumes", [])
               if volume["type"] == "bind"]
    mounted += [Path(config["file"]) for config in composed["configs"].values()]
    monitoring = ROOT / "deploy/prometheus"
    for file in mounted:
        # Written apart from the image; what is mounted of it is checked as soon as any of it is there.
        if monitoring.exists() or not file.is_relative_to(ROOT / "deploy"):
            assert file.exists(), file


def test_gateways_are_confined_and_published_on_loopback_only(composed):
    gateways = [service for name, service in composed["services"].items() if name.startswith("tierway")]
    assert gateways
    for service in gateways:
        assert service["read_only"] is True
        assert service["cap_drop"] == ["ALL"]
        assert service["security_opt"] == ["no-new-privileges:true"]
    assert all(port["host_ip"] == "127.0.0.1" for service in composed["services"].values() for port in service.get("ports", []))


def test_a_gateway_is_given_the_time_that_draining_takes(composed):
    for name, service in composed["services"].items():
        if name.startswith("tierway"):
            minutes, rest = re.fullmatch(r"(?:(\d+)m)?(\d+)s", service["stop_grace_period"]).groups()
            # server.drain_timeout is 120 s where nothing is said.
            assert int(minutes or 0) * 60 + int(rest) > 122


def test_replicas_are_two_with_ports_and_ledgers_of_their_own():
    composed = loaded("compose.yaml", "compose.replicas.yaml")["services"]
    first, second = composed["tierway"], composed["tierway-second"]
    assert not {port["published"] for port in first["ports"]} & {port["published"] for port in second["ports"]}
    assert {volume["source"] for volume in first["volumes"]} != {volume["source"] for volume in second["volumes"]}
    assert composed["simulator-second"]["network_mode"] == "service:tierway-second"
    assert "redis" in first["depends_on"] and "redis" in second["depends_on"]


@pytest.mark.parametrize("name", ["demo", "replicas"])
def test_the_gateway_takes_the_configurations(name: str):
    report = run("check", "--json", "-c", str(DOCKER / f"config/{name}.yaml"), env=variables())
    assert json.loads(report.stdout)["ok"], report.stdout


def test_both_configurations_have_the_tiers_of_the_demo():
    def tiers(file: Path) -> str:
        return file.read_text().partition("\nmodels:\n")[2]

    assert tiers(ROOT / "config/demo.yaml")
    for name in ("demo", "replicas"):
        assert tiers(DOCKER / f"config/{name}.yaml") == tiers(ROOT / "config/demo.yaml")


def test_the_image_is_built_from_files_that_reach_it():
    """What the Dockerfile and its scripts name exists and is not kept out by .dockerignore."""
    admitted = [line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")]
    assert all((ROOT / path).exists() for path in admitted)
    needed = re.findall(r"^COPY (?!--from)(\S+) ", DOCKERFILE, re.MULTILINE)
    needed += re.findall(r"\b((?:docker|scripts)/[\w.]+\.(?:sh|py))", DOCKERFILE)
    for name in re.findall(r"include\((Tierway\w+)\)", (ROOT / "CMakeLists.txt").read_text()):
        needed.append(f"cmake/{name}.cmake")
    for path in needed:
        if path != ".":
            assert (ROOT / path).exists(), path
            assert any(path == each or path.startswith(each + "/") for each in admitted), path


def test_the_image_brings_the_version_of_the_program():
    version = run("--version").stdout.strip()
    assert set(re.findall(r"^ARG VERSION=(\S+)", DOCKERFILE, re.MULTILINE)) == {version}
    assert variables()["TIERWAY_IMAGE"] == f"tierway:{version}"


def test_the_health_check_of_the_image_is_a_command_that_there_is():
    command = json.loads(re.search(r"HEALTHCHECK .*CMD (\[.*\])", DOCKERFILE)[1])
    assert run(*command[1:], "--help").returncode == 0
    assert re.search(r"^USER (\d+):(\d+)$", DOCKERFILE, re.MULTILINE)[1] != "0"


def test_the_list_of_contents_is_valid_spdx(tmp_path: Path):
    status = tmp_path / "root/var/lib/dpkg/status.d"
    status.mkdir(parents=True)
    (status / "libexample").write_text("Package: libexample\nStatus: install ok installed\nArchitecture: amd64\nVersion: 1:2.0+b1-3\n"
                                       "Description: an example\n which goes on\n")
    (tmp_path / "root/usr/bin").mkdir(parents=True)
    (tmp_path / "root/usr/bin/tierway").write_bytes(b"program")
    command = f"{sys.executable} {DOCKER}/write_sbom.py {tmp_path}/root --version 0.1.0 --created 1700000000"
    subprocess.run(shlex.split(command), check=True, timeout=60)
    written = tmp_path / "root/usr/share/sbom/tierway.spdx.json"
    checked = subprocess.run([ROOT / "build/venv/bin/pyspdxtools", "-i", written], capture_output=True, text=True, timeout=60, check=False)
    assert checked.returncode == 0, checked.stdout + checked.stderr
    packages = {each["name"]: each for each in json.loads(written.read_text())["packages"]}
    assert packages["libexample"]["externalRefs"][0]["referenceLocator"].startswith("pkg:deb/debian/libexample@1%3A2.0%2Bb1-3?")
    assert {"tierway", "libexample", "uplot"} <= set(packages)
