#!/usr/bin/env python3
"""Writes what an image holds, as SPDX 2.3 in JSON, from the status files that collect_root.sh left there.

Usage: docker/write_sbom.py FOLDER --version VERSION [--created SECONDS]
"""

import argparse
import hashlib
import json
import re
import time
from pathlib import Path
from urllib.parse import quote

# Compiled into the program from headers alone, so that no library of theirs is in the image: what the build used.
HEADERS_ONLY = ["libboost*-dev", "nlohmann-json3-dev", "libcli11-dev"]


# Part of the page that the program serves; its first line says which version it is.
UPLOT = Path(__file__).resolve().parent.parent / "src/admin/ui/vendor/uplot.js"


def fields_of(text: str) -> dict[str, str]:
    """The fields of one paragraph of Debian's control format, without the lines that go on."""
    return dict(re.findall(r"^([\w-]+): *(.*)$", text, re.MULTILINE))


def package(fields: dict[str, str], release: str) -> dict:
    name, version, architecture = fields["Package"], fields["Version"], fields["Architecture"]
    return {
        "SPDXID": "SPDXRef-Package-" + re.sub(r"[^A-Za-z0-9.-]", "-", name),
        "name": name,
        "versionInfo": version,
        "supplier": "Organization: Debian",
        "downloadLocation": "NOASSERTION",
        "filesAnalyzed": False,
        "licenseConcluded": "NOASSERTION",
        "licenseDeclared": "NOASSERTION",
        "copyrightText": "NOASSERTION",
        "comment": f"Its licence is in /usr/share/doc/{name}/copyright of the image or package.",
        "externalRefs": [{
            "referenceCategory": "PACKAGE-MANAGER",
            "referenceType": "purl",
            "referenceLocator": f"pkg:deb/debian/{quote(name)}@{quote(version)}?arch={architecture}&distro={release}",
        }],
    }


def uplot() -> dict:
    version = re.match(r"/\*! .*uPlot \(v([\d.]+)\)", UPLOT.read_text(encoding="utf-8"))[1]
    return {
        "SPDXID": "SPDXRef-Package-uplot",
        "name": "uplot",
        "versionInfo": version,
        "supplier": "NOASSERTION",
        "downloadLocation": "NOASSERTION",
        "filesAnalyzed": False,
        "licenseConcluded": "MIT",
        "licenseDeclared": "MIT",
        "copyrightText": "Copyright (c) 2022 Leon Sorokin",
        "externalRefs": [{"referenceCategory": "PACKAGE-MANAGER", "referenceType": "purl", "referenceLocator": f"pkg:npm/uplot@{version}"}],
    }


def installed(pattern: str) -> list[dict[str, str]]:
    """The packages of this system that a pattern matches."""
    paragraphs = Path("/var/lib/dpkg/status").read_text(encoding="utf-8").split("\n\n")
    wanted = re.compile(pattern.replace("*", r"[0-9.]+"))
    found = [fields_of(paragraph) for paragraph in paragraphs]
    return [each for each in found if wanted.fullmatch(each.get("Package", "")) and each.get("Status", "").endswith(" installed")]


def document(root: Path, version: str, created: int) -> dict:
    release = fields_of(Path("/etc/os-release").read_text(encoding="utf-8").replace("=", ": ")).get("VERSION_CODENAME", "unknown")
    loaded = [fields_of(file.read_text(encoding="utf-8")) for file in sorted((root / "var/lib/dpkg/status.d").iterdir())]
    compiled = [fields for pattern in HEADERS_ONLY for fields in installed(pattern)]
    program = hashlib.sha256((root / "usr/bin/tierway").read_bytes()).hexdigest()
    tierway = {
        "SPDXID": "SPDXRef-Package-tierway",
        "name": "tierway",
        "versionInfo": version,
        "supplier": "NOASSERTION",
        "downloadLocation": "NOASSERTION",
        "filesAnalyzed": False,
        "licenseConcluded": "Apache-2.0",
        "licenseDeclared": "Apache-2.0",
        "copyrightText": "NOASSERTION",
        "packageFileName": "usr/bin/tierway",
        "checksums": [{"algorithm": "SHA256", "checksumValue": program}],
        "primaryPackagePurpose": "APPLICATION",
    }
    packages = [package(fields, release) for fields in loaded + compiled]
    relationships = [{"spdxElementId": "SPDXRef-DOCUMENT", "relationshipType": "DESCRIBES", "relatedSpdxElement": tierway["SPDXID"]}]
    for described, fields in zip(packages, loaded + compiled, strict=True):
        kind = "STATIC_LINK" if fields in compiled else "DEPENDS_ON"
        relationships.append({"spdxElementId": tierway["SPDXID"], "relationshipType": kind, "relatedSpdxElement": described["SPDXID"]})
    packages.append(uplot())
    relationships.append({"spdxElementId": tierway["SPDXID"], "relationshipType": "CONTAINS", "relatedSpdxElement": "SPDXRef-Package-uplot"})
    return {
        "spdxVersion": "SPDX-2.3",
        "dataLicense": "CC0-1.0",
        "SPDXID": "SPDXRef-DOCUMENT",
        "name": f"tierway-{version}",
        # Unique for each content, as SPDX wants it, and the same for the same.
        "documentNamespace": f"https://tierway.invalid/sbom/{version}/{program}",
        "creationInfo": {
            "created": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(created)),
            "creators": ["Tool: tierway-write_sbom"],
        },
        "packages": [tierway, *packages],
        "relationships": relationships,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("root", type=Path)
    parser.add_argument("--version", required=True)
    parser.add_argument("--created", type=int, default=0)
    options = parser.parse_args()
    target = options.root / "usr/share/sbom/tierway.spdx.json"
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(json.dumps(document(options.root, options.version, options.created), indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
