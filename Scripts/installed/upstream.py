"""The double of the Messages API over TLS, with an authority of its own, until it is ended.

Usage: upstream.py FOLDER. It puts the authority's certificate there as `ca.pem`, and the variables that lead a program here as `variables`.
"""

import os
import pathlib
import ssl
import subprocess
import sys
import threading

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from acp.upstream import Upstream  # noqa: E402

folder = pathlib.Path(sys.argv[1])


def openssl(*words):
    subprocess.run(["openssl", *words], cwd=folder, check=True, capture_output=True)


(folder / "names").write_text("subjectAltName=IP:127.0.0.1\n")
openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "ca.key", "-out", "ca.pem", "-days", "2", "-subj", "/CN=test")
openssl("req", "-newkey", "rsa:2048", "-nodes", "-keyout", "own.key", "-out", "own.csr", "-subj", "/CN=127.0.0.1")
openssl(
    "x509", "-req", "-in", "own.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-out", "own.pem", "-days", "2",
    "-extfile", "names",
)
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(folder / "own.pem", folder / "own.key")


class SecureUpstream(Upstream):
    """The same over TLS; whoever does not trust it is gone before a request."""

    def get_request(self):
        connection, address = self.socket.accept()
        return context.wrap_socket(connection, server_side=True), address

    @property
    def url(self):
        return super().url.replace("http:", "https:")


upstream = SecureUpstream()
variables = "".join(f"{name}={value}\n" for name, value in upstream.variables().items())
(folder / "variables.new").write_text(variables)
os.rename(folder / "variables.new", folder / "variables")
threading.Event().wait()
