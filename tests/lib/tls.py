# SPDX-License-Identifier: Apache-2.0
"""TLS for a server of the tests: a certificate, and a second port."""

import subprocess

from httpd import free_port

MODULES = ("ssl", "http2")
CONFIG = """
Listen 127.0.0.1:{tls}
# a patch level of OpenSSL; no cache of sessions
LogLevel ssl:error
<VirtualHost 127.0.0.1:{tls}>
    ServerName localhost
    Protocols h2 http/1.1
    SSLEngine On
    SSLCertificateFile "{root}/server.pem"
    SSLCertificateKeyFile "{root}/server.key"
    {more}
</VirtualHost>
"""


def certificate(root):
    """server.pem and server.key, signed by itself, for every name we use."""
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
         "ec_paramgen_curve:P-256", "-nodes", "-keyout", "server.key",
         "-out", "server.pem", "-days", "2", "-subj", "/CN=localhost",
         "-addext", "basicConstraints=critical,CA:FALSE",
         "-addext", "subjectAltName=DNS:localhost,DNS:*.example,"
         "IP:127.0.0.1"], cwd=root, check=True, capture_output=True)


def config(more=""):
    """(port, lines): HTTP/2 and HTTP/1.1 on it, what is mounted as on the
    plain port; more stands in its virtual host."""
    port = free_port()
    return port, CONFIG.replace("{tls}", str(port)).replace("{more}", more)
