#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""make installcheck: an installed routesc builds, and httpd loads it all."""

import subprocess
import sys
import tempfile
from pathlib import Path

CONF = """ServerRoot "{root}"
DefaultRuntimeDir "{root}"
PidFile "{root}/pid"
ErrorLog "{root}/log"
Listen 127.0.0.1:9
ServerName 127.0.0.1
{modules}
LoadModule routes_module "{module}"
LoadModule app_routes_module "{root}/mod_app.so"
RoutesMount app
RoutesPythonPath "{root}"
"""


def main(routesc, module, httpd, apxs):
    folder = subprocess.run([apxs, "-q", "LIBEXECDIR"], check=True, text=True,
                            capture_output=True).stdout.strip()
    built_in = subprocess.run([httpd, "-l"], check=True, text=True,
                              capture_output=True).stdout
    modules = "\n".join(
        f"LoadModule {name}_module {folder}/mod_{name}.so"
        for name in ("mpm_event", "unixd", "authz_core")
        if f"mod_{name}.c" not in built_in)
    with tempfile.TemporaryDirectory() as name:
        root = Path(name)
        (root / "app.routes").write_text(
            "routes 1\npublic\nGET / -> app:home()\n")
        (root / "app.py").write_text("def home():\n    return 'home'\n")
        subprocess.run([routesc, "build", "app.routes", "-o", "."], cwd=root,
                       check=True)
        (root / "httpd.conf").write_text(CONF.format(
            root=root, modules=modules, module=module))
        subprocess.run([httpd, "-t", "-f", root / "httpd.conf"], check=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
